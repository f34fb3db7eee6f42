"""The clock tells the time and does all waiting, so that a rehearsal can step it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Time as the engine sees it."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""

    def elapsed(self) -> float:
        """Return seconds on a clock that never steps and counts while the machine sleeps."""

    def wait(self, condition: threading.Condition, until: datetime) -> None:
        """Wait on a held ``condition`` until it is notified or ``until`` has come."""

    def sleep(self, duration: timedelta) -> None:
        """Let ``duration`` pass."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Return seconds since boot, time asleep included where the system has such a clock."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    def wait(self, condition: threading.Condition, until: datetime) -> None:
        """Wait on ``condition``, never longer than half a minute, so that a stepped clock is noticed."""
        left = (until - self.now()).total_seconds()
        if left > 0:
            condition.wait(min(left, 30.0))

    def sleep(self, duration: timedelta) -> None:
        """Sleep for ``duration``."""
        time.sleep(max(0.0, duration.total_seconds()))


class SimulatedClock:
    """A clock that moves only when told to, or when someone waits on it."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a simulated clock starts at an aware time")
        self._start = self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the simulated time, aware, in UTC."""
        return self._now

    def elapsed(self) -> float:
        """Return the simulated seconds since the start."""
        return (self._now - self._start).total_seconds()

    def advance(self, to: datetime) -> None:
        """Move on to ``to``; a time that has gone by changes nothing."""
        self._now = max(self._now, to.astimezone(UTC))

    def wait(self, condition: threading.Condition, until: datetime) -> None:
        """Move on to ``until`` at once."""
        self.advance(until)

    def sleep(self, duration: timedelta) -> None:
        """Move on by ``duration`` at once."""
        self.advance(self._now + max(duration, timedelta()))
