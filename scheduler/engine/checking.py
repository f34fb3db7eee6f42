"""All that is wrong with a campaign, its texts as each channel renders them included."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scheduler.engine.prepare import attempted, render
from scheduler.engine.wants import wanted
from scheduler.ground.errors import LoaError
from scheduler.ground.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Key
    from scheduler.ground.model import Post
    from scheduler.store.deliveries import Wanted


def problems_of(snapshot: Snapshot, now: datetime) -> list[Problem]:
    """Return every problem, by file and line; each text of each target is rendered once."""
    found = list(snapshot.problems)
    for post in snapshot.campaign.posts.values():
        if post.id not in snapshot.campaign.invalid:
            found += _texts(snapshot, post, now)
    return in_order(found)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems by file and line, each once."""
    return sorted(
        set(problems), key=lambda each: (each.file, each.line or 0, each.key, each.message, each.severity, each.hint)
    )


def _texts(snapshot: Snapshot, post: Post, now: datetime) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for want in wanted(snapshot, post, now + snapshot.config.horizon):
        place = (want.key.channel, want.key.target)
        if place not in seen:
            seen.add(place)
            yield from _rendered(snapshot, post, want)


def _rendered(snapshot: Snapshot, post: Post, want: Wanted) -> Iterator[Problem]:
    configured = snapshot.registry.channels[want.key.channel]
    where = f"{want.key.channel}/{want.key.target}"
    try:
        work = partial(render, snapshot, configured, want.key, want.publish_at)
        _rendered_text, problems = attempted(configured, work)
    except (LoaError, ValueError) as error:
        yield Problem(str(error), post.path, key=where)
    else:
        for problem in problems:
            yield placed(problem, post.path, want.key)


def placed(problem: Problem, path: str, key: Key) -> Problem:
    """Return a channel's problem with the file and the target that it stands for, where it names none."""
    return replace(problem, file=problem.file or path, key=problem.key or f"{key.channel}/{key.target}")
