from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.ground.text import use
from scheduler.tui.jump import Jump
from tests.tui.screen import seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine


async def test_a_letter_stands_over_each_part_and_goes_there_even_from_a_field(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3")
        await seat.says("20 deliveries")
        await seat.press("slash", "ctrl+o")
        await seat.until(lambda: isinstance(seat.app.screen, Jump))
        parts = seat.app.screen.parts  # type: ignore[attr-defined]
        letter = next(letter for letter, part in parts.items() if part.id == "table")
        await seat.press(letter)
        assert seat.app.focused is not None
        assert seat.app.focused.id == "table"


async def test_a_digit_goes_to_its_screen_and_escape_stays(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("ctrl+o", "escape")
        await seat.until(lambda: seat.app.frame is not None)
        assert seat.app.current_mode == "today"
        await seat.press("ctrl+o", "3")
        await seat.says("20 deliveries")


async def test_a_click_on_a_letter_goes_there_too(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("ctrl+o")
        await seat.until(lambda: isinstance(seat.app.screen, Jump))
        last = list(seat.app.screen.parts.values())[-1]  # type: ignore[attr-defined]
        await seat.pilot.click(offset=(last.region.x + 1, last.region.y))
        await seat.until(lambda: seat.app.focused is last)


@every_look
async def test_jump(engine: Engine, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await seat.press("3", "ctrl+o")
        await seat.until(lambda: isinstance(seat.app.screen, Jump))
        await seat.pilot.pause()
        assert seat.text == snapshot
