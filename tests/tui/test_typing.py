"""Every text field takes what input methods send, in its order, and keeps it composed."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.app import App, ComposeResult
from textual.events import Key, Paste
from textual.widgets import Input, TextArea

import scheduler.tui
from scheduler.tui.screens.editor.opening import begin
from scheduler.tui.screens.index import SCREENS
from scheduler.tui.widgets.field import Field, PaletteField
from scheduler.tui.widgets.typing import AtOnce
from scheduler.tui.widgets.writing import Writing
from tests.tui import bursts
from tests.tui.screen import Seat, seated

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from scheduler.engine.engine import Engine

FIELDS = (Field, PaletteField, Writing)
METHODS = ("telex", "vni")
SENTENCES = (
    "Bảo hiểm xã hội tự nguyện: đóng hôm nay, có lương hưu ngày mai.",
    "ĐƯỜNG ĐẾN NINH THUẬN",
    "người lao động, nông nghiệp, chuyện kể cuối tuần",
)
RECORDED = {
    "bảo hiểm": "ba⌫ảo hie⌫⌫iê⌫ểm",
    "đường": "d⌫đuo⌫⌫ươ⌫ờng",
    "tự nguyện": "tu⌫ư⌫ự nguye⌫ê⌫ện",
    "Ninh Thuận": "Ninh Thua⌫â⌫ận",
}


class Desk(App[None]):
    """A screen with one field."""

    def __init__(self, kind: type[Field | Writing]) -> None:
        super().__init__()
        self.field = kind(id="field")

    def compose(self) -> ComposeResult:
        yield self.field


def text_of(field: Input | TextArea) -> str:
    """Return what stands in a field."""
    return field.value if isinstance(field, Input) else field.text


def empty(field: Input | TextArea) -> None:
    """Take everything out of a field."""
    if isinstance(field, Input):
        field.value = ""
    else:
        field.text = ""


def at(field: Input | TextArea, column: int) -> None:
    """Put the cursor into the first line."""
    if isinstance(field, Input):
        field.cursor_position = column
    else:
        field.move_cursor((0, column))


def place(field: Input | TextArea) -> int:
    """Return where the cursor is in the first line."""
    return field.cursor_position if isinstance(field, Input) else field.cursor_location[1]


async def send(pilot: Pilot[Any], text: str) -> None:
    """Put all keys into the queue at once, as a terminal does that has read them in one piece; wait for the end."""
    names = {"⌫": ("backspace", "\x7f"), "←": ("left", None), " ": ("space", " ")}
    for each in text:
        pilot.app.post_message(Key(*names.get(each, (each, each))))
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("method", METHODS)
async def test_every_vowel_with_every_tone_comes_as_it_was_typed(kind: type[Field | Writing], method: str) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        words = bursts.every_vowel(method)
        assert len(words) == 12 * 6 * 2 + 2
        await send(pilot, " ".join(words.values()))
        found = text_of(app.field).split(" ")
        assert [(word, text) for word, text in zip(words, found, strict=True) if text != word] == []


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("sentence", SENTENCES)
async def test_a_sentence_in_one_piece_keeps_its_order(kind: type[Field | Writing], method: str, sentence: str) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        await send(pilot, bursts.sent(sentence, method))
        assert text_of(app.field) == sentence
        assert place(app.field) == len(sentence)


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("word", RECORDED)
async def test_a_recorded_burst_keeps_its_order(kind: type[Field | Writing], word: str) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        await send(pilot, RECORDED[word])
        assert text_of(app.field) == word
        assert place(app.field) == len(word)


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("sentence", SENTENCES)
async def test_marks_that_come_alone_join_their_letter(kind: type[Field | Writing], sentence: str) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        await send(pilot, bursts.decomposed(bursts.sent(sentence, "telex")))
        assert text_of(app.field) == sentence
        assert place(app.field) == len(sentence)


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("method", METHODS)
async def test_letters_that_come_as_a_paste_behind_their_backspaces(kind: type[Field | Writing], method: str) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        for key in bursts.keys("Thuận", method):
            letters = key.lstrip("⌫")
            for _ in range(len(key) - len(letters)):
                app.post_message(Key("backspace", "\x7f"))
            app.post_message(Paste(unicodedata.normalize("NFD", letters)))
        await pilot.pause()
        await pilot.pause()
        assert text_of(app.field) == "Thuận"


@pytest.mark.parametrize("kind", FIELDS)
async def test_in_the_middle_of_a_text_the_cursor_stays_behind_what_was_typed(kind: type[Field | Writing]) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        await send(pilot, "bo hiem")
        at(app.field, 1)
        await send(pilot, "a⌫ả")
        assert text_of(app.field) == "bảo hiem"
        assert place(app.field) == 2


@pytest.mark.parametrize("kind", FIELDS)
async def test_keys_that_move_keep_their_place_among_letters(kind: type[Field | Writing]) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        await send(pilot, "hoi←ả⌫")
        assert text_of(app.field) == "hoi"
        await send(pilot, "ả")
        assert text_of(app.field) == "hoải"


@pytest.mark.parametrize("kind", FIELDS)
async def test_a_mark_typed_before_another_letter_joins_the_one_it_follows(kind: type[Field | Writing]) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        await send(pilot, "bao")
        at(app.field, 2)
        await send(pilot, "\u0309")
        assert text_of(app.field) == "bảo"
        assert place(app.field) == 2


@pytest.mark.parametrize("kind", FIELDS)
async def test_backspace_at_the_beginning_takes_nothing_away(kind: type[Field | Writing]) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        await send(pilot, "bo")
        at(app.field, 0)
        await pilot.press("backspace")
        assert text_of(app.field) == "bo"


async def test_a_text_of_many_lines_is_loaded_and_pasted_composed_and_clean() -> None:
    app = Desk(Writing)
    async with app.run_test() as pilot:
        assert isinstance(app.field, Writing)
        app.field.load_text(unicodedata.normalize("NFD", "\ufeffNinh\r\nThuận\x1b\n"))
        assert app.field.text == "Ninh\nThuận\n"
        app.field.move_cursor((0, 4))
        app.post_message(Paste(unicodedata.normalize("NFD", " ở\r\nđây\x07")))
        await pilot.pause()
        assert app.field.text == "Ninh ở\nđây\nThuận\n"


async def test_undo_takes_a_word_back_with_the_bursts_that_made_it() -> None:
    app = Desk(Writing)
    async with app.run_test() as pilot:
        assert isinstance(app.field, Writing)
        app.field.load_text("Ninh ")
        app.field.move_cursor((0, 5))
        await send(pilot, bursts.sent("Thuận", "telex"))
        assert app.field.text == "Ninh Thuận"
        await pilot.press("ctrl+z")
        assert app.field.text == "Ninh "
        await pilot.press("ctrl+y")
        assert app.field.text == "Ninh Thuận"


async def test_undo_of_marks_that_joined_gives_back_what_stood_there() -> None:
    app = Desk(Writing)
    async with app.run_test() as pilot:
        assert isinstance(app.field, Writing)
        app.field.load_text("bao\nhiem")
        app.field.move_cursor((0, 2))
        await send(pilot, "\u0309")
        app.field.undo()
        assert app.field.text == "bao\nhiem"


def modules() -> list[str]:
    """Return the names of all modules of the terminal UI."""
    return [each.name for each in pkgutil.walk_packages(scheduler.tui.__path__, "scheduler.tui.")]


def below(kind: type) -> set[type]:
    """Return all classes that come of one."""
    children: list[type] = kind.__subclasses__()
    return {kind, *(found for each in children for found in below(each))}


def test_no_field_of_ours_is_without_the_cure() -> None:
    for name in modules():
        importlib.import_module(name)
    ours: set[type] = {each for each in below(Input) | below(TextArea) if each.__module__.startswith("scheduler.")}
    assert {Field, PaletteField, Writing} <= ours
    assert [each for each in sorted(ours, key=repr) if not issubclass(each, AtOnce)] == []


@pytest.mark.parametrize("file", sorted(Path(scheduler.tui.__path__[0]).rglob("*.py")), ids=lambda file: file.stem)
def test_nobody_makes_a_field_of_textual_itself(file: Path) -> None:
    made = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    assert made.isdisjoint({"Input", "TextArea", "MaskedInput", "CommandInput", "CommandPalette"})


# --- the fields that there are ---------------------------------------------------------------------------------------


def fields_of(screen: Screen[Any]) -> list[Input | TextArea]:
    """Return all that one can type into on a screen."""
    return [each for each in screen.walk_children() if isinstance(each, Input | TextArea)]


def frames() -> list[tuple[str, str]]:
    """Return every screen, and each thing that opens above one, with how to get there."""
    return [*((entry.name, entry.name) for entry in SCREENS), *((name, "") for name in ABOVE)]


async def new_form(seat: Seat) -> None:
    seat.app.do_new_post()


async def editor(seat: Seat) -> None:
    begin(seat.app, "hom-nay")


async def palette(seat: Seat) -> None:
    seat.app.action_command_palette()


async def question(seat: Seat) -> None:
    seat.app.do_stop()


async def delivery(seat: Seat) -> None:
    seat.app.open_delivery(1)


ABOVE = {"new_form": new_form, "editor": editor, "palette": palette, "question": question, "delivery": delivery}
NONE = {"delivery"}
"""What has no field, and of which a test says so."""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "mode"), frames(), ids=[name for name, _ in frames()])
async def test_every_field_of_every_screen_takes_bursts(engine: Engine, name: str, mode: str, method: str) -> None:
    async with seated(engine, (120, 40)) as seat:
        first = seat.app.screen
        if mode:
            seat.app.go(mode)
            await seat.until(lambda: seat.app.frame is not None and seat.app.frame.place == mode)
        else:
            await ABOVE[name](seat)
            await seat.until(lambda: seat.app.screen is not first)
        await seat.settle()
        await seat.pilot.pause(0.1)
        screen = seat.app.screen
        for field in fields_of(screen):
            assert isinstance(field, AtOnce), field
            field.focus()
            await seat.pilot.pause()
            if seat.app.focused is not field:
                continue  # it is not shown now
            empty(field)
            await send(seat.pilot, bursts.sent("Đường về Ninh Thuận", method))
            assert text_of(field) == "Đường về Ninh Thuận", field
        assert fields_of(screen) or mode or name in NONE
