"""Batches: the calls of one attempt at a bulk delivery, each with its own messages, time and checkpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.store.times import from_text, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """One call for several messages: the attempt it belongs to, when it began (aware, in UTC), and what it left."""

    id: int
    attempt: int
    started_at: datetime
    checkpoint: Mapping[str, Any] | None


def begin(connection: sqlite3.Connection, attempt: int, now: datetime, size: int) -> int:
    """Open a batch of ``size`` messages of an attempt and return its number."""
    cursor = connection.execute(
        "INSERT INTO batch (attempt, started_at, size) VALUES (?, ?, ?)", (attempt, to_text(now), size)
    )
    assert cursor.lastrowid is not None  # noqa: S101 - an INSERT has one
    return cursor.lastrowid


def checkpoint(connection: sqlite3.Connection, batch: int, data: Mapping[str, Any]) -> None:
    """Keep what a batch has done so far."""
    connection.execute("UPDATE batch SET checkpoint = ? WHERE id = ?", (json.dumps(data, ensure_ascii=False), batch))


def get(connection: sqlite3.Connection, batch: int) -> Batch | None:
    """Return a batch, or ``None``."""
    row = connection.execute("SELECT id, attempt, started_at, checkpoint FROM batch WHERE id = ?", (batch,)).fetchone()
    if row is None:
        return None
    return Batch(row[0], row[1], from_text(row[2]), None if row[3] is None else json.loads(row[3]))
