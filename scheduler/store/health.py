"""What each channel answered when it was last asked whether it would work, target by target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scheduler.ground.model import Health
from scheduler.store.times import from_text, maybe, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Probed:
    """One target's answer, and when it gave it (aware, in UTC)."""

    target: str
    health: Health
    at: datetime


def put(connection: sqlite3.Connection, channel: str, probed: Probed) -> None:
    """Keep an answer, in place of the one before."""
    health = probed.health
    connection.execute(
        "INSERT OR REPLACE INTO health (channel, target, ok, detail, until, at) VALUES (?, ?, ?, ?, ?, ?)",
        (
            channel,
            probed.target,
            int(health.ok),
            health.detail,
            to_text(health.until) if health.until else None,
            to_text(probed.at),
        ),
    )


def every(connection: sqlite3.Connection) -> dict[str, dict[str, Probed]]:
    """Return the last answers: channel → target → answer."""
    found: dict[str, dict[str, Probed]] = {}
    rows = connection.execute("SELECT channel, target, ok, detail, until, at FROM health ORDER BY channel, target")
    for channel, target, ok, detail, until, at in rows:
        found.setdefault(channel, {})[target] = Probed(target, Health(bool(ok), detail, maybe(until)), from_text(at))
    return found


def worst(found: Iterable[Probed]) -> Probed:
    """Return the answer that matters most: one that is not well, else the one that runs out first."""
    never = datetime.max.replace(tzinfo=UTC)
    return min(found, key=lambda each: (each.health.ok, each.health.until or never))
