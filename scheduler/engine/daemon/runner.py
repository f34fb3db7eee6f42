"""The daemon: becomes the folder's one engine, recovers what the last one left, and keeps everything going."""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import schedule

from scheduler.channels.channel import Projection
from scheduler.engine.daemon import loaded, observers
from scheduler.engine.daemon.notify import notify
from scheduler.engine.daemon.probing import Probing
from scheduler.engine.daemon.workers import Workers
from scheduler.engine.delivering import settling
from scheduler.engine.delivering.executor import Executor
from scheduler.engine.delivering.lane import Lane
from scheduler.engine.lock import EngineLock
from scheduler.engine.waking import Bell
from scheduler.ground.errors import LoaError, StaleEpoch
from scheduler.ground.lifecycle import State
from scheduler.ground.text import _
from scheduler.store import housekeeping, journal, moves, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from scheduler.engine.engine import Engine

log = logging.getLogger("loa.engine")
HEARTBEAT_SECONDS = 30
STOP_SECONDS = 20.0


class Runner:
    """Runs one engine: workers do the deliveries, this thread beats, plans and listens."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._core = engine.core
        self._stale: BaseException | None = None
        self._replan = threading.Event()
        self._onlookers = observers.Onlookers(self._core)

    def run(self) -> None:
        """Work until SIGTERM, SIGINT or `stop`. Raises `EngineRunning`, or `StaleEpoch` where another took over."""
        with ExitStack() as ends:
            ends.callback(EngineLock(self._core.var).release)
            bell = Bell(self._core.var)
            ends.callback(bell.close)
            for number, handler in self._listen(bell).items():
                ends.callback(signal.signal, number, handler)
            workers, watch = Workers(self._core, self._failed), observers.Alerts(self._core)
            probing = Probing(self._core)
            ends.callback(self._end, workers, watch, probing)
            self._core.wake = partial(_each, workers.wake, watch.wake, self._onlookers.wake)
            self._core.replan = partial(_each, self._replan.set, bell.ring)
            self._begin()
            workers.meet()
            watch.start()
            self._onlookers.meet()
            probing.start()
            notify("READY=1")
            self._loop(bell, workers)
        if self._stale is not None:
            raise self._stale

    def once(self) -> int:
        """Do what is due now and stop; return how many deliveries went out."""
        lock, watch = EngineLock(self._core.var), observers.Alerts(self._core)
        executors: list[Executor] = []
        try:
            watch.look()
            self._begin()
            before = journal.mark(self._core.store.read())
            for configured in self._core.snapshot.registry.channels.values():
                executors.append(Executor(Lane(self._core, configured)))  # noqa: PERF401 - one by one, so that each is ended
            for executor in executors:
                self._drain(executor)
            watch.look()
            self._onlookers.look()
            return self._gone_since(before)
        finally:
            for executor in executors:
                executor.close()
                executor.lane.around.close()
            self._finish()
            lock.release()

    def stop(self) -> None:
        """Ask the engine to end; safe from any thread."""
        self._core.stopping.set()
        self._core.replan()

    # --- the parts -------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        now = self._core.clock.now()
        with self._core.store.write() as connection:
            self._core.epoch = settings.new_epoch(connection, now)
            moves.note(connection, now, "begin", f"engine {self._core.epoch}", self.engine.actor.id)
        again, unknown = settling.recover(self._core)
        if again or unknown:
            log.warning(
                _("the last engine left %d calls open: %d go again, %d are unknown"), again + unknown, again, unknown
            )
        why = self._core.why_not()
        if why:
            log.warning(_("nothing goes out: %s"), why)
        self._plan()
        self._mark()

    def _loop(self, bell: Bell, workers: Workers) -> None:
        clockwork = self._clockwork(workers)
        while not self._core.stopping.is_set():
            idle = clockwork.idle_seconds or 0.0
            if idle > HEARTBEAT_SECONDS:  # the wall clock went back, as it does at the end of summer time
                clockwork = self._clockwork(workers)
            rung = bell.wait(min(idle, HEARTBEAT_SECONDS))
            if self._core.stopping.is_set():
                return
            if rung:
                self._guarded(self._look, workers, quiet=True)
            clockwork.run_pending()

    def _clockwork(self, workers: Workers) -> schedule.Scheduler:
        clockwork = schedule.Scheduler()
        clockwork.every(HEARTBEAT_SECONDS).seconds.do(self._guarded, self._beat)
        clockwork.every(max(1, round(self._core.snapshot.config.poll.total_seconds()))).seconds.do(
            self._guarded, self._look, workers
        )
        clockwork.every().hour.do(self._replan.set)
        clockwork.every().day.do(self._guarded, self._tidy)
        return clockwork

    def _guarded(self, job: Callable[..., None], *given: object, **named: object) -> None:
        """Run a job of the clockwork; one that fails is logged and does not starve the others."""
        try:
            job(*given, **named)
        except LoaError as error:
            log.error("%s", error)
        except Exception:
            log.exception(_("an error of Loa's own"))

    def _beat(self) -> None:
        try:
            with self._core.store.write() as connection:
                settings.check_epoch(connection, self._core.epoch)
                settings.beat(connection, self._core.epoch, self._core.clock.now())
        except StaleEpoch as error:
            self._failed(error)
            return
        self._mark()
        notify("WATCHDOG=1")

    def _look(self, workers: Workers, *, quiet: bool = False) -> None:
        """Plan again where files changed or somebody asks; a ring wakes the workers in any case."""
        connection = self._core.store.read()
        asked = self._replan.is_set() or settings.asked(connection) > settings.answered(connection)
        self._replan.clear()
        try:
            if self.engine.refresh() or asked:
                self._plan()
                workers.meet()
                self._onlookers.meet()
        except BaseException:
            self._replan.set()  # what failed is made up for at the next look
            raise
        if quiet or asked:
            self._core.wake()

    def _plan(self) -> None:
        """Plan, unless the clock is in trouble: what is late or missed is not for a wrong time to say."""
        if self._core.clock_trouble():
            self._replan.set()
            return
        loaded.keep(self._core)
        report = self.engine.act.sync()
        if any((report.created, report.changed, report.cancelled, report.restored)):
            log.info(
                _("planned: %d new, %d changed, %d cancelled, %d back"),
                report.created, report.changed, report.cancelled, report.restored,
            )  # fmt: skip

    def _tidy(self) -> None:
        """Let go of what is older than ``[engine] keep``, and have the database look after itself."""
        now, config = self._core.clock.now(), self._core.snapshot.config
        channels = self._core.snapshot.registry.channels
        standing = [name for name, each in channels.items() if isinstance(each.channel, Projection)]
        with self._core.store.write() as connection:
            payloads, people = housekeeping.forget(connection, now - config.keep, standing)
        housekeeping.tidy(self._core.store.read())
        if payloads or people:
            log.info(_("let go of %d payloads and %d addresses older than %d days"), payloads, people, config.keep.days)

    def _mark(self) -> None:
        if not self._core.arming.why_not():
            self._core.arming.mark()

    def _drain(self, executor: Executor) -> None:
        """Step one channel until nothing in it is due."""
        while not self._core.stopping.is_set():
            now = self._core.clock.now()
            if executor.step() > now:
                return

    def _gone_since(self, line: int) -> int:
        gone: set[int | None] = set()
        while lines := journal.after(self._core.store.read(), line):
            gone |= {each.delivery for each in lines if each.state in (State.SENT, State.HANDED)}
            line = lines[-1].id
        return len(gone)

    def _listen(self, bell: Bell) -> dict[int, Any]:
        if threading.current_thread() is not threading.main_thread():
            return {}

        def handle(number: int, frame: FrameType | None) -> None:
            self._core.stopping.set()
            bell.ring()

        return {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}

    def _failed(self, error: BaseException) -> None:
        self._stale = error
        self._core.stopping.set()
        self._core.replan()

    def _end(self, workers: Workers, watch: observers.Alerts, probing: Probing) -> None:
        notify("STOPPING=1")
        self._core.stopping.set()
        slow = workers.join(STOP_SECONDS)
        if slow:
            log.warning(_("still in a call, whose outcome the next engine will have to find: %s"), ", ".join(slow))
        watch.stop()
        self._onlookers.stop()
        probing.stop()
        self._finish()

    def _finish(self) -> None:
        with self._core.store.write() as connection:
            settings.end_epoch(connection, self._core.epoch, self._core.clock.now())
        self._mark()


def _each(*jobs: Callable[[], object]) -> None:
    for job in jobs:
        job()
