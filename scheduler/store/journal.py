"""The journal, and how far each observer has read in it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from scheduler.ground.delivery import Entry
from scheduler.store.times import from_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import datetime

_SELECT = (
    "SELECT e.id, e.at, e.delivery,"
    " coalesce(d.post || '/' || d.recurrence || '/' || d.channel || '/' || d.target || '/' || d.action, e.subject),"
    " e.event, e.state, e.actor, e.reason FROM event e LEFT JOIN delivery d ON d.id = e.delivery"
)


def of_delivery(connection: sqlite3.Connection, delivery: int) -> list[Entry]:
    """Return all that happened to a delivery, oldest first."""
    return _read(connection, f"{_SELECT} WHERE e.delivery = ? ORDER BY e.id", delivery, -1)


def after(connection: sqlite3.Connection, entry: int, limit: int = 500) -> list[Entry]:
    """Return what was written after ``entry``, oldest first."""
    return _read(connection, f"{_SELECT} WHERE e.id > ? ORDER BY e.id", entry, limit)


def latest(connection: sqlite3.Connection, limit: int) -> list[Entry]:
    """Return the newest lines, newest first."""
    return _read(connection, f"{_SELECT} WHERE e.id > ? ORDER BY e.id DESC", 0, limit)


def before(connection: sqlite3.Connection, entry: int | None, without: Collection[str], limit: int) -> list[Entry]:
    """Return the newest lines below ``entry`` (or of all), newest first, leaving some kinds of event out."""
    sql = f"{_SELECT} WHERE e.event NOT IN (SELECT value FROM json_each(?)) AND e.id < ? ORDER BY e.id DESC LIMIT ?"  # noqa: S608
    below = sys.maxsize if entry is None else entry
    rows = connection.execute(sql, (json.dumps(list(without)), below, limit))
    return [Entry(r[0], from_text(r[1]), *r[2:]) for r in rows]


def gone(connection: sqlite3.Connection, limit: int) -> list[tuple[int, datetime]]:
    """Return which deliveries were sent, handed over or confirmed last, each with when; the latest first."""
    rows = connection.execute(
        "SELECT delivery, max(at) FROM (SELECT delivery, at FROM event INDEXED BY event_gone"
        " WHERE state IN ('sent', 'handed') AND delivery IS NOT NULL ORDER BY at DESC, delivery DESC LIMIT ?)"
        " GROUP BY delivery ORDER BY max(at) DESC, delivery DESC",
        (limit,),
    )
    return [(delivery, from_text(at)) for delivery, at in rows]


def _read(connection: sqlite3.Connection, sql: str, value: int, limit: int) -> list[Entry]:
    rows = connection.execute(f"{sql} LIMIT ?", (value, limit))
    return [Entry(r[0], from_text(r[1]), *r[2:]) for r in rows]


def mark(connection: sqlite3.Connection) -> int:
    """Return the number of the newest line ever written, or 0."""
    row = connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()
    return int(row[0])


def newest(connection: sqlite3.Connection) -> tuple[int, str]:
    """Return number and time of the newest line, by which a copy is told from a later state of the database."""
    row = connection.execute("SELECT id, at FROM event ORDER BY id DESC LIMIT 1").fetchone()
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def has(connection: sqlite3.Connection, number: int, at: str) -> bool:
    """Return whether the journal has the line of that number and time."""
    row = connection.execute("SELECT at FROM event WHERE id = ?", (number,)).fetchone()
    return row is not None and row[0] == at


def cursor(connection: sqlite3.Connection, observer: str) -> int | None:
    """Return how far an observer has read, or ``None`` where it is new."""
    row = connection.execute("SELECT cursor FROM observer WHERE name = ?", (observer,)).fetchone()
    return None if row is None else int(row[0])


def advance(connection: sqlite3.Connection, observer: str, entry: int) -> None:
    """Write how far an observer has read."""
    connection.execute("INSERT OR REPLACE INTO observer (name, cursor) VALUES (?, ?)", (observer, entry))
