"""What every check is given: a channel with its setting, trials of it, and what an ordinary delivery looks like."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Bulk, Receipt
from scheduler.channels.fitting import fitting
from scheduler.channels.hooks import one_line
from scheduler.engine.delivering.calls import NotCalled, Overtime, Raised
from scheduler.ground.errors import LoaError, Verdict
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.outside import Outside
from scheduler.testing.report import Skipped
from scheduler.testing.trial import Trial

if TYPE_CHECKING:
    from scheduler.channels.channel import Channel
    from scheduler.engine.delivering.calls import Outcome
    from scheduler.testing.outside import Asked, Conduct
    from scheduler.testing.setting import Setting

FIRST, SECOND = "loamotmark", "loahaimark"
"""Words found nowhere else, of one length, that mark what belongs to which text."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """An ordinary delivery: what it asked of the outside, the files it left, and what it came to.

    It was ``received`` where every outcome is a receipt, and ``stray`` where it wrote outside its folder. ``kept`` says
    that it called ``no_return()`` before all else; ``replies`` are those that it got on connections. ``mend`` is how
    one makes it go out.
    """

    idempotent: bool = False
    outcome: Outcome = None
    asked: tuple[Asked, ...] = ()
    files: tuple[str, ...] = ()
    seen: str = ""
    received: bool = False
    refused: str = ""
    mend: str = ""
    stray: bool = False
    replies: int = 0
    kept: bool = False


class Kit:
    """One channel under test. Raises `LoaError` where it cannot be tried with what is given."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting.complete()
        self.channel: Channel[Any] = setting.channel
        if not self._unfit:
            self._try_on()

    @property
    def name(self) -> str:
        """The channel's name."""
        return str(getattr(self.channel, "name", ""))

    def _try_on(self) -> None:
        """Make one trial, so that what stands against every one of them is said once. Raises `LoaError`."""
        try:
            with self.trial():
                pass
        except LoaError:
            raise
        except Exception as error:
            why = _("{channel} cannot be tried: {why}").format(channel=self.channel.name, why=one_line(error))
            raise LoaError(why) from error

    def trial(self, **how: Any) -> Trial:
        """Return a new trial, to be used in a ``with`` block. Raises `Skipped` for what is no channel at all."""
        if self._unfit:
            raise Skipped(_("it is no whole channel: see the check 'attributes'"))
        return Trial(self.setting, **how)

    def facing(self, conduct: Conduct, at: int, **how: Any) -> Trial:
        """Return a new trial whose outside behaves so from request number ``at`` on, counted from 0."""
        return self.trial(outside=Outside(conduct=conduct, at=at), **how)

    @cached_property
    def _unfit(self) -> bool:
        try:
            fitting(self.channel)
        except TypeError:
            return True
        return False

    @cached_property
    def folder(self) -> Path | None:
        """Where the plugin's own code lies: its file, or its package's folder."""
        module = sys.modules.get(type(self.channel).__module__)
        file = getattr(module, "__file__", None)
        if not file:
            return None
        path = Path(file).resolve()
        return path.parent if "." in type(self.channel).__module__ and path.name == "__init__.py" else path

    @cached_property
    def ordinary(self) -> Ordinary:
        """What an ordinary delivery comes to, tried once for all checks."""
        marks: list[bool] = []
        with self.trial() as trial:
            trial.around.passing = lambda: marks.append(not trial.effects())
            try:
                prepared = trial.ready(text=f"Bà con nhớ mang theo sổ {FIRST}.")
            except LoaError as error:
                return Ordinary(refused=said(error), mend=mends.REFUSED, stray=bool(trial.watch.elsewhere))
            try:
                answer = trial.call(prepared)
            except LoaError as error:
                return Ordinary(refused=said(error), mend=mends.NO_LIST, stray=bool(trial.watch.elsewhere))
            if isinstance(self.channel, Bulk) and not answer.messages:
                return Ordinary(refused=_("recipients() gave nobody"), mend=mends.NOBODY)
            stray = bool(trial.watch.elsewhere)
            good = bool(answer.outcomes) and all(isinstance(each, Receipt) for each in answer.outcomes)
            outcome = next((each for each in answer.outcomes if not isinstance(each, Receipt)), answer.outcome)
            return Ordinary(
                prepared.idempotent,
                outcome,
                tuple(answer.asked),
                tuple(trial.files()),
                trial.seen(),
                good and not stray,
                stray=stray,
                replies=trial.wire.replies,
                kept=any(marks),
                mend=mends.STANDS_IN if verdict(outcome) and answer.asked else mend_of(outcome),
            )

    def sending(self) -> Ordinary:
        """Return what an ordinary delivery comes to. Raises `Skipped` where none goes out: another check says so."""
        if not self.ordinary.received:
            raise Skipped(_("an ordinary delivery does not go out: see the check 'sends'"))
        return self.ordinary

    def over_http(self) -> Ordinary:
        """Return the ordinary delivery. Raises `Skipped` where it asks nothing over HTTP."""
        found = self.sending()
        if not found.asked:
            raise Skipped(_("it calls nothing over HTTP"))
        return found

    def once(self) -> Ordinary:
        """Return the ordinary delivery. Raises `Skipped` where its route is not said to be idempotent."""
        found = self.sending()
        if not found.idempotent:
            raise Skipped(_("its route is not said to be idempotent"))
        return found

    def has(self, protocol: type) -> Any:
        """Return the channel. Raises `Skipped` where it is not of that protocol."""
        if not isinstance(self.channel, protocol):
            raise Skipped(_("it is no {protocol}").format(protocol=protocol.__name__))
        return self.channel


def ended(outcome: Outcome) -> str:
    """Return in words how a call ended."""
    if isinstance(outcome, Raised):
        told = isinstance(outcome.error, LoaError)
        return f"{type(outcome.error).__name__}: {said(outcome.error)}" if told else one_line(outcome.error)
    if isinstance(outcome, Overtime):
        return _("no answer in time")
    if isinstance(outcome, NotCalled):
        return _("not called")
    if isinstance(outcome, Verdict):
        return f"{type(outcome).__name__}: {said(outcome)}"
    return type(outcome).__name__ if not isinstance(outcome, Receipt) else f"Receipt({outcome.id!r})"


def verdict(outcome: Outcome) -> Verdict | None:
    """Return the verdict that a call ended in, or ``None``."""
    return outcome.error if isinstance(outcome, Raised) and isinstance(outcome.error, Verdict) else None


def mend_of(outcome: Outcome) -> str:
    """Return how one mends a call that ended so and should have given a receipt; "" for what a verdict says itself."""
    if isinstance(outcome, Overtime):
        return mends.IN_TIME
    if not isinstance(outcome, Raised):
        return mends.NO_RECEIPT if bare(outcome) else ""
    return "" if isinstance(outcome.error, Verdict) else mends.RAISES


def bare(outcome: Outcome) -> bool:
    """Return whether a call ended in something that is neither a receipt nor a verdict."""
    return not isinstance(outcome, Receipt | Overtime) and verdict(outcome) is None
