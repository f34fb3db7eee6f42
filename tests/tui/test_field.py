"""Bursts as input methods send them: the letters, then backspaces and what replaces them, without a pause."""

from __future__ import annotations

import unicodedata

import pytest
from textual.app import App, ComposeResult
from textual.events import Key

from scheduler.tui.widgets.field import Field

TELEX = {
    "bảo hiểm": "ba⌫ảo hie⌫⌫iê⌫ểm",
    "đường": "d⌫đuo⌫⌫ươ⌫ờng",
    "tự nguyện": "tu⌫ư⌫ự nguye⌫ê⌫ện",
    "Ninh Thuận": "Ninh Thua⌫â⌫ận",
}


class Form(App[None]):
    def compose(self) -> ComposeResult:
        yield Field(id="field")

    @property
    def field(self) -> Field:
        return self.query_one("#field", Field)


async def burst(app: Form, text: str) -> None:
    """Put all keys into the queue at once, as a terminal does that has read them in one piece."""
    for each in text:
        app.post_message(Key("backspace", "\x7f") if each == "⌫" else Key("space" if each == " " else each, each))


@pytest.mark.parametrize("word", TELEX)
async def test_a_burst_keeps_its_order(word: str) -> None:
    app = Form()
    async with app.run_test() as pilot:
        await burst(app, TELEX[word])
        await pilot.pause(0.05)
        assert app.field.value == word
        assert app.field.cursor_position == len(word)


async def test_marks_that_come_alone_are_composed() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await burst(app, unicodedata.normalize("NFD", "bảo hiểm"))
        await pilot.pause(0.05)
        assert app.field.value == "bảo hiểm"
        assert app.field.cursor_position == len("bảo hiểm")


async def test_in_the_middle_of_a_text_the_cursor_stays_behind_what_was_typed() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await burst(app, "bo hiem")
        await pilot.pause(0.05)
        app.field.cursor_position = 1
        await burst(app, "a⌫ả")
        await pilot.pause(0.05)
        assert app.field.value == "bảo hiem"
        assert app.field.cursor_position == 2


async def test_backspace_at_the_beginning_takes_nothing_away() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await burst(app, "bo")
        await pilot.pause(0.05)
        app.field.cursor_position = 0
        await pilot.press("backspace")
        assert app.field.value == "bo"


async def test_a_paste_is_composed_too() -> None:
    app = Form()
    async with app.run_test() as pilot:
        app.field.insert_text_at_cursor(unicodedata.normalize("NFD", "Ninh Thuận"))
        await pilot.pause()
        assert app.field.value == "Ninh Thuận"
