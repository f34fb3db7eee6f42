"""Times as the database keeps them: ISO 8601 text in UTC, 27 characters, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime

WIDTH = len("2021-05-03T05:30:00.000000Z")


def to_text(moment: datetime) -> str:
    """Return an aware time as text. Raises `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    """Return the aware UTC time that ``text`` spells."""
    return datetime.fromisoformat(text)


def maybe(text: str | None) -> datetime | None:
    """Return the time, or ``None`` where the column is empty."""
    return None if text is None else datetime.fromisoformat(text)
