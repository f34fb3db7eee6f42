"""Written changes of the campaign's files: who changed what and when, with the bytes before and after, to be undone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.store.times import from_text, maybe, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

MOST = 200
"""Changes that are kept; the oldest go first."""

_COLUMNS = "id, at, actor, file, what, said, before, after, written, undone_at"


@dataclass(frozen=True, slots=True)
class Change:
    """One file's change. ``before`` or ``after`` is ``None`` where the file is not there then.

    ``what`` is a sentence of the catalogue, which ``said`` fills. A change that is not ``written`` was only begun:
    whether it came about, the file says.
    """

    id: int
    at: datetime
    by: str
    file: str
    what: str
    before: bytes | None
    after: bytes | None
    said: Mapping[str, str] = field(default_factory=dict)
    written: bool = False
    undone_at: datetime | None = None


def begin(connection: sqlite3.Connection, change: Change) -> int:
    """Keep a change that is about to be written, and return its number; its own is not looked at."""
    said = json.dumps(dict(change.said), ensure_ascii=False)
    cursor = connection.execute(
        "INSERT INTO edit (at, actor, file, what, said, before, after, written) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        (to_text(change.at), change.by, change.file, change.what, said, change.before, change.after),
    )
    return int(cursor.lastrowid or 0)


def done(connection: sqlite3.Connection, number: int) -> bool:
    """Say that a change that was begun has been written, so that what was undone before it cannot be done again.

    Returns ``False``, with nothing changed, where it is not there, or was written already.
    """
    if not connection.execute("UPDATE edit SET written = 1 WHERE id = ? AND written = 0", (number,)).rowcount:
        return False
    connection.execute("DELETE FROM edit WHERE undone_at IS NOT NULL")
    connection.execute(
        "DELETE FROM edit WHERE id NOT IN (SELECT id FROM edit ORDER BY id DESC LIMIT ?)",
        (MOST,),
    )
    return True


def drop(connection: sqlite3.Connection, number: int) -> None:
    """Forget a change that never came about."""
    connection.execute("DELETE FROM edit WHERE id = ? AND written = 0", (number,))


def undone(connection: sqlite3.Connection, number: int, at: datetime | None) -> None:
    """Say since when a change is undone; ``None``: it stands again."""
    connection.execute("UPDATE edit SET undone_at = ? WHERE id = ?", (None if at is None else to_text(at), number))


def begun(connection: sqlite3.Connection) -> list[Change]:
    """Return the changes of which nobody has said yet that they were written."""
    return _found(connection, "written = 0 ORDER BY id")


def last(connection: sqlite3.Connection) -> Change | None:
    """Return the change that is undone next, or ``None``."""
    return next(iter(_found(connection, "written = 1 AND undone_at IS NULL ORDER BY id DESC LIMIT 1")), None)


def next_again(connection: sqlite3.Connection) -> Change | None:
    """Return the change that is done again next, the one undone last, or ``None``."""
    which = "written = 1 AND undone_at IS NOT NULL ORDER BY undone_at DESC, id LIMIT 1"
    return next(iter(_found(connection, which)), None)


def every(connection: sqlite3.Connection) -> list[Change]:
    """Return all changes that were written, newest first."""
    return _found(connection, "written = 1 ORDER BY id DESC")


def _found(connection: sqlite3.Connection, which: str) -> list[Change]:
    return [_read(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM edit WHERE {which}")]  # noqa: S608


def _read(row: tuple[object, ...]) -> Change:
    number, at, by, file, what, said, before, after, written, undone_at = row
    return Change(
        int(str(number)),
        from_text(str(at)),
        str(by),
        str(file),
        str(what),
        before if isinstance(before, bytes) else None,
        after if isinstance(after, bytes) else None,
        json.loads(str(said)),
        bool(written),
        maybe(None if undone_at is None else str(undone_at)),
    )
