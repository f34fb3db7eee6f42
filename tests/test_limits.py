"""The rate, the breaker and the back-off."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.engine.delivering.limits import CircuitBreaker, Limiter, back_off
from scheduler.plan.config import Breaker, Retry
from scheduler.plan.config_values import Rate
from tests.campaign import NOON

MINUTE = timedelta(minutes=1)


def test_without_a_rate_there_is_no_limit() -> None:
    limiter = Limiter(None)
    assert limiter.available(NOON) is None
    limiter.take(1000)
    assert limiter.ready_at(NOON) == NOON


def test_a_bucket_is_used_up_and_fills_evenly() -> None:
    limiter = Limiter(Rate(6, MINUTE))
    assert limiter.available(NOON) == 6
    limiter.take(6)
    assert limiter.available(NOON) == 0
    assert timedelta() <= limiter.ready_at(NOON) - (NOON + timedelta(seconds=10)) <= timedelta(microseconds=1)
    assert limiter.available(NOON + timedelta(seconds=9)) == 0
    assert limiter.available(NOON + timedelta(seconds=10)) == 1
    assert limiter.available(NOON + timedelta(hours=1)) == 6


def test_a_clock_that_steps_back_gives_nothing() -> None:
    limiter = Limiter(Rate(1, MINUTE))
    limiter.available(NOON)
    limiter.take(1)
    assert limiter.available(NOON - timedelta(hours=1)) == 0
    assert limiter.available(NOON - timedelta(hours=1) + MINUTE) == 1


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.integers(1, 9))
def test_never_more_than_twice_the_rate_in_any_stretch(pauses: list[int], count: int) -> None:
    """A full bucket and one that fills meanwhile: the known bound of a token bucket."""
    limiter, now, starts = Limiter(Rate(count, MINUTE)), NOON, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        allowed = limiter.available(now)
        assert allowed is not None
        limiter.take(allowed)
        starts += [now] * allowed
    for first in starts:
        assert sum(first <= each < first + MINUTE for each in starts) <= 2 * count


def test_what_is_ready_is_available() -> None:
    limiter, now = Limiter(Rate(7, MINUTE)), NOON
    for _ in range(50):
        now = limiter.ready_at(now)
        assert limiter.available(now)
        limiter.take(1)


def test_the_breaker_opens_and_lets_one_through() -> None:
    breaker = CircuitBreaker(Breaker(3, 5 * MINUTE))
    for _ in range(2):
        breaker.failed(NOON)
    assert breaker.closed(NOON)
    assert not breaker.testing
    breaker.failed(NOON)
    assert not breaker.closed(NOON + 4 * MINUTE)
    assert breaker.closed(NOON + 5 * MINUTE)
    breaker.failed(NOON + 5 * MINUTE)
    assert not breaker.closed(NOON + 6 * MINUTE)
    breaker.worked()
    assert breaker.closed(NOON)
    assert not breaker.testing
    assert breaker.failures == 0


def test_the_breaker_remembers_over_a_restart() -> None:
    breaker = CircuitBreaker(Breaker(3, 5 * MINUTE), 3, NOON + MINUTE)
    assert not breaker.closed(NOON)
    assert breaker.closed(NOON + MINUTE)


@given(st.integers(1, 2000), st.text(max_size=20), st.one_of(st.none(), st.timedeltas(timedelta(), timedelta(days=3))))
def test_the_back_off(attempt: int, key: str, retry_after: timedelta | None) -> None:
    policy = Retry(timedelta(seconds=30), timedelta(hours=1))
    wait = back_off(policy, attempt, key, retry_after)
    base = min(timedelta(hours=1), timedelta(seconds=30) * 2 ** min(attempt - 1, 30))
    assert wait == back_off(policy, attempt, key, retry_after), "the same every time"
    assert wait >= (retry_after or timedelta())
    assert wait <= max(base * 1.2, retry_after or timedelta())
    assert wait >= base * 0.8


def test_the_spread_differs_by_delivery_and_attempt() -> None:
    policy = Retry()
    assert len({back_off(policy, 1, f"tin-{n}") for n in range(50)}) > 45
