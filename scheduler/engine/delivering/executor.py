"""One channel's due deliveries, each brought to one outcome.

The steps of a delivery, in order: pick → prepare → intend → call → record. The intent, with the exact payload, is on
disk before the call; the outcome after it. A batch shares these commits only where its route is idempotent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.engine.core import ENGINE
from scheduler.engine.delivering import bulk, projecting, settling, withdrawing
from scheduler.engine.delivering.calls import Caller, NotCalled, Outcome, Overtime, Raised
from scheduler.engine.delivering.context import CallContext
from scheduler.engine.delivering.lane import AHEAD, BATCH, DEFER, until_written
from scheduler.engine.delivering.outcome import Judgement, Standing, judge
from scheduler.engine.delivering.prepare import Away, Prepared, Refused, Stale, prepare, trace
from scheduler.engine.gate import kept_back, still_good
from scheduler.ground.delivery import Delivery
from scheduler.ground.errors import LoaError, NotAllowed, StoreBusy, StoreFull, Superseded
from scheduler.ground.lifecycle import READY, Event, Hold, Late, State
from scheduler.ground.said import said
from scheduler.ground.text import N_, _
from scheduler.store import attempts, deliveries, moves, settings
from scheduler.store.attempts import Intent
from scheduler.store.moves import Move

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.engine.delivering.lane import Lane

IDLE = timedelta(seconds=30)


@dataclass(slots=True)
class Claimed:
    """A delivery whose intent is on disk; it is called on the channel as it was then, whose options its context has."""

    configured: Configured
    prepared: Prepared
    attempt: int
    context: CallContext

    @property
    def delivery(self) -> Delivery:
        """The delivery, as it was when it was picked."""
        return self.prepared.delivery


class Executor:
    """Works for one channel. Several may share a `Lane`; each has its own thread for calls."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.core: Core = lane.core
        self.caller = Caller(f"loa-call-{lane.name}")

    def step(self) -> datetime:
        """Do what is due in this channel, one batch of it, and return when to look again (aware, in UTC)."""
        now = self.core.clock.now()
        if not self.may_go():
            return now + IDLE
        self.lane.trust(now)
        settling.take_late(self)
        if not self.lane.breaker.closed(now):
            return min(self.lane.breaker.open_until or now, now + IDLE)
        with self.lane.claiming:
            if self.lane.projects and (self.lane.hanging or self.lane.busy):
                return now + IDLE
            if not self.core.snapshot.has(self.lane.configured):
                return now + DEFER  # gone, or loaded anew, while this waited: another form of it may be there soon
            work = self._claim(now)
        if isinstance(work, Delivery):
            try:
                settling.look_up(self, work)
            finally:
                self.lane.asking.discard(work.id)
        elif work:
            self._send(work)
        return self._next(now) if work is None else now

    def may_go(self) -> bool:
        """Return whether this channel works and nobody has stopped, paused or disarmed it, or the clock."""
        broken = self.lane.name not in self.core.snapshot.registry.channels
        return not (broken or self.core.why_not() or settings.paused(self.core.store.read(), self.lane.name))

    def close(self) -> None:
        """Let the thread for calls end."""
        self.caller.close()

    def _next(self, now: datetime) -> datetime:
        with self.lane.claiming:
            wake = deliveries.next_wake(self.core.store.read(), self.lane.name, self.lane.skip(now))
            moments = [now + IDLE, *self.lane.deferred.values()]
        if wake is not None:
            moments.append(max(now, self.lane.limiter.ready_at(now)) if wake <= now else wake)
        return min(moments)

    # --- pick and prepare ------------------------------------------------------------------------------------------

    def _claim(self, now: datetime) -> list[Claimed] | Delivery | None:
        """Pick, prepare and intend.

        Returns what is to be called (nothing, where something moved without a call), an unknown outcome to look up, or
        ``None`` where there is nothing to do.
        """
        allowed = self.lane.limiter.available(now)
        if allowed == 0:
            return None
        prepared = self.lane.ahead.take(self.core.snapshot, now)
        if prepared is not None:
            return self._begin([prepared])
        limit = self._limit() if allowed is None else min(self._limit(), allowed)
        rows = deliveries.due(self.core.store.read(), self.lane.name, now, limit, self.lane.skip(now))
        if rows and rows[0].state is State.UNKNOWN:
            self.lane.asking.add(rows[0].id)
            return rows[0]
        ready = [row for row in rows if row.state in READY]
        passed = [row for row in ready if now > row.expires_at]
        if passed:
            self._record_moves([_late(row) for row in passed], now)
            return []
        batch, refused = self._prepared(self._fresh(ready, now), now)
        if refused:
            self._record_moves([_refusal(each.delivery, self._clean(said(each.reason))) for each in refused], now)
        if batch:
            return self._begin(batch)
        return [] if refused else None

    def _begin(self, batch: list[Prepared]) -> list[Claimed]:
        claimed = self._intend(batch)
        self.lane.limiter.take(len(claimed))
        return claimed

    def _limit(self) -> int:
        if self.lane.breaker.testing:
            return 1
        return BATCH if self.lane.projects else self.lane.batch

    def _fresh(self, ready: list[Delivery], now: datetime) -> list[Delivery]:
        """Keep what the snapshot still knows as planned; the rest waits for the planner."""
        digests, invalid = self.core.snapshot.digests, self.core.snapshot.campaign.invalid
        fresh = [
            d for d in ready if d.key.withdraws or (digests.get(d.key.post) == d.digest and d.key.post not in invalid)
        ]
        if len(fresh) < len(ready):
            known = {delivery.id for delivery in fresh}
            self._defer([delivery for delivery in ready if delivery.id not in known], now)
        return fresh

    def _defer(self, rows: Sequence[Delivery], now: datetime) -> None:
        self.lane.deferred.update({row.id: now + DEFER for row in rows})
        self.core.replan()

    def _prepared(self, rows: list[Delivery], now: datetime) -> tuple[list[Prepared], list[Refused]]:
        configured, snapshot = self.lane.configured, self.core.snapshot
        limit = configured.config.time_limit.total_seconds()
        steps = [withdrawing.prepare if row.key.withdraws else prepare for row in rows]
        work = [partial(step, self.core, configured, row) for step, row in zip(steps, rows, strict=True)]
        outcomes = self.caller.run(work, limit) if rows else []
        batch: list[Prepared] = []
        refused: list[Refused] = []
        for row, outcome in zip(rows, outcomes, strict=True):
            if isinstance(outcome, Prepared):
                batch.append(outcome)
            elif isinstance(outcome, Refused):
                refused.append(outcome)
            elif isinstance(outcome, Stale):
                self._defer([row], now)
            elif isinstance(outcome, Away):
                self.lane.put_off(row, self._clean(outcome.reason), now)
            elif isinstance(outcome, Overtime):
                refused.append(
                    Refused(
                        row,
                        _("plugin {name}: render did not end within {limit:g} seconds").format(
                            name=configured.plugin, limit=limit
                        ),
                    )
                )
            elif isinstance(outcome, Raised) and isinstance(outcome.error, StoreBusy | StoreFull):
                raise outcome.error
            elif isinstance(outcome, Raised):
                refused.append(Refused(row, trace(self.core, configured, outcome.error)))
        if self.core.snapshot is not snapshot:
            return (
                [],
                [],
            )  # the files were read anew meanwhile: what was made of the old ones, or refused, counts for nothing
        return self._one_route(batch), refused

    def _one_route(self, batch: list[Prepared]) -> list[Prepared]:
        """Keep what may share one commit: leading idempotent deliveries, of one target where it is projected."""
        if not batch:
            return batch
        if self.lane.many:
            return batch[:1]
        if not batch[0].idempotent:
            self.lane.ahead.put(batch[1:], self.core.snapshot, self.core.clock.now() + AHEAD)
            return batch[:1]
        kept = [each for each in batch if each.idempotent]
        if self.lane.projects:
            kept = [each for each in kept if each.target == kept[0].target]
        return kept

    # --- intend ----------------------------------------------------------------------------------------------------

    def _intend(self, batch: list[Prepared]) -> list[Claimed]:
        """Write the intents, after checking once more, inside the transaction, that each may go and is not late."""
        core = self.core
        try:
            with core.store.write() as connection:
                core.guard(connection, self.lane.name)
                now = core.clock.now()  # rendering, and waiting for the database, may have taken a while
                good = still_good(connection, core.snapshot, [each.delivery for each in batch])
                fit = [each for each in batch if each.delivery.id in good]
                passed = [each.delivery for each in fit if now > each.delivery.expires_at]
                kept = [each for each in fit if now <= each.delivery.expires_at]
                intents = [Intent(p.delivery.id, p.delivery.round, p.payload, p.idempotent, p.staged) for p in kept]
                numbers = attempts.begin(connection, intents, core.epoch, now)
                moves.apply(connection, [*map(_late, passed), *map(_intent, kept)], now)
        except NotAllowed:
            return []
        if len(fit) < len(batch):
            self._defer([each.delivery for each in batch if each.delivery.id not in good], now)
        self.lane.busy.update(each.delivery.id for each in kept)
        return [self._claimed(each, number, now) for each, number in zip(kept, numbers, strict=True)]

    def _claimed(self, prepared: Prepared, attempt: int, now: datetime) -> Claimed:
        delivery, around = prepared.delivery, self.lane.around
        context = CallContext(
            around,
            delivery.key,
            delivery.round,
            prepared.target,
            delivery.publish_at,
            now + around.configured.config.time_limit,
            delivery.id,
            attempt,
            self._previous(delivery),
        )
        return Claimed(around.configured, prepared, attempt, context)

    def _previous(self, delivery: Delivery) -> Any:
        if not delivery.attempts:
            return None
        past = attempts.of_delivery(self.core.store.read(), delivery.id)
        return next((each.checkpoint for each in reversed(past) if each.checkpoint is not None), None)

    # --- call and record -------------------------------------------------------------------------------------------

    def _send(self, claimed: list[Claimed]) -> None:
        if self.lane.many and claimed[0].prepared.sent is None:
            bulk.send(self, claimed[0])
        elif self.lane.projects:
            projecting.send(self, claimed)
        else:
            calls = [self._call_of(each) for each in claimed]
            began = self.core.clock.elapsed()
            outcomes = self.call(claimed, calls)
            self.record(claimed, outcomes)
            called = sum(not isinstance(outcome, NotCalled) for outcome in outcomes)
            self.lane.paced(called, self.core.clock.elapsed() - began)

    def _call_of(self, claimed: Claimed) -> partial[Any]:
        if claimed.prepared.sent is not None:
            return withdrawing.call(claimed.configured, claimed)
        return partial(claimed.configured.channel.deliver, claimed.prepared.rendered, claimed.context)

    def call(self, claimed: Sequence[Claimed], calls: Sequence[Any]) -> list[Outcome]:
        """Make the calls, one for each of ``claimed`` or one for all of them together.

        A call that hangs keeps what it is for busy until it has ended. Whoever stops or pauses while several are made
        is heard before the next of them.
        """
        limit = self.lane.configured.config.time_limit.total_seconds()
        together = len(calls) < len(claimed)
        ended: list[int] = []

        def late(index: int, outcome: Outcome) -> None:
            for each in claimed if together else claimed[index : index + 1]:
                ended.append(each.delivery.id)
                self.lane.hanging.discard(each.delivery.id)
                self.lane.busy.discard(each.delivery.id)
                self.lane.late.append((each.delivery.id, each.attempt, outcome))
            self.core.wake()

        hindrance = partial(self.core.hindrance, self.lane.name) if len(calls) > 1 else None
        outcomes = self.caller.run(calls, limit, late, hindrance)
        if together:
            outcomes = outcomes * len(claimed)
        for each, outcome in zip(claimed, outcomes, strict=True):
            if isinstance(outcome, Raised) and not isinstance(outcome.error, LoaError):
                trace(self.core, self.lane.configured, outcome.error)
            if isinstance(outcome, Overtime):
                each.context.give_up()
                self.lane.hanging.add(each.delivery.id)
        self.lane.hanging.difference_update(ended)
        return outcomes

    def record(self, claimed: Sequence[Claimed], outcomes: Sequence[Outcome]) -> None:
        """Write what became of each call, however long the disk takes."""
        now = self.core.clock.now()
        judgements = [self._judge(each, outcome, now) for each, outcome in zip(claimed, outcomes, strict=True)]
        self.write(list(claimed), judgements, now)
        for each, outcome in zip(claimed, outcomes, strict=True):
            if not isinstance(outcome, Overtime):
                self.lane.busy.discard(each.delivery.id)

    def _judge(self, claimed: Claimed, outcome: Outcome, now: datetime) -> Judgement:
        delivery = claimed.delivery
        number, since = 1, now
        if delivery.attempts and not isinstance(outcome, NotCalled):
            past = attempts.of_delivery(self.core.store.read(), delivery.id)
            tries = [each for each in past if each.round == delivery.round and each.outcome != Event.RECOVER.value]
            number, since = max(1, len(tries)), tries[0].started_at if tries else now
        route = claimed.prepared.idempotent
        returnable = claimed.prepared.staged and claimed.context.returnable
        standing = Standing(str(delivery.key), number, since, route, returnable)
        return judge(outcome, standing, self.lane.configured, now)

    def write(self, claimed: list[Claimed], judgements: list[Judgement], now: datetime) -> None:
        """Write judgements; where a newer engine has judged meanwhile, only a receipt still counts."""
        ended = [
            (each.attempt, judgement.event.value, self._clean(judgement.reason))
            for each, judgement in zip(claimed, judgements, strict=True)
        ]
        changes = [self._move(each, judgement) for each, judgement in zip(claimed, judgements, strict=True)]
        health = self.lane.heard(judgements, now)

        def write() -> None:
            with self.core.store.write() as connection:
                attempts.end(connection, ended, now)
                moves.apply(connection, changes, now)
                moves.apply(connection, kept_back(connection, changes), now)
                health(connection)

        try:
            until_written(self.core, write)
        except Superseded:
            for each, judgement in zip(claimed, judgements, strict=True):
                settling.hear(self, each.delivery.id, judgement, now)

    def _move(self, claimed: Claimed, judgement: Judgement) -> Move:
        receipt = None if judgement.receipt is None else self.core.redactor.value(judgement.receipt)
        return Move(
            claimed.delivery.id,
            State.SENDING,
            judgement.event,
            judgement.after,
            ENGINE,
            self._clean(judgement.reason),
            wake_at=judgement.wake_at,
            receipt=receipt,
        )

    def _clean(self, reason: str) -> str:
        return self.core.redactor.text(" ".join(reason.split()))[:500]

    def _record_moves(self, changes: list[Move], now: datetime) -> None:
        """Apply moves that need no call; one that a person overtook is left to the next look.

        Raises `StaleEpoch` once a newer engine has taken over.
        """
        try:
            with self.core.store.write() as connection:
                settings.check_epoch(connection, self.core.epoch)
                moves.apply(connection, changes, now)
        except Superseded:
            self.core.replan()


def _late(row: Delivery) -> Move:
    if row.late is Late.ASK:
        return Move(
            row.id, row.state, Event.HOLD, State.HELD, ENGINE, N_("its time has passed: a person must say"), [Hold.LATE]
        )
    return Move(row.id, row.state, Event.EXPIRE, State.MISSED, ENGINE, N_("its time has passed"))


def _refusal(delivery: Delivery, reason: str) -> Move:
    return Move(delivery.id, delivery.state, Event.REFUSE, State.FAILED, ENGINE, reason)


def _intent(prepared: Prepared) -> Move:
    delivery = prepared.delivery
    return Move(
        delivery.id, delivery.state, Event.INTEND, State.SENDING, ENGINE, payload=prepared.payload.digest, intends=True
    )
