"""Time and threads: an outside that hangs, a call that is given up, a clock that jumps, two calls at once."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Bulk, Projection, Receipt
from scheduler.engine.delivering.calls import Caller, Overtime
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.checks.sending import OTHER, TEXT
from scheduler.testing.kit import FIRST, SECOND, bare, ended
from scheduler.testing.outside import Outside
from scheduler.testing.report import Finding, Skipped
from scheduler.testing.setting import HANGS
from scheduler.testing.trial import MORNING
from scheduler.testing.watch import watching
from scheduler.testing.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scheduler.engine.delivering.prepare import Prepared
    from scheduler.testing.kit import Kit
    from scheduler.testing.trial import Answer, Trial

LIMIT = 1.0
GRACE = 0.75
"""Seconds of real time that a call with a time limit of `LIMIT` may take more, and again once it was given up."""
MEET = 0.3


class Jumping(SimulatedClock):
    """A clock that jumps each time that it is asked: back, on, and back again."""

    jumps = (timedelta(), timedelta(hours=-1), timedelta(days=1), timedelta(hours=-2), timedelta(minutes=3))

    def __init__(self) -> None:
        super().__init__(MORNING + timedelta(days=1))
        self.asked = 0

    def now(self) -> datetime:
        """Return another time than before."""
        self.asked += 1
        return super().now() + self.jumps[self.asked % len(self.jumps)]


def time_limit(kit: Kit) -> Iterator[Finding]:
    """Let the outside hang."""
    found = kit.sending()
    wire = Wire(HANGS if found.replies else "")
    with kit.trial(outside=Outside(hangs=True), wire=wire, limit=LIMIT) as trial:
        world = trial.world is not None and HANGS in trial.world.scenarios
        if not (found.asked or found.replies or world):
            raise Skipped(_("it meets nothing outside that can hang"))
        prepared = trial.ready()
        if trial.world is not None and world:
            trial.world.play(HANGS)
        if not _ends(trial, prepared):
            words = _("the call went on past its limit of {limit:g} s, and after it was given up")
            yield Finding(_("an outside that takes the call and says nothing"), words.format(limit=LIMIT))


def _ends(trial: Trial, prepared: Prepared) -> bool:
    """Return whether a call ends by its deadline, or soon after it was given up."""
    context, over = trial.context(prepared), threading.Event()
    caller = Caller("loa-kit-hanging")
    work = partial(trial.called, prepared, context, watched=False)
    with watching(trial.watch):
        outcome = caller.run([work], LIMIT + GRACE, late=lambda number, late: over.set())[0]
        if not isinstance(outcome, Overtime):
            caller.close()
            return True
        context.give_up()
        return over.wait(2 * GRACE)


def cancel(kit: Kit) -> Iterator[Finding]:
    """Give the call up before it begins, or in the middle."""
    found = kit.sending()
    promised = kit.channel.staged and found.kept and not found.idempotent
    with kit.trial() as trial:
        prepared = trial.ready(text=TEXT)
        answer = trial.call(prepared, given_up=True)
        whole = len(trial.effects())
    tried = _("a call that was given up before it began")
    words = _("it went out all the same: no_return() had raised TemporaryFailure")
    for outcome in answer.outcomes:
        if bare(outcome) or isinstance(outcome, Overtime):
            bad = _("it ended in {what}, which is no verdict").format(what=ended(outcome))
            yield Finding(tried, bad, mends.VERDICT)
            return
        if promised and isinstance(outcome, Receipt):
            yield Finding(tried, words, mends.NO_RETURN)
            return
    if promised and whole >= len(found.files) + sum(each.writes for each in found.asked) > 0:
        yield Finding(tried, words, mends.NO_RETURN)
    if isinstance(kit.channel, Bulk) and len(found.asked) == len(answer.messages) > 2:
        yield from _midway(kit)


def _midway(kit: Kit) -> Iterator[Finding]:
    with kit.trial() as trial:
        prepared = trial.ready(text=TEXT)
        trial.outside.seen = lambda asked: trial.core.stopping.set()
        answer = trial.call(prepared)
        if len(answer.asked) == len(answer.messages):
            words = _("the rest went out all the same")
            yield Finding(_("a batch that is stopped after its first message"), words, mends.REST)


def staged(kit: Kit) -> Iterator[Finding]:
    """See what has happened when the point of no return is passed."""
    if not kit.channel.staged:
        raise Skipped(_("it is not staged"))
    if kit.sending().idempotent:
        raise Skipped(_("its route can be done again, so nothing of it has to be taken back"))
    with kit.trial() as trial:
        prepared = trial.ready(text=TEXT)
        before: list[dict[str, Any]] = []
        trial.around.passing = lambda: before.append(trial.effects())
        answer = trial.call(prepared)
        after = trial.effects()
    tried = _("an ordinary delivery of a channel that says staged")
    if not answer.context.passed:
        yield Finding(tried, _("it never called no_return()"))
    elif after and not set(after) - set(before[0]):
        yield Finding(tried, _("all had gone out before it called no_return()"))


def clock(kit: Kit) -> Iterator[Finding]:
    """Let the clock jump while it is called, and between two calls."""
    found = kit.sending()
    with kit.trial(clock=Jumping()) as trial:
        prepared = trial.prepared(trial.post(text=TEXT)[0])
        for outcome in trial.call(prepared).outcomes:
            if bare(outcome) or isinstance(outcome, Overtime):
                yield Finding(_("a clock that jumps back and on during the call"), ended(outcome), mends.JUMPS)
                return
    if not found.idempotent:
        return
    with kit.trial() as trial:
        prepared = trial.ready(text=TEXT)
        trial.call(prepared)
        before = trial.files()
        trial.clock.advance(trial.clock.now() + timedelta(days=1, hours=3))
        trial.call(prepared)
        more = sorted(set(trial.files()) - set(before))
        if more:
            words = _("another file came of it: {name}").format(name=more[0])
            yield Finding(_("the same delivery once more, a day later by the clock"), words, mends.NO_TIME_IN_NAMES)


def concurrent(kit: Kit) -> Iterator[Finding]:
    """Call for two deliveries at once."""
    found = kit.sending()
    if isinstance(kit.channel, Projection):
        raise Skipped(_("the host draws one picture after the other"))
    with kit.trial() as trial:
        both = [trial.ready("mot", TEXT, "Bài"), trial.ready("hai", OTHER, "Bài")]
        answers = _together(trial, both)
        tried = _("two deliveries at the same time")
        wrong = [outcome for answer in answers for outcome in answer.outcomes if not isinstance(outcome, Receipt)]
        seen = trial.seen()
        missing = [mark for mark in (FIRST, SECOND) if mark not in seen]
        if wrong:
            yield Finding(tried, ended(wrong[0]))
        elif FIRST in found.seen and missing and _both(kit):
            yield Finding(tried, _("one went out twice, and the other not at all"))
    if found.idempotent:
        with kit.trial() as trial:
            prepared = trial.ready(text=TEXT)
            for answer in _together(trial, [prepared, prepared]):
                if bare(answer.outcome):
                    yield Finding(_("the same delivery at the same time"), ended(answer.outcome))
                    return


def _both(kit: Kit) -> bool:
    """Return whether both stand there where they go out one after the other."""
    with kit.trial() as trial:
        for prepared in (trial.ready("mot", TEXT, "Bài"), trial.ready("hai", OTHER, "Bài")):
            trial.call(prepared)
        seen = trial.seen()
    return FIRST in seen and SECOND in seen


def _together(trial: Trial, both: list[Prepared]) -> list[Answer]:
    """Call for both in two threads, which wait for each other where they first use their context."""
    meeting, met = threading.Barrier(2), threading.local()

    def meet() -> None:
        if not getattr(met, "once", False):
            met.once = True
            try:
                meeting.wait(MEET)
            except threading.BrokenBarrierError:
                return  # the other has ended already, or never uses its context

    contexts = [trial.context(each) for each in both]
    found: list[Answer | None] = [None, None]

    def work(number: int) -> None:
        found[number] = trial.called(both[number], contexts[number], watched=False)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with watching(trial.watch):
            trial.around.met = meet
            threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in (0, 1)]
            for each in threads:
                each.start()
            for each in threads:
                each.join(trial.limit)
    finally:
        sys.setswitchinterval(interval)
    return [each for each in found if each is not None]
