"""Every screen as text, in both languages, at the smallest size and at a common one; read by eye when they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import use
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


async def keys(seat: Seat) -> None:
    await queue(seat)
    await seat.press("f1")
    await seat.until(lambda: seat.app.frame is None)
    await seat.settle()


@every_look
@pytest.mark.parametrize("visit", [stopped, keys], ids=lambda visit: visit.__name__)
async def test_screen(
    engine: Engine, snapshot: SnapshotAssertion, visit: object, size: tuple[int, int], language: str
) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await visit(seat)  # type: ignore[operator]
        assert seat.text == snapshot
