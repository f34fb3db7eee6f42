from __future__ import annotations

import asyncio
import time
from datetime import date
from typing import TYPE_CHECKING

from scheduler.engine.rehearsing.summary import load
from scheduler.ground.problem import Problem
from scheduler.ground.text import use
from scheduler.store.deliveries import Query
from scheduler.tui.screens.posts.screen import PostScreen
from scheduler.tui.screens.rehearsal.days import problem_rows
from scheduler.tui.screens.rehearsal.screen import RehearsalScreen
from scheduler.tui.widgets.field import Field
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine


async def opened(seat: Seat) -> RehearsalScreen:
    await seat.press("8")
    await seat.until(lambda: isinstance(seat.app.screen, RehearsalScreen))
    await seat.settle()
    screen = seat.app.screen
    assert isinstance(screen, RehearsalScreen)
    return screen


async def played(seat: Seat) -> RehearsalScreen:
    screen = await opened(seat)
    await seat.press("P")
    await seat.until(lambda: not screen.playing and screen.summary is not None)
    await seat.settle()
    return screen


@every_look
async def test_look(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        screen = await played(seat)
        seat.app.clear_notifications()
        screen.days.action_go(3)
        await seat.settle()
        assert seat.text == snapshot


@every_look
async def test_look_before(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await opened(seat)
        assert seat.text == snapshot


async def test_it_plays_the_campaign_and_the_record_stays_as_it_is(engine: Engine) -> None:
    before = engine.look.deliveries(Query())
    async with seated(engine) as seat:
        screen = await opened(seat)
        assert screen.query_one("#from", Field).value == "01/05/2021"
        assert screen.query_one("#to", Field).value == "30/06/2021"
        assert "Nothing has been rehearsed" in seat.text
        screen = await played(seat)
        assert screen.summary is not None
        assert seat.messages[-1] == "The rehearsal is over."
        assert {row.day for row in screen.days.rows} >= {date(2021, 5, 8), date(2021, 5, 10)}
        assert "20 deliveries" in seat.text
        assert load(screen.out / "summary.json", screen.zone) is not None
    assert engine.look.deliveries(Query()) == before


async def test_one_walks_from_day_to_day_and_down_to_a_post(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await played(seat)
        seen = []
        for _day in screen.days.rows:
            seen.append([item.post for item in screen.items.rows])
            await seat.press("down")
        assert "hom-nay" in seen[[row.day for row in screen.days.rows].index(date(2021, 5, 10))]
        await seat.press("home", "down", "enter")
        assert screen.items.has_focus
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen))


async def test_it_can_be_broken_off_and_says_so(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        await seat.press("x")
        assert seat.messages[-1] == "Break off: no rehearsal is under way"
        screen.action_do("play")
        while not screen.playing:  # the pilot would wait until it is over  # noqa: ASYNC110
            await asyncio.sleep(0)
        screen.action_do("play")
        assert "under way" in seat.messages[-1]
        screen.action_do("cancel_play")
        await seat.until(lambda: not screen.playing)
        assert screen.breaking.is_set()
        assert seat.messages[-1] == "The rehearsal was broken off."


async def test_keys_are_answered_while_it_plays(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        screen.action_do("play")
        while not screen.playing:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await seat.pilot.press("3")
        await seat.says("phi-chinh")
        await seat.press("8")
        await seat.until(lambda: not screen.playing)
        await seat.says("rehearsed:")


async def test_dates_that_are_none_are_told(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        await seat.press("slash")
        await seat.type("32/05/2021")
        for key in ("enter", "tab"):
            seat.messages.clear()
            await seat.press(key)
            await seat.until(lambda: seat.messages[-1:] == ["'32/05/2021' is no date; write 10/05/2021"])
            await seat.pilot.pause()
            assert seat.app.focused is screen.query_one("#from")
        await seat.press("escape")
        assert (screen.query_one("#from", Field).value, seat.app.focused) == ("01/05/2021", None)
        await seat.press("slash")
        screen.query_one("#from", Field).value = "01/07/2021"
        await seat.press("enter", "enter")
        assert seat.messages[-1] == "the last day lies before the first"
        assert not screen.playing


def test_a_problem_says_first_what_is_wrong() -> None:
    problem = Problem("there is no 'x'", "content/posts/2021-05/a.md", 3, "areas", hint="did you mean 'y'?")
    (row,) = problem_rows([problem])
    assert row.cells[-1].text == "there is no 'x' (did you mean 'y'?)  areas  content/posts/2021-05/a.md:3"


async def test_what_was_rehearsed_before_is_shown_again(engine: Engine) -> None:
    async with seated(engine) as seat:
        await played(seat)
        seat.app.habits.note()
    began = time.monotonic()
    async with seated(engine) as seat:
        again = seat.app.screen
        assert isinstance(again, RehearsalScreen)
        await seat.says("rehearsed:")
        assert again.days.rows
    assert time.monotonic() - began < 30
