"""What a change of the campaign's files would move, found without writing anything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from scheduler.engine.planning.planner import PLANNER
from scheduler.engine.planning.post_checks import checked
from scheduler.engine.planning.unwritten import foreseen
from scheduler.engine.planning.wants import pinned
from scheduler.ground.delivery import PUBLISH
from scheduler.ground.lifecycle import EDITABLE, READY, Hold, State
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import _, many
from scheduler.plan.calendar import occurrences
from scheduler.plan.placement import own_dates
from scheduler.store import deliveries, posts
from scheduler.store.deliveries import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.model import Post
    from scheduler.store.posts import PostRow

SOON = timedelta(minutes=5)
"""What is due within this time may be on its way before an engine has heard of a change."""

_MARGIN = timedelta(days=40)

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

    ``along`` moves with it, or goes. ``stays`` is what has gone out, is going out, or will not go by itself, and what a
    person gave a time of its own. The approval of the posts in ``reapproval`` falls. ``refused`` says why the change is
    not made at all, or is ""; what else is wrong stands in ``problems``, and stops nothing.
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
    """What differs between the campaign as it is and as it would be.

    ``lost`` are deliveries whose occurrence would go by another name, and that must not begin anew: something of them
    has gone out or is about to, or a person holds them or has taken them back. ``rows`` are all deliveries of the
    posts that differ.
    """

    core: Core
    now: Snapshot
    then: Snapshot
    moved: list[Moved] = field(default_factory=list)
    stays: list[Delivery] = field(default_factory=list)
    lost: list[Delivery] = field(default_factory=list)
    rows: dict[str, list[Delivery]] = field(default_factory=dict)

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
    found = Comparison(core, core.snapshot, checked(core, foreseen(core.snapshot, texts)))
    connection, now = core.store.read(), core.clock.now()
    for name in found.posts:
        row = posts.get(connection, name)
        seen, far = _reach(found, name)
        before, after = (_times(each, name, row, far) for each in (found.now, found.then))
        found.moved += [each for each in _paired(found, name, before, after) if _within(each, seen)]
        found.rows[name] = [
            each for each in deliveries.of_post(connection, name).values() if each.key.action == PUBLISH
        ]
        broken = name in found.then.campaign.invalid
        renamed = bool(after.keys() - before.keys())
        for delivery in found.rows[name]:
            was, then = before.get(delivery.key.recurrence), after.get(delivery.key.recurrence)
            if renamed and not broken and was and not then and not _untouched(delivery, now):
                found.lost.append(delivery)
            elif was != then and (delivery.state not in EDITABLE or _own_time(found.now, delivery, was)):
                found.stays.append(delivery)
    return found


def _untouched(delivery: Delivery, now: datetime) -> bool:
    """Whether nothing of a delivery has ever been called or is about to be, and no person has decided on it."""
    called = delivery.attempts or delivery.round > 1 or delivery.state in (State.FAILED, *OUT)
    soon = delivery.state in READY and delivery.due_at <= now + SOON
    return not (called or soon or _decided(delivery))


def _decided(delivery: Delivery) -> bool:
    """Whether a person holds this very delivery, or has cancelled it."""
    return Hold.OPERATOR in delivery.holds or (delivery.state is State.CANCELLED and delivery.actor != PLANNER)


def _own_time(snapshot: Snapshot, delivery: Delivery, planned: datetime | None) -> bool:
    """Whether a person gave the delivery a time of its own, which it keeps."""
    return delivery.digest == snapshot.digests.get(delivery.key.post) and delivery.publish_at != planned


def _reach(found: Comparison, post: str) -> tuple[datetime, datetime]:
    """Return up to when a post's times are told, and up to when they are looked at so that none seems to vanish."""
    zone, horizon = found.now.config.zone, found.core.clock.now() + found.now.config.horizon
    days = [_days(each, post) for each in (found.now, found.then)]
    latest = max((day for each in days for day in each), default=horizon.astimezone(zone).date())
    seen = max(horizon, datetime.combine(latest, time.max, tzinfo=zone))
    shift = abs(days[0][0] - days[1][0]) if all(days) else timedelta()
    return seen, seen + shift + _MARGIN


def _days(snapshot: Snapshot, post: str) -> list[date]:
    """Return the days that the files name for a post."""
    found = snapshot.campaign.posts.get(post)
    return own_dates(found.placement, snapshot.event_of(found)) if found else []


def _within(moved: Moved, seen: datetime) -> bool:
    return any(at is not None and at <= seen for at in (moved.before, moved.after))


def _times(snapshot: Snapshot, post: str, row: PostRow | None, until: datetime) -> dict[str, datetime]:
    """Return when each occurrence of a post is published, by recurrence, as if a draft were ready.

    Of one that has errors, or does not say when, nothing.
    """
    found: Post | None = snapshot.campaign.posts.get(post)
    if found is None or post in snapshot.campaign.invalid or not (found.placement.at or found.placement.event):
        return {}
    ready = replace(found, draft=False)
    pin = pinned(snapshot, ready, row)
    every = occurrences(ready, snapshot.campaign.events, snapshot.config.zone, until, pin)
    return {each.recurrence: each.publish_at for each in every}


def _paired(
    found: Comparison, post: str, before: Mapping[str, datetime], after: Mapping[str, datetime]
) -> Iterator[Moved]:
    """Yield what is at another time by its name, then what is by another name, one after the other in time."""
    title = (found.then.campaign.posts.get(post) or found.now.campaign.posts[post]).title
    for name, at in before.items():
        if name in after and after[name] != at:
            yield Moved(post, name, title, at, after[name])
    gone = [(name, at) for name, at in before.items() if name not in after]
    come = [(name, at) for name, at in after.items() if name not in before]
    for old, new in zip_longest(gone, come):
        name = (new or old)[0]
        yield Moved(post, name, title, old[1] if old else None, new[1] if new else None)


def moving_of(found: Comparison, title: str, file: str, own: Moved | None) -> Moving:
    """Return what a change of ``file`` would do; ``own`` is the thing that is meant, ``None`` where it stays."""
    along = tuple(each for each in found.moved if not _is(each, own))
    wrong = [each for each in found.problems if each.file == file and each.severity is Severity.ERROR]
    why = refusal(found) or (str(wrong[0]) if wrong else "") or _pointless(found, own, along)
    stays = tuple(sorted(found.stays, key=lambda each: (each.due_at, each.key)))
    problems = (*found.problems, *_past(found, file), *_met(found, file))
    before, after = (own.before, own.after) if own else (None, None)
    return Moving(title, file, before, after, along, stays, problems, found.reapproval, why)


def _is(moved: Moved, own: Moved | None) -> bool:
    """Whether this is the thing that is meant; a whole series is meant by its first time."""
    return own is not None and (moved.post, moved.before, moved.after) == (own.post, own.before, own.after)


def refusal(found: Comparison) -> str:
    """Return why a change must not be written, since something could go out twice by it; or ""."""
    if not found.lost:
        return ""
    first = min(found.lost, key=lambda each: (each.due_at, each.key))
    if _decided(first):
        text = _("{key} was held or cancelled by a person, and would go by another date: move single occurrences")
    elif first.state in EDITABLE and not first.attempts and first.round == 1:
        text = _("{key} goes out within minutes, and would go by another date: hold it first (`loa post hold`)")
    else:
        text = _("{key} has gone out, and would go by another date, so that it could go out again")
    return text.format(key=first.key)


def _pointless(found: Comparison, own: Moved | None, along: tuple[Moved, ...]) -> str:
    """Return why there is nothing in a change, or ""."""
    if own is None or own.before == own.after:
        return _("it is at that time already")
    rows = [each for each in found.rows.get(own.post, ()) if each.key.recurrence == own.recurrence]
    if rows and not along and all(row.state in OUT for row in rows):
        return _("it has gone out, and stays at its time")
    return ""


def _past(found: Comparison, file: str) -> Iterator[Problem]:
    """Yield a warning where something that would still have gone out would lie in the past."""
    now = found.core.clock.now()
    over = [each for each in found.moved if each.before and each.after and each.after < now <= each.before]
    if over:
        text = many("%d would lie in the past, and is missed", "%d would lie in the past, and are missed", len(over))
        yield Problem(text, file, severity=Severity.WARNING)


def _met(found: Comparison, file: str) -> Iterator[Problem]:
    """Yield a notice for each target that would get something else at the same minute."""
    connection, seen = found.core.store.read(), set()
    mine = {(each.post, each.recurrence) for each in found.moved}
    times = {(each.post, each.recurrence): each.after for each in found.moved if each.after}
    for row in [row for rows in found.rows.values() for row in rows if row.state in EDITABLE]:
        at = times.get((row.key.post, row.key.recurrence))
        if at is None:
            continue
        due = at - (row.publish_at - row.due_at)
        end = due + timedelta(minutes=1)
        query = Query((*EDITABLE, *OUT), [row.key.channel], (), due, end, limit=20, targets=[row.key.target])
        for other in deliveries.find(connection, query):
            if (other.key.post, other.key.recurrence) not in mine and other.id not in seen:
                seen.add(other.id)
                text = _("{channel} {target} gets {title!r} at the same minute")
                said = text.format(channel=row.key.channel, target=row.key.target, title=other.title)
                yield Problem(said, file, severity=Severity.WARNING)
