"""Whom the campaign reaches: for each audience, channel and area the posts that go there, and where none does.

Worked out from the files, with how the deliveries stand from the store. An audience that has parts is shown by them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from scheduler.engine.planning.wants import pinned
from scheduler.ground.lifecycle import State
from scheduler.plan.calendar import occurrences
from scheduler.plan.matching import targets_for
from scheduler.store import posts
from scheduler.store.places import Place, counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.engine.core import Core
    from scheduler.ground.model import Audience, Plan, Post, Target

EVERYWHERE = ""
"""The area of a plan that has none."""
LOST = frozenset({State.FAILED, State.MISSED, State.CANCELLED})


class Standing(StrEnum):
    """How a cell stands. ``none``: no target of the channel reaches there; ``gap``: one does, and nothing goes."""

    NONE = "none"
    GAP = "gap"
    LOST = "lost"
    PLANNED = "planned"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Reaching:
    """A post in a cell: how often it is published there, when first and last (aware), and its deliveries by state."""

    post: str
    title: str
    times: int
    first: datetime
    last: datetime
    targets: tuple[str, ...]
    counts: Mapping[State, int] = field(default_factory=dict)

    @property
    def lost(self) -> bool:
        """Whether all of it has failed, was missed or taken back."""
        return bool(self.counts) and set(self.counts) <= LOST

    @property
    def done(self) -> bool:
        """Whether something of it has gone out."""
        return any(state in self.counts for state in (State.SENT, State.HANDED))


@dataclass(frozen=True, slots=True)
class Cell:
    """One audience on one channel in one area: what goes there, and the targets that could carry it."""

    audience: str
    channel: str
    area: str
    posts: tuple[Reaching, ...]
    targets: tuple[str, ...]

    @property
    def times(self) -> int:
        """How often anything is published there that is not lost."""
        return sum(each.times for each in self.posts if not each.lost)

    @property
    def standing(self) -> Standing:
        """How it stands."""
        if any(each.done for each in self.posts):
            return Standing.DONE
        if self.times:
            return Standing.PLANNED
        if self.posts:
            return Standing.LOST
        return Standing.GAP if self.targets else Standing.NONE


@dataclass(frozen=True, slots=True)
class Reach:
    """The grid. ``audiences``, ``channels`` and ``areas`` are ids with titles, in the order of the plan."""

    audiences: Mapping[str, str]
    channels: Mapping[str, str]
    areas: Mapping[str, str]
    cells: Mapping[tuple[str, str, str], Cell]

    def cell(self, audience: str, channel: str, area: str) -> Cell:
        """Return one cell."""
        return self.cells[audience, channel, area]

    def over_channels(self, audience: str, area: str) -> list[Cell]:
        """Return the cells of one audience in one area, channel by channel."""
        return [self.cells[audience, channel, area] for channel in self.channels]

    def missed(self) -> list[tuple[str, str]]:
        """Return the audiences and areas that nothing reaches on any channel."""
        return [(who, where) for who in self.audiences for where in self.areas if not self._times(who, where)]

    def _times(self, audience: str, area: str) -> int:
        return sum(cell.times for cell in self.over_channels(audience, area))


def read_reach(core: Core) -> Reach:
    """Return whom the campaign reaches."""
    plan, registry = core.snapshot.campaign.plan, core.snapshot.registry
    audiences = {each.id: each.title for each in atoms(plan)}
    channels = {name: each.title for name, each in registry.channels.items()}
    areas = {name: area.title for name, area in plan.areas.items()} or {EVERYWHERE: ""}
    places, going, every = counts(core.store.read()), list(_published(core)), list(registry.targets())

    def cell(who: str, channel: str, where: str) -> Cell:
        able = {each.name for each in every if each.channel == channel and reaches(plan, each, who, where)}
        found = [
            _there(published, channel, able, places)
            for published in going
            if reaches(plan, published.post, who, where) and able & published.targets.get(channel, set())
        ]
        return Cell(who, channel, where, tuple(found), tuple(sorted(able)))

    cells = {(who, one, where): cell(who, one, where) for who in audiences for one in channels for where in areas}
    return Reach(audiences, channels, areas, cells)


def _there(
    published: _Published, channel: str, able: set[str], places: Mapping[Place, Mapping[State, int]]
) -> Reaching:
    """Return a post as it is published by some targets of a channel."""
    post, targets = published.post, sorted(able & published.targets[channel])
    states: dict[State, int] = {}
    for target in targets:
        for state, number in places.get(Place(post.id, channel, target), {}).items():
            states[state] = states.get(state, 0) + number
    times = published.times
    return Reaching(post.id, post.title, len(times), times[0], times[-1], tuple(targets), states)


def atoms(plan: Plan) -> Iterator[Audience]:
    """Yield the audiences, those that have parts as these."""
    for audience in plan.audiences.values():
        yield from audience.parts or (audience,)


def reaches(plan: Plan, what: Target | Post, audience: str, area: str) -> bool:
    """Return whether a target, or a post, is for an audience and an area; to name none means all."""
    meant = {part for each in what.audiences for part in ((plan.parts_of(each) - {each}) or {each})}
    return (not meant or audience in meant) and (not what.areas or area in what.areas or area == EVERYWHERE)


@dataclass(frozen=True, slots=True)
class _Published:
    """A post with its targets by channel, and when it is published."""

    post: Post
    targets: Mapping[str, set[str]]
    times: Sequence[datetime]


def _published(core: Core) -> Iterator[_Published]:
    """Yield each post that is published at all until the campaign is over."""
    snapshot = core.snapshot
    plan, config = snapshot.campaign.plan, snapshot.config
    known = posts.every(core.store.read())
    end = _end(plan, config.zone, core.clock.now() + config.horizon)
    for post in snapshot.campaign.posts.values():
        if post.id in snapshot.campaign.invalid:
            continue
        targets: dict[str, set[str]] = {}
        for target in targets_for(post, plan, snapshot.registry.targets()):
            targets.setdefault(target.channel, set()).add(target.name)
        pin = pinned(snapshot, post, known.get(post.id))
        found = occurrences(post, snapshot.campaign.events, config.zone, end, pin) if targets else []
        if found:
            yield _Published(post, targets, [each.publish_at for each in found])


def _end(plan: Plan, zone: ZoneInfo, horizon: datetime) -> datetime:
    """Return when the campaign is over: the day after its last workstream; without one, the horizon."""
    last = max((each.end for each in plan.workstreams.values()), default=None)
    if last is None:
        return horizon
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
