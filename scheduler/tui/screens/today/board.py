"""What the Today screen knows: one reading of the campaign, sorted by what a person has to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import READY, Hold, State
from scheduler.ground.problem import Severity
from scheduler.store.deliveries import Query

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from scheduler.engine.engine import Engine
    from scheduler.engine.views import ChannelStatus, Views
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.problem import Problem

SHOWN = 100
"""How many rows of each kind are read; the counts tell of the rest."""

HELD_READ = 1000
GONE_READ = 500
"""How many of the latest due are put in order of when they went out: what was confirmed late stands among them."""

RECENT = timedelta(days=7)
"""For how long a missed delivery still asks for a decision."""

AHEAD = timedelta(days=7)

URGENT = (State.UNKNOWN, State.FAILED, State.HANDED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post that waits for approval: how many of its deliveries do (of those read), and when the first is due."""

    post: str
    title: str
    number: int
    first: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """What needs a person, what is next, what went out, how each channel is, and which files have errors."""

    waiting: tuple[Waiting, ...]
    troubled: tuple[Delivery, ...]
    upcoming: tuple[Delivery, ...]
    gone: tuple[Delivery, ...]
    channels: tuple[ChannelStatus, ...]
    errors: tuple[Problem, ...] = ()


def read_board(engine: Engine) -> Board:
    """Read what Today shows."""
    look, now = engine.look, engine.clock.now()
    held = look.deliveries(Query(states=(State.HELD,), limit=HELD_READ))
    return Board(
        waiting=waiting(held, {post.id: post.title for post in engine.campaign.posts.values()}),
        troubled=troubled(look, held, now),
        upcoming=tuple(look.deliveries(Query(states=(*READY, State.SENDING), end=now + AHEAD, limit=SHOWN))),
        gone=gone(look, now),
        channels=tuple(look.channels()),
        errors=tuple(each for each in engine.snapshot.problems if each.severity is Severity.ERROR),
    )


def waiting(held: Iterable[Delivery], titles: Mapping[str, str]) -> tuple[Waiting, ...]:
    """Return the posts that wait for a yes, the one that is due first at the top."""
    found: dict[str, list[Delivery]] = {}
    for delivery in held:
        if Hold.APPROVAL in delivery.holds:
            found.setdefault(delivery.key.post, []).append(delivery)
    return tuple(
        Waiting(post, titles.get(post, rows[0].title), len(rows), min(row.due_at for row in rows))
        for post, rows in found.items()
    )


def gone(look: Views, now: datetime) -> tuple[Delivery, ...]:
    """Return what went out, the latest first; targets of one post that went within a minute stand together."""
    query = Query(states=(State.SENT, State.HANDED), limit=GONE_READ, newest_first=True)
    rows = [row for row in look.deliveries(query) if gone_at(row) <= now]
    rows.sort(key=lambda row: (row.key, row.id))
    rows.sort(key=lambda row: gone_at(row).replace(second=0, microsecond=0), reverse=True)
    return tuple(rows[:SHOWN])


def gone_at(row: Delivery) -> datetime:
    """Return when a delivery really went out, was handed over or confirmed."""
    return row.done_at or row.due_at


def troubled(look: Views, held: Iterable[Delivery], now: datetime) -> tuple[Delivery, ...]:
    """Return the deliveries that need a person, the most urgent kind first."""
    found: list[Delivery] = []
    for state in URGENT:
        found += look.deliveries(Query(states=(state,), limit=SHOWN))
    found += [delivery for delivery in held if asks(delivery.holds)]
    found += look.deliveries(Query(states=(State.MISSED,), start=now - RECENT, end=now, limit=SHOWN, newest_first=True))
    return tuple(found)


def asks(holds: Collection[Hold]) -> bool:
    """Return whether a delivery is held for more than an approval, which its post stands for."""
    return bool(frozenset(holds) - {Hold.APPROVAL})
