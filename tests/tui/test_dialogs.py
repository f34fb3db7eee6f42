"""Questions and forms, filled in faster than they are drawn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.events import Key

from scheduler.tui.screens.editor.form import NewPostForm
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
