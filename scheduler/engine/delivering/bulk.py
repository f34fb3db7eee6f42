"""Bulk deliveries: one message per recipient, each with its own state, sent in batches that a person can stop."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from scheduler.engine.delivering.calls import Outcome, Overtime, Raised
from scheduler.engine.delivering.lane import until_written
from scheduler.engine.delivering.message_settling import keep_receipts, tally
from scheduler.engine.delivering.outcome import Judgement, Standing, judge, next_look
from scheduler.engine.delivering.prepare import trace
from scheduler.engine.delivering.replies import answering, as_message, each
from scheduler.engine.gate import still_approved
from scheduler.engine.people import name_of
from scheduler.ground.errors import (
    LoaError,
    NotAllowed,
    PluginAway,
    PluginError,
    StaleEpoch,
    Superseded,
    TemporaryFailure,
)
from scheduler.ground.lifecycle import EDITABLE, Event, State
from scheduler.ground.said import said
from scheduler.ground.text import N_, _
from scheduler.store import attempts, deliveries, messages, moves, settings
from scheduler.store.messages import OPEN, MessageMove, MessageRow
from scheduler.store.moves import Move

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.engine.delivering.executor import Claimed, Executor

CHUNK = 1000
PATIENCE = timedelta(seconds=1)
"""How long a wait for the rate limit may keep a stop from being seen."""


def send(executor: Executor, claimed: Claimed) -> None:
    """Write the messages that are not there yet, call them batch by batch, and close the delivery's attempt.

    Raises `StaleEpoch` once a newer engine has taken over, and what the disk or the lock raises once the engine stops.
    """
    stopped = ""
    failed: LoaError | None = None
    try:
        try:
            stopped = _expand(executor, claimed) or _batches(executor, claimed)
        except StaleEpoch:
            raise
        except PluginAway as error:
            failed = error
        except LoaError as error:
            failed = TemporaryFailure(said(error))
        except Exception as error:  # noqa: BLE001 - recipients() is plugin code
            failed = TemporaryFailure(trace(executor.core, executor.lane.configured, error))
        _close(executor, claimed, stopped, failed)
    finally:
        if claimed.delivery.id not in executor.lane.hanging:
            executor.lane.busy.discard(claimed.delivery.id)


def _expand(executor: Executor, claimed: Claimed) -> str:
    """Stream the recipients into messages; an address that has one on this occasion gets no second.

    Returns why nobody was asked for them, or "": the channel has gone since the intent, or was loaded anew.
    """
    channel: Any = claimed.configured.channel
    prepared, core, snapshot = claimed.prepared, executor.core, executor.core.snapshot
    if not snapshot.has(claimed.configured):
        return _("the channel {channel} does not work now").format(channel=executor.lane.name)
    context = snapshot.context(executor.lane.name)
    stream = _guarded(executor, lambda: iter(channel.recipients(prepared.rendered, prepared.target, context)))
    with core.store.write() as connection:
        occasion = messages.occasion(connection, claimed.delivery.key)
    while chunk := _guarded(executor, lambda: list(islice(stream, CHUNK))):
        with core.store.write() as connection:
            messages.add(connection, occasion, claimed.delivery.id, ((r.address, r.name, r.data) for r in chunk))
    with core.store.write() as connection:
        messages.refuse_sealed(
            connection, claimed.delivery.id, N_("its address was let go, and the list has it no more")
        )
    return ""


def _guarded(executor: Executor, work: Callable[[], Any]) -> Any:
    """Run plugin code with the channel's time limit, and return what it returns. Raises `Exception` only."""
    configured = executor.lane.configured
    limit = configured.config.time_limit.total_seconds()
    outcome = executor.caller.run([work], limit)[0]
    if isinstance(outcome, Overtime):
        raise PluginError(configured.plugin, _("recipients did not go on within {limit:g} seconds").format(limit=limit))
    if isinstance(outcome, Raised) and isinstance(outcome.error, Exception):
        raise outcome.error
    if isinstance(outcome, Raised):
        raise PluginError(configured.plugin, _("recipients ended in {kind}").format(kind=type(outcome.error).__name__))
    return outcome


def _batches(executor: Executor, claimed: Claimed) -> str:
    """Call every message whose time has come; return why it ended early, or ""."""
    channel: Any = claimed.configured.channel
    core, lane = executor.core, executor.lane
    while not core.stopping.is_set():
        now = core.clock.now()
        if now > claimed.delivery.expires_at:
            return N_("its time has passed")
        if not lane.breaker.closed(now):
            return N_("the channel rests after failures")
        allowed = lane.limiter.available(now)
        if allowed == 0:
            core.clock.sleep(min(lane.limiter.ready_at(now) - now, PATIENCE))
            continue
        size = channel.batch_size if allowed is None else min(allowed, channel.batch_size)
        try:
            rows = _claim(executor, claimed, size, now)
        except NotAllowed as error:
            return str(error)
        if not rows:
            return ""
        lane.limiter.take(len(rows))
        if _call(executor, claimed, rows):
            return N_("a batch did not end in time")
    return N_("the engine is stopping")


def _claim(executor: Executor, claimed: Claimed, size: int, now: datetime) -> list[MessageRow]:
    core = executor.core
    with core.store.write() as connection:
        core.guard(connection, executor.lane.name)
        trouble = core.clock_trouble()
        asked = messages.asked_to_stop(connection, claimed.delivery.id)
        if trouble or asked:
            who = name_of(core.snapshot.campaign.plan, asked[0]) if asked else ""
            raise NotAllowed(_("cancelled by {who}").format(who=who) if asked else trouble)
        if not core.snapshot.has(claimed.configured):
            raise NotAllowed(N_("its plugin was loaded anew"))
        if not still_approved(connection, core.snapshot, claimed.delivery):
            raise NotAllowed(N_("the post has been edited, held or revoked meanwhile"))
        attempts.next_batch(connection, claimed.attempt)
        rows = messages.claim(connection, claimed.delivery.id, claimed.attempt, now, size)
    if rows:
        claimed.context.next_batch(rows[0].batch)
    return rows


def _call(executor: Executor, claimed: Claimed, rows: list[MessageRow]) -> bool:
    """Call one batch and record each message's outcome; return whether the call hung."""
    channel: Any = claimed.configured.channel
    batch = [as_message(claimed.delivery.key, row) for row in rows]
    call = partial(channel.deliver_batch, claimed.prepared.rendered, batch, claimed.context)
    outcome = executor.call([claimed], [partial(answering, rows, call)])[0]
    _record(executor, claimed, rows, each(executor.lane.configured.plugin, outcome, len(rows)))
    return isinstance(outcome, Overtime)


def _record(executor: Executor, claimed: Claimed, rows: list[MessageRow], outcomes: Sequence[Outcome]) -> None:
    """Write each message's outcome; where a newer engine, or a person, has moved some meanwhile, what still counts."""
    core, now = executor.core, executor.core.clock.now()
    judgements = [
        judge(outcome, _standing(claimed, row, now), executor.lane.configured, now)
        for row, outcome in zip(rows, outcomes, strict=True)
    ]
    changes = [_move(core.redactor, row, judgement) for row, judgement in zip(rows, judgements, strict=True)]
    health = executor.lane.heard([next((j for j in judgements if j.trouble), judgements[0])], now)

    def write() -> None:
        with core.store.write() as connection:
            settings.check_epoch(connection, core.epoch)
            messages.apply(connection, changes)
            health(connection)

    try:
        until_written(core, write)
    except (StaleEpoch, Superseded):
        until_written(core, partial(keep_receipts, core, claimed.delivery, claimed.attempt, changes, now))


def _standing(claimed: Claimed, row: MessageRow, now: datetime) -> Standing:
    key = f"{claimed.delivery.key}/{row.address}"
    return Standing(key, row.attempts + 1, now, claimed.prepared.idempotent, claimed.context.returnable)


def _move(redactor: Any, row: MessageRow, judgement: Judgement) -> MessageMove:
    after = State.SENT if judgement.after is State.HANDED else judgement.after
    event = Event.SUCCEED if judgement.event is Event.HAND else judgement.event
    receipt = None if judgement.receipt is None else redactor.value(judgement.receipt)
    wake = None if after is State.UNKNOWN else judgement.wake_at
    return MessageMove(row.id, State.SENDING, event, after, redactor.text(judgement.reason)[:300], wake, receipt)


# --- closing ------------------------------------------------------------------------------------------------------


def _close(executor: Executor, claimed: Claimed, stopped: str, failed: LoaError | None) -> None:
    """Close the attempt: the delivery comes to where its messages are. Every write goes on until it is on disk."""
    core, delivery, now = executor.core, claimed.delivery.id, executor.core.clock.now()
    asked = messages.asked_to_stop(core.store.read(), delivery)
    counts = messages.counts(core.store.read(), delivery)
    withdrawn = asked is not None and any(counts.get(state) for state in OPEN)
    if withdrawn:
        judgement = Judgement(Event.RECOVER, State.RETRYING, stopped or said(failed), now)
    else:
        judgement = _summary(executor, claimed, counts, (stopped, failed), now)
    executor.write([claimed], [judgement], now)
    if withdrawn:
        until_written(core, partial(_withdraw, core, delivery, now))


def _withdraw(core: Core, delivery: int, now: datetime) -> None:
    """Cancel a delivery whose rest somebody asked to be stopped; its messages leave with it."""
    with core.store.write() as connection:
        row, asked = deliveries.get(connection, delivery), messages.asked_to_stop(connection, delivery)
        if row is not None and asked is not None and row.state in EDITABLE:
            moves.apply(connection, [Move(delivery, row.state, Event.CANCEL, State.CANCELLED, *asked)], now)


def _summary(
    executor: Executor, claimed: Claimed, counts: dict[State, int], ended: tuple[str, LoaError | None], now: datetime
) -> Judgement:
    """Say what the delivery has come to: open messages keep it open, unknown ones make it unknown.

    ``ended`` says why it did not come to the end of the list: somebody stopped it, or something failed.
    """
    configured, (stopped, failed) = executor.lane.configured, ended
    left = not counts or any(counts.get(state) for state in OPEN)
    if failed and left:
        standing = Standing(
            str(claimed.delivery.key), claimed.delivery.attempts + 1, now, idempotent=True, returnable=True
        )
        return judge(Raised(failed), standing, configured, now)
    if stopped and left:
        return Judgement(Event.RECOVER, State.RETRYING, stopped, now)
    if any(counts.get(state) for state in OPEN):
        wake = messages.next_wake(executor.core.store.read(), claimed.delivery.id) or now
        text = _because(executor, claimed, State.RETRYING, _("{number} messages to try again"), counts)
        return Judgement(Event.FAIL, State.RETRYING, text, wake)
    if counts.get(State.UNKNOWN):
        text = _because(executor, claimed, State.UNKNOWN, _("{number} messages whose outcome nobody heard"), counts)
        return Judgement(Event.LOSE, State.UNKNOWN, text, next_look(configured, now, now))
    if not counts:
        return Judgement(
            Event.REFUSE, State.FAILED, N_("no recipient is left: every address is empty or has had this already")
        )
    if counts.get(State.FAILED) and not counts.get(State.SENT):
        text = _because(executor, claimed, State.FAILED, _("all {number} messages failed"), counts)
        return Judgement(Event.REFUSE, State.FAILED, text)
    return Judgement(Event.SUCCEED, State.SENT, messages.words(counts), receipt=tally(claimed.delivery.id, counts))


def _because(executor: Executor, claimed: Claimed, state: State, text: str, counts: dict[State, int]) -> str:
    """Return a sentence about the messages in a state, and why, where all have one reason."""
    why = messages.shared_reason(executor.core.store.read(), claimed.delivery.id, state)
    text = text.format(number=counts.get(state, 0))
    return f"{text}: {_(why)}" if why else text
