from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.looks import logfile
from scheduler.engine.looks.logbook import Level
from scheduler.ground.text import use
from scheduler.tui.screens.delivery.screen import DeliveryScreen
from scheduler.tui.screens.log.screen import LogScreen
from tests.tui.campaign import MORNING
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine

LATER = MORNING + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def happened(engine: Engine) -> None:
    """Let some things happen after what was played, in journal and log."""
    engine.clock.advance(LATER)  # type: ignore[attr-defined]
    engine.act.pause("sms", "hết tiền trong tài khoản")
    folder = engine.var / logfile.FOLDER
    folder.mkdir()
    lines = [
        {"level": "debug", "text": "asked again"},
        {
            "level": "error",
            "text": "an error of Loa's own\nTraceback (most recent call last):\n  File …\nKeyError: 'x'",
        },
    ]
    said = [
        json.dumps({"at": (LATER + timedelta(seconds=1)).isoformat(), "source": "loa.engine", **each}) + "\n"
        for each in lines
    ]
    (folder / logfile.NAME).write_text("".join(said), encoding="utf-8")


async def opened(seat: Seat) -> LogScreen:
    await seat.press("9")
    await seat.says("KeyError")
    await seat.settle()
    screen = seat.app.screen
    assert isinstance(screen, LogScreen)
    return screen


@every_look
async def test_look(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await opened(seat)
        assert seat.text == snapshot


async def test_the_newest_is_at_the_end_and_its_whole_text_below(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        assert screen.lines.at_end
        assert "an error of Loa's own" in seat.text
        assert "Traceback" in seat.text
        await seat.press("up")
        assert "paused: hết tiền trong tài khoản" in seat.text
        assert "Lê Hoàng Sơn" in seat.text


async def test_levels_go_round(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        shown = []
        for _step in Level:
            await seat.press("M")
            shown.append((screen.level, {line.level for line in screen.lines.lines}))
        assert [level for level, _levels in shown] == [Level.WARNING, Level.ERROR, Level.DEBUG, Level.INFO]
        assert shown[1] == (Level.ERROR, {Level.ERROR})
        assert shown[2][1] == set(Level)
        assert Level.DEBUG not in shown[3][1]


async def test_it_filters_as_one_types_without_accents(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        await seat.press("slash")
        await seat.type("het tien")
        await seat.until(lambda: screen.lines.total() == 1)
        assert "1 line" in seat.text
        await seat.press("down", "escape")
        await seat.until(lambda: screen.lines.total() > 1)


async def test_it_filters_by_days_and_says_what_is_none(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        every = screen.lines.total()
        await seat.press("slash")
        await seat.type("after:10/05/2021")
        await seat.until(lambda: 0 < screen.lines.total() < every)
        assert {line.at.astimezone(screen.zone).date() for line in screen.lines.lines} == {date(2021, 5, 10)}
        of_the_day = screen.lines.total()
        await seat.press("ctrl+u")
        await seat.type("before:10/05/2021")
        await seat.until(lambda: screen.lines.total() == every - of_the_day)
        await seat.type("x")
        await seat.says("is no date; write 10/05/2021")


async def test_it_follows_until_one_goes_up_and_again_from_the_end(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        engine.act.resume("sms")
        screen.renew()
        await seat.says("resumed")
        await seat.until(lambda: screen.lines.at_end)
        await seat.press("up")
        await seat.says("stands still")
        engine.clock.advance(LATER + timedelta(minutes=1))  # type: ignore[attr-defined]
        engine.act.stop("sai số liệu")
        here = screen.lines.here
        screen.renew()
        await seat.settle()
        assert screen.lines.here == here
        assert not screen.lines.at_end
        await seat.press("f")
        await seat.says("follows")
        assert screen.lines.here
        assert screen.lines.here.event == "stop"


async def test_enter_opens_what_a_line_is_about_or_says_why_not(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        await seat.press("enter")
        assert seat.messages[-1] == "Open: this line is about nothing that can be opened"
        await seat.press("up", "enter")
        await seat.says("channel:sms")
        await seat.press("9", "slash")
        await seat.type("the line went dead")
        await seat.until(lambda: screen.lines.total() == 1)
        await seat.press("enter", "enter")
        await seat.until(lambda: isinstance(seat.app.screen, DeliveryScreen))


async def test_it_remembers_what_was_looked_at(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        await seat.press("M", "slash")
        await seat.type("het tien")
        await seat.until(lambda: screen.lines.total() == 1)
        memory = json.loads(json.dumps(screen.remember()))
    async with seated(engine) as seat:
        await seat.press("9")
        await seat.settle()
        again = seat.app.screen
        assert isinstance(again, LogScreen)
        again.recall(memory)
        await seat.until(lambda: again.lines.total() == 1)
        assert again.level is Level.WARNING
        again.recall({"level": "nonsense", "filter": 3})
        await seat.settle()


async def test_where_nothing_fits_it_says_so(engine: Engine) -> None:
    async with seated(engine) as seat:
        await opened(seat)
        await seat.press("slash")
        await seat.type("khong dau co")
        await seat.says("Nothing has happened that fits.")
