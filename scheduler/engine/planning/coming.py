"""What stands against a post's coming occurrence: its texts as targets would get them, and leads that have passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.engine.planning.checking import rendered
from scheduler.engine.planning.wants import wanted
from scheduler.ground.errors import NotFound
from scheduler.ground.lifecycle import EDITABLE, State
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import _
from scheduler.plan.calendar import occurrences
from scheduler.plan.matching import targets_for
from scheduler.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.model import Post
    from scheduler.store.deliveries import Wanted


def coming(snapshot: Snapshot, post: Post, now: datetime) -> list[Wanted]:
    """Return what goes out at the first occurrence that is not over: within the horizon, else at its first time."""
    once = replace(post, placement=replace(post.placement, repeat=""))
    ever = datetime.max.replace(tzinfo=UTC)
    for each, until in ((post, now + snapshot.config.horizon), (once, ever)):
        found: list[Wanted] = []
        for want in wanted(snapshot, each, until):
            if want.expires_at < now:
                continue
            if found and want.key.recurrence != found[0].key.recurrence:
                break
            found.append(want)
        if found:
            return found
    return []


def faults(snapshot: Snapshot, post: Post, now: datetime) -> Iterator[tuple[str, Problem]]:
    """Yield each problem of the texts at the coming occurrence, with the target that it stands for.

    Plugin code runs here.
    """
    for want in coming(snapshot, post, now):
        for problem in rendered(snapshot, post, want):
            yield f"{want.key.channel}/{want.key.target}", problem


def error(snapshot: Snapshot, post: Post, now: datetime) -> str:
    """Return the first error of the texts at the coming occurrence, with its target, or ""."""
    found = (f"{target}: {each.message}" for target, each in faults(snapshot, post, now) if _stops(each))
    return next(found, "")


def amiss(core: Core, name: str) -> tuple[Problem, ...]:
    """Return the errors of a post's file, then what is wrong or warned of where it goes next, each once."""
    snapshot, now = core.snapshot, core.clock.now()
    post = snapshot.campaign.posts.get(name)
    if post is None:
        raise NotFound.named(_("there is no post {name!r}"), name, snapshot.campaign.posts)
    errors = [each for each in snapshot.problems if each.file == post.path and _stops(each)]
    if name in snapshot.campaign.invalid:
        return tuple(errors)
    told = (each for each in snapshot.objections.get(name, ()) if each.severity is not Severity.NOTICE)
    found = {(each.message, each.severity): each for each in (*errors, *told)}
    for want in coming(snapshot, post, now):
        place = f"{want.key.channel}/{want.key.target}"
        for each in (*passed_lead(core, want), *rendered(snapshot, post, want)):
            if each.severity is not Severity.NOTICE:
                found.setdefault((each.message, each.severity), replace(each, file="", line=None, key=place))
    return tuple(sorted(found.values(), key=lambda each: not _stops(each)))


def too_late(core: Core, post: Post) -> Iterator[str]:
    """Yield, in words, what a post that is not planned yet comes too late for at its first time.

    Its time has passed, or a channel that it goes to wanted it before now. Nothing where it does not say when.
    """
    snapshot, now = core.snapshot, core.clock.now()
    zone, plan = snapshot.config.zone, snapshot.campaign.plan
    try:
        first = occurrences(post, snapshot.campaign.events, zone, datetime.max.replace(tzinfo=UTC))[0]
    except (ValueError, OverflowError, IndexError):
        return
    if first.publish_at <= now:
        yield _("this time has passed: it would be missed everywhere")
        return
    used = {target.channel for target in targets_for(post, plan, snapshot.registry.targets())}
    for name, each in snapshot.registry.channels.items():
        if name in used and first.publish_at - each.lead < now:
            text = _(
                "too late for {channel}: it was due there by {latest}; the earliest that can be kept is {earliest}"
            )
            latest, earliest = first.publish_at - each.lead, _next_minute(now + each.lead)
            words = (f"{moment.astimezone(zone):%d/%m/%Y %H:%M}" for moment in (latest, earliest))
            yield text.format(channel=each.title, **dict(zip(("latest", "earliest"), words, strict=True)))


def _next_minute(moment: datetime) -> datetime:
    return (moment + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)


def _stops(problem: Problem) -> bool:
    return problem.severity is Severity.ERROR


def passed_lead(core: Core, want: Wanted) -> list[Problem]:
    """Return a warning where something is yet to be published whose channel wanted it before now."""
    now = core.clock.now()
    if not want.due_at < now < want.publish_at:
        return []
    row = deliveries.by_key(core.store.read(), want.key)
    if row is None:
        text = _("{channel} was due {time}, before now: it will be missed")
    elif row.state is State.MISSED:
        text = _("{channel} was due {time}, before now: it is missed, unless somebody requeues it")
    elif row.state in EDITABLE:
        text = _("{channel} was due {time}, before now: it goes as soon as it may")
    else:
        return []
    due = want.due_at.astimezone(core.snapshot.config.zone)
    return [Problem(text.format(channel=want.key.channel, time=f"{due:%d/%m %H:%M}"), severity=Severity.WARNING)]
