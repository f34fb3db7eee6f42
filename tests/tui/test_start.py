"""How the screens begin: Today before the plugins are there, everything else once they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.clock import SimulatedClock
from scheduler.tui.app import LoaApp
from scheduler.tui.memory import Memory
from scheduler.tui.start import today
from tests.tui import campaign
from tests.tui.screen import Seat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

HANGS = """
import time
from pathlib import Path

while not Path(__file__).with_suffix(".go").exists():
    time.sleep(0.01)
raise RuntimeError("came at last")
"""


@pytest.fixture
def ahead(folder: Path) -> Iterator[Engine]:
    """The live campaign, planned and armed before, opened ahead of its plugins; one of these hangs until it may go."""
    with campaign.reopen(folder, folder / "var", rehearsal=False) as engine:
        engine.act.sync()
    (folder / "plugins").mkdir(exist_ok=True)
    (folder / "plugins" / "hangs.py").write_text(HANGS, encoding="utf-8")
    clock = SimulatedClock(campaign.MORNING)
    with Engine.open(folder, person="giam-doc", clock=clock, var=folder / "var", ahead=True) as engine:
        yield engine
        let_go(engine)


def let_go(engine: Engine) -> None:
    """Let the plugin that hangs go on."""
    (engine.folder / "plugins" / "hangs.go").touch()


@asynccontextmanager
async def begun(engine: Engine) -> AsyncIterator[Seat]:
    """Begin as `start` does."""
    with ThreadPoolExecutor(1) as reading:
        app = LoaApp(engine, ahead=reading.submit(today, engine))
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            yield Seat(app, pilot)
            let_go(engine)


async def test_today_is_shown_before_any_plugin_is_loaded_and_says_afterwards_what_did_not_load(ahead: Engine) -> None:
    async with begun(ahead) as seat:
        await seat.says("Coming up")
        await seat.says("Chuyện kể cuối tuần")
        for channel in ("radio", "fanpage", "rss"):
            assert channel in seat.text
        assert not ahead.equipped
        assert "came at last" not in seat.text
        let_go(ahead)
        await seat.says("plugin hangs did not load: RuntimeError: came at last")
        assert ahead.equipped


async def test_the_stop_key_waits_for_no_plugin(ahead: Engine) -> None:
    async with begun(ahead) as seat:
        await seat.says("Coming up")
        await seat.pilot.press("ctrl+s")
        await seat.until(lambda: "Everything is stopped." in seat.messages)
        assert ahead.look.status().stopped_by == "giam-doc"
        assert not ahead.equipped


async def test_a_filter_that_names_a_channel_is_understood_before_any_plugin_is_loaded(ahead: Engine) -> None:
    Memory(ahead.var, ahead.actor.id).keep({"screen": "queue", "screens": {"queue": {"filter": "channel:rss"}}})
    async with begun(ahead) as seat:
        await seat.until(lambda: seat.app.current_mode == "queue" and seat.app.frame is not None)
        assert not ahead.equipped
        let_go(ahead)
        await seat.says("4 deliveries")
        assert "/ channel:rss" in seat.text


async def test_every_other_act_and_reading_waits_for_the_plugins(ahead: Engine) -> None:
    async with begun(ahead) as seat:
        await seat.says("Coming up")
        await seat.pilot.press("6")
        await seat.pilot.pause(0.3)
        assert not ahead.equipped
        assert seat.app.frame is not None
        assert seat.app.frame.standing is None
        let_go(ahead)
        await seat.until(lambda: ahead.equipped)
        await seat.says("Đài tỉnh")


async def test_what_was_read_ahead_is_for_the_first_screen_only(ahead: Engine) -> None:
    let_go(ahead)
    ahead.equip()
    async with begun(ahead) as seat:
        await seat.press("3")
        await seat.settle()
    async with begun(ahead) as seat:
        await seat.settle()
        assert seat.app.current_mode == "queue"
        assert not seat.app.read_ahead
