"""What is published in a span of days, gathered for a calendar: by occurrence and channel, never row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.ground.delivery import PUBLISH
from scheduler.ground.lifecycle import State
from scheduler.store.states import IS_UNSENT
from scheduler.store.times import from_text, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Share:
    """How many deliveries of one occurrence a channel has in one state. ``publish_at`` is aware, in UTC."""

    post: str
    recurrence: str
    publish_at: datetime
    title: str
    channel: str
    state: State
    number: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two occurrences that follow each other on one target; times are aware, in UTC."""

    channel: str
    target: str
    first: tuple[str, str, datetime]
    second: tuple[str, str, datetime]


def shares(connection: sqlite3.Connection, start: datetime, end: datetime) -> list[Share]:
    """Return what is published from ``start`` (included) to ``end`` (excluded), by time."""
    rows = connection.execute(
        "SELECT post, recurrence, publish_at, max(title), channel, state, count(*) FROM delivery"
        " WHERE publish_at >= ? AND publish_at < ? AND action = ?"
        " GROUP BY publish_at, post, recurrence, channel, state",
        (to_text(start), to_text(end), PUBLISH),
    )
    return [
        Share(post, recurrence, from_text(at), title, channel, State(state), number)
        for post, recurrence, at, title, channel, state, number in rows
    ]


def neighbours(connection: sqlite3.Connection, times: Collection[datetime], within: timedelta) -> list[Neighbours]:
    """Return what is published at some of ``times`` less than ``within`` after something else on the same target.

    What is over unsent counts as nothing.
    """
    marks = ", ".join("?" * len(times))
    rows = connection.execute(
        "SELECT channel, target, post, recurrence, publish_at FROM delivery"  # noqa: S608
        f" WHERE publish_at IN ({marks}) AND action = ? AND NOT state {IS_UNSENT}"
        " ORDER BY publish_at, post, recurrence",
        (*sorted(map(to_text, times)), PUBLISH),
    )
    before: dict[tuple[str, str], tuple[str, str, datetime]] = {}
    found = []
    for channel, target, post, recurrence, text in rows:
        here = (post, recurrence, from_text(text))
        last = before.get((channel, target))
        if last is not None and here[2] - last[2] < within:
            found.append(Neighbours(channel, target, last, here))
        before[channel, target] = here
    return sorted(found, key=lambda each: (each.second[2], each.channel, each.target))
