"""What a change of the campaign's files would move, found without writing anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.engine.unwritten import foreseen
from scheduler.engine.wants import pinned
from scheduler.ground.lifecycle import EDITABLE, State
from scheduler.ground.problem import Problem
from scheduler.plan.calendar import occurrences
from scheduler.store import deliveries, posts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.model import Post
    from scheduler.store.posts import PostRow

OUT = frozenset({State.SENDING, State.UNKNOWN, State.HANDED, State.SENT})
"""States of what has gone out, or may have."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An occurrence that is published at another time; ``None`` where it is not there before, or not any more.

    Times are aware, in UTC. ``recurrence`` is its name afterwards, or its last.
    """

    post: str
    recurrence: str
    title: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Moving:
    """What a change would do. ``before`` and ``after`` are those of the thing itself, aware, in UTC.

    ``along`` moves with it. ``stays`` is what has gone out, is going out, or will not go by itself. The approval of the
    posts in ``reapproval`` falls. ``refused`` says why the change is not made at all, or is "".
    """

    title: str
    file: str
    before: datetime | None
    after: datetime | None
    along: tuple[Moved, ...] = ()
    stays: tuple[Delivery, ...] = ()
    problems: tuple[Problem, ...] = ()
    reapproval: tuple[str, ...] = ()
    refused: str = ""


@dataclass(slots=True)
class Comparison:
    """What differs between the campaign as it is and as it would be: occurrences, deliveries that stay, problems."""

    now: Snapshot
    then: Snapshot
    moved: list[Moved] = field(default_factory=list)
    stays: list[Delivery] = field(default_factory=list)
    lost: list[Delivery] = field(default_factory=list)
    of: dict[str, list[Delivery]] = field(default_factory=dict)

    @property
    def posts(self) -> list[str]:
        """The posts whose file, or whose event, is another."""
        before, after = self.now.campaign.posts, self.then.campaign.posts
        return [name for name in sorted({*before, *after}) if before.get(name) is not after.get(name)]

    @property
    def reapproval(self) -> tuple[str, ...]:
        """The posts that are approved, and would not be any more."""
        if not self.now.campaign.plan.approval_required:
            return ()
        return tuple(n for n in self.posts if n in self.now.approvals and n not in self.then.approvals)

    @property
    def problems(self) -> list[Problem]:
        """What would be wrong that is not wrong now."""
        known = {(each.file, each.key, each.message) for each in self.now.campaign.problems}
        return [p for p in self.then.campaign.problems if (p.file, p.key, p.message) not in known]


def compare(core: Core, texts: Mapping[str, bytes | None]) -> Comparison:
    """Return what would be otherwise with ``texts`` in these files."""
    found = Comparison(core.snapshot, foreseen(core.snapshot, texts))
    connection = core.store.read()
    until = core.clock.now() + core.snapshot.config.horizon
    for name in found.posts:
        row = posts.get(connection, name)
        before, after = (_times(each, name, row, until) for each in (found.now, found.then))
        found.moved += _paired(found, name, before, after)
        found.of[name] = list(deliveries.of_post(connection, name).values())
        for delivery in found.of[name]:
            recurrence = delivery.key.recurrence
            if delivery.state in OUT and name not in found.then.campaign.invalid and _lost(recurrence, before, after):
                found.lost.append(delivery)
            elif before.get(recurrence) != after.get(recurrence) and delivery.state not in EDITABLE:
                found.stays.append(delivery)
    return found


def _lost(recurrence: str, before: Mapping[str, datetime], after: Mapping[str, datetime]) -> bool:
    """Whether an occurrence would no longer go by its name, so that what is sent could go out under another."""
    return recurrence in before and recurrence not in after


def _times(snapshot: Snapshot, post: str, row: PostRow | None, until: datetime) -> dict[str, datetime]:
    """Return when each occurrence of a post is published, by recurrence; of one that has errors, nothing."""
    found: Post | None = snapshot.campaign.posts.get(post)
    if found is None or post in snapshot.campaign.invalid:
        return {}
    pin = pinned(snapshot, found, row)
    every = occurrences(found, snapshot.campaign.events, snapshot.config.zone, until, pin)
    return {each.recurrence: each.publish_at for each in every}


def _paired(
    found: Comparison, post: str, before: Mapping[str, datetime], after: Mapping[str, datetime]
) -> Iterator[Moved]:
    """Yield what is at another time by its name, then what is by another name, one after the other in time."""
    known = found.then.campaign.posts.get(post) or found.now.campaign.posts[post]
    for name, at in before.items():
        if name in after and after[name] != at:
            yield Moved(post, name, known.title, at, after[name])
    left = [at for name, at in before.items() if name not in after]
    come = [(name, at) for name, at in after.items() if name not in before]
    gone = [name for name in before if name not in after]
    for number in range(max(len(left), len(come))):
        name, then = come[number] if number < len(come) else (gone[number], None)
        yield Moved(post, name, known.title, left[number] if number < len(left) else None, then)
