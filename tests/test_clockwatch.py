"""A wall clock that steps is noticed, waited out, or confirmed by a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.engine.clockwatch import ClockWatch
from tests.campaign import NOON
from tests.world import Clock


@pytest.mark.parametrize("minutes", [-600, -2, 2, 600])
def test_a_step_is_trouble_until_it_has_been_steady(minutes: int) -> None:
    clock = Clock(NOON)
    watch = ClockWatch(clock)
    assert watch.trouble() == ""
    clock.wrong = timedelta(minutes=minutes)
    assert "the clock stepped by" in watch.trouble()
    clock.sleep(timedelta(minutes=4, seconds=59))
    assert watch.trouble()
    clock.sleep(timedelta(seconds=1))
    assert watch.trouble() == ""


@pytest.mark.parametrize("seconds", [-59, -1, 1, 59])
def test_a_small_step_is_none(seconds: int) -> None:
    clock = Clock(NOON)
    watch = ClockWatch(clock)
    clock.wrong = timedelta(seconds=seconds)
    assert watch.trouble() == ""


def test_another_step_begins_the_wait_anew() -> None:
    clock = Clock(NOON)
    watch = ClockWatch(clock)
    clock.wrong = timedelta(hours=1)
    assert watch.trouble()
    clock.sleep(timedelta(minutes=4))
    clock.wrong = timedelta()
    assert watch.trouble()
    clock.sleep(timedelta(minutes=4))
    assert watch.trouble()
    clock.sleep(timedelta(minutes=1))
    assert watch.trouble() == ""


def test_a_person_confirms_it() -> None:
    clock = Clock(NOON)
    watch = ClockWatch(clock)
    clock.wrong = timedelta(days=1)
    assert watch.trouble()
    watch.confirm()
    assert watch.trouble() == ""


def test_a_machine_that_slept_is_no_trouble() -> None:
    clock = Clock(NOON)
    watch = ClockWatch(clock)
    clock.sleep(timedelta(days=3))
    assert watch.trouble() == ""


def test_a_clock_that_starts_before_the_last_heartbeat_is_trouble() -> None:
    clock = Clock(NOON)
    assert "before the last heartbeat" in ClockWatch(clock, NOON + timedelta(hours=1)).trouble()
    assert ClockWatch(clock, NOON + timedelta(seconds=30)).trouble() == ""
    assert ClockWatch(clock, NOON - timedelta(days=30)).trouble() == ""
