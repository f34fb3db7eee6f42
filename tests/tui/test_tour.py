"""The README's tour, walked on the example campaign as `make run` opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.engine.rehearsing.rehearsal import stand_at
from scheduler.ground.lifecycle import State
from scheduler.ground.text import use
from scheduler.store.deliveries import Query
from scheduler.tui.widgets.dialogs import Ask
from tests.tui import campaign
from tests.tui.screen import Seat, seated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scheduler.engine.engine import Engine

README = (campaign.ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Engine]:
    engine = stand_at(campaign.ROOT, tmp_path / "demo", campaign.START, campaign.MORNING, person="giam-doc")
    yield engine
    engine.close()


def counted(engine: Engine, state: State) -> int:
    return len(engine.look.deliveries(Query(states=(state,))))


async def answer(seat: Seat, text: str = "") -> None:
    """Answer the question that stands there."""
    await seat.until(lambda: isinstance(seat.app.screen, Ask))
    await seat.type(text)
    await seat.press("enter")
    await seat.until(lambda: not isinstance(seat.app.screen, Ask))
    await seat.settle()


async def test_the_tour_of_the_readme(demo: Engine) -> None:
    use("vi")
    async with seated(demo, (120, 36)) as seat:
        await seat.says("Chờ tôi")
        await seat.press("ctrl+l")
        await seat.says("Needs me")
        assert counted(demo, State.HANDED) == 4
        assert "five posts wait" in README
        await seat.press("c")
        await answer(seat, "seen")
        assert counted(demo, State.HANDED) == 3
        await calendar(seat)
        await queue(seat, demo)
        await write_and_approve(seat, demo)
        await seat.press("ctrl+s")
        await answer(seat)
        await seat.says("EVERYTHING IS STOPPED")
        await seat.press("ctrl+s")
        await answer(seat)
        await seat.until(lambda: "EVERYTHING IS STOPPED" not in seat.text)


async def calendar(seat: Seat) -> None:
    await seat.press("2")
    await seat.says("May 2021")
    await seat.press("right", "right", "shift+right")
    await seat.says("Stays as it is")
    await seat.says("1 post moves along")
    await seat.press("enter")
    await seat.says("Moved. ")
    await seat.press("u")
    await seat.says("Taken back: ")


async def queue(seat: Seat, demo: Engine) -> None:
    assert "`channel:sms after:2021-06-01`" in README
    await seat.press("3", "slash")
    await seat.type("channel:sms after:2021-06-01")
    await seat.press("enter", "space", "space", "space", "h")
    await answer(seat)
    assert counted(demo, State.HELD) == 3


async def write_and_approve(seat: Seat, demo: Engine) -> None:
    await seat.press("4")
    await seat.settle()
    await seat.press("e")
    await seat.says("✓ saved")
    await seat.press("ctrl+end")
    await seat.type(" moi")
    await seat.says("not saved")
    await seat.press("f2")
    await seat.says("✓ saved")
    await seat.press("escape", "5")
    await seat.says("Waits for a yes · 1")
    assert demo.look.status().unapproved == 1
    await seat.press("a")
    await answer(seat)
    await seat.says("Nothing waits for a yes.")
