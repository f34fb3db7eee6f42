"""What is not a delivery: how it would work now, a test by a person, a rehearsal."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scheduler.channels.channel import Probes, Receipt, StandsIn, StandsInSocket, TriesOut
from scheduler.engine.delivering.calls import Outcome, Overtime, Raised
from scheduler.ground.errors import LoaError, PluginError
from scheduler.ground.model import Health
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.checks.sending import TEXT
from scheduler.testing.kit import bare, ended
from scheduler.testing.outside import CONDUCTS, DOWN, Outside
from scheduler.testing.report import Finding, Skipped
from scheduler.testing.setting import DOWN as WORLD_DOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.testing.kit import Kit
    from scheduler.testing.trial import Trial

_UNFIT = (DOWN, *(each for each in CONDUCTS if each.name in ("401", "500") or "HTML" in each.name))


def probes(kit: Kit) -> Iterator[Finding]:
    """Ask how it is while all is well, and while nothing works."""
    kit.has(Probes)
    with kit.trial() as trial:
        prepared = _post(trial)
        before = trial.files()
        answer = _probed(trial, prepared)
        yield from _unhealthy(_("to ask how it is"), answer)
        left = [name for name in trial.files() if name not in before]
        asked = bool(trial.outside.asked)
        if left:
            yield Finding(_("to ask how it is"), _("it left {name} behind").format(name=left[0]), mends.ASKS_ONLY)
    for conduct in _UNFIT if asked else ():
        with kit.facing(conduct, 0) as trial:
            answer = _probed(trial, _post(trial))
            tried = _("to ask how it is, while the outside answers with {what}").format(what=_(conduct.name))
            yield from _unhealthy(tried, answer)
            if isinstance(answer, Health) and answer.ok and conduct in (DOWN, _UNFIT[1]):
                yield Finding(tried, _("it says that all is well"), mends.UNWELL)
    yield from _in_world(kit)


def _in_world(kit: Kit) -> Iterator[Finding]:
    with kit.trial() as trial:
        if trial.world is None or WORLD_DOWN not in trial.world.scenarios:
            return
        prepared = _post(trial)
        trial.world.play(WORLD_DOWN)
        answer = _probed(trial, prepared)
        tried = _("to ask how it is, while the outside is down")
        yield from _unhealthy(tried, answer)
        if isinstance(answer, Health) and answer.ok:
            yield Finding(tried, _("it says that all is well"), mends.UNWELL)


def _post(trial: Trial) -> object:
    return trial.post()[0]


def _probed(trial: Trial, row: object) -> Outcome:
    return trial.guarded(partial(trial.channel.probe, trial.aside()), trial.limit)


def _unhealthy(tried: str, answer: Outcome) -> Iterator[Finding]:
    if not isinstance(answer, Health):
        yield Finding(tried, ended(answer))
    elif answer.until is not None and answer.until.tzinfo is None:
        yield Finding(tried, _("the time at which it runs out has no zone"), mends.ZONE)


def tries_out(kit: Kit) -> Iterator[Finding]:
    """Send a test as a person does, and one while the outside is down."""
    channel = kit.has(TriesOut)
    if not isinstance(getattr(channel, "test_to", None), str):
        yield Finding("test_to", _("it gave {kind}").format(kind=type(channel.test_to).__name__))
        return
    with kit.trial() as trial:
        yield from _tested(trial, _("a test by a person"))
        asked = bool(trial.outside.asked)
    if asked:
        with kit.facing(DOWN, 0) as trial:
            yield from _tested(trial, _("a test by a person while the outside is down"), down=True)


def _tested(trial: Trial, tried: str, *, down: bool = False) -> Iterator[Finding]:
    text = "Loa: tin thử. Xin đừng trả lời."
    answer = trial.guarded(partial(trial.channel.try_out, text, trial.setting.to, trial.aside()), trial.limit)
    if isinstance(answer, Raised) and isinstance(answer.error, PluginError):
        yield Finding(tried, said(answer.error), mends.NO_CHECKPOINT)
    elif bare(answer) or isinstance(answer, Overtime):
        yield Finding(tried, _("it ended in {what}, which is no verdict").format(what=ended(answer)), mends.VERDICT)
    elif down and isinstance(answer, Receipt):
        yield Finding(tried, _("it gave a receipt"), mends.RECEIPT)


def stands_in(kit: Kit) -> Iterator[Finding]:
    """Rehearse an ordinary delivery, twice."""
    if not isinstance(kit.channel, StandsIn | StandsInSocket):
        raise Skipped(_("it is no {protocol}").format(protocol="StandsIn"))
    kit.sending()
    answers = [_rehearsed(kit), _rehearsed(kit)]
    tried = _("an ordinary delivery in a rehearsal")
    if not isinstance(answers[0], Receipt):
        yield Finding(tried, ended(answers[0]), mends.STANDS_IN)
    elif answers[0] != answers[1]:
        yield Finding(_("the same rehearsal twice"), _("the receipts differ"))


def _rehearsed(kit: Kit) -> Outcome:
    with kit.trial(outside=Outside(), rehearsal=True) as trial:
        try:
            return trial.call(trial.ready(text=TEXT)).outcome
        except LoaError as error:
            raise Skipped(said(error)) from None
