"""What plugins find wrong with posts: each asked once for each text, and kept while they stay loaded."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from scheduler.channels.hooks import one_line
from scheduler.engine.calls import Caller, NotCalled, Overtime, Raised
from scheduler.engine.hosting import Hosted, post_text
from scheduler.ground.errors import PluginError
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import _
from scheduler.plan.source import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scheduler.channels.host import PostText
    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot

HOOK = "check_post"
SECONDS = 5.0
"""How long a plugin may take over one post. One that takes longer is asked of no further one at this reading."""
_FEW = 1000


class Found(NamedTuple):
    """What one plugin says of one post; ``error`` is why it says nothing."""

    problems: tuple[Problem, ...] = ()
    error: str = ""


def checked(core: Core, snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with what plugins find wrong in its posts. Plugin code runs here.

    A post with an error of theirs is invalid, like one with an error of its file. A plugin that raises or is slow is
    itself warned of, and stops nothing.
    """
    calls = snapshot.hooks.calls(HOOK) if snapshot.plugins else []
    if not calls:
        return snapshot
    beside = copy.copy(core)
    beside.snapshot = snapshot
    texts = [post_text(each) for each in snapshot.campaign.posts.values()]
    objections: defaultdict[str, list[Problem]] = defaultdict(list)
    failures: defaultdict[tuple[str, str], list[PostText]] = defaultdict(list)
    for plugin, call in calls:
        for text, found in zip(texts, _ask(snapshot, plugin, call, texts, Hosted(beside)), strict=True):
            objections[text.id] += found.problems
            if found.error:
                failures[plugin, found.error].append(text)
    return _with(snapshot, objections, [_failure(snapshot, *each) for each in failures.items()])


def _with(snapshot: Snapshot, objections: Mapping[str, Sequence[Problem]], failures: Iterable[Problem]) -> Snapshot:
    known = {(each.file, each.line, each.message) for each in snapshot.problems}
    found = [each for several in objections.values() for each in several]
    fresh = [each for each in dict.fromkeys(found) if (each.file, each.line, each.message) not in known]
    failed = [each for each in failures if (each.file, each.line, each.message) not in known]
    wrong = {post for post, several in objections.items() if any(p.severity is Severity.ERROR for p in several)}
    campaign = snapshot.campaign
    return replace(
        snapshot,
        campaign=replace(
            campaign,
            problems=tuple(sorted((*campaign.problems, *fresh), key=lambda each: (each.file, each.line or 0))),
            invalid=campaign.invalid | wrong,
        ),
        problems=(*snapshot.problems, *fresh, *failed),
        objections=MappingProxyType({post: tuple(several) for post, several in objections.items() if several}),
        _wrong={},
    )


def _ask(
    snapshot: Snapshot, plugin: str, call: Callable[[Mapping[str, Any]], Any], texts: Sequence[PostText], host: Hosted
) -> list[Found]:
    """Return what a plugin says of each post; it is asked only of texts that it has not seen."""
    kept: dict[PostText, Found] = snapshot.hooks.kept.setdefault((HOOK, plugin), {})
    known = {text: kept[text] for text in texts if text in kept}
    fresh = [text for text in texts if text not in known]
    if fresh:
        caller = Caller(f"loa-check-{plugin}")
        outcomes = caller.run([partial(call, {"post": text, "host": host}) for text in fresh], SECONDS)
        caller.close()
        for text, outcome in zip(fresh, outcomes, strict=True):
            known[text] = _found(plugin, text, outcome, host)
            if not isinstance(outcome, NotCalled):
                kept[text] = known[text]
        if len(kept) > 2 * len(texts) + _FEW:  # texts as they were typed, and are no more
            snapshot.hooks.kept[HOOK, plugin] = {text: known[text] for text in texts}
    return [known[text] for text in texts]


def _found(plugin: str, text: PostText, outcome: Any, host: Hosted) -> Found:
    if isinstance(outcome, Raised):
        return Found(error=host.masked(one_line(outcome.error)))
    if isinstance(outcome, Overtime):
        return Found(error=_("did not answer within {seconds:.0f} seconds").format(seconds=SECONDS))
    if isinstance(outcome, NotCalled):
        return Found()
    strange = next((each for each in outcome if not isinstance(each, Problem)), None)
    if strange is not None:
        return Found(error=_("check gave {kind}, not Problem").format(kind=type(strange).__name__))
    return Found(tuple(_placed(plugin, text, each, host) for each in outcome))


def _placed(plugin: str, text: PostText, problem: Problem, host: Hosted) -> Problem:
    """Return a plugin's problem with its name, and the place that it stands for."""
    line = problem.line or text.wordings[0].line
    message = host.masked(str(PluginError(plugin, problem.message)))
    return replace(problem, message=message, hint=host.masked(problem.hint), file=printable(text.file), line=line)


def _failure(snapshot: Snapshot, failed: tuple[str, str], texts: Sequence[PostText]) -> Problem:
    plugin, error = failed
    source = next((each.source for each in snapshot.registry.plugins if each.name == plugin), "")
    said = f"{HOOK}: {error}"
    first, others = printable(texts[0].file), len(texts) - 1
    where = _("at {file}, and {others} more") if others else _("at {file}")
    hint = where.format(file=first, others=others)
    return Problem(str(PluginError(plugin, said)), source, severity=Severity.WARNING, hint=hint)
