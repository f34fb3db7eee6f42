"""What stands on every screen, as text, in both languages and two sizes; read by eye when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import use
from scheduler.tui.widgets.dialogs import Ask
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine


async def queue(seat: Seat) -> None:
    await seat.press("3")
    await seat.says("phi-chinh")


async def stopped(seat: Seat) -> None:
    seat.app.desk.engine.act.stop("sai số liệu")
    seat.app.renew_all()
    await seat.says("sai số liệu")
    await seat.settle()


async def stopped_below_a_question(seat: Seat) -> None:
    await queue(seat)
    await stopped(seat)
    await seat.press("h")
    await seat.until(lambda: isinstance(seat.app.screen, Ask))
    await seat.pilot.pause(0.3)


@every_look
@pytest.mark.parametrize("visit", [stopped, stopped_below_a_question], ids=lambda visit: visit.__name__)
async def test_screen(
    engine: Engine, snapshot: SnapshotAssertion, visit: object, size: tuple[int, int], language: str
) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await visit(seat)  # type: ignore[operator]
        assert seat.text == snapshot
