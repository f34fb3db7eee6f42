"""How fast a channel may go, and when it should rest: the rate limit, the circuit breaker, the back-off."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.plan.config import Breaker, Retry
    from scheduler.plan.config_values import Rate

FURTHEST = timedelta(days=3650)
"""No wait is longer, whatever a plugin asks for: beyond, times cannot be added up."""


class Limiter:
    """A token bucket: at most ``rate.count`` in any stretch of ``rate.per``, spread evenly once it is empty."""

    def __init__(self, rate: Rate | None) -> None:
        self.rate = rate
        self._tokens = float(rate.count) if rate else 0.0
        self._at: datetime | None = None

    def available(self, now: datetime) -> int | None:
        """Return how many calls may start now; ``None`` where there is no limit."""
        if self.rate is None:
            return None
        if self._at is not None and now > self._at:
            gained = (now - self._at) / self.rate.per * self.rate.count
            self._tokens = min(float(self.rate.count), self._tokens + gained)
        self._at = now
        return int(self._tokens + 1e-9)

    def take(self, number: int) -> None:
        """Use up ``number`` of the calls that were available."""
        self._tokens -= number

    def ready_at(self, now: datetime) -> datetime:
        """Return when the next call may start."""
        if self.rate is None or self._tokens >= 1:
            return now
        # A microsecond more, since the wait is rounded: at that time there must be a whole call to take.
        return now + (1 - self._tokens) * self.rate.per / self.rate.count + timedelta(microseconds=1)


class CircuitBreaker:
    """Opens after so many failures in a row, and then lets one call through after each pause until one succeeds."""

    def __init__(self, policy: Breaker, failures: int = 0, open_until: datetime | None = None) -> None:
        self.policy = policy
        self.failures = failures
        self.open_until = open_until

    def closed(self, now: datetime) -> bool:
        """Return whether calls may start.

        A rest that would last longer than one pause was written by a clock gone wrong: it counts for nothing.
        """
        return self.open_until is None or not now < self.open_until <= now + self.policy.pause

    @property
    def testing(self) -> bool:
        """Whether the breaker has been open and the next call is a trial."""
        return self.open_until is not None

    def failed(self, now: datetime) -> None:
        """Count a failure."""
        self.failures += 1
        if self.failures >= self.policy.failures:
            self.open_until = now + self.policy.pause

    def worked(self) -> None:
        """Close: the channel works."""
        self.failures, self.open_until = 0, None


def back_off(policy: Retry, attempt: int, key: str, retry_after: timedelta | None = None) -> timedelta:
    """Return how long to wait before the next attempt: doubled each time, spread by a fifth either way.

    ``attempt`` counts from 1. The spread depends on ``key`` alone, so that a rehearsal repeats it. Never less than
    ``retry_after``.
    """
    wait: timedelta = min(policy.most, policy.first * 2 ** min(attempt - 1, 30))
    spread = random.Random(f"{key}#{attempt}").uniform(0.8, 1.2)
    least = retry_after if isinstance(retry_after, timedelta) else timedelta()  # plugins are not type checked
    return max(wait * spread, min(least, FURTHEST))
