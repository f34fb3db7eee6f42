"""Messages: the recipients' parts of a bulk delivery. Each has a state of its own, guarded like a delivery's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.ground.lifecycle import Event, State, transition
from scheduler.store.times import from_text, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from scheduler.ground.delivery import Key


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A recipient's part: its state, round and the attempt that last called it."""

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
    """Write messages for addresses that have none on this occasion yet, and return how many were new."""
    cursor = connection.executemany(
        "INSERT OR IGNORE INTO message (occasion, delivery, address, name, data, state) VALUES (?, ?, ?, ?, ?, 'scheduled')",
        [
            (occasion, delivery, address, name, json.dumps(dict(data), ensure_ascii=False))
            for address, name, data in recipients
        ],
    )
    return cursor.rowcount


_COLUMNS = "id, address, name, data, state, round, attempts, attempt, reason, receipt"


def claim(connection: sqlite3.Connection, delivery: int, attempt: int, now: datetime, limit: int) -> list[MessageRow]:
    """Take up to ``limit`` messages whose time has come and write that their call is about to be made."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM message WHERE delivery = ? AND state IN ('scheduled', 'retrying')"  # noqa: S608
        " AND (wake_at IS NULL OR wake_at <= ?) ORDER BY id LIMIT ?",
        (delivery, to_text(now), limit),
    ).fetchall()
    connection.executemany(
        "UPDATE message SET state = 'sending', attempt = ?, attempts = attempts + 1, wake_at = NULL WHERE id = ?",
        [(attempt, row[0]) for row in rows],
    )
    return [_read(row) for row in rows]


def apply(connection: sqlite3.Connection, moves: Sequence[MessageMove]) -> None:
    """Apply transitions inside the caller's transaction. Raises `IllegalTransition` before anything is written."""
    for move in moves:
        transition(move.before, move.event, move.after)
    connection.executemany(
        "UPDATE message SET state = ?, reason = ?, wake_at = ?, receipt = coalesce(?, receipt), round = round + ?"
        " WHERE id = ? AND state = ?",
        [
            (
                m.after.value,
                m.reason,
                None if m.wake_at is None else to_text(m.wake_at),
                None if m.receipt is None else json.dumps(m.receipt, ensure_ascii=False),
                int(m.raises),
                m.message,
                m.before.value,
            )
            for m in moves
        ],
    )


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
    )
