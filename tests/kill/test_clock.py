"""A wall clock that steps: nothing is sent or expires until it has been steady, or a person has confirmed it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.engine.engine import Engine
from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import SteppedClock, running
from tests.kill.outside import Outside
from tests.kill.process import loa, states, until

pytestmark = pytest.mark.kill

HOURS = timedelta(hours=2)
PAUSE = 0.7


def step(engine: Engine, clock: SteppedClock, by: timedelta) -> None:
    """Step the wall clock, and have everything that might act on it look at it."""
    clock.wall += by
    engine.core.wake()
    engine.core.replan()
    time.sleep(PAUSE)


@pytest.mark.parametrize("grace", ["30m", "1d"])
def test_a_step_forward_sends_and_expires_nothing(tmp_path: Path, grace: str) -> None:
    folder, clock = tmp_path / "campaign", SteppedClock()
    with Outside(tmp_path / "outside") as outside:
        wanted = Wanted(outside.port, targets=3, posts=2, due=timedelta(hours=1), grace=grace, poll="100ms")
        campaign.make(folder, wanted)
        with running(folder, clock) as engine:
            engine.act.hold("bai-2")
            step(engine, clock, HOURS)
            assert "stepped" in engine.look.status().clock_trouble
            post = folder / "content" / "posts" / "bai-2.md"
            post.write_text(post.read_text(encoding="utf-8") + "Thêm một câu.\n", encoding="utf-8")
            campaign.post(folder, "bai-3", ("once",), datetime.now(UTC) + timedelta(minutes=70))
            time.sleep(PAUSE)
            assert not outside.calls()
            assert states(folder) == {"scheduled": 3, "held": 3}
            step(engine, clock, -HOURS)
            assert not outside.calls()
            assert states(folder) == {"scheduled": 3, "held": 3}


def test_a_step_back_sends_nothing_until_it_has_been_steady(tmp_path: Path) -> None:
    folder, clock = tmp_path / "campaign", SteppedClock()
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, targets=3, due=timedelta(seconds=1)))
        with running(folder, clock) as engine:
            step(engine, clock, -HOURS)
            clock.passed += timedelta(minutes=4)
            engine.core.wake()
            time.sleep(1 + PAUSE)
            assert not outside.calls()
            clock.passed += timedelta(minutes=2)
            assert engine.look.status().clock_trouble == ""
            clock.passed += HOURS
            engine.core.wake()
            until(lambda: states(folder)["sent"] == 3)
    assert set(outside.received("once").values()) == {1}


def test_a_person_confirms_the_new_time_from_another_process(tmp_path: Path) -> None:
    folder, clock = tmp_path / "campaign", SteppedClock()
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, targets=3, due=timedelta(hours=1)))
        with running(folder, clock) as engine:
            step(engine, clock, HOURS)
            assert not outside.calls()
            loa(folder, "arm", "--yes")
            until(lambda: states(folder)["sent"] == 3)
            assert engine.look.status().clock_trouble == ""
    assert set(outside.received("once").values()) == {1}


def test_a_clock_behind_the_last_heartbeat_is_not_believed(tmp_path: Path) -> None:
    folder, clock = tmp_path / "campaign", SteppedClock()
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, targets=3, due=timedelta(seconds=1)))
        with running(folder, clock):
            until(lambda: states(folder)["sent"] == 3)
        clock.wall -= HOURS
        with Engine.open(folder, clock=clock) as engine:
            assert "before the last heartbeat" in engine.look.status().clock_trouble
