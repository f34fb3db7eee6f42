"""An engine that really runs: its own threads, real waits, and a clock that ticks from a moment of one's choice."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import schedule

from scheduler.engine.daemon.runner import Runner
from scheduler.engine.engine import Engine
from scheduler.engine.waking import ring
from scheduler.ground.clock import SystemClock
from tests.campaign import NOON, begun

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.daemon.workers import Workers
    from scheduler.ground.lifecycle import State
    from tests.campaign import Folder

PATIENCE = 10.0


class _Announced(Runner):
    """A runner that says when it has begun."""

    clockwork: schedule.Scheduler | None = None

    def _clockwork(self, workers: Workers) -> schedule.Scheduler:
        self.clockwork = super()._clockwork(workers)
        return self.clockwork


class ShiftedClock(SystemClock):
    """The machine's own clock, so many years ago."""

    def __init__(self, start: datetime) -> None:
        self.shift = start - super().now()

    def now(self) -> datetime:
        return super().now() + self.shift


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for ``condition``; fail where it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.004)


class Daemon:
    """An engine at work in a thread, with a desk beside it as another process would be."""

    def __init__(self, folder: Folder, *, early: float = 0.0, armed: bool = True, ready: bool = True) -> None:
        """Begin ``early`` seconds before noon; where not ``ready``, it is for the test to say when."""
        self.clock = ShiftedClock(NOON - timedelta(seconds=early))
        begun(folder.path / "var")
        self.desk = Engine.open(folder.path, clock=self.clock, person="giam-doc")
        if armed:
            self.desk.act.arm()
        self.engine = Engine.open(folder.path, clock=self.clock, person="giam-doc")
        self.runner = _Announced(self.engine)
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        if ready:
            until(lambda: self.runner.clockwork or not self.thread.is_alive())

    def _run(self) -> None:
        try:
            self.runner.run()
        except BaseException as error:  # noqa: BLE001 - whatever ends it is for the test to look at
            self.error = error

    def state(self, post: str = "tin", channel: str = "kenh") -> State | None:
        """Return the state of the delivery of that post on that channel."""
        found = [d for d in self.desk.look.deliveries() if (d.key.post, d.key.channel) == (post, channel)]
        return found[0].state if found else None

    def becomes(self, state: State, post: str = "tin", channel: str = "kenh") -> None:
        """Wait until the delivery is in ``state``."""
        until(lambda: self.state(post, channel) is state)

    def look(self) -> None:
        """Have it look at its files now, and not at the next poll only."""
        assert ring(self.engine.var)

    def end(self) -> None:
        """Stop it, and wait until it has ended."""
        self.runner.stop()
        self.thread.join(30)
        assert not self.thread.is_alive()
        self.engine.close()
        self.desk.close()
