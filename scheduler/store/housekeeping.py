"""What is done with old rows: texts and personal data are let go, keys, states and the journal stay."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scheduler.store import sealing
from scheduler.store.sealing import SEALED
from scheduler.store.times import to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import datetime

_FINAL = "('sent', 'failed', 'missed', 'cancelled')"
_ENDED = (
    "SELECT a.id FROM attempt a JOIN delivery d ON d.id = a.delivery"  # noqa: S608
    f" WHERE a.ended_at < ? AND a.body <> '' AND d.state IN {_FINAL}"
)
_DONE = (
    f"SELECT d.id FROM delivery d WHERE d.state IN {_FINAL}"  # noqa: S608
    " AND EXISTS (SELECT 1 FROM attempt WHERE delivery = d.id)"
    " AND NOT EXISTS (SELECT 1 FROM attempt WHERE delivery = d.id AND (ended_at IS NULL OR ended_at >= ?))"
)
"""Deliveries whose every attempt ended before a time."""
_TAIL = "substr(address, -8)"
"""What a text has of an address, however its beginning is written (0912… and +84912…)."""


def forget(connection: sqlite3.Connection, before: datetime, standing: Collection[str]) -> tuple[int, int]:
    """Let go of payloads, and of the addresses of messages, that were done with before ``before`` (aware).

    Channels in ``standing`` still show what they once published and keep their payloads. A message keeps its state
    and its place; its name and data go, and its address becomes a keyed hash, by which it is known if it comes again
    (Decree 13/2023: personal data is kept no longer than needed). Returns how many payloads and messages were let go.
    """
    at = to_text(before)
    payloads = _forget_payloads(connection, at, standing)
    return payloads, _forget_people(connection, at)


def _forget_payloads(connection: sqlite3.Connection, at: str, standing: Collection[str]) -> int:
    keep = f" AND d.channel NOT IN ({', '.join('?' * len(standing))})" if standing else ""
    number = connection.execute(
        f"UPDATE attempt SET body = '', checkpoint = NULL WHERE id IN ({_ENDED}{keep})",  # noqa: S608
        (at, *standing),
    ).rowcount
    connection.execute(
        "UPDATE batch SET checkpoint = NULL WHERE checkpoint IS NOT NULL"
        " AND attempt IN (SELECT id FROM attempt WHERE body = '')"
    )
    connection.execute(
        f"UPDATE delivery SET payload = NULL WHERE payload IS NOT NULL AND state <> 'sending' AND id IN"  # noqa: S608
        " (SELECT d.id FROM delivery d"
        f" WHERE NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery = d.id AND a.body <> ''){keep})",
        tuple(standing),
    )
    connection.execute(
        "DELETE FROM blob WHERE digest NOT IN (SELECT json_extract(file.value, '$.digest')"
        " FROM attempt a, json_each(a.body, '$.files') file WHERE a.body <> '')"
    )
    return number


def _forget_people(connection: sqlite3.Connection, at: str) -> int:
    """Seal the addresses of a delivery that is done with, also of messages that were never called."""
    due = f"delivery IN ({_DONE}) AND state IN {_FINAL} AND substr(address, 1, {len(SEALED)}) <> '{SEALED}'"
    if connection.execute(f"SELECT 1 FROM message WHERE {due} LIMIT 1", (at,)).fetchone() is None:  # noqa: S608
        return 0
    connection.create_function("seal", 1, partial(sealing.seal, sealing.make_secret(connection)), deterministic=True)
    return connection.execute(
        "UPDATE message SET address = seal(address), name = '', data = '{}',"  # noqa: S608
        f" reason = CASE WHEN instr(reason, {_TAIL}) THEN '' ELSE reason END,"
        f""" receipt = CASE WHEN instr(receipt, {_TAIL}) THEN '{{"id": ""}}' ELSE receipt END WHERE {due}""",
        (at,),
    ).rowcount


def tidy(connection: sqlite3.Connection) -> None:
    """Let SQLite look after its statistics and its write-ahead log."""
    connection.execute("PRAGMA optimize")
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
