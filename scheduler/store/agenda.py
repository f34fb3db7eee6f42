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
    from datetime import datetime


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


def neighbours(connection: sqlite3.Connection, start: datetime, end: datetime, seconds: int) -> list[Neighbours]:
    """Return what follows something else on its target in less than ``seconds``, and is not over unsent."""
    rows = connection.execute(
        "SELECT channel, target, post_before, recurrence_before, before, post, recurrence, publish_at FROM ("  # noqa: S608
        " SELECT channel, target, post, recurrence, publish_at,"
        " lag(post) OVER one AS post_before, lag(recurrence) OVER one AS recurrence_before,"
        " lag(publish_at) OVER one AS before"
        " FROM delivery WHERE publish_at >= ? AND publish_at < ? AND action = ?"
        f" AND NOT state {IS_UNSENT}"
        " WINDOW one AS (PARTITION BY channel, target ORDER BY publish_at, post, recurrence))"
        " WHERE before IS NOT NULL"
        " AND strftime('%s', substr(publish_at, 1, 19)) - strftime('%s', substr(before, 1, 19)) < ?"
        " ORDER BY publish_at, channel, target",
        (to_text(start), to_text(end), PUBLISH, seconds),
    )
    return [
        Neighbours(channel, target, (a, a_name, from_text(a_at)), (b, b_name, from_text(b_at)))
        for channel, target, a, a_name, a_at, b, b_name, b_at in rows
    ]
