"""Bulk deliveries: one message per recipient, each with its own state, sent in batches that a person can stop."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Absent, Message, Receipt
from scheduler.engine.asking import ask, last_moment
from scheduler.engine.calls import NotCalled, Outcome, Overtime, Raised
from scheduler.engine.core import ENGINE
from scheduler.engine.gate import readmit, still_approved
from scheduler.engine.lane import until_written
from scheduler.engine.outcome import Judgement, Standing, judge, next_look, receipt_value
from scheduler.ground.errors import (
    LoaError,
    NotAllowed,
    PluginError,
    StaleEpoch,
    TemporaryFailure,
    Verdict,
)
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import N_, _
from scheduler.store import attempts, deliveries, messages, moves
from scheduler.store.messages import MessageMove, MessageRow
from scheduler.store.moves import Move, admitted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.engine.executor import Claimed, Executor
    from scheduler.ground.delivery import Attempt, Delivery, Key

CHUNK = 1000
PATIENCE = timedelta(seconds=1)
"""How long a wait for the rate limit may keep a stop from being seen."""
_OPEN = (State.SCHEDULED, State.RETRYING)


def send(executor: Executor, claimed: Claimed) -> None:
    """Write the messages that are not there yet, call them batch by batch, and close the delivery's attempt."""
    stopped, failed = "", ""
    try:
        _expand(executor, claimed)
        stopped = _batches(executor, claimed)
    except StaleEpoch:
        raise
    except LoaError as error:
        failed = str(error)
    except Exception as error:  # noqa: BLE001 - recipients() is plugin code
        failed = _("plugin {name}: {kind}: {error}").format(
            name=executor.lane.configured.plugin, kind=type(error).__name__, error=error
        )
    _close(executor, claimed, stopped, failed)
    if claimed.delivery.id not in executor.lane.hanging:
        executor.lane.busy.discard(claimed.delivery.id)


def _expand(executor: Executor, claimed: Claimed) -> None:
    """Stream the recipients into messages; an address that has one on this occasion gets no second."""
    channel: Any = executor.lane.configured.channel
    prepared, core = claimed.prepared, executor.core
    context = core.snapshot.context(executor.lane.name)
    stream = _guarded(executor, lambda: iter(channel.recipients(prepared.rendered, prepared.target, context)))
    with core.store.write() as connection:
        occasion = messages.occasion(connection, claimed.delivery.key)
    while chunk := _guarded(executor, lambda: list(islice(stream, CHUNK))):
        with core.store.write() as connection:
            messages.add(connection, occasion, claimed.delivery.id, ((r.address, r.name, r.data) for r in chunk))


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
    channel: Any = executor.lane.configured.channel
    core, lane = executor.core, executor.lane
    while not core.stopping.is_set():
        now = core.clock.now()
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
            raise NotAllowed(_("cancelled by {who}").format(who=asked[0]) if asked else trouble)
        if not still_approved(connection, core.snapshot, claimed.delivery):
            raise NotAllowed(N_("the post has been edited, held or revoked meanwhile"))
        attempts.next_batch(connection, claimed.attempt)
        rows = messages.claim(connection, claimed.delivery.id, claimed.attempt, now, size)
    claimed.context.next_batch()
    return rows


def _call(executor: Executor, claimed: Claimed, rows: list[MessageRow]) -> bool:
    """Call one batch and record each message's outcome; return whether the call hung."""
    channel: Any = executor.lane.configured.channel
    batch = [_message(claimed.delivery.key, row) for row in rows]
    call = partial(channel.deliver_batch, claimed.prepared.rendered, batch, claimed.context)
    outcome = executor.call([claimed], [call])[0]
    _record(executor, claimed, rows, _each(executor, outcome, len(rows)))
    return isinstance(outcome, Overtime)


def _message(key: Key, row: MessageRow) -> Message:
    name = f"{key.post}/{key.recurrence}/{key.channel}/{row.address}/{key.action}"
    return Message(name, row.round, row.address, row.name, row.data)


def _each(executor: Executor, outcome: Outcome, size: int) -> list[Outcome]:
    """Return one outcome per message; an answer of another length or type is nonsense and counts for all."""
    if isinstance(outcome, Raised | Overtime | NotCalled):
        return [outcome] * size
    if not isinstance(outcome, list | tuple) or len(outcome) != size:
        error = PluginError(
            executor.lane.configured.plugin,
            _("deliver_batch must answer for each of {size} messages").format(size=size),
        )
        return [Raised(error)] * size
    return [Raised(each) if isinstance(each, Verdict) else each for each in outcome]


def _record(executor: Executor, claimed: Claimed, rows: list[MessageRow], outcomes: Sequence[Outcome]) -> None:
    core, now = executor.core, executor.core.clock.now()
    judgements = [
        judge(outcome, _standing(claimed, row, now), executor.lane.configured, now)
        for row, outcome in zip(rows, outcomes, strict=True)
    ]
    changes = [_move(core.redactor, row, judgement) for row, judgement in zip(rows, judgements, strict=True)]

    def write() -> None:
        with core.store.write() as connection:
            messages.apply(connection, changes)
            worst = next((j for j in judgements if j.trouble), judgements[0])
            executor.lane.heard(connection, [worst], now)

    until_written(core, write)


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


def _close(executor: Executor, claimed: Claimed, stopped: str, failed: str) -> None:
    core, delivery = executor.core, claimed.delivery.id
    now = core.clock.now()
    asked = messages.asked_to_stop(core.store.read(), delivery)
    if asked:
        with core.store.write() as connection:
            cancel_messages(connection, delivery, asked[1])
    counts = messages.counts(core.store.read(), delivery)
    cancelled = asked and counts.get(State.CANCELLED) and not counts.get(State.UNKNOWN)
    if cancelled:
        judgement = Judgement(Event.RECOVER, State.RETRYING, stopped or failed, now)
    else:
        judgement = _summary(executor, claimed, counts, (stopped, failed), now)
    executor.write([claimed], [judgement], now)
    if asked and cancelled:
        actor, reason = asked
        change = Move(delivery, State.RETRYING, Event.CANCEL, State.CANCELLED, actor, reason)
        with core.store.write() as connection:
            moves.apply(connection, [change], now)


def _summary(
    executor: Executor, claimed: Claimed, counts: dict[State, int], ended: tuple[str, str], now: datetime
) -> Judgement:
    """Say what the delivery has come to: open messages keep it open, unknown ones make it unknown.

    ``ended`` says why it did not come to the end of the list: somebody stopped it, or something failed.
    """
    configured, (stopped, failed) = executor.lane.configured, ended
    left = not counts or any(counts.get(state) for state in _OPEN)
    if failed and left:
        standing = Standing(
            str(claimed.delivery.key), claimed.delivery.attempts + 1, now, idempotent=True, returnable=True
        )
        return judge(Raised(TemporaryFailure(failed)), standing, configured, now)
    if stopped and left:
        return Judgement(Event.RECOVER, State.RETRYING, stopped, now)
    if any(counts.get(state) for state in _OPEN):
        wake = messages.next_wake(executor.core.store.read(), claimed.delivery.id) or now
        return Judgement(
            Event.FAIL,
            State.RETRYING,
            _("{number} messages to try again").format(number=counts.get(State.RETRYING, 0)),
            wake,
        )
    if counts.get(State.UNKNOWN):
        text = _("{number} messages whose outcome nobody heard").format(number=counts[State.UNKNOWN])
        return Judgement(Event.LOSE, State.UNKNOWN, text, next_look(configured, now, now))
    if not counts:
        return Judgement(
            Event.REFUSE, State.FAILED, N_("no recipient is left: every address is empty or has had this already")
        )
    if counts.get(State.FAILED) and not counts.get(State.SENT):
        return Judgement(
            Event.REFUSE, State.FAILED, _("all {number} messages failed").format(number=counts[State.FAILED])
        )
    return Judgement(Event.SUCCEED, State.SENT, _words(counts), receipt=tally(claimed.delivery.id, counts))


def tally(delivery: int, counts: dict[State, int]) -> dict[str, Any]:
    """Return the receipt of a bulk delivery: its counts."""
    return {"id": f"messages-{delivery}", "detail": {state.value: counts[state] for state in sorted(counts)}}


def _words(counts: dict[State, int]) -> str:
    return ", ".join(f"{counts[state]} {_(state.value)}" for state in sorted(counts))


def cancel_messages(connection: sqlite3.Connection, delivery: int, reason: str) -> None:
    """Cancel the messages of a delivery that have not been called."""
    rows = messages.in_state(connection, delivery, *_OPEN)
    messages.apply(connection, [MessageMove(r.id, r.state, Event.CANCEL, State.CANCELLED, reason) for r in rows])


# --- settling -----------------------------------------------------------------------------------------------------


def recover(connection: sqlite3.Connection, orphan: attempts.Orphan, now: datetime, *, safe: bool) -> None:
    """Settle the messages that a dead engine was calling."""
    event, after = (Event.RECOVER, State.RETRYING) if safe else (Event.LOSE, State.UNKNOWN)
    rows = messages.in_state(connection, orphan.delivery, State.SENDING)
    reason = N_("the engine died during the call")
    wake = now if safe else None
    messages.apply(connection, [MessageMove(r.id, r.state, event, after, reason, wake) for r in rows])


def look_up(executor: Executor, row: Delivery, attempt: Attempt) -> None:
    """Ask about every unknown message; the delivery follows its messages."""
    core = executor.core
    changes = []
    for each in messages.in_state(core.store.read(), row.id, State.UNKNOWN):
        answer = ask(executor, row, attempt, _message(row.key, each))
        if isinstance(answer, Absent) and row.id in executor.lane.hanging:
            continue
        change = _answered(core, each, answer)
        if change is not None:
            changes.append(change)
    _follow(executor, row, changes, N_("looked up"), last_moment(attempt))


def _answered(core: Core, each: MessageRow, answer: Receipt | Absent | None) -> MessageMove | None:
    if isinstance(answer, Receipt):
        receipt = core.redactor.value(receipt_value(answer))
        return MessageMove(each.id, State.UNKNOWN, Event.HEAR, State.SENT, receipt=receipt)
    if isinstance(answer, Absent):
        return MessageMove(each.id, State.UNKNOWN, Event.SETTLE_NOT_SENT, State.SCHEDULED)
    return None


def hear_late(executor: Executor, row: Delivery, attempt: int, outcome: Outcome) -> None:
    """Settle the messages of a batch that hung, from how its call ended after all."""
    rows = [
        each for each in messages.in_state(executor.core.store.read(), row.id, State.UNKNOWN) if each.attempt == attempt
    ]
    if not isinstance(outcome, list | tuple) or len(outcome) != len(rows):
        return
    answers = [each if isinstance(each, Receipt) else None for each in outcome]
    answered = [_answered(executor.core, each, answer) for each, answer in zip(rows, answers, strict=True)]
    changes = [change for change in answered if change is not None]
    _follow(executor, row, changes, N_("the call ended late"), executor.core.clock.now())


def _follow(executor: Executor, row: Delivery, changes: list[MessageMove], reason: str, called_at: datetime) -> None:
    core, now = executor.core, executor.core.clock.now()
    with core.store.write() as connection:
        messages.apply(connection, changes)
        if row.state is State.UNKNOWN:
            settle_delivery(connection, executor, row, reason, called_at, now)


def settle_delivery(
    connection: sqlite3.Connection, executor: Executor, row: Delivery, reason: str, called_at: datetime, now: datetime
) -> None:
    """Bring an unknown bulk delivery to where its messages are."""
    counts = messages.counts(connection, row.id)
    if any(counts.get(state) for state in _OPEN):
        gate = readmit(connection, executor.core.snapshot, row, now)
        move = admitted(row.id, State.UNKNOWN, Event.SETTLE_NOT_SENT, gate, now, ENGINE, reason)
        moves.apply(connection, [move], now)
    elif counts.get(State.UNKNOWN):
        deliveries.look_again(connection, row.id, next_look(executor.lane.configured, called_at, now))
    else:
        receipt = tally(row.id, counts)
        move = Move(row.id, State.UNKNOWN, Event.HEAR, State.SENT, ENGINE, reason, receipt=receipt)
        moves.apply(connection, [move], now)
