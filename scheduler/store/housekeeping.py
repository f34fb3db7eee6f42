"""What is done with old rows: texts and personal data are let go, keys, states and the journal stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.store.times import to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import datetime

_ENDED = (
    "SELECT a.id FROM attempt a JOIN delivery d ON d.id = a.delivery"
    " WHERE a.ended_at < ? AND a.body <> '' AND d.state IN ('sent', 'failed', 'missed', 'cancelled')"
)


def forget(connection: sqlite3.Connection, before: datetime, standing: Collection[str]) -> tuple[int, int]:
    """Let go of payloads, and of the addresses of messages, that were done with before ``before`` (aware).

    Channels in ``standing`` still show what they once published and keep their payloads. A message keeps its state and
    its place; its address and name become unreadable (Decree 13/2023: personal data is kept no longer than needed).
    Returns how many payloads and messages were let go.
    """
    at = to_text(before)
    keep = f" AND d.channel NOT IN ({', '.join('?' * len(standing))})" if standing else ""
    payloads = connection.execute(
        f"UPDATE attempt SET body = '', checkpoint = NULL WHERE id IN ({_ENDED}{keep})",  # noqa: S608
        (at, *standing),
    ).rowcount
    connection.execute(
        f"UPDATE delivery SET payload = NULL WHERE payload IS NOT NULL AND state <> 'sending' AND id IN"  # noqa: S608
        f" (SELECT d.id FROM delivery d WHERE NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery = d.id AND a.body <> ''){keep})",
        tuple(standing),
    )
    people = connection.execute(
        "UPDATE message SET address = '#' || id, name = '', data = '{}' WHERE substr(address, 1, 1) <> '#'"
        " AND state IN ('sent', 'failed', 'missed', 'cancelled')"
        " AND attempt IN (SELECT id FROM attempt WHERE ended_at < ?)",
        (at,),
    ).rowcount
    return payloads, people


def tidy(connection: sqlite3.Connection) -> None:
    """Let SQLite look after its statistics and its write-ahead log."""
    connection.execute("PRAGMA optimize")
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
