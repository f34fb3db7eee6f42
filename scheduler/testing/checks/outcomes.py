"""What comes after the call: looking up what nobody heard, and taking back what went out."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Absent, Bulk, Call, CannotTell, LooksUp, Receipt, Sent, StandsIn, Withdraws
from scheduler.engine.delivering.calls import Outcome, Overtime
from scheduler.engine.delivering.outcome import receipt_value
from scheduler.engine.delivering.withdrawing import Way, way
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.checks.sending import OTHER, TEXT
from scheduler.testing.kit import bare, ended
from scheduler.testing.outside import DOWN as NOBODY
from scheduler.testing.report import Finding, Skipped
from scheduler.testing.setting import DOWN
from scheduler.testing.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.engine.delivering.prepare import Prepared
    from scheduler.testing.hearing import Heard
    from scheduler.testing.kit import Kit
    from scheduler.testing.trial import Answer, Trial

DAY = timedelta(days=1)


def look_up(kit: Kit) -> Iterator[Finding]:
    """Look up what was sent, what was not, and while nobody answers."""
    channel = kit.has(LooksUp)
    found = kit.sending()
    with kit.trial() as trial:
        sent, unsent = trial.ready("mot", TEXT, "Bài một"), trial.ready("hai", OTHER, "Bài hai")
        answer = trial.call(sent)
        trial.clock.advance(trial.clock.now() + max(channel.settle_after, timedelta()) + DAY)
        asked = len(trial.outside.asked)
        there, not_there = _asked(trial, sent, answer), _asked(trial, unsent, None)
        remembers = bool(trial.files()) or (isinstance(channel, StandsIn) and len(trial.outside.asked) > asked)
    tried = _("a look-up of what was sent")
    if _broken(there):
        yield Finding(tried, ended(there), mends.LOOKS)
    elif remembers and not isinstance(there, Receipt):
        yield Finding(tried, _("it says {answer}").format(answer=ended(there)), mends.FINDS)
    tried = _("a look-up of what was not sent")
    if _broken(not_there):
        yield Finding(tried, ended(not_there), mends.LOOKS)
    elif isinstance(not_there, Receipt):
        yield Finding(tried, _("it says {answer}").format(answer=ended(not_there)), mends.ITS_OWN)
    if found.asked or found.replies or kit.setting.world:
        yield from _nobody_there(kit)


def _nobody_there(kit: Kit) -> Iterator[Finding]:
    with kit.facing(NOBODY, 0, wire=Wire(DOWN)) as trial:
        prepared = trial.ready(text=TEXT)
        trial.context(prepared)
        trial.clock.advance(trial.clock.now() + DAY)
        if trial.world is not None and DOWN in trial.world.scenarios:
            trial.world.play(DOWN)
        answer = _asked(trial, prepared, None)
        outside = trial.outside.asked or trial.wire.called or trial.watch.connected
        if outside and not isinstance(answer, CannotTell):
            words = _("it says {answer}: that would send it again").format(answer=ended(answer))
            words = words if isinstance(answer, Absent) else ended(answer)
            yield Finding(_("a look-up while the outside is down"), words)


def _asked(trial: Trial, prepared: Prepared, answer: Answer | None) -> Outcome:
    """Ask the channel about a call, as if nobody had heard its outcome."""
    row, message = prepared.delivery, None
    if isinstance(trial.channel, Bulk):
        message = (answer.messages if answer else trial.messages(prepared))[0]
    kept = answer.context.checkpoints[-1] if answer and answer.context.checkpoints else None
    began = trial.clock.now() - DAY - max(trial.channel.settle_after, timedelta())
    call = Call(row.key, 1, prepared.rendered, began, kept, message)
    context = trial.context(prepared, recorded=False)
    return trial.guarded(partial(trial.channel.look_up, call, context))


def _broken(answer: Outcome) -> bool:
    return not isinstance(answer, Receipt | Absent | CannotTell)


def withdraws(kit: Kit) -> Iterator[Finding]:
    """Take back what was sent: once, twice, and where nobody answers."""
    channel = kit.has(Withdraws)
    found = kit.sending()
    with kit.trial() as trial:
        if way(trial.configured) is not Way.CALL:
            raise Skipped(_("the host does not call it to take something back"))
        prepared = trial.ready(text=TEXT)
        sent = _sent(prepared, trial.call(prepared).outcome)
        first = _taken_back(trial, prepared, sent)
        before = trial.effects()
        second = _taken_back(trial, prepared, sent)
        after = trial.effects()
        by_word = _taken_back(trial, prepared, _sent(prepared, Receipt("", handed=False)))
    for tried, answer in (
        (_("a withdrawal"), first),
        (_("the same withdrawal again"), second),
        (_("a withdrawal of what a person says went out"), by_word),
    ):
        if bare(answer) or isinstance(answer, Overtime):
            words = _("it ended in {what}, which is no verdict").format(what=ended(answer))
            yield Finding(tried, words, mends.VERDICT if answer is first else mends.GONE)
    if channel.withdraws_again and isinstance(first, Receipt):
        if not (isinstance(second, Receipt) or bare(second)):
            yield Finding(_("the same withdrawal again"), ended(second), mends.GONE)
        elif before != after:
            yield Finding(
                _("the same withdrawal again"),
                _("the second call changed the world: {what}").format(what=_differing(before, after)),
                mends.AGAIN,
            )
    if found.asked:
        yield from _unheard(kit, sent)


def _differing(one: dict[str, Any], other: dict[str, Any]) -> str:
    return next((name for name in (*one, *other) if one.get(name) != other.get(name)), "")[:120]


def _unheard(kit: Kit, sent: Sent) -> Iterator[Finding]:
    with kit.facing(NOBODY, 0) as trial:
        answer = _taken_back(trial, trial.ready(text=TEXT), sent)
        if bare(answer) or (isinstance(answer, Receipt) and not answer.handed and trial.outside.asked):
            how = mends.RECEIPT if isinstance(answer, Receipt) else mends.VERDICT
            yield Finding(_("a withdrawal while the outside is down"), ended(answer), how)


def _sent(prepared: Prepared, outcome: Outcome) -> Sent:
    kept = receipt_value(outcome) if isinstance(outcome, Receipt) else {}
    handed = isinstance(outcome, Receipt) and outcome.handed
    receipt = Receipt(kept.get("id", ""), kept.get("link", ""), kept.get("detail") or {}, handed)
    row = prepared.delivery
    return Sent(row.key.publication, row.title, prepared.rendered.text, receipt, row.publish_at)


def _taken_back(trial: Trial, prepared: Prepared, sent: Sent) -> Outcome:
    context: Heard = trial.context(prepared)
    context.key = prepared.delivery.key.withdrawal
    return trial.guarded(partial(trial.channel.withdraw, sent, context), trial.limit)
