"""Whatever the outside does, the channel says honestly what became of the delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from scheduler.channels.channel import Receipt
from scheduler.engine.delivering.calls import Overtime, Raised
from scheduler.ground.errors import LoaError, OutcomeUnknown, PermanentFailure, TemporaryFailure
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.kit import bare, ended
from scheduler.testing.outside import CONDUCTS, WAIT_ASKED
from scheduler.testing.report import Finding, Skipped
from scheduler.testing.setting import DOWN, DROPS, REFUSES
from scheduler.testing.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.engine.delivering.calls import Outcome
    from scheduler.testing.kit import Kit
    from scheduler.testing.outside import Asked, Conduct
    from scheduler.testing.trial import Answer, Trial

PLACES = 4
"""How many of a delivery's requests are each met by every conduct."""


class Fault(NamedTuple):
    """What is dishonest in an outcome, and how one mends it."""

    happened: str
    mend: str


def verdicts(kit: Kit) -> Iterator[Finding]:
    """Play everything that an outside may do."""
    found = kit.sending()
    with kit.trial() as trial:
        scenarios = trial.world.scenarios if trial.world else frozenset()
    if not (found.asked or found.files or found.replies or scenarios):
        raise Skipped(_("it meets nothing outside that can be played: give a world"))
    for conduct in CONDUCTS:
        for at in range(min(len(found.asked), PLACES)):
            yield from _over_http(kit, conduct, at)
    if found.replies:
        yield from _on_the_wire(kit, found.replies)
    for scenario in (DOWN, REFUSES, DROPS):
        if scenario in scenarios:
            yield from _in_world(kit, scenario)
    if found.files:
        yield from _blocked(kit, found.files)


# --- HTTP ------------------------------------------------------------------------------------------------------------


def _over_http(kit: Kit, conduct: Conduct, at: int) -> Iterator[Finding]:
    with kit.facing(conduct, at) as trial:
        prepared = trial.ready()
        answer = trial.call(prepared)
        tried = (
            _("the outside plays: {what}").format(what=_(conduct.name))
            if at == 0
            else _("the outside plays, from request {number} on: {what}").format(what=_(conduct.name), number=at + 1)
        )
        for number, outcome in enumerate(answer.outcomes):
            fault = _dishonest(outcome, _about(kit, trial, answer, number), conduct, idempotent=prepared.idempotent)
            if fault:
                yield Finding(tried, *fault)
                return


def _about(kit: Kit, trial: Trial, answer: Answer, number: int) -> list[Asked]:
    """Return the requests that speak of one outcome: its own, where each message has one, or all."""
    if len(answer.messages) > 1 and len(kit.ordinary.asked) == len(answer.messages):
        return answer.asked[number : number + 1]
    return answer.asked


def _dishonest(outcome: Outcome, asked: list[Asked], conduct: Conduct, *, idempotent: bool) -> Fault | None:
    """Return what is dishonest in an outcome."""
    writes = [each for each in asked if each.writes] or asked
    last = writes[-1].fate if writes else "unsent"
    may_be_out = any(each.fate in ("done", "unheard") and not each.revocable for each in writes)
    if fault := _no_verdict(outcome):
        return fault
    if isinstance(outcome, Receipt):
        there_before = idempotent and conduct.name == "409"
        return None if last == "done" or there_before else Fault(_("it gave a receipt"), mends.RECEIPT)
    error = outcome.error if isinstance(outcome, Raised) else outcome
    if isinstance(error, TemporaryFailure):
        return _twice() if may_be_out and not idempotent else _too_soon(error, conduct)
    if isinstance(error, PermanentFailure):
        if last in ("done", "unheard"):
            return Fault(_("PermanentFailure, although it may have gone out"), mends.UNKNOWN)
        if conduct.passes and not may_be_out:
            return Fault(_("PermanentFailure, although this passes"), mends.PASSES)
    return None


def _no_verdict(outcome: Outcome, mend: str = mends.VERDICT) -> Fault | None:
    """Return what is wrong with an outcome that is neither a receipt nor a verdict."""
    if not (bare(outcome) or isinstance(outcome, Overtime)):
        return None
    words = _("it ended in {what}, which is no verdict").format(what=ended(outcome))
    return Fault(words, mends.IN_TIME if isinstance(outcome, Overtime) else mend)


def _twice() -> Fault:
    return Fault(_("TemporaryFailure, although it may have gone out: it would go out twice"), mends.UNKNOWN)


def _too_soon(error: TemporaryFailure, conduct: Conduct) -> Fault | None:
    asked = timedelta(seconds=WAIT_ASKED)
    if "Retry-After in seconds" in conduct.name and (error.retry_after is None or error.retry_after < asked):
        words = _("it is to wait {asked} seconds, and says retry_after={given}")
        return Fault(words.format(asked=WAIT_ASKED, given=error.retry_after), mends.WAIT)
    return None


# --- connections -----------------------------------------------------------------------------------------------------


def _on_the_wire(kit: Kit, replies: int) -> Iterator[Finding]:
    """Break the connection in place of each reply: where all was said and nobody answered, it may have gone out."""
    unheard = False
    for wire in (Wire(DOWN), *(Wire(breaks_at=number) for number in range(1, replies + 1))):
        with kit.trial(wire=wire) as trial:
            prepared = trial.ready()
            outcomes = trial.call(prepared).outcomes
        errors = [each.error if isinstance(each, Raised) else each for each in outcomes]
        unheard = unheard or prepared.idempotent or any(isinstance(each, OutcomeUnknown) for each in errors)
        if fault := _unwired(outcomes, wire, farewell=wire.breaks_at == replies > 2):
            tried = _("a connection that breaks in place of reply {number}").format(number=wire.breaks_at)
            yield Finding(tried if wire.breaks_at else _("nobody is reached"), *fault)
            return
    if not unheard:
        words = _("it never said OutcomeUnknown, although what it had sent may have been taken")
        yield Finding(_("a connection that breaks in place of each reply"), words, mends.UNKNOWN)


def _unwired(outcomes: list[Outcome], wire: Wire, *, farewell: bool) -> Fault | None:
    """Return what is dishonest in the outcomes; of a batch, some may be out before the connection breaks."""
    heard = [each for each in outcomes if isinstance(each, Receipt)]
    excused = farewell or (wire.breaks_at and len(heard) < len(outcomes))
    judged = [each for each in outcomes if not (excused and isinstance(each, Receipt))]
    faults = (_untrue(each, "" if wire.breaks_at else DOWN, idempotent=True) for each in judged)
    return next(filter(None, faults), None)


# --- a world of the plugin's own, and files ---------------------------------------------------------------------------


def _in_world(kit: Kit, scenario: str) -> Iterator[Finding]:
    with kit.trial() as trial:
        if trial.world is None:
            return
        prepared = trial.ready()
        trial.world.play(scenario)
        outcomes = trial.call(prepared).outcomes
        taken = len(trial.world.effects()) if len(outcomes) > 1 else 1
        for number, outcome in enumerate(outcomes):
            if fault := _untrue(outcome, scenario, idempotent=prepared.idempotent or number >= taken):
                yield Finding(_("a world that plays: {scenario}").format(scenario=scenario), *fault)
                return


def _untrue(outcome: Outcome, scenario: str, *, idempotent: bool) -> Fault | None:
    error = outcome.error if isinstance(outcome, Raised) else outcome
    if fault := _no_verdict(outcome):
        return fault
    if isinstance(outcome, Receipt):
        return Fault(_("it gave a receipt"), mends.RECEIPT)
    if isinstance(error, TemporaryFailure) and scenario == DROPS and not idempotent:
        return _twice()
    if isinstance(error, PermanentFailure) and scenario in (DOWN, DROPS):
        return Fault(_("PermanentFailure, although this passes"), mends.PASSES)
    return None


def _blocked(kit: Kit, files: tuple[str, ...]) -> Iterator[Finding]:
    """Put a file where the channel's folders should be, so that nothing can be written."""
    with kit.trial() as trial:
        prepared = trial.ready()
        trial.around.out.rmdir()
        for place in sorted({_root(name) for name in files}):
            path = trial.folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        try:
            outcomes = trial.call(prepared).outcomes
        except LoaError as error:
            raise Skipped(said(error)) from None
        tried = _("a folder that cannot be written")
        for outcome in outcomes:
            fault = _no_verdict(outcome, mends.BLOCKED)
            if isinstance(outcome, Receipt):
                fault = Fault(_("it gave a receipt"), mends.BLOCKED)
            if fault:
                yield Finding(tried, *fault)
                return


def _root(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[:3]) if parts[:2] == ["var", "out"] else "/".join(parts[:2])
