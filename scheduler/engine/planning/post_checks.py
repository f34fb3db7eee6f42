"""What plugins find wrong with posts: each asked once for each text, and kept while they stay loaded."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from scheduler.channels.hooks import one_line
from scheduler.engine.delivering.calls import Budget, Caller, NotCalled, Overtime, Raised, Rest
from scheduler.engine.hosting import Hosted, post_text
from scheduler.ground.errors import PluginError
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import _, many
from scheduler.plan.source import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scheduler.channels.hooks import Hooks
    from scheduler.channels.host import PostText
    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot

HOOK = "check_post"
SECONDS = 5.0
"""How long a plugin may take over one post. One that takes longer is left alone for a while."""
BUDGET = 10.0
"""How long all plugins together may take over one reading; what is left then is looked at later."""
_FEW = 1000


class Found(NamedTuple):
    """What one plugin says of one post; ``error`` is why it says nothing, ``unseen`` that it has not looked yet."""

    problems: tuple[Problem, ...] = ()
    error: str = ""
    unseen: bool = False


UNSEEN = Found(unseen=True)


def checked(core: Core, snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with what plugins find wrong in its posts. Plugin code runs here.

    A post with an error of theirs is invalid, like one with an error of its file. A plugin that raises or is slow is
    itself warned of, and stops nothing; a post that it has not looked at says so.
    """
    calls = snapshot.hooks.calls(HOOK) if snapshot.plugins else []
    if not calls:
        return snapshot
    beside = copy.copy(core)
    beside.snapshot = snapshot
    texts = [post_text(each) for each in snapshot.campaign.posts.values()]
    objections: defaultdict[str, list[Problem]] = defaultdict(list)
    unseen: defaultdict[str, list[Problem]] = defaultdict(list)
    failed: list[Problem] = []
    budget = Budget(BUDGET)
    for number, (plugin, call) in enumerate(calls):
        share = budget.share(len(calls) - number)
        found = dict(zip(texts, _ask(snapshot, plugin, call, texts, Hosted(beside), share), strict=True))
        for text, each in found.items():
            objections[text.id] += each.problems
            unseen[text.id] += [_unseen(plugin, text)] if each.unseen else []
        failed += _failures(snapshot, plugin, found)
    return _with(snapshot, objections, failed, unseen)


def overdue(snapshot: Snapshot) -> bool:
    """Return whether there are posts that a plugin has not looked at, and may look at now."""
    return any(each.over for each in _rests(snapshot.hooks).values())


def _rests(hooks: Hooks) -> dict[str, Rest]:
    """Return the plugins that have not looked at every post, with how long they are left alone."""
    found: dict[str, Rest] = hooks.kept.setdefault((HOOK,), {})
    return found


def _with(
    snapshot: Snapshot,
    objections: Mapping[str, Sequence[Problem]],
    failures: Iterable[Problem],
    unseen: Mapping[str, Sequence[Problem]],
) -> Snapshot:
    known = {(each.file, each.line, each.message) for each in snapshot.problems}
    found = [each for several in objections.values() for each in several]
    fresh = [each for each in dict.fromkeys(found) if (each.file, each.line, each.message) not in known]
    failed = [each for each in failures if (each.file, each.line, each.message) not in known]
    wrong = {post for post, several in objections.items() if any(p.severity is Severity.ERROR for p in several)}
    campaign = snapshot.campaign
    beside = {post: (*several, *unseen[post]) for post, several in objections.items() if several or unseen[post]}
    return replace(
        snapshot,
        campaign=replace(
            campaign,
            problems=tuple(sorted((*campaign.problems, *fresh), key=lambda each: (each.file, each.line or 0))),
            invalid=campaign.invalid | wrong,
        ),
        problems=(*snapshot.problems, *fresh, *failed),
        objections=MappingProxyType(beside),
        _wrong={},
    )


def _ask(
    snapshot: Snapshot,
    plugin: str,
    call: Callable[[Mapping[str, Any]], Any],
    texts: Sequence[PostText],
    host: Hosted,
    budget: Budget,
) -> list[Found]:
    """Return what a plugin says of each post; it is asked only of texts that it has not seen."""
    kept: dict[PostText, Found] = snapshot.hooks.kept.setdefault((HOOK, plugin), {})
    known = {text: kept[text] for text in texts if text in kept}
    fresh = [text for text in texts if text not in known]
    rests = _rests(snapshot.hooks)
    rest = rests.get(plugin)
    if fresh and (rest is None or rest.over):
        caller = Caller(f"loa-check-{plugin}")
        work = [partial(call, {"post": text, "host": host}) for text in fresh]
        outcomes = caller.run(work, SECONDS, budget=budget)
        caller.close()
        for text, outcome in zip(fresh, outcomes, strict=True):
            if not isinstance(outcome, NotCalled):
                known[text] = kept[text] = _found(plugin, text, outcome, host)
        _rest(rests, plugin, outcomes)
        if len(kept) > 2 * len(texts) + _FEW:  # texts as they were typed, and are no more
            snapshot.hooks.kept[HOOK, plugin] = dict(known)
    return [known.get(text, UNSEEN) for text in texts]


def _rest(rests: dict[str, Rest], plugin: str, outcomes: Sequence[Any]) -> None:
    """Leave a plugin alone that has not come to the end."""
    hung = any(isinstance(each, Overtime) for each in outcomes)
    if not hung and not any(isinstance(each, NotCalled) for each in outcomes):
        rests.pop(plugin, None)
        return
    late = _("did not answer within {seconds:.0f} seconds").format(seconds=SECONDS)
    rests.setdefault(plugin, Rest()).begin(late if hung else _("is slow"), hung=hung)


def _unseen(plugin: str, text: PostText) -> Problem:
    """Return what stands beside a post that a plugin has not looked at; in lists it is said once, of all of them."""
    message = str(PluginError(plugin, _("it has not looked at this post yet")))
    return Problem(message, printable(text.file), text.wordings[0].line, severity=Severity.WARNING)


def _found(plugin: str, text: PostText, outcome: Any, host: Hosted) -> Found:
    if isinstance(outcome, Raised):
        return Found(error=host.masked(one_line(outcome.error)))
    if isinstance(outcome, Overtime):
        return Found(error=_("did not answer within {seconds:.0f} seconds").format(seconds=SECONDS))
    strange = next((each for each in outcome if not isinstance(each, Problem)), None)
    if strange is not None:
        return Found(error=_("check gave {kind}, not Problem").format(kind=type(strange).__name__))
    return Found(tuple(_placed(plugin, text, each, host) for each in outcome))


def _placed(plugin: str, text: PostText, problem: Problem, host: Hosted) -> Problem:
    """Return a plugin's problem with its name, and the place that it stands for."""
    line = problem.line or text.wordings[0].line
    message = host.masked(str(PluginError(plugin, problem.message)))
    return replace(problem, message=message, hint=host.masked(problem.hint), file=printable(text.file), line=line)


def _failures(snapshot: Snapshot, plugin: str, found: Mapping[PostText, Found]) -> Iterable[Problem]:
    """Yield what went wrong in a plugin, each kind once, and how many posts it has not looked at."""
    failed: defaultdict[str, list[PostText]] = defaultdict(list)
    for text, each in found.items():
        if each.error:
            failed[each.error].append(text)
    if unseen := [text for text, each in found.items() if each.unseen]:
        why = _rests(snapshot.hooks)[plugin].why
        left = many("%d post was not looked at", "%d posts were not looked at", len(unseen))
        yield _failure(snapshot, plugin, f"{why}; {left}", failed.pop(why, unseen))
    for error, texts in failed.items():
        yield _failure(snapshot, plugin, error, texts)


def _failure(snapshot: Snapshot, plugin: str, error: str, texts: Sequence[PostText]) -> Problem:
    source = next((each.source for each in snapshot.registry.plugins if each.name == plugin), "")
    said = f"{HOOK}: {error}"
    first, others = printable(texts[0].file), len(texts) - 1
    where = _("at {file}, and {others} more") if others else _("at {file}")
    hint = where.format(file=first, others=others)
    return Problem(str(PluginError(plugin, said)), source, severity=Severity.WARNING, hint=hint)
