"""The screens beside engines in processes of their own: attached to one, starting one, leaving without one."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.lock import running
from scheduler.ground.lifecycle import State
from tests.tui import journey
from tests.tui.test_terminal import SOON
from tests.tui.test_tmux import fresh, needed, window
from tests.tui.tmux import Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["fresh", "window"]

pytestmark = needed

LATER = timedelta(hours=2)


def loa(folder: Path, *words: str) -> None:
    """Run a command in a folder."""
    subprocess.run([*journey.LOA, "-C", str(folder), *words], check=True, capture_output=True)


def at_work(folder: Path) -> subprocess.Popen[bytes]:
    """Start an engine, as a service does."""
    return subprocess.Popen([*journey.LOA, "-C", str(folder), "run"], stderr=subprocess.DEVNULL)


def with_a_post(folder: Path) -> Path:
    """Arm a folder in which a post is due in two hours, for which nobody has said yes."""
    at = f"{datetime.now(journey.ZONE) + LATER:%Y-%m-%d %H:%M}"
    loa(folder, "post", "new", journey.POST, "--title", "Soon", "--at", at, "--text", "Hi.", "--channel", "rss")
    loa(folder, "arm", "--yes")
    return folder


async def test_it_attaches_to_an_engine_at_work_and_acts_through_it(window: Callable[..., Window], fresh: Path) -> None:
    with_a_post(fresh)
    engine = at_work(fresh)
    try:
        screens = window(fresh)
        await screens.until(lambda: journey.engine_of(fresh) == engine.pid, "the engine")
        await screens.says("● engine runs")
        await screens.keys("E")
        await screens.says("an engine is running")
        await screens.keys("5")
        await screens.says("Hi.")
        await screens.keys("a")
        await screens.says("Approve this text as it stands?")
        await screens.keys("Enter")
        await screens.says("1 text approved.")
        await screens.until(lambda: journey.outcome(fresh) == {"rss": State.SCHEDULED}, "the plan", SOON)
        await screens.keys("q")
        await screens.until(lambda: screens.over, "the end", SOON)
        assert (journey.engine_of(fresh), engine.poll()) == (engine.pid, None)
    finally:
        engine.terminate()
        assert engine.wait(journey.SECONDS) == 0


async def test_leaving_without_an_engine_names_what_will_not_go_and_can_leave_one(
    window: Callable[..., Window], fresh: Path
) -> None:
    with_a_post(fresh)
    loa(fresh, "post", "approve", journey.POST)
    screens = window(fresh)
    await screens.says("○ no engine")
    await screens.keys("q")
    await screens.says("No engine runs")
    assert "rss  Soon" in screens.screen
    await screens.keys("Escape")
    await screens.until(lambda: "In the next 24 hours" not in screens.screen, "the way back")
    await screens.keys("q")
    await screens.says("Start an engine, leave")
    await screens.keys("Enter")
    await screens.until(lambda: screens.over, "the end")
    assert running(fresh / "var")
    child = journey.engine_of(fresh)
    assert os.getsid(child) == child
    again = window(fresh)
    await again.says("● engine runs")
    await again.keys("q")
    await again.until(lambda: again.over, "the end", SOON)
    assert (journey.engine_of(fresh), running(fresh / "var")) == (child, True)


async def test_one_can_leave_without_an_engine_all_the_same(window: Callable[..., Window], fresh: Path) -> None:
    with_a_post(fresh)
    loa(fresh, "post", "approve", journey.POST)
    screens = window(fresh)
    await screens.says("○ no engine")
    await screens.keys("q")
    await screens.says("Leave all the same")
    await screens.keys("Tab", "Enter")
    await screens.until(lambda: screens.over, "the end", SOON)
    assert not running(fresh / "var")
    assert journey.outcome(fresh) == {"rss": State.SCHEDULED}


async def test_an_engine_that_dies_is_said_and_another_can_be_started(
    window: Callable[..., Window], fresh: Path
) -> None:
    with_a_post(fresh)
    screens = window(fresh)
    await screens.says("○ no engine")
    await screens.keys("E")
    await screens.says("● engine runs")
    first = journey.engine_of(fresh)
    os.kill(first, 9)
    await screens.until(lambda: "engine runs" not in screens.screen, "that the engine is gone")
    await screens.keys("E")
    await screens.until(lambda: journey.engine_of(fresh) != first, "another engine")
    await screens.says("● engine runs")


@pytest.mark.parametrize("how", ["kill-server", "kill-pane"])
async def test_the_engine_outlives_the_terminal_it_was_started_from(
    window: Callable[..., Window], fresh: Path, how: str
) -> None:
    with_a_post(fresh)
    screens = window(fresh)
    await screens.says("○ no engine")
    await screens.keys("E")
    await screens.says("● engine runs")
    engine, process = journey.engine_of(fresh), screens.process
    took = await screens.gone(process, how, SOON)
    assert took < SOON
    assert (journey.engine_of(fresh), running(fresh / "var")) == (engine, True)
    os.kill(engine, 0)


async def test_a_rehearsal_starts_no_engine_and_is_left_without_a_question(tmp_path: Path) -> None:
    screens = Window(tmp_path, [*journey.LOA, "demo"])
    try:
        await screens.says("REHEARSAL")
        await screens.says("Needs me · ")
        await screens.keys("E")
        await screens.says("a rehearsal needs no engine")
        await screens.keys("A")
        await screens.says("a rehearsal sends nothing")
        await screens.keys("q")
        await screens.until(lambda: screens.over, "the end", SOON)
    finally:
        screens.close()
