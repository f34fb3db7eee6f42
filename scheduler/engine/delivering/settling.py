"""Outcomes not heard when they should have been: late receipts, look-ups, and what a dead engine left open."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scheduler.channels.channel import Absent, Bulk, LooksUp, Receipt
from scheduler.engine.core import ENGINE
from scheduler.engine.delivering import message_settling, withdrawing
from scheduler.engine.delivering.asking import ask, last_moment, taken
from scheduler.engine.delivering.lane import until_written
from scheduler.engine.delivering.outcome import Judgement, next_look, receipt_value
from scheduler.engine.delivering.replies import proof
from scheduler.engine.gate import kept_back, readmit_unsent
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import N_, _
from scheduler.store import attempts, deliveries, messages, moves
from scheduler.store.moves import Move, admitted

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.engine.delivering.calls import Outcome
    from scheduler.engine.delivering.executor import Executor
    from scheduler.ground.delivery import Delivery

log = logging.getLogger("loa.engine")


def take_late(executor: Executor) -> None:
    """Settle what calls past their time limit have said since; what could not be written yet is kept.

    Raises what the disk or the lock raises, once the engine is told to stop.
    """
    late, again = executor.lane.late, []
    try:
        while True:
            try:
                entry = late.popleft()
            except IndexError:  # another worker of the lane may have taken it
                return
            again.append(entry)
            if _heard_late(executor, *entry):
                again.pop()
    finally:
        late.extend(again)


def _heard_late(executor: Executor, delivery: int, attempt: int, outcome: Outcome) -> bool:
    """Write what a late outcome proves; return ``False`` where it is too early for that."""
    core, heard = executor.core, [False]

    def write() -> None:
        with core.store.write() as connection:
            row = deliveries.get(connection, delivery)
            if row is not None and row.state is State.SENDING:
                return
            heard[0] = True
            if row is not None and executor.lane.many:
                message_settling.hear_late(connection, executor, row, attempt, outcome)
            elif row is not None and row.state is State.UNKNOWN and (answer := proof(outcome)) is not None:
                _settle(executor, connection, row, answer, N_("the call ended late"))
            attempts.outlived(connection, attempt, core.clock.now())

    until_written(core, write)
    return heard[0]


def hear(executor: Executor, delivery: int, judgement: Judgement, now: datetime) -> None:
    """Keep a receipt whose delivery a newer engine has meanwhile found open."""
    core = executor.core
    receipt = None if judgement.receipt is None else core.redactor.value(judgement.receipt)
    kept = [False]

    def write() -> None:
        with core.store.write() as connection:
            row = deliveries.get(connection, delivery)
            if row is None or row.state is not State.UNKNOWN or receipt is None:
                return
            reason = N_("a late receipt")
            move = Move(row.id, State.UNKNOWN, Event.HEAR, judgement.after, ENGINE, reason, receipt=receipt)
            moves.apply(connection, [move], now)
            kept[0] = True

    until_written(core, write)
    if not kept[0]:
        log.warning(_("an outcome came too late for delivery %s: %s"), delivery, _(judgement.event.value))


def look_up(executor: Executor, row: Delivery) -> None:
    """Ask the outside about an unknown outcome, and settle it or set the time to ask again."""
    core, configured, now = executor.core, executor.lane.configured, executor.core.clock.now()
    past = attempts.of_delivery(core.store.read(), row.id)
    if not past or not isinstance(configured.channel, LooksUp) or _only_people_know(executor, row):
        _ask_again(core, row, None, now)
    elif executor.lane.many:
        message_settling.look_up(executor, row, past)
    else:
        answer = ask(executor, row, past[-1], None)
        absent = isinstance(answer, Absent) and row.id in executor.lane.hanging
        if answer is None or absent or not _looked_up(executor, row, answer):
            _ask_again(core, row, next_look(configured, last_moment(past[-1]), now), now)


def _only_people_know(executor: Executor, row: Delivery) -> bool:
    """Whether it is a withdrawal that no call makes: a look-up would speak of what was published."""
    return row.key.withdraws and withdrawing.way(executor.lane.configured) is not withdrawing.Way.CALL


def _looked_up(executor: Executor, row: Delivery, answer: Receipt | Absent) -> bool:
    """Settle a delivery by what was found; return ``False`` where something else has taken that receipt meanwhile."""
    with executor.core.store.write() as connection:
        present = deliveries.get(connection, row.id)
        if present is None or present.state is not State.UNKNOWN:
            return True
        if isinstance(answer, Receipt) and taken(connection, row, answer.id):
            return False
        _settle(executor, connection, present, answer, N_("looked up"))
    return True


def _settle(
    executor: Executor, connection: sqlite3.Connection, row: Delivery, answer: Receipt | Absent, reason: str
) -> None:
    core, now = executor.core, executor.core.clock.now()
    if isinstance(answer, Receipt):
        receipt = core.redactor.value(receipt_value(answer))
        after = State.HANDED if answer.handed else State.SENT
        move = Move(row.id, State.UNKNOWN, Event.HEAR, after, ENGINE, reason, receipt=receipt)
    else:
        gate = readmit_unsent(connection, core.snapshot, row, now)
        words = _("{reason}: it is not there").format(reason=_(reason))
        due = max(row.due_at, now)
        move = admitted(row.id, State.UNKNOWN, Event.SETTLE_NOT_SENT, gate, due, ENGINE, words)
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
        moves.apply(connection, kept_back(connection, changes), now)
    again = sum(move.after is State.RETRYING for move in changes)
    return again, len(changes) - again


def _recovered(core: Core, connection: sqlite3.Connection, orphan: attempts.Orphan, now: datetime) -> Move:
    row = deliveries.get(connection, orphan.delivery)
    configured = core.snapshot.registry.channels.get(row.key.channel) if row else None
    safe = orphan.idempotent or (orphan.staged and not orphan.no_return)
    many = configured is not None and isinstance(configured.channel, Bulk) and not (row and row.key.withdraws)
    if many or messages.counts(connection, orphan.delivery):
        message_settling.recover(connection, orphan, now, safe=safe)
        safe = True
    if safe:
        reason = N_("the engine died during the call, which can be done again")
        return Move(orphan.delivery, State.SENDING, Event.RECOVER, State.RETRYING, ENGINE, reason, wake_at=now)
    reason = N_("the engine died during the call, whose outcome nobody heard")
    wake = next_look(configured, now, now) if configured else None
    return Move(orphan.delivery, State.SENDING, Event.LOSE, State.UNKNOWN, ENGINE, reason, wake_at=wake)
