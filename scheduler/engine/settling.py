"""Outcomes that were not heard when they should have been: late receipts, look-ups, and what a dead engine left open."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scheduler.channels.channel import Absent, Bulk, LooksUp, Receipt
from scheduler.engine import bulk
from scheduler.engine.asking import ask, last_moment
from scheduler.engine.calls import Raised
from scheduler.engine.core import ENGINE
from scheduler.engine.gate import readmit
from scheduler.engine.outcome import Judgement, next_look, receipt_value
from scheduler.ground.errors import PermanentFailure, TemporaryFailure
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import N_, _
from scheduler.store import attempts, deliveries, messages, moves
from scheduler.store.moves import Move, admitted

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from scheduler.engine.calls import Outcome
    from scheduler.engine.core import Core
    from scheduler.engine.executor import Executor
    from scheduler.ground.delivery import Delivery

log = logging.getLogger("loa.engine")


def take_late(executor: Executor) -> None:
    """Settle what calls past their time limit have said since."""
    for _ in range(len(executor.lane.late)):
        delivery, attempt, outcome = executor.lane.late.popleft()
        row = deliveries.get(executor.core.store.read(), delivery)
        if row is not None and row.state is State.SENDING:
            executor.lane.late.append((delivery, attempt, outcome))
            continue
        if row is not None and isinstance(executor.lane.configured.channel, Bulk):
            bulk.hear_late(executor, row, attempt, outcome)
        elif row is not None and row.state is State.UNKNOWN:
            _settle(executor.core, row, _verdict(outcome), N_("the call ended late"), executor)
        with executor.core.store.write() as connection:
            attempts.outlived(connection, attempt, executor.core.clock.now())


def _verdict(outcome: Outcome) -> Receipt | Absent | None:
    """Return what a late outcome proves: that it went out, that it did not, or nothing."""
    if isinstance(outcome, Receipt):
        return outcome
    definite = isinstance(outcome, Raised) and isinstance(outcome.error, TemporaryFailure | PermanentFailure)
    return Absent() if definite else None


def hear(executor: Executor, delivery: int, judgement: Judgement, now: datetime) -> None:
    """Keep a receipt whose delivery a newer engine has meanwhile found open."""
    row = deliveries.get(executor.core.store.read(), delivery)
    if row is None or row.state is not State.UNKNOWN or judgement.receipt is None:
        log.warning(_("an outcome came too late for delivery %s: %s"), delivery, _(judgement.event.value))
        return
    receipt = executor.core.redactor.value(judgement.receipt)
    move = Move(row.id, State.UNKNOWN, Event.HEAR, judgement.after, ENGINE, N_("a late receipt"), receipt=receipt)
    with executor.core.store.write() as connection:
        moves.apply(connection, [move], now)


def look_up(executor: Executor, row: Delivery) -> None:
    """Ask the outside about an unknown outcome, and settle it or set the time to ask again."""
    core, configured, now = executor.core, executor.lane.configured, executor.core.clock.now()
    past = attempts.of_delivery(core.store.read(), row.id)
    if not past or not isinstance(configured.channel, LooksUp):
        _ask_again(core, row, None, now)
    elif isinstance(configured.channel, Bulk):
        bulk.look_up(executor, row, past[-1])
    else:
        answer = ask(executor, row, past[-1], None)
        if answer is None or (isinstance(answer, Absent) and row.id in executor.lane.hanging):
            _ask_again(core, row, next_look(configured, last_moment(past[-1]), now), now)
        else:
            _settle(core, row, answer, N_("looked up"), executor)


def _settle(core: Core, row: Delivery, answer: Receipt | Absent | None, reason: str, executor: Executor) -> None:
    now = core.clock.now()
    if answer is None:
        return
    with core.store.write() as connection:
        if isinstance(answer, Receipt):
            receipt = core.redactor.value(receipt_value(answer))
            after = State.HANDED if answer.handed else State.SENT
            move = Move(row.id, State.UNKNOWN, Event.HEAR, after, ENGINE, reason, receipt=receipt)
        else:
            gate = readmit(connection, core.snapshot, row, now)
            due = max(row.due_at, now)
            move = admitted(
                row.id,
                State.UNKNOWN,
                Event.SETTLE_NOT_SENT,
                gate,
                due,
                ENGINE,
                _("{reason}: it is not there").format(reason=_(reason)),
            )
        moves.apply(connection, [move], now)
    executor.lane.breaker.worked()


def _ask_again(core: Core, row: Delivery, at: datetime | None, now: datetime) -> None:
    with core.store.write() as connection:
        deliveries.look_again(connection, row.id, at)


def recover(core: Core) -> tuple[int, int]:
    """Close what older engines left open; return how many will go again, and how many are unknown now."""
    now = core.clock.now()
    with core.store.write() as connection:
        orphans = attempts.orphans(connection, core.epoch)
        changes = [_recovered(core, connection, orphan, now) for orphan in orphans]
        ended = [(o.attempt, m.event.value, m.reason) for o, m in zip(orphans, changes, strict=True)]
        attempts.end(connection, ended, now)
        moves.apply(connection, changes, now)
    again = sum(move.after is State.RETRYING for move in changes)
    return again, len(changes) - again


def _recovered(core: Core, connection: sqlite3.Connection, orphan: attempts.Orphan, now: datetime) -> Move:
    row = deliveries.get(connection, orphan.delivery)
    configured = core.snapshot.registry.channels.get(row.key.channel) if row else None
    safe = orphan.idempotent or (orphan.staged and not orphan.no_return)
    many = configured is not None and isinstance(configured.channel, Bulk)
    if many or messages.counts(connection, orphan.delivery):
        bulk.recover(connection, orphan, now, safe=safe)
        safe = True
    if safe:
        reason = N_("the engine died during the call, which can be done again")
        return Move(orphan.delivery, State.SENDING, Event.RECOVER, State.RETRYING, ENGINE, reason, wake_at=now)
    reason = N_("the engine died during the call, whose outcome nobody heard")
    wake = next_look(configured, now, now) if configured else None
    return Move(orphan.delivery, State.SENDING, Event.LOSE, State.UNKNOWN, ENGINE, reason, wake_at=wake)
