"""Questions and forms, filled in faster than they are drawn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.events import Key

from scheduler.tui.screens.editor.form import NewPostForm
from scheduler.tui.widgets.difference import Leaf, difference
from tests.tui.screen import Seat, seated

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine

NAMES = {"⇥": ("tab", "\t"), "⇤": ("shift+tab", None), " ": ("space", " ")}


async def pour(seat: Seat, text: str, turns: int) -> None:
    """Send keys so fast that only so many turns of the program's loop lie between two."""
    for each in text:
        seat.app.post_message(Key(*NAMES.get(each, (each, each))))
        for _turn in range(turns):
            await asyncio.sleep(0)
    await seat.settle()
    await seat.pilot.pause()


async def form(seat: Seat) -> NewPostForm:
    await seat.press("N")
    await seat.until(lambda: isinstance(seat.app.screen, NewPostForm) and seat.app.focused is not None)
    screen = seat.app.screen
    assert isinstance(screen, NewPostForm)
    return screen


@pytest.mark.parametrize("turns", [0, 1, 5])
async def test_what_is_typed_behind_tab_belongs_to_the_next_field(engine: Engine, turns: int) -> None:
    async with seated(engine) as seat:
        screen = await form(seat)
        await pour(seat, "Hoi⇥⇥⇥⇥15/05/2021 08:00⇤⇤⇤⇤ dap", turns)
        values = screen.values()
        assert (values["title"], values["at"], values["id"]) == ("Hoi dap", "15/05/2021 08:00", "hoi-dap")


@pytest.mark.parametrize("turns", [0, 2, 4, 5, 6])
async def test_the_id_follows_the_title_however_fast_it_is_typed(engine: Engine, turns: int) -> None:
    async with seated(engine) as seat:
        screen = await form(seat)
        await pour(seat, "dong bao hiem xa hoi", turns)
        assert screen.values()["id"] == "dong-bao-hiem-xa-hoi"


async def test_help_and_colours_work_within_a_question_and_the_language_says_why_not(engine: Engine) -> None:
    async with seated(engine) as seat:
        await form(seat)
        await seat.press("f1")
        assert seat.messages[-1].startswith("A field: write in it")
        assert "Esc goes back" in seat.messages[-1]
        await seat.press("ctrl+l")
        assert seat.messages[-1].startswith("Answer first")
        before = seat.app.theme
        await seat.press("ctrl+t")
        assert seat.app.theme != before
        assert isinstance(seat.app.screen, NewPostForm)


async def test_a_leaf_says_on_its_edge_how_it_closes_and_that_everything_is_stopped(engine: Engine) -> None:
    async with seated(engine) as seat:
        seat.app.push_screen(Leaf("x.md", difference("a", "b")))
        await seat.says("Esc closes")
        engine.act.stop("sai")
        seat.app.topmost.renew()  # type: ignore[union-attr]
        await seat.says("EVERYTHING IS STOPPED")
        assert "Esc closes" not in seat.text
