"""What falls on some days: posts as they stand, events, holidays; what collides, and where nothing is said."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from scheduler.engine.planning.wants import pinned
from scheduler.ground.lifecycle import UNSENT, State
from scheduler.plan.calendar import occurrences, single
from scheduler.plan.holidays import Holiday, holidays
from scheduler.plan.matching import targets_for
from scheduler.store import agenda, posts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.model import CampaignEvent, Post, Workstream
    from scheduler.store.agenda import Share
    from scheduler.store.posts import PostRow

LONG = timedelta(days=7)
"""A workstream that says nothing for so long has a gap."""

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NONE: Mapping[str, Mapping[State, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Showing:
    """An occurrence of a post: when the public meets it (aware, in UTC), and how each channel's deliveries stand.

    ``several`` says that the post has other times too. ``approved`` is also true where the campaign asks for no
    approval. What is not planned yet has channels without deliveries: a draft, and what lies beyond the horizon.
    """

    post: str
    recurrence: str
    title: str
    publish_at: datetime
    channels: Mapping[str, Mapping[State, int]] = field(default_factory=lambda: _NONE)
    workstream: str = ""
    event: str = ""
    several: bool = False
    draft: bool = False
    approved: bool = True

    @property
    def states(self) -> frozenset[State]:
        """Every state that one of its deliveries is in."""
        return frozenset(state for counts in self.channels.values() for state in counts)

    @property
    def goes(self) -> bool:
        """Whether anything of it went out, or will by itself or after a person's yes."""
        return not self.draft and (not self.states or not self.states <= UNSENT)


@dataclass(frozen=True, slots=True)
class Collision:
    """Two posts on one target, the second before the first is over there. ``at`` is when the second begins."""

    at: datetime
    channel: str
    target: str
    first: tuple[str, str]
    second: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Gap:
    """Days on which a workstream, within its dates, says nothing; both included."""

    workstream: Workstream
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Agenda:
    """The days from ``start`` (included) to ``end`` (excluded), in the campaign's zone.

    ``empty`` are the days of some workstream on which nothing at all is published or happens.
    """

    start: date
    end: date
    showings: tuple[Showing, ...]
    events: tuple[CampaignEvent, ...]
    holidays: tuple[Holiday, ...]
    collisions: tuple[Collision, ...]
    gaps: tuple[Gap, ...]
    empty: frozenset[date]


def read_agenda(core: Core, start: date, end: date) -> Agenda:
    """Return what falls on the days from ``start`` to ``end`` (excluded)."""
    snapshot = core.snapshot
    wide = _showings(core, start - LONG, end + LONG)
    events = snapshot.campaign.events.values()
    busy = [*_said(wide, snapshot.config.zone), *_held(events)]
    first, last = _moment(start, snapshot.config.zone), _moment(end, snapshot.config.zone)
    shown = tuple(each for each in wide if first <= each.publish_at < last)
    return Agenda(
        start,
        end,
        shown,
        tuple(sorted((e for e in events if e.start.date() < end and e.end.date() >= start), key=_order)),
        tuple(holidays(start, end)),
        tuple(_collisions(core, shown)),
        tuple(_gaps(snapshot, busy, start, end)),
        frozenset(_empty(snapshot, {day for day, _workstream in busy}, start, end)),
    )


def _order(event: CampaignEvent) -> tuple[datetime, str]:
    return event.start, event.id


def _moment(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _showings(core: Core, start: date, end: date) -> list[Showing]:
    zone = core.snapshot.config.zone
    first, last = _moment(start, zone), _moment(end, zone)
    rows = agenda.shares(core.store.read(), first, last)
    found = [
        _showing(core.snapshot, list(group))
        for _, group in groupby(rows, key=lambda row: (row.publish_at, row.post, row.recurrence))
    ]
    known = {(each.post, each.recurrence) for each in found}
    unplanned = (each for each in _unplanned(core, first, last) if (each.post, each.recurrence) not in known)
    found.extend(unplanned)
    return sorted(found, key=lambda each: (each.publish_at, each.post, each.recurrence))


def _showing(snapshot: Snapshot, shares: Collection[Share]) -> Showing:
    channels: dict[str, dict[State, int]] = {}
    for share in shares:
        channels.setdefault(share.channel, {})[share.state] = share.number
    one = next(iter(shares))
    shown = Showing(one.post, one.recurrence, one.title, one.publish_at, _in_order(snapshot, channels))
    return _described(snapshot, shown)


def _in_order(snapshot: Snapshot, channels: Mapping[str, Mapping[State, int]]) -> Mapping[str, Mapping[State, int]]:
    names = [*snapshot.registry.channels, *channels]
    return {name: channels[name] for name in dict.fromkeys(names) if name in channels}


def _described(snapshot: Snapshot, shown: Showing) -> Showing:
    post = snapshot.campaign.posts.get(shown.post)
    if post is None:
        return shown
    approved = not snapshot.campaign.plan.approval_required or post.id in snapshot.approvals
    return replace(
        shown,
        title=post.title,
        workstream=post.workstream,
        event=post.placement.event,
        several=not single(post.placement),
        draft=post.draft,
        approved=approved,
    )


def _unplanned(core: Core, start: datetime, end: datetime) -> Iterator[Showing]:
    """Yield what the files say and the store cannot know: a draft's days, a post for nobody, and past the horizon."""
    snapshot, rows = core.snapshot, posts.every(core.store.read())
    planned = core.clock.now() + snapshot.config.horizon
    for post in snapshot.campaign.posts.values():
        first = start if post.draft or not post.channels else max(start, planned)
        if first < end:
            yield from _from_file(snapshot, post, rows.get(post.id), first, end)


def _from_file(
    snapshot: Snapshot, post: Post, row: PostRow | None, start: datetime, end: datetime
) -> Iterator[Showing]:
    reached = targets_for(post, snapshot.campaign.plan, snapshot.registry.targets())
    channels = _in_order(snapshot, {target.channel: {} for target in reached})
    placed, zone = replace(post, draft=False), snapshot.config.zone
    try:
        found = occurrences(placed, snapshot.campaign.events, zone, end, pinned(snapshot, placed, row))
    except ValueError:
        return  # the file's errors say why
    for each in found:
        if start <= each.publish_at < end:
            yield _described(snapshot, Showing(post.id, each.recurrence, post.title, each.publish_at, channels))


def _collisions(core: Core, showings: Sequence[Showing]) -> Iterator[Collision]:
    lengths = {(each.channel, each.name): _slot(each.settings) for each in core.snapshot.registry.targets()}
    most = max(lengths.values(), default=_MINUTE)
    times = _crowded([each for each in showings if each.goes], most)
    for near in agenda.neighbours(core.store.read(), times, most) if times else ():
        (post, name, before), (other, other_name, at) = near.first, near.second
        if at - before < lengths.get((near.channel, near.target), _MINUTE):
            yield Collision(at, near.channel, near.target, (post, name), (other, other_name))


def _crowded(showings: Sequence[Showing], most: timedelta) -> set[datetime]:
    """Return the times at which posts with a channel in common lie so near that they may meet on a target."""
    found: set[datetime] = set()
    for number, one in enumerate(showings):
        for other in showings[number + 1 :]:
            if other.publish_at - one.publish_at >= most:
                break
            if not one.channels.keys().isdisjoint(other.channels):
                found |= {one.publish_at, other.publish_at}
    return found


def _slot(settings: object) -> timedelta:
    """Return how long one item takes up its target: the ``slot`` of its settings, or the minute."""
    slot = getattr(settings, "slot", None)
    return max(slot, _MINUTE) if isinstance(slot, timedelta) else _MINUTE


def _said(showings: Iterable[Showing], zone: ZoneInfo) -> Iterator[tuple[date, str]]:
    for each in showings:
        if each.goes:
            yield each.publish_at.astimezone(zone).date(), each.workstream


def _held(events: Iterable[CampaignEvent]) -> Iterator[tuple[date, str]]:
    for each in events:
        if not each.outside:
            for number in range((each.end.date() - each.start.date()).days + 1):
                yield each.start.date() + number * _DAY, each.workstream


def _gaps(snapshot: Snapshot, busy: Collection[tuple[date, str]], start: date, end: date) -> Iterator[Gap]:
    for workstream in snapshot.campaign.plan.workstreams.values():
        first, last = max(workstream.start, start - LONG), min(workstream.end, end + LONG - _DAY)
        mine = {day for day, name in busy if name == workstream.id}
        marks = [*sorted(day for day in mine if first <= day <= last), last + _DAY]
        before = first - _DAY
        for mark in marks:
            gap = Gap(workstream, before + _DAY, mark - _DAY)
            before = mark
            if gap.end - gap.start + _DAY >= LONG and gap.start < end and gap.end >= start:
                yield gap


def _empty(snapshot: Snapshot, busy: Collection[date], start: date, end: date) -> Iterator[date]:
    streams = snapshot.campaign.plan.workstreams.values()
    for number in range((end - start).days):
        day = start + number * _DAY
        if day not in busy and any(each.start <= day <= each.end for each in streams):
            yield day
