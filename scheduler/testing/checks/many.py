"""Channels whose deliveries go to many, and those that draw a picture of all that was published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import httpx2

from scheduler.channels.channel import Bulk, Projection, Published, Receipt, Recipient
from scheduler.engine.delivering.calls import Outcome, Overtime, Raised
from scheduler.ground.errors import LoaError, Verdict
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.checks.sending import OTHER, TEXT
from scheduler.testing.kit import FIRST, SECOND, bare, ended, mend_of
from scheduler.testing.outside import Outside
from scheduler.testing.report import Finding, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.delivering.prepare import Prepared
    from scheduler.testing.kit import Kit
    from scheduler.testing.trial import Trial


def bulk(kit: Kit) -> Iterator[Finding]:
    """Stream the recipients, and refuse one message of a batch."""
    channel = kit.has(Bulk)
    if not isinstance(channel.batch_size, int) or channel.batch_size < 1:
        yield Finding(_("batch_size"), _("it must be a number above 0"), mends.SIZE)
        return
    with kit.trial() as trial:
        prepared = _ready(trial)
        yield from _stream(trial, prepared)
        messages = trial.messages(prepared)
        if len(messages) < 2:
            raise Skipped(_("its target has fewer than two recipients: give a list, such as [content]"))
        yield from _answers(trial, prepared, messages)
    kit.sending()
    yield from _partly(kit, [each.address for each in messages])


def _ready(trial: Trial) -> Prepared:
    try:
        return trial.ready(text=TEXT)
    except LoaError as error:
        raise Skipped(said(error)) from None


def _stream(trial: Trial, prepared: Prepared) -> Iterator[Finding]:
    context = trial.core.snapshot.context(trial.channel.name)
    stream = trial.guarded(partial(trial.channel.recipients, prepared.rendered, prepared.target, context))
    if not isinstance(stream, Iterator):
        yield Finding(
            _("to stream the recipients"),
            _("it gave {kind}, all at once").format(kind=type(stream).__name__),
            mends.STREAM,
        )
        return
    some: Any = trial.guarded(lambda: list(islice(stream, 100)))
    if isinstance(some, Raised | Overtime):
        yield Finding(_("to stream the recipients"), ended(some), mends.NO_LIST)
    elif strange := next((each for each in some if not isinstance(each, Recipient)), None):
        words = _("it gave {kind}").format(kind=type(strange).__name__)
        yield Finding(_("to stream the recipients"), words, mends.STREAM)


def _answers(trial: Trial, prepared: Prepared, messages: list[Any]) -> Iterator[Finding]:
    """Ask for a batch, and for a batch of one: each must have an answer of its own."""
    for some in (messages, messages[:1]):
        context = trial.context(replace(prepared))
        call = partial(trial.channel.deliver_batch, prepared.rendered, some, context)
        answer: Any = trial.guarded(call, trial.limit)
        tried = _("a batch of {number}").format(number=len(some))
        if isinstance(answer, Raised | Overtime):
            if bare(answer):
                words = _("it ended in {what}, which is no verdict").format(what=ended(answer))
                yield Finding(tried, words, mends.ONE_EACH)
        elif not isinstance(answer, list | tuple) or len(answer) != len(some):
            size = len(answer) if isinstance(answer, list | tuple) else 0
            yield Finding(tried, _("it gave {number} answers").format(number=size), mends.ONE_EACH)
        elif strange := next((each for each in answer if not isinstance(each, Receipt | Verdict)), None):
            yield Finding(tried, _("an answer is {kind}").format(kind=type(strange).__name__), mends.ONE_EACH)


def _partly(kit: Kit, addresses: list[str]) -> Iterator[Finding]:
    """Let the outside refuse the first message only, where each has a request of its own."""
    if len(kit.ordinary.asked) != len(addresses):
        return
    seen: list[int] = []

    def refuse_first(
        usual: Callable[[httpx2.Request], httpx2.Response] | None,
    ) -> Callable[[httpx2.Request], httpx2.Response]:
        def answer(request: httpx2.Request) -> httpx2.Response:
            seen.append(1)
            if len(seen) == 1:
                return httpx2.Response(400, json={"error": {"message": "no"}}, request=request)
            return usual(request) if usual else httpx2.Response(200, json={"id": f"out-{len(seen)}"}, request=request)

        return answer

    with kit.trial(outside=Outside()) as trial:
        trial.outside.default = refuse_first(trial.outside.default)
        outcomes = trial.call(_ready(trial)).outcomes
    good = [isinstance(each, Receipt) for each in outcomes]
    if good != [False, *[True] * (len(outcomes) - 1)]:
        words = _("the answers are {answers}").format(answers=", ".join(map(ended, outcomes)))
        yield Finding(_("a batch of which the outside refuses the first message"), words, mends.GO_ON)


# --- pictures --------------------------------------------------------------------------------------------------------


def projection(kit: Kit) -> Iterator[Finding]:
    """Draw the picture of two, of one that is withdrawn, of one alone, and of none."""
    kit.has(Projection)
    kit.sending()
    with kit.trial() as trial:
        one, two = trial.ready("mot", TEXT, "Bài một"), trial.ready("hai", OTHER, "Bài hai")
        first, second = _published(one), _published(two)
        yield from _failed(_("a picture of two"), _drawn(trial, two, [first, second]))
        before = trial.files() or trial.effects()
        for tried, whose in ((_("the same picture again"), two), (_("the same picture, drawn for the other"), one)):
            yield from _failed(tried, _drawn(trial, whose, [first, second]))
            after = trial.files() or trial.effects()
            if before != after:
                name = next(name for name in (*before, *after) if before.get(name) != after.get(name))
                yield Finding(tried, _("other bytes stand in {name}").format(name=name), mends.NOT_THE_CALLER)
        shown = [mark for mark in (FIRST, SECOND) if mark in _now(trial)]
        yield from _failed(_("a picture of one of them, as after the loss of a database"), _drawn(trial, two, [second]))
        if FIRST in shown and FIRST not in _now(trial):
            yield Finding(
                _("a picture that does not name the other"),
                _("it took the other away, which nobody has withdrawn"),
                mends.LEAVE,
            )
        yield from _failed(
            _("a picture of which one is withdrawn"), _drawn(trial, two, [first, replace(second, withdrawn=True)])
        )
        if SECOND in shown and SECOND in _now(trial):
            words = _("what was withdrawn still stands in it")
            yield Finding(_("a picture of which one is withdrawn"), words, mends.TAKE_AWAY)
    with kit.trial() as trial:
        yield from _failed(_("a picture of nothing"), _drawn(trial, trial.ready(text=TEXT), []))


def _published(prepared: Prepared) -> Published:
    return Published(prepared.delivery.key, prepared.rendered, prepared.delivery.publish_at)


def _drawn(trial: Trial, prepared: Prepared, published: list[Published]) -> Outcome:
    return trial.call(prepared, published=published).outcome


def _failed(tried: str, outcome: Outcome) -> Iterator[Finding]:
    if not isinstance(outcome, Receipt):
        yield Finding(tried, ended(outcome), mend_of(outcome))


def _now(trial: Trial) -> str:
    """Return what stands in the picture now: its files, or what was last written over HTTP."""
    if trial.files() or not trial.outside.asked:
        return trial.seen()
    return trial.outside.asked[-1].text()
