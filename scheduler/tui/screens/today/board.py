"""What the Today screen knows: one reading of the campaign, sorted by what a person has to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import READY, Hold, State
from scheduler.ground.problem import Severity
from scheduler.store.deliveries import Query
from scheduler.tui.condition import ailing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.status import ChannelStatus
    from scheduler.engine.views import Views
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.problem import Problem

SHOWN = 100
"""How many rows of each kind are read; the counts tell of the rest."""

HELD_READ = 1000

RECENT = timedelta(days=7)
"""For how long a missed delivery still asks for a decision."""

AHEAD = timedelta(days=7)

WEEK = 7

URGENT = (State.UNKNOWN, State.FAILED, State.HANDED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post that waits for approval: how many of its deliveries do (of those read), and when the first is due."""

    post: str
    title: str
    number: int
    first: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """A post that was sent back to its author, by whom and why."""

    post: str
    title: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Board:
    """What needs a person, what is next, what went out and when, how each channel is, and the week's numbers.

    ``week`` has the deliveries of each day by state, from ``monday`` on. ``orphans`` are the posts that are gone of
    which one has drafts. ``faults`` says of a delivery that waits for a file with errors which one that is.
    """

    waiting: tuple[Waiting, ...]
    troubled: tuple[Delivery, ...]
    upcoming: tuple[Delivery, ...]
    gone: tuple[tuple[Delivery, datetime], ...]
    channels: tuple[ChannelStatus, ...]
    week: tuple[Mapping[State, int], ...]
    monday: datetime
    errors: tuple[Problem, ...] = ()
    returned: tuple[Returned, ...] = ()
    orphans: tuple[str, ...] = ()
    faults: Mapping[int, str] = field(default_factory=dict)


def read_board(engine: Engine) -> Board:
    """Read what Today shows."""
    look, now, zone = engine.look, engine.clock.now(), engine.config.zone
    held = look.deliveries(Query(states=(State.HELD,), limit=HELD_READ))
    local = now.astimezone(zone)
    monday = local - timedelta(days=local.weekday())
    back = returned(engine)
    needing = troubled(look, held, now)
    asked = [row for row in held if row.key.post not in engine.snapshot.returned]
    return Board(
        waiting=waiting(asked, {post.id: post.title for post in engine.campaign.posts.values()}),
        troubled=needing,
        upcoming=tuple(look.deliveries(Query(states=(*READY, State.SENDING), end=now + AHEAD, limit=SHOWN))),
        gone=gone(look),
        channels=tuple(look.channels()),
        week=tuple(look.days(monday, WEEK)),
        monday=monday,
        errors=tuple(each for each in engine.snapshot.problems if each.severity is Severity.ERROR),
        returned=back,
        orphans=tuple(look.orphans(engine.actor.id)),
        faults={row.id: fault for row in needing if (fault := look.fault(row))},
    )


def returned(engine: Engine) -> tuple[Returned, ...]:
    """Return the posts that were sent back to whoever sits here: their own, and those of which nobody is the author."""
    posts, me = engine.campaign.posts, engine.actor.id
    mine = {name: each for name, each in engine.snapshot.returned.items() if name in posts}
    return tuple(
        Returned(name, posts[name].title, each.by, each.note)
        for name, each in sorted(mine.items())
        if posts[name].author in ("", me)
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


def gone(look: Views) -> tuple[tuple[Delivery, datetime], ...]:
    """Return what went out, the latest first; targets of one post that went within a minute stand together."""
    rows = look.gone(SHOWN)
    rows.sort(key=lambda row: (row[0].key, row[0].id))
    rows.sort(key=lambda row: row[1].replace(second=0, microsecond=0), reverse=True)
    return tuple(rows)


def overdue(delivery: Delivery, now: datetime) -> bool:
    """Return whether what was handed over should have happened by now, and nobody has said whether it did."""
    return delivery.state is State.HANDED and delivery.publish_at <= now


def dying(channels: Iterable[ChannelStatus], now: datetime) -> list[ChannelStatus]:
    """Return the channels that said that they would not work, or that their token dies soon."""
    return [each for each in channels if ailing(each.health, now)]


def troubled(look: Views, held: Iterable[Delivery], now: datetime) -> tuple[Delivery, ...]:
    """Return the deliveries that need a person, the most urgent kind first."""
    found: list[Delivery] = []
    for state in URGENT:
        rows = look.deliveries(Query(states=(state,), limit=SHOWN))
        found += [row for row in rows if state is not State.HANDED or overdue(row, now)]
    found += [delivery for delivery in held if asks(delivery.holds)]
    found += look.deliveries(Query(states=(State.MISSED,), start=now - RECENT, end=now, limit=SHOWN, newest_first=True))
    return tuple(found)


def asks(holds: Collection[Hold]) -> bool:
    """Return whether a delivery is held for more than an approval, which its post stands for."""
    return bool(frozenset(holds) - {Hold.APPROVAL})
