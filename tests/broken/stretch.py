"""``loa`` as it is, on a clock that runs faster: ``python -m tests.broken.stretch -C DIR run``.

LOA_TEST_ORIGIN is when (in seconds of the machine's own clock) it was `BEGIN`.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.ground import clock

if TYPE_CHECKING:
    import threading

ORIGIN = "LOA_TEST_ORIGIN"
BEGIN = datetime(2021, 5, 3, 4, 0, tzinfo=UTC)
RATE = 30
LOAD_SECONDS = 2.0


class FastClock(clock.SystemClock):
    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=(time.time() - float(os.environ[ORIGIN])) * RATE)

    def elapsed(self) -> float:
        return time.monotonic() * RATE

    def wait(self, condition: threading.Condition, until: datetime) -> None:
        left = (until - self.now()).total_seconds() / RATE
        if left > 0:
            condition.wait(min(left, 30.0))

    def sleep(self, duration: timedelta) -> None:
        time.sleep(max(0.0, duration.total_seconds() / RATE))


if __name__ == "__main__":
    clock.SystemClock = FastClock  # type: ignore[misc]
    from scheduler.channels import loader
    from scheduler.cli import main

    defaults = loader.load_plugins.__kwdefaults__
    assert defaults is not None
    defaults["seconds"] = LOAD_SECONDS
    main()
