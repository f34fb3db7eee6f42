"""Previews put together where their channel says the same to several targets: one card then, not twelve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduler.channels.showing import Card, Measure, Passage, place_of
from scheduler.ground.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from datetime import datetime

    from scheduler.channels.channel import Forecast
    from scheduler.channels.showing import Block
    from scheduler.engine.views import Preview
    from scheduler.ground.problem import Problem


@dataclass(frozen=True, slots=True)
class Reach:
    """Targets that a text reaches in the same way: by the same measures, at the same cost, with the same problems."""

    names: tuple[str, ...]
    measures: tuple[Measure, ...]
    forecast: Forecast | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What one channel says to some targets. ``problems`` are those of the text, which all of them have."""

    channel: str
    previews: tuple[Preview, ...]
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...]
    reaches: tuple[Reach, ...]

    @property
    def at(self) -> datetime:
        """When the public meets it."""
        return self.previews[0].publish_at

    @property
    def worst(self) -> Severity | None:
        """The gravest problem in it."""
        found = {problem.severity for preview in self.previews for problem in preview.problems}
        return next((each for each in Severity if each in found), None)


def grouped(previews: Iterable[Preview], file: str, *, together: bool = True) -> tuple[Group, ...]:
    """Return the previews by what they say, in their order; ``file`` is the post's, whose problems stand elsewhere."""
    alike: dict[Hashable, list[Preview]] = {}
    for preview in (_without(each, file) for each in previews):
        same: Hashable = _said(preview) if together else preview.target
        alike.setdefault(same, []).append(preview)
    return tuple(_group(each) for each in alike.values())


def _without(preview: Preview, file: str) -> Preview:
    return replace(preview, problems=tuple(each for each in preview.problems if not file or each.file != file))


def _said(preview: Preview) -> Hashable:
    """Return what is the same for all targets of a group."""
    target, words = preview.target, tuple(map(_common, preview.blocks))
    if preview.rendered is None:
        return (target.channel, preview.publish_at, preview.problems)
    return (target.channel, preview.publish_at, tuple(each for each in words if each is not None))


def _common(block: Block) -> Block | None:
    if isinstance(block, Card):
        return replace(block, source="")
    return None if _own(block) else block


def _own(block: Block) -> bool:
    return isinstance(block, Measure) or (isinstance(block, Passage) and block.own)


def _group(previews: Sequence[Preview]) -> Group:
    first = previews[0]
    shared = frozenset.intersection(*(frozenset(each.problems) for each in previews))
    measured = frozenset[str]().union(*(place_of(each) for each in first.blocks if isinstance(each, Measure)))
    text = tuple(each for each in first.problems if each in shared and _place(each) not in measured)
    blocks = tuple(each for each in first.blocks if not isinstance(each, Measure))
    if len(previews) > 1:
        blocks = tuple(each for each in blocks if not _own(each))
    return Group(first.target.channel, tuple(previews), blocks, text, tuple(_reaches(previews, text)))


def _reaches(previews: Sequence[Preview], told: Sequence[Problem]) -> Iterable[Reach]:
    found: dict[Hashable, Reach] = {}
    for each in previews:
        name = each.target.title or each.target.name
        measures = tuple(block for block in each.blocks if isinstance(block, Measure))
        problems = tuple(problem for problem in each.problems if problem not in told)
        key = (measures, each.forecast, problems)
        reach = found.get(key)
        names = (*reach.names, name) if reach else (name,)
        found[key] = Reach(names, measures, each.forecast, problems)
    return found.values()


def _place(problem: Problem) -> str:
    return problem.part or problem.key


def here(problems: Iterable[Problem], *parts: str) -> list[Problem]:
    """Return the problems that stand at one of some parts."""
    return [each for each in problems if _place(each) in parts]


def elsewhere(problems: Iterable[Problem], blocks: Iterable[Block]) -> list[Problem]:
    """Return the problems that stand at no block."""
    places = frozenset[str]().union(*map(place_of, blocks))
    return [each for each in problems if _place(each) not in places]
