"""Workers: threads that step the executors of each channel, each at its own pace."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.engine.delivering import projecting
from scheduler.engine.delivering.executor import Executor
from scheduler.engine.delivering.lane import Lane
from scheduler.ground.errors import LoaError, StaleEpoch
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core

log = logging.getLogger("loa.engine")
PAUSE = timedelta(seconds=5)


class Worker:
    """One thread of one channel. What goes wrong in it is logged and stays in it."""

    def __init__(self, lane: Lane, number: int, failed: Callable[[BaseException], None]) -> None:
        self._lane = lane
        self._core: Core = lane.core
        self._failed = failed
        self._condition = threading.Condition()
        self._rung = False
        self._drawn = not lane.projects
        self.executor = Executor(lane)
        self.thread = threading.Thread(target=self._run, name=f"loa-{lane.name}-{number}", daemon=True)

    def wake(self) -> None:
        """Have the worker look again, now."""
        with self._condition:
            self._rung = True
            self._condition.notify()

    def _run(self) -> None:
        try:
            while not self._core.stopping.is_set():
                self._step()
        except StaleEpoch as error:
            self._failed(error)
        finally:
            self.executor.close()

    def _step(self) -> None:
        with self._condition:
            self._rung = False
        until = self._guarded(self._work) or self._core.clock.now() + PAUSE
        with self._condition:
            if not self._rung and not self._core.stopping.is_set():
                self._core.clock.wait(self._condition, until)

    def _work(self) -> datetime:
        """Draw the first picture, once that may go out, and then do what is due."""
        if not self._drawn and self.executor.may_go():
            projecting.refresh(self.executor)
            self._drawn = True
        return self.executor.step()

    def _guarded(self, work: Callable[[], datetime | None]) -> datetime | None:
        """Do some work; an error in it is logged, and `None` returned. Raises `StaleEpoch` only."""
        try:
            return work()
        except StaleEpoch:
            raise
        except LoaError as error:
            log.error("%s: %s", self._lane.name, error)
        except Exception:
            log.exception(_("%s: the worker met an error of Loa's own"), self._lane.name)
        return None


class Workers:
    """The workers of every channel that works: as many as it is configured for, and one where pictures are drawn."""

    def __init__(self, core: Core, failed: Callable[[BaseException], None]) -> None:
        self._core = core
        self._failed = failed
        self._lanes: dict[str, Lane] = {}
        self._workers: dict[str, list[Worker]] = {}

    def meet(self) -> None:
        """Bring the workers to the channels of the current snapshot."""
        for name, configured in self._core.snapshot.registry.channels.items():
            lane = self._lanes.get(name)
            if lane is None:
                self._start(configured)
            elif lane.configured is not configured:
                lane.adopt(configured)

    def _start(self, configured: Configured) -> None:
        lane = self._lanes[configured.name] = Lane(self._core, configured)
        many = 1 if lane.projects else configured.config.workers
        workers = [Worker(lane, number, self._failed) for number in range(1, many + 1)]
        self._workers[configured.name] = workers
        for worker in workers:
            worker.thread.start()

    def wake(self) -> None:
        """Have every worker look again, now."""
        for workers in list(self._workers.values()):
            for worker in workers:
                worker.wake()

    def join(self, seconds: float) -> list[str]:
        """Wait up to ``seconds``, in all, for the workers to finish; return the names of those who did not."""
        self.wake()
        every = [worker.thread for workers in self._workers.values() for worker in workers]
        end = self._core.clock.elapsed() + seconds
        for thread in every:
            thread.join(max(0.0, end - self._core.clock.elapsed()))
        for lane in self._lanes.values():
            lane.around.close()
        return [thread.name for thread in every if thread.is_alive()]
