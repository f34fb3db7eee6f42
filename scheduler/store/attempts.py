"""Attempts and the exact payloads they carried."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.ground.delivery import Attempt, Key
from scheduler.ground.errors import Superseded
from scheduler.ground.text import _
from scheduler.store.times import from_text, maybe, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload as the database keeps it: JSON text under its digest, and the bytes of its files under theirs."""

    digest: str
    body: str
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be called: written, with its payload, before the call."""

    delivery: int
    round: int
    payload: Payload
    idempotent: bool
    staged: bool


def body(connection: sqlite3.Connection, delivery: int, digest: str) -> str:
    """Return the JSON text of a payload that was kept with an attempt of ``delivery``."""
    row = connection.execute(
        "SELECT body FROM attempt WHERE delivery = ? AND payload = ? ORDER BY id DESC LIMIT 1", (delivery, digest)
    ).fetchone()
    return str(row[0])


def blob(connection: sqlite3.Connection, digest: str) -> bytes:
    """Return the bytes of a payload's file."""
    return bytes(connection.execute("SELECT data FROM blob WHERE digest = ?", (digest,)).fetchone()[0])


def begin(connection: sqlite3.Connection, intents: Sequence[Intent], epoch: int, now: datetime) -> list[int]:
    """Open an attempt for each intent, with its exact payload, and return their numbers in order."""
    files = [file for intent in intents for file in intent.payload.files]
    if files:
        connection.executemany("INSERT OR IGNORE INTO blob (digest, data) VALUES (?, ?)", files)
    first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM attempt").fetchone()[0]
    at = to_text(now)
    connection.executemany(
        "INSERT INTO attempt (id, delivery, round, epoch, payload, body, idempotent, staged, started_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (first + n, i.delivery, i.round, epoch, i.payload.digest, i.payload.body, i.idempotent, i.staged, at)
            for n, i in enumerate(intents)
        ],
    )
    return list(range(first, first + len(intents)))


def end(connection: sqlite3.Connection, ended: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Close attempts: their number, outcome and reason. Raises `Superseded` where a newer engine has closed one."""
    at = to_text(now)
    changed = connection.executemany(
        "UPDATE attempt SET ended_at = ?, outcome = ?, reason = ? WHERE id = ? AND ended_at IS NULL",
        [(at, outcome, reason, attempt) for attempt, outcome, reason in ended],
    ).rowcount
    if ended and changed != len(ended):
        raise Superseded(
            _("{some} of {all} attempts had been closed meanwhile").format(some=len(ended) - changed, all=len(ended))
        )


def outlived(connection: sqlite3.Connection, attempt: int, now: datetime) -> None:
    """Write when a call really ended that nobody had waited for."""
    connection.execute("UPDATE attempt SET ended_at = ? WHERE id = ? AND ended_at IS NOT NULL", (to_text(now), attempt))


def checkpoint(connection: sqlite3.Connection, attempt: int, data: Mapping[str, Any]) -> None:
    """Keep what a staged call has done so far."""
    connection.execute(
        "UPDATE attempt SET checkpoint = ? WHERE id = ?", (json.dumps(data, ensure_ascii=False), attempt)
    )


def no_return(connection: sqlite3.Connection, attempt: int) -> None:
    """Write that the call is past the point where a crash means "not sent"."""
    connection.execute("UPDATE attempt SET no_return = 1 WHERE id = ?", (attempt,))


_COLUMNS = (
    "a.id, a.delivery, d.post, d.recurrence, d.channel, d.target, d.action, a.round, a.epoch, a.payload,"
    " a.started_at, a.ended_at, a.outcome, a.reason, a.checkpoint, a.no_return"
)


def of_delivery(connection: sqlite3.Connection, delivery: int) -> list[Attempt]:
    """Return every attempt of a delivery, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM attempt a JOIN delivery d ON d.id = a.delivery WHERE a.delivery = ? ORDER BY a.id",  # noqa: S608
        (delivery,),
    )
    return [_read(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Orphan:
    """An open attempt of an engine that is gone."""

    attempt: int
    delivery: int
    idempotent: bool
    staged: bool
    no_return: bool


def orphans(connection: sqlite3.Connection, epoch: int) -> list[Orphan]:
    """Return the open attempts of older epochs."""
    rows = connection.execute(
        "SELECT a.id, a.delivery, a.idempotent, a.staged, a.no_return"
        " FROM attempt a JOIN delivery d ON d.id = a.delivery"
        " WHERE a.ended_at IS NULL AND a.epoch < ? AND d.state = 'sending' ORDER BY a.id",
        (epoch,),
    )
    return [Orphan(a, d, bool(i), bool(s), bool(n)) for a, d, i, s, n in rows]


def _read(row: Sequence[Any]) -> Attempt:
    return Attempt(
        id=row[0],
        delivery=row[1],
        key=Key(*row[2:7]),
        round=row[7],
        epoch=row[8],
        payload=row[9],
        started_at=from_text(row[10]),
        ended_at=maybe(row[11]),
        outcome=row[12],
        reason=row[13],
        checkpoint=None if row[14] is None else json.loads(row[14]),
        no_return=bool(row[15]),
    )


def next_batch(connection: sqlite3.Connection, attempt: int) -> None:
    """Note that another batch of the same attempt begins, before its own point of no return."""
    connection.execute("UPDATE attempt SET no_return = 0 WHERE id = ? AND no_return = 1", (attempt,))


def calls_since(connection: sqlite3.Connection, channel: str, since: datetime, *, many: bool) -> int:
    """Return how many calls of a channel have begun after ``since``; of one with ``many`` recipients, messages."""
    counted = (
        "SELECT coalesce(sum(b.size), 0) FROM batch b JOIN attempt a ON a.id = b.attempt"
        " JOIN delivery d ON d.id = a.delivery WHERE b.started_at > ? AND d.channel = ?"
        if many
        else "SELECT count(*) FROM attempt a JOIN delivery d ON d.id = a.delivery"
        " WHERE a.started_at > ? AND d.channel = ?"
    )
    return int(connection.execute(counted, (to_text(since), channel)).fetchone()[0])
