"""Messages in the store: guarded by the state they leave, called in batches, sealed by a key of this database alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.errors import Superseded
from scheduler.ground.lifecycle import Event, State
from scheduler.store import attempts, batches, messages, sealing, settings
from scheduler.store.attempts import Intent, Payload
from scheduler.store.messages import MessageMove
from tests.campaign import NOON
from tests.rows import put

if TYPE_CHECKING:
    from scheduler.store.store import Store


def called(store: Store) -> tuple[int, list[messages.MessageRow]]:
    """Return a delivery under call, and its three messages in two batches."""
    row = put(store, State.SENDING)
    with store.write() as connection:
        epoch = settings.new_epoch(connection, NOON)
        (attempt,) = attempts.begin(connection, [Intent(row.id, 1, Payload("0", "{}"), False, False)], epoch, NOON)
        occasion = messages.occasion(connection, row.key)
        messages.add(connection, occasion, row.id, [(f"+8490{n}", "", {}) for n in range(3)])
        rows = messages.claim(connection, row.id, attempt, NOON, 2)
        batches.checkpoint(connection, rows[0].batch or 0, {"staged": [1]})
        rows += messages.claim(connection, row.id, attempt, NOON + timedelta(seconds=1), 2)
    return row.id, rows


def test_each_batch_has_its_own_time_and_checkpoint(store: Store) -> None:
    delivery, rows = called(store)
    first, again, last = (batches.get(store.read(), row.batch or 0) for row in rows)
    assert first is not None
    assert last is not None
    assert first == again
    assert (first.started_at, first.checkpoint) == (NOON, {"staged": [1]})
    assert (last.started_at, last.checkpoint) == (NOON + timedelta(seconds=1), None)
    assert [row.batch for row in messages.in_state(store.read(), delivery, State.SENDING)] == [1, 1, 2]


def test_a_message_that_was_moved_meanwhile_keeps_all_from_being_written(store: Store) -> None:
    delivery, rows = called(store)
    lose = [MessageMove(row.id, State.SENDING, Event.LOSE, State.UNKNOWN) for row in rows]
    with store.write() as connection:
        messages.apply(connection, lose[:1])
    with pytest.raises(Superseded, match="1 of 3 messages"), store.write() as connection:
        messages.apply(connection, lose)
    assert messages.counts(store.read(), delivery) == {State.UNKNOWN: 1, State.SENDING: 2}


def test_a_seal_is_the_same_for_ever_and_only_in_one_database(store: Store) -> None:
    assert sealing.secret(store.read()) is None
    with store.write() as connection:
        key = sealing.make_secret(connection)
        assert sealing.make_secret(connection) == key
    assert sealing.secret(store.read()) == key
    sealed = sealing.seal(key, "+84912345678")
    assert sealed == sealing.seal(key, "+84912345678")
    assert len({sealed, sealing.seal(key, "+84912345679"), sealing.seal(bytes(32), "+84912345678")}) == 3
    assert "912345678" not in sealed
