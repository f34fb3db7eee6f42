from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import use
from scheduler.tui.keys import BY_ID
from scheduler.tui.screens.index import SCREENS
from scheduler.tui.widgets.parts import help_of
from tests.tui.screen import seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine


async def test_f1_says_first_what_the_part_in_focus_is_then_every_key_with_command_and_reason(engine: Engine) -> None:
    async with seated(engine, (120, 60)) as seat:
        await seat.press("3")
        await seat.says("20 deliveries")
        await seat.press("f1")
        await seat.says("Here, where the cursor is")
        assert "A list: arrows" in seat.text
        lines = seat.text.splitlines()
        settle = next(n for n, line in enumerate(lines) if "Say how a call with an unknown outcome ended" in line)
        assert "loa delivery settle" in lines[settle]
        assert "not now: this delivery is scheduled" in lines[settle + 1]
        await seat.press("escape", "slash", "f1")
        await seat.says("Telex and VNI work")
        await seat.press("f1")
        await seat.settle()
        assert seat.app.frame is not None


async def test_a_row_of_the_help_does_its_action_when_it_is_clicked(engine: Engine) -> None:
    async with seated(engine, (120, 60)) as seat:
        await seat.press("3")
        await seat.says("20 deliveries")
        await seat.press("f1")
        await seat.says("Keep this delivery back")
        row = next(n for n, line in enumerate(seat.text.splitlines()) if "Keep this delivery back" in line)
        await seat.pilot.click(offset=(seat.text.splitlines()[row].index("Hold") + 1, row))
        await seat.says("Hold this delivery?")


async def test_a_row_that_does_nothing_now_says_why_when_it_is_clicked(engine: Engine) -> None:
    async with seated(engine, (120, 60)) as seat:
        await seat.press("3")
        await seat.says("20 deliveries")
        await seat.press("f1")
        await seat.says("Say how a call")
        row = next(n for n, line in enumerate(seat.text.splitlines()) if "Say how a call" in line)
        await seat.pilot.click(offset=(seat.text.splitlines()[row].index("Settle") + 1, row))
        await seat.until(lambda: "Settle: this delivery is scheduled" in seat.messages)


@pytest.mark.parametrize("screen", [entry.name for entry in SCREENS])
async def test_every_part_that_can_be_in_focus_has_its_help(engine: Engine, screen: str) -> None:
    async with seated(engine, (160, 50)) as seat:
        seat.app.go(screen)
        await seat.until(lambda: seat.app.current_mode == screen)
        await seat.settle()
        assert [part for part in seat.app.screen.focus_chain if not help_of(part)] == []


async def test_a_key_that_does_nothing_now_says_why(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3")
        await seat.says("20 deliveries")
        await seat.press("s")
        assert seat.messages[-1] == "Settle: this delivery is scheduled"
        assert "s Settle" not in seat.text.splitlines()[-1]
        assert f"{BY_ID['hold'].key} Hold" in seat.text.splitlines()[-1]


@every_look
async def test_help(engine: Engine, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await seat.press("3", "f1")
        await seat.until(lambda: seat.app.frame is None)
        await seat.pilot.pause()
        assert seat.text == snapshot
