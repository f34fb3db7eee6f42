from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import language, use
from scheduler.tui.memory import Memory
from tests.tui.screen import seated
from tests.tui.test_terminal import Terminal, until

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.engine.engine import Engine


async def test_it_comes_back_as_it_was_left(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("tab", "down")
        row = seat.app.screen.here().about()  # type: ignore[attr-defined]
        part = seat.app.focused.id  # type: ignore[union-attr]
        await seat.press("3")
        await seat.says("20 deliveries")
        await seat.press("slash")
        await seat.type("chuyen")
        await seat.says("8 deliveries")
        await seat.press("enter", "down", "down")
        chosen = seat.app.screen.table.here.id  # type: ignore[attr-defined]
        await seat.press("ctrl+t", "ctrl+l")
        await seat.says("Hàng đợi")
    use("en")
    async with seated(engine) as seat:
        await seat.says("8 lượt")
        assert seat.line("/ ").split()[1] == "chuyen", "the field says what is filtered"
        assert seat.app.screen.table.here.id == chosen  # type: ignore[attr-defined]
        assert seat.app.current_mode == "queue"
        assert seat.app.theme == "loa-light"
        assert language() == "vi"
        await seat.press("1")
        await seat.says("Chờ tôi")
        assert seat.app.focused.id == part  # type: ignore[union-attr]
        assert seat.app.screen.here().about() == row  # type: ignore[attr-defined]


async def test_a_language_given_for_one_run_goes_before_the_one_chosen_last(engine: Engine) -> None:
    from scheduler.tui.app import LoaApp

    Memory(engine.var, engine.actor.id).keep({"language": "vi"})
    LoaApp(engine, language_given=True).desk.close()
    assert language() == "en"
    LoaApp(engine).desk.close()
    assert language() == "vi"


async def test_it_is_on_disk_soon_after_it_changes_and_for_its_owner_alone(engine: Engine) -> None:
    file = engine.var / "screen.json"
    async with seated(engine) as seat:
        await seat.press("5")
        await seat.until(lambda: file.exists() and '"approvals"' in file.read_text(encoding="utf-8"))
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 99, "people": {}}', '{"version": 1, "people": []}', "\xff"])
async def test_a_broken_or_foreign_file_is_said_in_one_line_and_begun_anew(engine: Engine, text: str) -> None:
    file = engine.var / "screen.json"
    file.write_bytes(text.encode("latin-1"))
    async with seated(engine) as seat:
        assert "begun anew" in seat.messages[0]
        assert "Needs me" in seat.text
        await seat.press("3")
    assert json.loads(file.read_text(encoding="utf-8"))["people"][engine.actor.id]["screen"] == "queue"


@pytest.mark.parametrize("kept", [7, {"screens": 7}, {"screens": {"today": 7}}, {"screen": "nowhere", "theme": 3}])
async def test_values_of_another_kind_change_nothing(engine: Engine, kept: object) -> None:
    Memory(engine.var, engine.actor.id).keep(kept)  # type: ignore[arg-type]
    async with seated(engine) as seat:
        assert "Needs me" in seat.text


async def test_a_screen_that_cannot_use_its_memory_says_so_and_goes_on(engine: Engine) -> None:
    Memory(engine.var, engine.actor.id).keep({"screens": {"today": {"nonsense": 1}}})
    async with seated(engine) as seat:
        assert "What the screen today remembered cannot be used" in seat.messages[0]
        assert "Needs me" in seat.text


def test_each_person_has_a_memory_of_their_own(tmp_path: Path) -> None:
    Memory(tmp_path, "a").keep({"screen": "log"})
    Memory(tmp_path, "b").keep({"screen": "queue"})
    assert Memory(tmp_path, "a").text("screen") == "log"
    assert Memory(tmp_path, "b").text("screen") == "queue"
    assert Memory(tmp_path, "c").kept == {}


async def test_a_disk_that_takes_nothing_is_said_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_memory: Memory, _now: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Memory, "keep", full)
    async with seated(engine) as seat:
        for key in ("3", "1", "3"):
            await seat.press(key)
            await seat.pilot.pause(0.6)
        assert sum("cannot be remembered" in each for each in seat.messages) == 1


def test_it_outlasts_kill_9_of_a_real_process(folder: Path) -> None:
    file = folder / "var" / "screen.json"
    first = Terminal(str(folder))
    try:
        first.says("Needs me")
        first.press("3")
        first.says("20 deliveries")
        first.press("\x0c")
        first.says("20 lượt gửi")
        until(lambda: '"language": "vi"' in read(file) and '"screen": "queue"' in read(file), "memory", first)
        os.killpg(first.process.pid, signal.SIGKILL)
        assert first.process.wait(10) == -signal.SIGKILL
    finally:
        first.close()
    second = Terminal(str(folder))
    try:
        second.says("20 lượt gửi")
        assert "Chờ tôi" not in second.words
    finally:
        second.close()


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
