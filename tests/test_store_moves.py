"""Every transition at the database: the legal ones change row and journal together, the others change nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.ground.errors import IllegalTransition, StoreError, Superseded
from scheduler.ground.lifecycle import TRANSITIONS, Admission, Event, Hold, State
from scheduler.store import deliveries, journal, moves
from scheduler.store.moves import Move, admitted, note
from tests.campaign import NOON
from tests.rows import PAYLOAD, RECEIPT, move, put

if TYPE_CHECKING:
    from scheduler.store.store import Store


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: store.read().execute(f"SELECT * FROM {table}").fetchall() for table in ("delivery", "event", "attempt")
    }


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)), ids=lambda each: each.value)
def test_every_pair_of_state_and_event(store: Store, state: State, event: Event) -> None:
    row = put(store, state)
    for after in State:
        before = everything(store)
        if after in TRANSITIONS.get((state, event), ()):
            assert_moves(store, row.id, move(row, event, after))
            return
        with pytest.raises(IllegalTransition), store.write() as connection:
            moves.apply(connection, [move(row, event, after)], NOON)
        assert everything(store) == before


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [(state, event, after) for (state, event), targets in TRANSITIONS.items() for after in sorted(targets)],
    ids=lambda each: each.value,
)
def test_every_legal_way(store: Store, state: State, event: Event, after: State) -> None:
    row = put(store, state)
    assert_moves(store, row.id, move(row, event, after))


def assert_moves(store: Store, identity: int, change: Move) -> None:
    written = len(journal.of_delivery(store.read(), identity))
    with store.write() as connection:
        moves.apply(connection, [change], NOON)
    row, entries = deliveries.get(store.read(), identity), journal.of_delivery(store.read(), identity)
    assert row is not None
    assert (row.state, row.actor, row.reason) == (change.after, "thu", "vì thử")
    assert row.holds == frozenset(change.holds)
    assert row.round == 1 + change.raises
    assert (row.done_at == NOON) is (change.after is State.SENT)
    last = entries[-1]
    assert len(entries) == written + 1
    assert (last.event, last.state, last.actor, last.reason) == (change.event, change.after, "thu", "vì thử")
    assert last.at == NOON


@pytest.mark.parametrize(("before", "after"), list(product(State, State)), ids=lambda each: each.value)
def test_the_schema_allows_the_tables_pairs_and_no_other(store: Store, before: State, after: State) -> None:
    row = put(store, before)
    legal = {(source, target) for (source, _), targets in TRANSITIONS.items() for target in targets}
    values = (
        after.value,
        "operator" if after is State.HELD else "",
        "2021-05-03T05:00:00.000000Z" if after in (State.SCHEDULED, State.RETRYING) else None,
        "2021-05-03T05:00:00.000000Z" if after is State.SENT else None,
        '{"id": "x"}',
        PAYLOAD.digest,
        row.id,
    )
    sql = "UPDATE delivery SET state=?, holds=?, wake_at=?, done_at=?, receipt=?, payload=? WHERE id=?"
    if (before, after) in legal:
        with store.write() as connection:
            connection.execute(sql, values)
        return
    unchanged = everything(store)
    with pytest.raises(StoreError, match="illegal transition"), store.write() as connection:
        connection.execute(sql, values)
    assert everything(store) == unchanged


def test_the_schemas_table_of_ways_is_the_lifecycle(store: Store) -> None:
    pairs = {(before.value, after.value) for (before, _), targets in TRANSITIONS.items() for after in targets}
    assert set(store.read().execute("SELECT before, after FROM way")) == pairs
    assert {name for (name,) in store.read().execute("SELECT name FROM state")} == {state.value for state in State}


def test_the_same_ways_guard_messages(store: Store) -> None:
    triggers = dict(store.read().execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    guards = [triggers[name].split("WHEN", 1)[1] for name in ("delivery_lifecycle", "message_lifecycle")]
    assert guards[0] == guards[1]
    assert "FROM way" in guards[0]


@pytest.mark.parametrize("column", ["post", "recurrence", "channel", "target", "action"])
def test_a_key_never_changes(store: Store, column: str) -> None:
    put(store, State.SCHEDULED)
    with pytest.raises(StoreError, match="a key never changes"), store.write() as connection:
        connection.execute(f"UPDATE delivery SET {column} = 'other'")


@pytest.mark.parametrize("state", State, ids=lambda each: each.value)
def test_only_what_will_not_go_by_itself_gets_a_new_round(store: Store, state: State) -> None:
    put(store, state)
    over = state in (State.FAILED, State.MISSED, State.CANCELLED)
    with pytest.raises(StoreError, match="round"), store.write() as connection:
        connection.execute("UPDATE delivery SET round = 0")
    if over:
        with store.write() as connection:
            connection.execute("UPDATE delivery SET round = 2")
    else:
        with pytest.raises(StoreError, match="only a requeue raises the round"), store.write() as connection:
            connection.execute("UPDATE delivery SET round = 2")


BROKEN = {
    "a state that is none": "state = 'gone'",
    "held for no reason": "holds = ''",
    "a due time of another form": "due_at = '2021-05-03'",
    "a publication of another form": "publish_at = '2021-05-03'",
    "an expiry of another form": "expires_at = '2021-05-03'",
    "a lateness that is none": "late = 'maybe'",
    "placed by nobody": "placed_by = 'wind'",
    "a receipt that is no JSON": "receipt = '{'",
    "a wake time of another form": "wake_at = 'soon'",
    "held, with a time to wake": "wake_at = due_at",
    "held, yet done": "done_at = due_at",
    "scheduled with reasons to wait": "state = 'scheduled', wake_at = due_at",
    "scheduled without a time": "state = 'scheduled', holds = ''",
    "round nought": "round = 0",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_held_row_cannot_be_broken(store: Store, broken: str) -> None:
    put(store, State.HELD)
    before = everything(store)
    with pytest.raises(StoreError, match="refused"), store.write() as connection:
        connection.execute(f"UPDATE delivery SET {broken}")
    assert everything(store) == before


SENDING = {
    "sent without a receipt": "state = 'sent', done_at = due_at",
    "sent without its time": "state = 'sent', receipt = '{}'",
    "handed without a receipt": "state = 'handed'",
    "retrying without a time": "state = 'retrying'",
    "failed, with a time to wake": "state = 'failed', wake_at = due_at",
    "sending without a payload": "payload = NULL",
}


@pytest.mark.parametrize("broken", SENDING.values(), ids=SENDING)
def test_a_sending_row_cannot_be_broken(store: Store, broken: str) -> None:
    put(store, State.SENDING)
    before = everything(store)
    with pytest.raises(StoreError, match="refused"), store.write() as connection:
        connection.execute(f"UPDATE delivery SET {broken}")
    assert everything(store) == before


OTHER_TABLES = {
    "a message that is sent without a receipt": "UPDATE message SET state = 'sent'",
    "a message under call without an attempt": "UPDATE message SET state = 'sending'",
    "a message in no state": "UPDATE message SET state = 'gone'",
    "a message of an unknown delivery": "UPDATE message SET delivery = 99",
    "a message in round nought": "UPDATE message SET round = 0",
    "a message whose data is no JSON": "UPDATE message SET data = '{'",
    "a second message to one address": "INSERT INTO message (occasion, delivery, address, name, data, state)"
    " SELECT occasion, delivery, address, name, data, state FROM message",
    "an ended attempt without an outcome": "UPDATE attempt SET ended_at = started_at, outcome = NULL",
    "an outcome of an attempt that goes on": "UPDATE attempt SET ended_at = NULL, outcome = 'fail'",
    "an attempt of an unknown delivery": "UPDATE attempt SET delivery = 99",
    "a route that is neither": "UPDATE attempt SET idempotent = 2",
    "a checkpoint that is no JSON": "UPDATE attempt SET checkpoint = '{'",
    "an attempt of an unknown epoch": "UPDATE attempt SET epoch = 99",
    "a second delivery of one key": "INSERT INTO delivery (post, recurrence, channel, target, action, state, due_at,"
    " publish_at, expires_at, late, title, digest, variant, actor, wake_at) SELECT post, recurrence, channel, target,"
    " action, 'scheduled', due_at, publish_at, expires_at, late, title, digest, variant, actor, due_at FROM delivery",
    "a delivery that goes away": "DELETE FROM delivery",
    "a post held by nobody": "INSERT INTO post (id, path, title, digest, valid, present, held_at)"
    " VALUES ('a', '', '', '', 1, 1, '2021')",
    "half a pin": "INSERT INTO post (id, path, title, digest, valid, present, pin_day)"
    " VALUES ('a', '', '', '', 1, 1, '2021')",
    "a validity that is none": "INSERT INTO post (id, path, title, digest, valid, present)"
    " VALUES ('a', '', '', '', 2, 1)",
    "a pause by nobody": "INSERT INTO channel (name, paused_at) VALUES ('kenh', '2021')",
}


@pytest.mark.parametrize("broken", OTHER_TABLES.values(), ids=OTHER_TABLES)
def test_no_other_table_can_be_broken(store: Store, broken: str) -> None:
    from scheduler.store import messages

    row = put(store, State.SENDING)
    with store.write() as connection:
        messages.add(connection, messages.occasion(connection, row.key), row.id, [("+84901", "", {})])
    with pytest.raises(StoreError, match="refused"), store.write() as connection:
        connection.execute(broken)


def test_a_row_that_has_moved_on_is_superseded_and_the_others_stay_with_it(store: Store) -> None:
    one, two = put(store, State.SCHEDULED, 1), put(store, State.SCHEDULED, 2)
    with store.write() as connection:
        moves.apply(connection, [move(two, Event.CANCEL, State.CANCELLED)], NOON)
    before = everything(store)
    with pytest.raises(Superseded, match="1 of 2"), store.write() as connection:
        moves.apply(connection, [move(one, Event.HOLD, State.HELD), move(two, Event.HOLD, State.HELD)], NOON)
    assert everything(store) == before


def test_one_illegal_move_stops_them_all(store: Store) -> None:
    one, two = put(store, State.SCHEDULED, 1), put(store, State.SENT, 2)
    before = everything(store)
    with pytest.raises(IllegalTransition), store.write() as connection:
        moves.apply(connection, [move(one, Event.HOLD, State.HELD), move(two, Event.HOLD, State.HELD)], NOON)
    assert everything(store) == before


def test_no_moves_are_no_change(store: Store) -> None:
    before = everything(store)
    with store.write() as connection:
        moves.apply(connection, [], NOON)
    assert everything(store) == before


def test_a_move_keeps_receipt_and_payload_that_it_does_not_bring(store: Store) -> None:
    row = put(store, State.HANDED)
    with store.write() as connection:
        moves.apply(connection, [replace(move(row, Event.DENY, State.FAILED))], NOON)
    after = deliveries.get(store.read(), row.id)
    assert after is not None
    assert (after.receipt, after.payload) == (RECEIPT, PAYLOAD.digest)


def test_a_persons_times_are_kept_as_a_persons(store: Store) -> None:
    row = put(store, State.FAILED)
    due = (NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2))
    gate = Admission(State.SCHEDULED, frozenset())
    with store.write() as connection:
        moves.apply(
            connection, [admitted(row.id, row.state, Event.REQUEUE, gate, NOON, "a", due=due, raises=True)], NOON
        )
    after = deliveries.get(store.read(), row.id)
    assert after is not None
    assert (after.due_at, after.publish_at, after.expires_at, after.next_at) == (*due, NOON)
    assert (after.round, after.attempts) == (2, 0)
    assert store.read().execute("SELECT placed_by FROM delivery").fetchone() == ("person",)


def test_what_the_gate_holds_has_no_time_to_wake(store: Store) -> None:
    row = put(store, State.FAILED)
    gate = Admission(State.HELD, frozenset({Hold.APPROVAL, Hold.LATE}))
    with store.write() as connection:
        moves.apply(connection, [admitted(row.id, row.state, Event.REQUEUE, gate, NOON, "a")], NOON)
    after = deliveries.get(store.read(), row.id)
    assert after is not None
    assert (after.holds, after.next_at) == (gate.holds, None)


def test_a_note_belongs_to_no_delivery(store: Store) -> None:
    with store.write() as connection:
        note(connection, NOON, "arm", "folder", "giam-doc", "đã xem")
    (entry,) = journal.latest(store.read(), 5)
    assert (entry.delivery, entry.key, entry.event, entry.actor, entry.reason) == (
        None, "folder", "arm", "giam-doc", "đã xem",
    )  # fmt: skip
