"""What the engine knows of each post: the digest it stands at, who approved that, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import Hold
from scheduler.store.times import to_text

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

_COLUMNS = (
    "id, path, title, digest, approved_by, valid, present, signature, pin_recurrence, pin_day, held_by, held_reason"
)


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as last seen. ``signature`` says what its deliveries were planned from; ``pin_day`` is ISO text."""

    id: str
    path: str = ""
    title: str = ""
    digest: str = ""
    approved_by: str | None = None
    valid: bool = True
    present: bool = True
    signature: str = ""
    pin_recurrence: str | None = None
    pin_day: str | None = None
    held_by: str | None = None
    held_reason: str | None = None

    def holds(self, *, approval_required: bool) -> frozenset[Hold]:
        """Return the reasons for which the post's deliveries must wait."""
        found = set()
        if approval_required and not self.approved_by:
            found.add(Hold.APPROVAL)
        if not self.valid:
            found.add(Hold.INVALID)
        if self.held_by:
            found.add(Hold.POST)
        return frozenset(found)


def get(connection: sqlite3.Connection, post: str) -> PostRow | None:
    """Return one post."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM post WHERE id = ?", (post,)).fetchone()  # noqa: S608
    return None if row is None else _read(row)


def every(connection: sqlite3.Connection) -> dict[str, PostRow]:
    """Return all posts, by id."""
    return {row[0]: _read(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM post ORDER BY id")}  # noqa: S608


def put(connection: sqlite3.Connection, row: PostRow) -> None:
    """Write what was read of a post; who holds it is left as it stands."""
    connection.execute(
        "INSERT INTO post (id, path, title, digest, approved_by, valid, present, signature, pin_recurrence, pin_day)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET path = excluded.path, title = excluded.title, digest = excluded.digest,"
        " approved_by = excluded.approved_by, valid = excluded.valid, present = excluded.present,"
        " signature = excluded.signature, pin_recurrence = excluded.pin_recurrence, pin_day = excluded.pin_day",
        (
            row.id,
            row.path,
            row.title,
            row.digest,
            row.approved_by,
            int(row.valid),
            int(row.present),
            row.signature,
            row.pin_recurrence,
            row.pin_day,
        ),
    )


def decided(connection: sqlite3.Connection, post: str, *, revoked: bool) -> None:
    """Have the post planned anew after a decision on it; a revocation leaves it without approval at once."""
    connection.execute(
        "UPDATE post SET signature = '', approved_by = CASE WHEN ? THEN NULL ELSE approved_by END WHERE id = ?",
        (revoked, post),
    )


def hold(connection: sqlite3.Connection, post: str, by: str | None, reason: str, now: datetime) -> None:
    """Hold the post in a person's name, even before it was ever planned; ``by=None`` releases it."""
    connection.execute(
        "INSERT INTO post (id, path, title, digest, valid, present, held_by, held_at, held_reason)"
        " VALUES (?, '', '', '', 1, 1, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET held_by = excluded.held_by, held_at = excluded.held_at,"
        " held_reason = excluded.held_reason",
        (post, by, to_text(now) if by else None, reason if by else None),
    )


def _read(row: tuple[object, ...]) -> PostRow:
    values = list(row)
    values[5], values[6] = bool(row[5]), bool(row[6])
    return PostRow(*values)  # type: ignore[arg-type]
