"""What becomes of messages whose outcome was not heard in time, and of the bulk delivery that they belong to."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Absent, Receipt
from scheduler.engine.core import ENGINE
from scheduler.engine.delivering.asking import ask, last_moment, taken
from scheduler.engine.delivering.outcome import next_look, receipt_value
from scheduler.engine.delivering.replies import Replies, as_message, each, proof
from scheduler.engine.gate import readmit_unsent
from scheduler.ground.lifecycle import Event, Hold, State
from scheduler.ground.text import N_, _
from scheduler.store import attempts, batches, deliveries, messages, moves
from scheduler.store.messages import OPEN, MessageMove, MessageRow
from scheduler.store.moves import Move, admitted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.engine.delivering.calls import Outcome
    from scheduler.engine.delivering.executor import Executor
    from scheduler.ground.delivery import Attempt, Delivery

log = logging.getLogger("loa.engine")


def recover(connection: sqlite3.Connection, orphan: attempts.Orphan, now: datetime, *, safe: bool) -> None:
    """Settle the messages that a dead engine was calling."""
    event, after = (Event.RECOVER, State.RETRYING) if safe else (Event.LOSE, State.UNKNOWN)
    rows = messages.in_state(connection, orphan.delivery, State.SENDING)
    reason = N_("the engine died during the call")
    wake = now if safe else None
    messages.apply(connection, [MessageMove(r.id, r.state, event, after, reason, wake) for r in rows])


def keep_receipts(core: Core, row: Delivery, attempt: int, changes: Sequence[MessageMove], now: datetime) -> None:
    """Keep the outcomes of a batch whose messages somebody else has meanwhile moved: a newer engine, or a person.

    What nobody has touched is written as it was; what has become unknown is sent where there is a receipt.
    """
    with core.store.write() as connection:
        present = messages.get(connection, [change.message for change in changes])
        kept = [still for change in changes if (still := _still(change, present[change.message], attempt))]
        messages.apply(connection, kept)
        if kept:
            moves.note_messages(connection, now, row.id, ENGINE, messages.words(_counted(kept)))
    if len(kept) < len(changes):
        log.warning(_("%d outcomes came too late for messages of %s"), len(changes) - len(kept), row.key)


def _still(change: MessageMove, row: MessageRow, attempt: int) -> MessageMove | None:
    if row.state is change.before and row.attempt == attempt:
        return change
    if row.state is State.UNKNOWN and change.receipt is not None:
        return replace(change, before=State.UNKNOWN, event=Event.HEAR)
    return None


# --- looked up, or heard late --------------------------------------------------------------------------------------


def look_up(executor: Executor, row: Delivery, past: Sequence[Attempt]) -> None:
    """Ask about every unknown message, each by the attempt and the batch that called it; the delivery follows them."""
    connection, calls = executor.core.store.read(), {attempt.id: attempt for attempt in past}
    answers: dict[int, tuple[MessageRow, Receipt | Absent]] = {}
    moment = last_moment(past[-1])
    for message in messages.in_state(connection, row.id, State.UNKNOWN):
        if executor.core.stopping.is_set():
            return
        attempt = _of_batch(connection, calls.get(message.attempt or 0, past[-1]), message.batch)
        moment = max(moment, last_moment(attempt))
        answer = ask(executor, row, attempt, as_message(row.key, message))
        if isinstance(answer, Absent) and row.id in executor.lane.hanging:
            continue
        if answer is not None:
            answers[message.id] = (message, answer)
    with executor.core.store.write() as writing:
        _answered(writing, executor, row.id, answers, N_("looked up"), moment)


def _of_batch(connection: sqlite3.Connection, attempt: Attempt, batch: int | None) -> Attempt:
    """Return an attempt as one of its batches was called: with its own beginning, and what it has left itself."""
    called = None if batch is None else batches.get(connection, batch)
    return attempt if called is None else replace(attempt, started_at=called.started_at, checkpoint=called.checkpoint)


def hear_late(
    connection: sqlite3.Connection, executor: Executor, row: Delivery, attempt: int, outcome: Outcome
) -> None:
    """Settle the messages of a batch that hung, from how its call ended after all."""
    if not isinstance(outcome, Replies):
        return
    present = messages.get(connection, outcome.messages)
    outcomes = each(executor.lane.configured.plugin, outcome, len(outcome.messages))
    answers = {
        number: (present[number], answer)
        for number, one in zip(outcome.messages, outcomes, strict=True)
        if present[number].attempt == attempt and (answer := proof(one)) is not None
    }
    _answered(connection, executor, row.id, answers, N_("the call ended late"), executor.core.clock.now())


def _answered(
    connection: sqlite3.Connection,
    executor: Executor,
    delivery: int,
    answers: Mapping[int, tuple[MessageRow, Receipt | Absent]],
    reason: str,
    called_at: datetime,
) -> None:
    """Write what was found out about messages that are still unknown, and bring their delivery to where they are."""
    core, now = executor.core, executor.core.clock.now()
    row = deliveries.get(connection, delivery)
    present = messages.get(connection, answers)
    if row is None:
        return
    changes = [
        _settled(core, message, answer)
        for message, answer in answers.values()
        if _unmoved(message, present[message.id])
        and not (isinstance(answer, Receipt) and taken(connection, row, answer.id, message))
    ]
    messages.apply(connection, changes)
    if changes:
        words = messages.words(_counted(changes))
        moves.note_messages(connection, now, row.id, ENGINE, f"{_(reason)}: {words}")
    if row.state is State.UNKNOWN:
        follow(connection, executor, row, reason, called_at, now)


def _unmoved(seen: MessageRow, present: MessageRow) -> bool:
    return present.state is State.UNKNOWN and (seen.attempt, seen.batch) == (present.attempt, present.batch)


def _settled(core: Core, message: MessageRow, answer: Receipt | Absent) -> MessageMove:
    if isinstance(answer, Receipt):
        receipt = core.redactor.value(receipt_value(answer))
        return MessageMove(message.id, State.UNKNOWN, Event.HEAR, State.SENT, receipt=receipt)
    return MessageMove(message.id, State.UNKNOWN, Event.SETTLE_NOT_SENT, State.SCHEDULED)


def _counted(changes: Sequence[MessageMove]) -> dict[State, int]:
    found: dict[State, int] = {}
    for change in changes:
        found[change.after] = found.get(change.after, 0) + 1
    return found


# --- the delivery follows ------------------------------------------------------------------------------------------


def follow(
    connection: sqlite3.Connection, executor: Executor, row: Delivery, reason: str, called_at: datetime, now: datetime
) -> None:
    """Bring an unknown bulk delivery to where its messages are.

    What a look-up did not find goes again, unless somebody has asked for the rest to be stopped, or its time is over.
    """
    counts = messages.counts(connection, row.id)
    asked = messages.asked_to_stop(connection, row.id)
    if any(counts.get(state) for state in OPEN):
        gate = readmit_unsent(connection, executor.core.snapshot, row, now)
        if asked:
            number = messages.leave(connection, row.id, Event.CANCEL, State.CANCELLED, asked[1])
            moves.note_messages(connection, now, row.id, asked[0], messages.words({State.CANCELLED: number}))
        elif gate.state is State.MISSED:
            number = messages.leave(connection, row.id, Event.EXPIRE, State.MISSED, N_("its time has passed"))
            moves.note_messages(connection, now, row.id, ENGINE, messages.words({State.MISSED: number}))
        else:
            move = admitted(row.id, State.UNKNOWN, Event.SETTLE_NOT_SENT, gate, now, ENGINE, reason)
            moves.apply(connection, [move], now)
            return
        counts = messages.counts(connection, row.id)
    if counts.get(State.UNKNOWN):
        deliveries.look_again(connection, row.id, next_look(executor.lane.configured, called_at, now))
        return
    for move in _ending(row, counts, asked, reason):
        moves.apply(connection, [move], now)


def _ending(row: Delivery, counts: Mapping[State, int], asked: tuple[str, str] | None, reason: str) -> list[Move]:
    """Return what an unknown delivery comes to, none of whose messages is open any more."""
    if asked and counts.get(State.CANCELLED):
        return called_off(row.id, asked, ENGINE, reason)
    if counts.get(State.MISSED):
        return [Move(row.id, State.UNKNOWN, Event.SETTLE_NOT_SENT, State.MISSED, ENGINE, reason)]
    receipt = tally(row.id, counts)
    return [Move(row.id, State.UNKNOWN, Event.HEAR, State.SENT, ENGINE, reason, receipt=receipt)]


def called_off(delivery: int, asked: tuple[str, str], actor: str, reason: str) -> list[Move]:
    """Return how an unknown delivery ends whose rest somebody has cancelled: what did not go out stays cancelled.

    ``asked`` is who cancelled it and why; ``actor`` and ``reason`` say who found out that it did not go out.
    """
    held = frozenset({Hold.OPERATOR})
    return [
        Move(delivery, State.UNKNOWN, Event.SETTLE_NOT_SENT, State.HELD, actor, reason, held),
        Move(delivery, State.HELD, Event.CANCEL, State.CANCELLED, *asked),
    ]


def tally(delivery: int, counts: Mapping[State, int]) -> dict[str, Any]:
    """Return the receipt of a bulk delivery: its counts."""
    return {"id": f"messages-{delivery}", "detail": {state.value: counts[state] for state in sorted(counts)}}
