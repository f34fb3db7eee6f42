"""All that is wrong with a campaign, its texts as each channel renders them included."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from scheduler.engine.delivering.prepare import attempted, whole
from scheduler.engine.planning.wants import MOST, wanted
from scheduler.ground.errors import LoaError
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.plan.calendar import originals
from scheduler.plan.matching import variant_for
from scheduler.plan.post_templates import templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Key
    from scheduler.ground.model import Post
    from scheduler.store.deliveries import Wanted

NOTICE = Severity.NOTICE


def problems_of(snapshot: Snapshot, now: datetime) -> list[Problem]:
    """Return every problem, by file and line; each text of each target is rendered once."""
    found = [*snapshot.problems, *templates(snapshot.config.folder)[1]]
    over: list[Problem] = []
    for post in snapshot.campaign.sound.values():
        wants = _wants(snapshot, post, now)
        found += _moving_nothing(snapshot, post, now)
        found += _texts(snapshot, post, wants)
        if len(wants) > MOST:
            text = _(
                "asks for more than {most} deliveries within the horizon, and is held: split it, or repeat it less"
            )
            found.append(Problem(text.format(most=MOST), post.path))
        if wants and all(each.expires_at < now for each in wants):
            over.append(Problem(_("lies wholly in the past: no more of it goes out"), post.path, severity=NOTICE))
    ready = [post for post in snapshot.campaign.posts.values() if not post.draft]
    if len(over) > 1 and len(over) == len(ready):  # a campaign that is over, like the example, says so once
        over = [Problem(_("the whole campaign lies in the past: no more of it goes out"), severity=NOTICE)]
    return in_order([*found, *over])


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems by file and line, each once."""
    return sorted(
        set(problems), key=lambda each: (each.file, each.line or 0, each.key, each.message, each.severity, each.hint)
    )


def _wants(snapshot: Snapshot, post: Post, now: datetime) -> list[Wanted]:
    """Return what a post asks for within the horizon; where that is nothing yet, its first time ever."""
    found = list(islice(wanted(snapshot, post, now + snapshot.config.horizon), MOST + 1))
    if found:
        return found
    first = replace(post, placement=replace(post.placement, repeat=""))
    return list(wanted(snapshot, first, datetime.max.replace(tzinfo=UTC)))


def _moving_nothing(snapshot: Snapshot, post: Post, now: datetime) -> Iterator[Problem]:
    """Yield a notice for each name in ``moved`` that no occurrence goes by, as far as the files can tell.

    An occurrence that kept a former name, from before its post was repeated, is known to the store alone.
    """
    names = {name for name, _at in post.placement.moved}
    if not names:
        return
    whole = replace(post, placement=replace(post.placement, skipped=()))
    events, zone = snapshot.campaign.events, snapshot.config.zone
    known = originals(whole, events, zone, now)
    for name in sorted(names - known.keys()):
        text = _("{name} is the name of no occurrence here, so nothing is moved by it").format(name=name)
        yield Problem(text, post.path, key="moved", severity=NOTICE)


def _texts(snapshot: Snapshot, post: Post, wants: Iterable[Wanted]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for want in wants:
        place = (want.key.channel, want.key.target)
        if place not in seen:
            seen.add(place)
            yield from rendered(snapshot, post, want)


def rendered(snapshot: Snapshot, post: Post, want: Wanted) -> Iterator[Problem]:
    """Yield what is wrong with one text as its target would get it. Plugin code runs here."""
    configured = snapshot.registry.channels[want.key.channel]
    where = f"{want.key.channel}/{want.key.target}"
    variant = variant_for(post, snapshot.campaign.plan, snapshot.target(want.key))
    line = variant.line if variant else post.body_line
    try:
        problems = attempted(configured, partial(whole, snapshot, configured, want.key, want.publish_at))
    except (LoaError, ValueError) as error:
        yield Problem(said(error), post.path, line, key=where)
    else:
        for problem in problems:
            yield placed(problem, post.path, want.key, line)


def placed(problem: Problem, path: str, key: Key, line: int | None = None) -> Problem:
    """Return a channel's problem with the file, line and target that it stands for, where it names none."""
    key_ = problem.key or f"{key.channel}/{key.target}"
    if problem.file:
        return replace(problem, key=key_)
    return replace(problem, file=path, line=problem.line or line, key=key_)
