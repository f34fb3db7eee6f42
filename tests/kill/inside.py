"""An engine within the test's own process, for what cannot be done to one from outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler.engine.daemon.runner import Runner
from scheduler.engine.engine import Engine
from scheduler.ground.clock import Clock, SystemClock
from tests.kill import campaign


def arm(folder: Path) -> None:
    """Arm the folder, while all that is planned in it is still to come."""
    with Engine.open(folder) as engine:
        assert engine.act.arm().missed == 0
    campaign.now_due(folder)


def withdraw(folder: Path) -> None:
    """Take back all that has gone out."""
    with Engine.open(folder, person="giam-doc") as engine:
        for post in engine.look.posts():
            assert engine.act.withdraw(post.post.id).made


@contextmanager
def running(folder: Path, clock: Clock | None = None) -> Iterator[Engine]:
    """Arm the folder and run its engine in a thread, until the block ends."""
    engine = Engine.open(folder, clock=clock)
    engine.act.arm()
    campaign.now_due(folder)
    runner = Runner(engine)
    raised: list[BaseException] = []

    def run() -> None:
        try:
            runner.run()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the test's own thread
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield engine
    finally:
        runner.stop()
        thread.join(30)
    assert not thread.is_alive()
    if raised:
        raise raised[0]


class SteppedClock(SystemClock):
    """The machine's clock, save that its wall time can be stepped, and that all of its time can be let pass."""

    def __init__(self) -> None:
        self.wall = timedelta()
        self.passed = timedelta()

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return datetime.now(UTC) + self.wall + self.passed

    def elapsed(self) -> float:
        """Return seconds that no step changes."""
        return super().elapsed() + self.passed.total_seconds()
