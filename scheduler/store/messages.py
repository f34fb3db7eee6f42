"""Messages: the recipients' parts of a bulk delivery. Each has a state of its own, guarded like a delivery's."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scheduler.ground.errors import Superseded
from scheduler.ground.lifecycle import Event, State, transition
from scheduler.ground.text import _
from scheduler.store import batches, sealing
from scheduler.store.sealing import SEALED
from scheduler.store.states import IS_READY
from scheduler.store.times import from_text, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from scheduler.ground.delivery import Key


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A recipient's part: its state, round, and the attempt and batch that last called it."""

    id: int
    address: str
    name: str
    data: Mapping[str, Any]
    state: State
    round: int
    attempts: int
    attempt: int | None
    reason: str
    receipt: Mapping[str, Any] | None
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class MessageMove:
    """One transition of one message."""

    message: int
    before: State
    event: Event
    after: State
    reason: str = ""
    wake_at: datetime | None = None
    receipt: Mapping[str, Any] | None = None
    raises: bool = False


def occasion(connection: sqlite3.Connection, key: Key) -> int:
    """Return the number under which each address gets one message, whatever the target or variant."""
    name = (key.post, key.recurrence, key.channel, key.action)
    connection.execute("INSERT OR IGNORE INTO occasion (post, recurrence, channel, action) VALUES (?, ?, ?, ?)", name)
    row = connection.execute(
        "SELECT id FROM occasion WHERE post = ? AND recurrence = ? AND channel = ? AND action = ?", name
    ).fetchone()
    return int(row[0])


def add(
    connection: sqlite3.Connection,
    occasion: int,
    delivery: int,
    recipients: Iterable[tuple[str, str, Mapping[str, Any]]],
) -> int:
    """Write messages for addresses that have none on this occasion yet, and return how many were new.

    An address that was let go counts as the one it was; where its message waits to be sent again, it has it back.
    """
    rows = [(address, name, json.dumps(dict(data), ensure_ascii=False)) for address, name, data in recipients]
    key = sealing.secret(connection)
    if key is not None:
        rows = [row for row in rows if not _had(connection, occasion, delivery, sealing.seal(key, row[0]), row)]
    cursor = connection.executemany(
        "INSERT OR IGNORE INTO message (occasion, delivery, address, name, data, state)"
        " VALUES (?, ?, ?, ?, ?, 'scheduled')",
        [(occasion, delivery, *row) for row in rows],
    )
    return max(0, cursor.rowcount)


def _had(connection: sqlite3.Connection, occasion: int, delivery: int, sealed: str, row: tuple[str, str, str]) -> bool:
    """Return whether an address has a message here in which it has been let go; one that still waits gets it back."""
    found = connection.execute(
        "SELECT id, delivery, state FROM message WHERE occasion = ? AND address = ?", (occasion, sealed)
    ).fetchone()
    if found is None:
        return False
    if found[1] == delivery and State(found[2]) in OPEN:
        connection.execute(
            "UPDATE message SET address = ?, name = ?, data = ? WHERE id = ?"
            " AND NOT EXISTS (SELECT 1 FROM message WHERE occasion = ? AND address = ?)",
            (*row, found[0], occasion, row[0]),
        )
    return True


OPEN = (State.SCHEDULED, State.RETRYING)
"""States in which a message waits to be called."""
_COLUMNS = "id, address, name, data, state, round, attempts, attempt, reason, receipt, batch"
_WAITING = f"state {IS_READY}"


def claim(connection: sqlite3.Connection, delivery: int, attempt: int, now: datetime, limit: int) -> list[MessageRow]:
    """Take up to ``limit`` messages whose time has come into a batch, and write that its call is about to be made."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM message WHERE delivery = ? AND {_WAITING}"  # noqa: S608
        " AND (wake_at IS NULL OR wake_at <= ?) ORDER BY id LIMIT ?",
        (delivery, to_text(now), limit),
    ).fetchall()
    if not rows:
        return []
    batch = batches.begin(connection, attempt, now, len(rows))
    connection.executemany(
        "UPDATE message SET state = 'sending', attempt = ?, batch = ?, attempts = attempts + 1, wake_at = NULL"
        " WHERE id = ?",
        [(attempt, batch, row[0]) for row in rows],
    )
    return [replace(_read(row), state=State.SENDING, attempt=attempt, batch=batch) for row in rows]


def apply(connection: sqlite3.Connection, moves: Sequence[MessageMove]) -> None:
    """Apply transitions inside the caller's transaction, all or none; what is recovered has used up no attempt.

    Raises `IllegalTransition` before anything is written, and `Superseded` where a message has left the state that the
    caller saw; the caller's transaction then rolls back.
    """
    for move in moves:
        transition(move.before, move.event, move.after)
    changed = connection.executemany(
        "UPDATE message SET state = ?, reason = ?, wake_at = ?, receipt = coalesce(?, receipt), round = round + ?,"
        " attempts = attempts - ? WHERE id = ? AND state = ?",
        [
            (
                m.after.value,
                m.reason,
                None if m.wake_at is None else to_text(m.wake_at),
                None if m.receipt is None else json.dumps(m.receipt, ensure_ascii=False),
                int(m.raises),
                int(m.event is Event.RECOVER),
                m.message,
                m.before.value,
            )
            for m in moves
        ],
    ).rowcount
    if moves and changed != len(moves):
        raise Superseded(
            _("{some} of {all} messages had changed meanwhile").format(some=len(moves) - changed, all=len(moves))
        )


def leave(connection: sqlite3.Connection, delivery: int, event: Event, after: State, reason: str) -> int:
    """Have all messages that wait to be called leave with their delivery, and return how many did."""
    for state in OPEN:
        transition(state, event, after)
    return connection.execute(
        f"UPDATE message SET state = ?, reason = ?, wake_at = NULL WHERE delivery = ? AND {_WAITING}",  # noqa: S608
        (after.value, reason, delivery),
    ).rowcount


def come_back(connection: sqlite3.Connection, delivery: int, reason: str) -> int:
    """Bring back the messages that left with their delivery, for ``reason``; return how many there were."""
    transition(State.CANCELLED, Event.RESTORE, State.SCHEDULED)
    return connection.execute(
        "UPDATE message SET state = 'scheduled', reason = '' WHERE delivery = ? AND state = 'cancelled' AND reason = ?",
        (delivery, reason),
    ).rowcount


def refuse_sealed(connection: sqlite3.Connection, delivery: int, reason: str) -> int:
    """Refuse the messages that wait and whose address has been let go and did not come again; return how many."""
    for state in OPEN:
        transition(state, Event.REFUSE, State.FAILED)
    return connection.execute(
        f"UPDATE message SET state = 'failed', reason = ?, wake_at = NULL WHERE delivery = ? AND {_WAITING}"  # noqa: S608
        " AND substr(address, 1, ?) = ?",
        (reason, delivery, len(SEALED), SEALED),
    ).rowcount


def among(connection: sqlite3.Connection, deliveries: Collection[int]) -> set[int]:
    """Return which of ``deliveries`` have messages."""
    rows = connection.execute(
        "SELECT each.value FROM json_each(?) each WHERE EXISTS (SELECT 1 FROM message WHERE delivery = each.value)",
        (json.dumps(list(deliveries)),),
    )
    return {identity for (identity,) in rows}


def get(connection: sqlite3.Connection, identities: Collection[int]) -> dict[int, MessageRow]:
    """Return messages by their number."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM message WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608
        (json.dumps(list(identities)),),
    )
    return {row[0]: _read(row) for row in rows}


def receipt_taken(connection: sqlite3.Connection, channel: str, address: str, receipt: str, other_than: int) -> bool:
    """Return whether a message to the same address, on another occasion of the channel, holds that receipt."""
    row = connection.execute(
        "SELECT 1 FROM occasion o JOIN message m ON m.occasion = o.id AND m.address = ?"
        " WHERE o.channel = ? AND m.id <> ? AND m.receipt IS NOT NULL AND json_extract(m.receipt, '$.id') = ?",
        (address, channel, other_than, receipt),
    ).fetchone()
    return row is not None


def listed(
    connection: sqlite3.Connection, delivery: int, state: State | None, limit: int, offset: int
) -> list[MessageRow]:
    """Return messages of a delivery, in one state or in any, in the order in which they are called."""
    only, values = ("", ()) if state is None else (" AND state = ?", (state.value,))
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM message WHERE delivery = ?{only} ORDER BY id LIMIT ? OFFSET ?",  # noqa: S608
        (delivery, *values, limit, offset),
    )
    return [_read(row) for row in rows]


def in_state(connection: sqlite3.Connection, delivery: int, *states: State) -> list[MessageRow]:
    """Return a delivery's messages in any of ``states``."""
    marks = ", ".join("?" * len(states))
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM message WHERE delivery = ? AND state IN ({marks}) ORDER BY id",  # noqa: S608
        (delivery, *states),
    )
    return [_read(row) for row in rows]


def counts(connection: sqlite3.Connection, delivery: int) -> dict[State, int]:
    """Return how many of a delivery's messages are in each state."""
    rows = connection.execute("SELECT state, count(*) FROM message WHERE delivery = ? GROUP BY state", (delivery,))
    return {State(state): number for state, number in rows}


def shared_reason(connection: sqlite3.Connection, delivery: int, state: State) -> str:
    """Return the reason that all messages in a state have alike, "" where there are several, or it may be of a person.

    What one message alone says may name its recipient, and a delivery's reason is read by more people than its list.
    """
    row = connection.execute(
        "SELECT min(reason) FROM message WHERE delivery = ? AND state = ?"
        " HAVING count(*) > 1 AND count(DISTINCT reason) = 1",
        (delivery, state.value),
    ).fetchone()
    return (row[0] or "") if row else ""


def words(counts: Mapping[State, int]) -> str:
    """Return counts of messages as the journal has them, "" where there is none."""
    return ", ".join(f"{counts[state]} {_(state.value)}" for state in sorted(counts) if counts[state])


def next_wake(connection: sqlite3.Connection, delivery: int) -> datetime | None:
    """Return when the earliest message of the delivery is to be tried again, or ``None``."""
    row = connection.execute(
        "SELECT min(wake_at) FROM message WHERE delivery = ? AND state = 'retrying'", (delivery,)
    ).fetchone()
    return None if row[0] is None else from_text(row[0])


def ask_to_stop(connection: sqlite3.Connection, delivery: int, actor: str, reason: str) -> None:
    """Ask the worker that is sending this bulk delivery to cancel the rest."""
    connection.execute(
        "INSERT OR REPLACE INTO withdrawal (delivery, actor, reason) VALUES (?, ?, ?)", (delivery, actor, reason)
    )


def asked_to_stop(connection: sqlite3.Connection, delivery: int) -> tuple[str, str] | None:
    """Return who asked for the rest of a bulk delivery to be cancelled, and why."""
    row = connection.execute("SELECT actor, reason FROM withdrawal WHERE delivery = ?", (delivery,)).fetchone()
    return None if row is None else (row[0], row[1])


def forget_stop(connection: sqlite3.Connection, delivery: int) -> None:
    """Take such a request back: the delivery is to be sent again."""
    connection.execute("DELETE FROM withdrawal WHERE delivery = ?", (delivery,))


def _read(row: Sequence[Any]) -> MessageRow:
    return MessageRow(
        id=row[0],
        address=row[1],
        name=row[2],
        data=json.loads(row[3]),
        state=State(row[4]),
        round=row[5],
        attempts=row[6],
        attempt=row[7],
        reason=row[8],
        receipt=None if row[9] is None else json.loads(row[9]),
        batch=row[10],
    )
