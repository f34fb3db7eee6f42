"""From what a call gave back to what becomes of its delivery: the only place that maps verdicts to transitions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import LooksUp, Receipt
from scheduler.channels.hooks import one_line
from scheduler.engine.clockwatch import TOLERANCE
from scheduler.engine.delivering.calls import NotCalled, Outcome, Overtime, Raised
from scheduler.engine.delivering.limits import back_off
from scheduler.ground.errors import OutcomeUnknown, PermanentFailure, PluginAway, PluginError, TemporaryFailure
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.said import said
from scheduler.ground.text import N_, _

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.channels.registry import Configured


AWAY = timedelta(seconds=30)
"""How long something waits for its plugin that cannot be called now, until that is tried again."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The event that an outcome means, where it leads, why, and when to look again (aware, in UTC).

    ``away`` is whether nothing was called since the plugin cannot be: no attempt is used up.
    """

    event: Event
    after: State
    reason: str = ""
    wake_at: datetime | None = None
    receipt: dict[str, Any] | None = None
    away: bool = False

    @property
    def trouble(self) -> bool:
        """Whether it speaks against the channel's health."""
        return self.away or self.event in (Event.FAIL, Event.EXHAUST, Event.LOSE)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the judgement depends on beside the outcome: the route, the attempts of this round and when they began."""

    key: str
    attempts: int
    since: datetime
    idempotent: bool
    returnable: bool


def waits(why: str, now: datetime) -> Judgement:
    """Say that something waits for its plugin, which cannot be called now."""
    return Judgement(Event.RECOVER, State.RETRYING, why, now + AWAY, away=True)


def judge(outcome: Outcome, standing: Standing, configured: Configured, now: datetime) -> Judgement:
    """Say what an outcome means for the delivery, or message, whose call it ends; an illegible one is in doubt."""
    try:
        return _judged(outcome, standing, configured, now)
    except Exception as error:  # noqa: BLE001 - receipts and errors are a plugin's objects, whose own code may raise anything
        reason = str(PluginError(configured.plugin, one_line(error)))
        return _doubtful(reason, None, standing, configured, now)


def _judged(outcome: Outcome, standing: Standing, configured: Configured, now: datetime) -> Judgement:
    if isinstance(outcome, Receipt):
        event, after = (Event.HAND, State.HANDED) if outcome.handed else (Event.SUCCEED, State.SENT)
        return Judgement(event, after, receipt=receipt_value(outcome))
    if isinstance(outcome, NotCalled):
        why = outcome.why and _("not called: {why}").format(why=outcome.why)
        return Judgement(Event.RECOVER, State.RETRYING, why or N_("not called: an earlier call of the batch hung"), now)
    if isinstance(outcome, Overtime):
        limit = configured.config.time_limit.total_seconds()
        return _doubtful(_("no answer within {limit:g} seconds").format(limit=limit), None, standing, configured, now)
    error = outcome.error if isinstance(outcome, Raised) else None
    if isinstance(error, PluginAway):
        return waits(said(error), now)
    if isinstance(error, PermanentFailure):
        return Judgement(Event.REFUSE, State.FAILED, said(error))
    if isinstance(error, TemporaryFailure):
        return _failed(said(error), error.retry_after, standing, configured, now)
    if isinstance(error, OutcomeUnknown):
        return _lost(said(error), standing, configured, now)
    if error is None:
        reason = _("plugin {name}: deliver returned {kind}, not Receipt").format(
            name=configured.plugin, kind=type(outcome).__name__
        )
    else:
        reason = str(PluginError(configured.plugin, one_line(error)))
    return _doubtful(reason, None, standing, configured, now)


def _doubtful(
    reason: str, retry_after: timedelta | None, standing: Standing, configured: Configured, now: datetime
) -> Judgement:
    """Nobody said whether it went out: that is a failure only where it can be done again, or had not begun."""
    if standing.returnable and configured.channel.staged:
        return _failed(reason, retry_after, standing, configured, now)
    return _lost(reason, standing, configured, now)


def _lost(reason: str, standing: Standing, configured: Configured, now: datetime) -> Judgement:
    if standing.idempotent:
        return _failed(reason, None, standing, configured, now)
    return Judgement(Event.LOSE, State.UNKNOWN, reason, next_look(configured, now, now))


def _failed(
    reason: str, retry_after: timedelta | None, standing: Standing, configured: Configured, now: datetime
) -> Judgement:
    policy = configured.config.retry
    wait = back_off(policy, standing.attempts, standing.key, retry_after)
    if standing.attempts >= policy.attempts or wait + (now - standing.since) > policy.give_up:
        return Judgement(
            Event.EXHAUST,
            State.FAILED,
            _("given up after {number} attempts: {reason}").format(number=standing.attempts, reason=_(reason)),
        )
    return Judgement(Event.FAIL, State.RETRYING, reason, now + wait)


def next_look(configured: Configured, called_at: datetime, now: datetime) -> datetime | None:
    """Return when an unknown outcome is looked up next: soon, then once absence counts, then ever more rarely.

    ``None`` where the channel cannot look up, or after a week. What a wrong clock put into the future is asked hourly.
    """
    channel = configured.channel
    if not isinstance(channel, LooksUp):
        return None
    age = now - called_at
    if age < -TOLERANCE:
        return now + timedelta(hours=1)
    if age > timedelta(days=7):
        return None
    if age < channel.settle_after:
        return min(now + max(age, timedelta(seconds=1)), called_at + channel.settle_after)
    return now + min(max(age, timedelta(seconds=5)), timedelta(hours=1))


def receipt_value(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON values. It is a proof, so what a plugin wrongly put into it is kept as text."""
    value: dict[str, Any] = {"id": said(receipt.id or "")}
    if receipt.link:
        value["link"] = said(receipt.link)
    if receipt.detail:
        try:
            text = json.dumps(dict(receipt.detail), ensure_ascii=False, allow_nan=False)
            value["detail"] = json.loads(said(text))
        except Exception:  # noqa: BLE001 - a mapping of the plugin's own may raise anything
            value["detail"] = {"text": said(receipt.detail)}
    return value
