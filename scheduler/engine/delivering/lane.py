"""What the workers of one channel share: its pace, its health, and which deliveries are with somebody right now."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.channels.channel import Bulk, Projection
from scheduler.engine.delivering.context import Surroundings
from scheduler.engine.delivering.limits import CircuitBreaker, Limiter
from scheduler.engine.delivering.outcome import AWAY, waits
from scheduler.ground.errors import StoreBusy, StoreFull
from scheduler.ground.lifecycle import Event
from scheduler.ground.text import _
from scheduler.store import deliveries, settings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.engine.delivering.calls import Outcome
    from scheduler.engine.delivering.outcome import Judgement
    from scheduler.engine.delivering.prepare import Prepared
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Delivery

BATCH = 100
FIRST_BATCH = 8
SHARED_SECONDS = 0.25
DEFER = timedelta(seconds=1)
AHEAD = timedelta(seconds=1)
_HEALTH_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Ahead:
    """Deliveries prepared in one go for a route that calls one by one; each is checked once more at its intent.

    They are good for a moment only, and for the snapshot that they were rendered from.
    """

    prepared: deque[Prepared] = field(default_factory=deque)
    snapshot: Snapshot | None = None
    until: datetime | None = None

    def put(self, prepared: Iterable[Prepared], snapshot: Snapshot, until: datetime) -> None:
        """Keep what comes after the one that is called now."""
        self.prepared, self.snapshot, self.until = deque(prepared), snapshot, until

    def take(self, snapshot: Snapshot, now: datetime) -> Prepared | None:
        """Return the next one, or ``None`` where there is none that is still good."""
        if self.snapshot is not snapshot or self.until is None or not self.until - AHEAD <= now <= self.until:
            self.prepared.clear()
        return self.prepared.popleft() if self.prepared else None


class Lane:
    """One channel's shared state. ``claiming`` is held from picking deliveries until their intent is on disk.

    ``busy`` are the deliveries in a worker's hands, ``hanging`` those of them whose call has outlived its time limit:
    until it has ended, their absence outside proves nothing. ``many`` and ``projects`` say how its channel is called:
    asked once, since asking a protocol is slow.
    """

    def __init__(self, core: Core, configured: Configured) -> None:
        row = settings.channels(core.store.read()).get(configured.name, settings.ChannelRow(configured.name))
        self.core = core
        self.name = configured.name
        self.configured = configured
        self.many = isinstance(configured.channel, Bulk)
        self.projects = isinstance(configured.channel, Projection)
        self.claiming = threading.Lock()
        self.limiter = Limiter(configured.config.rate)
        self.breaker = CircuitBreaker(configured.config.breaker, row.failures, row.open_until)
        self.around = Surroundings(core, configured)
        self.busy: set[int] = set()
        self.hanging: set[int] = set()
        self.deferred: dict[int, datetime] = {}
        self.late: deque[tuple[int, int, Outcome]] = deque()
        self.asking: set[int] = set()
        self.ahead = Ahead()
        self.batch = FIRST_BATCH
        self._success_at: datetime | None = None
        self._counting = threading.Lock()
        self._suspicions = -1

    def adopt(self, configured: Configured) -> None:
        """Work with a changed configuration from the next step on; failures and calls under way carry over."""
        if configured.channel is not self.configured.channel:
            self.many = isinstance(configured.channel, Bulk)
            self.projects = isinstance(configured.channel, Projection)
            self.deferred = {}
        if configured.config.rate != self.configured.config.rate:
            self.limiter = Limiter(configured.config.rate)
        self.breaker.policy = configured.config.breaker
        self.configured = configured
        self.around = Surroundings(self.core, configured)

    def put_off(self, delivery: Delivery, why: str, now: datetime) -> None:
        """Have a delivery wait for its plugin: that speaks against the channel's health, and uses up no attempt."""
        self.deferred[delivery.id] = now + AWAY
        self.around.log.warning(_("%s waits: %s"), delivery.key, why)
        health = self.heard([waits(why, now)], now)
        with self.core.store.write() as connection:
            settings.check_epoch(connection, self.core.epoch)
            health(connection)
        self.core.replan()

    def skip(self, now: datetime) -> set[int]:
        """Return which deliveries are not to be picked now."""
        self.deferred = {each: until for each, until in self.deferred.items() if until > now}
        return self.busy | self.asking | self.deferred.keys()

    def paced(self, calls: int, seconds: float) -> None:
        """Size the next batch by how long the last one's calls took together.

        What shares a commit is what a crash has done again and what a stop waits for: about `SHARED_SECONDS` of calls.
        """
        fits = int(calls * SHARED_SECONDS / seconds) if seconds > 0 else BATCH
        self.batch = max(1, min(BATCH, 2 * self.batch, fits))

    def trust(self, now: datetime) -> None:
        """Bring back, at the start and after each trouble with the clock, what a wrong time has put off too far."""
        suspicions = self.core.clockwatch.suspicions
        if suspicions != self._suspicions:
            with self.core.store.write() as connection:
                settings.check_epoch(connection, self.core.epoch)
                deliveries.bring_back(connection, self.name, now, now + self.configured.config.retry.give_up)
            self._suspicions = suspicions

    def heard(self, judgements: Iterable[Judgement], now: datetime) -> Callable[[sqlite3.Connection], None]:
        """Take note of outcomes for the channel's health, once, and return what writes it in the transaction of theirs.

        What was not called says nothing.
        """
        told = [each for each in judgements if each.trouble or each.event is not Event.RECOVER]
        troubles = [judgement for judgement in told if judgement.trouble]
        with self._counting:
            for judgement in told:
                if judgement.trouble:
                    self.breaker.failed(now)
                else:
                    self.breaker.worked()
            worked = told and not troubles
            fresh = self._success_at is not None and now - self._success_at <= _HEALTH_EVERY
            if told and not (worked and fresh):
                self._success_at = now if worked else None

        def write(connection: sqlite3.Connection) -> None:
            if troubles:
                reason = self.core.redactor.text(troubles[-1].reason)
                failures, open_until = self.breaker.failures, self.breaker.open_until
                settings.channel_failed(connection, self.name, reason, failures, open_until, now)
            elif worked and not fresh:
                settings.channel_worked(connection, self.name, now)

        return write


def until_written(core: Core, write: Callable[[], None]) -> None:
    """Write an outcome, however long it takes: nothing new is claimed before it is on disk.

    Raises what is not the disk's or the lock's fault. Gives up only when the engine is told to stop; the delivery is
    then found as an open attempt by the next engine.
    """
    waiting = False
    try:
        while True:
            try:
                write()
                return
            except (StoreBusy, StoreFull):
                if core.stopping.is_set():
                    raise
                if not waiting:
                    waiting = True
                    core.count_unwritten(1)
                core.clock.sleep(timedelta(seconds=1))
    finally:
        if waiting:
            core.count_unwritten(-1)
