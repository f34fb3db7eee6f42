from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.lock import EngineLock
from scheduler.ground.clock import SimulatedClock, SystemClock
from scheduler.ground.errors import LoaError, StoreBusy
from scheduler.ground.lifecycle import State
from scheduler.store import settings
from scheduler.store.deliveries import Query
from scheduler.tui import child, typeahead
from scheduler.tui.switches import due_soon
from scheduler.tui.widgets.dialogs import Ask
from tests.tui import campaign
from tests.tui.screen import seated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scheduler.engine.engine import Engine


@pytest.fixture
def live(folder: Path) -> Iterator[Engine]:
    """The same campaign as no rehearsal: armed, with no engine at work."""
    with campaign.reopen(folder, folder / "var", rehearsal=False) as opened:
        yield opened


async def test_one_key_stops_everything_from_any_screen_and_it_says_so_until_lifted(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3")
        await seat.says("20 deliveries")
        await seat.press("slash", "ctrl+s")
        await seat.says("EVERYTHING IS STOPPED — by Lê Hoàng Sơn, 10/05/2021 08:00")
        assert engine.look.status().stopped_by == "giam-doc"
        await seat.says("Why (may be empty)")
        await seat.press("ctrl+s")
        assert len([each for each in seat.app.screen_stack if isinstance(each, Ask)]) == 1
        await seat.type("sai so lieu")
        await seat.press("enter")
        await seat.says("EVERYTHING IS STOPPED — by Lê Hoàng Sơn, 10/05/2021 08:00: sai so lieu")
        assert engine.look.status().stopped_by == "giam-doc"
        for key in ("1", "3"):
            await seat.press("escape", "escape", key)
            await seat.says("EVERYTHING IS STOPPED")
            await seat.says("^s Lift the stop")
            assert "REHEARSAL" in seat.text
        await seat.press("ctrl+s")
        await seat.says("Lift the stop?")
        await seat.press("enter")
        await seat.until(lambda: "EVERYTHING IS STOPPED" not in seat.text)
        assert engine.look.status().stopped_by is None


async def test_one_goes_on_to_another_screen_while_the_first_still_reads(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeahead, "PATIENCE", 0.5)
    gate = threading.Event()
    async with seated(engine) as seat:
        reading = asyncio.create_task(seat.app.desk.read(lambda _engine: gate.wait(20)))
        for key in ("7", "6", "9", "3"):
            await seat.pilot.press(key)
        await seat.until(lambda: seat.app.current_mode == "queue" and not seat.app.taking_keys)
        await seat.pilot.press("h")
        assert seat.messages == ["Hold: still reading"]
        await seat.pilot.press("f1")
        await seat.says("This screen")
        await seat.pilot.press("escape")
        gate.set()
        await reading
        await seat.says("20 deliveries")


async def test_a_question_says_too_that_everything_is_stopped_and_the_key_works_within_it(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3", "h")
        await seat.says("Hold this delivery?")
        await seat.press("ctrl+s")
        await seat.says("Why (may be empty)")
        assert engine.look.status().stopped_by == "giam-doc"
        await seat.press("enter")
        await seat.says("Hold this delivery?")
        await seat.until(lambda: seat.text.count("EVERYTHING IS STOPPED") == 2)
        await seat.press("ctrl+s")
        await seat.says("Lift the stop?")
        await seat.press("enter")
        await seat.says("Hold this delivery?")
        await seat.until(lambda: "EVERYTHING IS STOPPED" not in seat.text)


@pytest.mark.parametrize("key", ["f1", "ctrl+p", "ctrl+o"])
async def test_help_palette_and_jumps_do_not_keep_the_stop_from_working(engine: Engine, key: str) -> None:
    async with seated(engine) as seat:
        await seat.press(key, "ctrl+s")
        await seat.until(lambda: engine.look.status().stopped_by is not None)
        await seat.says("Why (may be empty)")


async def test_below_80_by_24_it_says_so_and_works_and_when_there_is_no_room_only_says_so(engine: Engine) -> None:
    async with seated(engine, (80, 23)) as seat:
        assert "! This terminal has 80×23; Loa needs 80×24." in seat.text
        assert "Needs me" in seat.text
        await seat.pilot.resize_terminal(40, 10)
        await seat.until(lambda: "Needs me" not in seat.text)
        assert [line.strip() for line in seat.text.splitlines() if line.strip()] == [
            "This terminal has 40×10; Loa needs",
            "80×24.",
        ]
        await seat.press("ctrl+s")
        await seat.says("Everything is")
        assert engine.look.status().stopped_by is not None
        await seat.press("escape")
        await seat.pilot.resize_terminal(200, 60)
        await seat.says("Needs me")
        assert "This terminal" not in seat.text


async def test_a_stop_stands_whether_or_not_somebody_says_why(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("ctrl+s")
        await seat.says("Why (may be empty)")
        await seat.type("nham")
        await seat.press("escape")
        await seat.settle()
        status = engine.look.status()
        assert (status.stopped_by, status.stop_reason) == ("giam-doc", "")
        await seat.press("ctrl+s")
        await seat.says("Lift the stop?")
        await seat.press("escape")
        await seat.settle()
        assert engine.look.status().stopped_by == "giam-doc"


async def test_a_reason_that_comes_after_the_stop_was_lifted_elsewhere_is_refused_aloud(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("ctrl+s")
        await seat.says("Why (may be empty)")
        engine.act.lift()
        await seat.type("nham")
        await seat.press("enter")
        await seat.until(lambda: any("lifted meanwhile" in each for each in seat.messages))
        assert engine.look.status().stopped_by is None


async def test_a_folder_that_is_not_armed_says_so_and_is_armed_by_a_person(folder: Path) -> None:
    (folder / "var" / "armed.json").unlink()
    from scheduler.engine.engine import Engine

    clock = SimulatedClock(campaign.MORNING)
    with Engine.open(folder, person="giam-doc", clock=clock, var=folder / "var") as engine:
        async with seated(engine, (120, 30)) as seat:
            assert "○ not armed: nothing goes out" in seat.text
            assert "A Arm" in seat.text
            await seat.press("A")
            await seat.says("Arm this folder?")
            await seat.press("enter")
            await seat.says("● armed")
            assert any(each.startswith("Armed: ") for each in seat.messages)


async def test_an_engine_at_work_shows_and_one_that_is_silent_or_dead_too(live: Engine) -> None:
    async with seated(live, (120, 30)) as seat:
        assert "○ engine died " in seat.text
        lock = EngineLock(live.var)
        seat.app.renew_all()
        await seat.says("● engine silent for")
        with live.store.write() as connection:
            settings.new_epoch(connection, live.clock.now())
        seat.app.renew_all()
        await seat.says("● engine runs")
        lock.release()


async def test_leaving_names_what_will_not_go_out(live: Engine) -> None:
    async with seated(live) as seat:
        await seat.press("q")
        await seat.says("No engine runs")
        assert "10/05 09:00  sms  Hỏi bảo hiểm xã hội ở đâu" in seat.text
        await seat.press("escape")
        await seat.settle()
        assert seat.app.is_running
        await seat.press("q")
        await seat.says("No engine runs")
        await seat.pilot.click("#leave")
        await seat.until(lambda: not seat.app.is_running or seat.app._exit)


async def test_a_rehearsal_is_left_without_a_question(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("q")
        await seat.until(lambda: seat.app._exit)


def test_nothing_is_named_where_nothing_would_go_anyway(live: Engine, engine: Engine) -> None:
    assert {row.key.post for row in due_soon(live)} == {"hom-nay", "toi-nay"}
    assert due_soon(engine) == []
    live.act.stop("")
    assert due_soon(live) == []


async def test_keys_below_can_be_clicked(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3")
        await seat.says("20 deliveries")
        last = seat.text.splitlines()[-1]
        await seat.pilot.click(offset=(last.index("Stop all") + 1, 29))
        await seat.says("Why (may be empty)")
        await seat.press("escape")
        await seat.pilot.click(offset=(seat.text.splitlines()[0].index("Today") + 1, 0))
        await seat.says("Needs me")


async def test_the_colours_change_while_it_runs(engine: Engine) -> None:
    async with seated(engine) as seat:
        themes = []
        for _ in range(3):
            await seat.press("ctrl+t")
            themes.append(seat.app.theme)
            assert "Needs me" in seat.text
        assert themes == ["loa-light", "loa-16", "loa-dark"]


async def test_a_database_that_cannot_be_read_is_told_and_read_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with seated(engine) as seat:

        def busy() -> None:
            raise StoreBusy("the database stayed locked for 10 seconds")

        with monkeypatch.context() as patch:
            patch.setattr(engine.look, "channels", busy)
            seat.app.renew_all()
            await seat.says("! the database stayed locked for 10 seconds")
            assert "Needs me" in seat.text
        seat.app.renew_all()
        await seat.until(lambda: "stayed locked" not in seat.text)


async def test_errors_in_files_stand_on_top_until_they_are_mended(engine: Engine) -> None:
    async with seated(engine, (120, 30)) as seat:
        config = engine.folder / "config.toml"
        sound = config.read_text(encoding="utf-8")
        config.write_text(f"zone = 'Asia/Nowhere'\nnonsense = 1\n{sound.partition(chr(10))[2]}", encoding="utf-8")
        seat.app.renew_all()
        await seat.says("✗ error")
        assert "config.toml:1: zone: " in seat.text
        assert "config.toml:2: nonsense: " in seat.text
        await seat.press("enter")
        assert seat.messages[-1].startswith("config.toml:")
        config.write_text(sound, encoding="utf-8")
        seat.app.renew_all()
        await seat.until(lambda: "config.toml" not in seat.text)


async def test_changed_files_are_planned_where_no_engine_does(engine: Engine) -> None:
    async with seated(engine) as seat:
        path = engine.folder / "content" / "posts" / "hang-tuan.md"
        path.unlink()
        seat.app.renew_all()
        await seat.until(lambda: engine.look.count(Query(posts=["hang-tuan"], states=[State.CANCELLED])) == 7)


async def test_it_reads_again_by_itself(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.tui.frame.LEAST_PAUSE", 0.05)
    async with seated(engine) as seat:
        engine.act.hold("toi-nay", "by another hand")
        await seat.says("held with its post")


def waking(folder: Path) -> Engine:
    """Open the folder on the machine's own clock."""
    return campaign.reopen(folder, folder / "var", rehearsal=False, clock=SystemClock())


def test_an_engine_that_cannot_start_gives_its_last_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "PROGRAM", "import sys; sys.exit('loa: no room left')")
    with waking(folder) as engine, pytest.raises(LoaError, match="no room left"):
        child.start(engine)


def test_an_engine_starts_apart_from_this_terminal_and_stays(folder: Path) -> None:
    with waking(folder) as engine:
        process = child.start(engine)
        try:
            assert engine.look.status().running
            assert os.getsid(process.pid) == process.pid
            with pytest.raises(LoaError, match="another engine"):
                child.start(engine)
        finally:
            process.terminate()
            assert process.wait(30) == 0
        assert not engine.look.status().running


async def test_the_stop_key_waits_for_nothing_that_is_under_way(engine: Engine) -> None:
    async with seated(engine) as seat:
        over, desk = threading.Event(), seat.app.desk
        busy = [asyncio.ensure_future(way(lambda _: over.wait(30))) for way in (desk.read, desk.act, desk.labour)]
        try:
            await seat.pilot.press("ctrl+s")
            await seat.until(lambda: engine.look.status().stopped_by is not None)
            assert not any(each.done() for each in busy)
        finally:
            over.set()
            await asyncio.gather(*busy)
