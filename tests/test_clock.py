"""The clock: the machine's own, and one that is stepped."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.ground.clock import SimulatedClock, SystemClock
from tests.campaign import NOON


def test_the_machines_clock_is_aware_and_agrees_with_itself() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    before, wall = clock.elapsed(), clock.now()
    clock.sleep(timedelta(milliseconds=20))
    assert clock.elapsed() - before >= 0.02
    assert clock.now() - wall >= timedelta(milliseconds=19)


def test_sleeping_for_no_time_returns_at_once() -> None:
    began = time.monotonic()
    SystemClock().sleep(timedelta(seconds=-5))
    assert time.monotonic() - began < 1


def test_a_wait_ends_at_its_time() -> None:
    clock, condition = SystemClock(), threading.Condition()
    began = time.monotonic()
    with condition:
        clock.wait(condition, clock.now() + timedelta(milliseconds=30))
    assert 0.02 < time.monotonic() - began < 5


def test_a_wait_for_what_has_gone_by_does_not_wait() -> None:
    clock, condition = SystemClock(), threading.Condition()
    began = time.monotonic()
    with condition:
        clock.wait(condition, clock.now() - timedelta(hours=1))
    assert time.monotonic() - began < 1


def test_a_wait_ends_when_somebody_wakes_it() -> None:
    clock, condition = SystemClock(), threading.Condition()

    def ring() -> None:
        with condition:
            condition.notify()

    began = time.monotonic()
    with condition:
        threading.Timer(0.03, ring).start()
        clock.wait(condition, clock.now() + timedelta(seconds=20))
    assert time.monotonic() - began < 10


def test_a_wait_never_exceeds_half_a_minute() -> None:
    waited: list[float] = []

    class Condition:
        def wait(self, seconds: float) -> None:
            waited.append(seconds)

    clock = SystemClock()
    clock.wait(Condition(), clock.now() + timedelta(days=1))  # type: ignore[arg-type]
    assert waited == [30.0]


def test_a_simulated_clock_moves_only_when_told() -> None:
    clock = SimulatedClock(NOON)
    assert (clock.now(), clock.elapsed()) == (NOON, 0.0)
    clock.advance(NOON + timedelta(hours=1))
    clock.advance(NOON)
    assert (clock.now(), clock.elapsed()) == (NOON + timedelta(hours=1), 3600.0)
    clock.sleep(timedelta(minutes=1))
    clock.sleep(timedelta(minutes=-9))
    assert clock.now() == NOON + timedelta(hours=1, minutes=1)
    clock.wait(threading.Condition(), NOON + timedelta(hours=2))
    assert clock.now() == NOON + timedelta(hours=2)


def test_a_simulated_clock_starts_at_an_aware_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        SimulatedClock(datetime(2021, 5, 3, 5, 0))  # noqa: DTZ001
    local = datetime(2021, 5, 3, 12, 0, tzinfo=NOON.astimezone().tzinfo)
    assert SimulatedClock(local).now().tzinfo is UTC
