"""What one key opens gets every key behind it, in order, however fast they come: letters never act as commands."""

from __future__ import annotations

import asyncio
import fcntl
import struct
import termios
import threading
import time
from typing import TYPE_CHECKING

import pytest
from textual.events import Key, Paste
from textual.keys import _character_to_key

from scheduler.ground.lifecycle import State
from scheduler.store.deliveries import Query
from scheduler.tui import typeahead
from scheduler.tui.app import LoaApp
from scheduler.tui.screens.editor.form import NewPostForm
from scheduler.tui.screens.editor.screen import EditorScreen
from scheduler.tui.widgets.dialogs import Ask
from scheduler.tui.widgets.field import Field, Palette, PaletteField
from scheduler.tui.widgets.filterbar import FilterBar
from tests.tui.screen import Seat, seated
from tests.tui.test_terminal import _ESCAPES, Terminal, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.engine import Engine

__all__ = ["start"]

NAMES = {"⏎": "enter", "⎋": "escape", "⇥": "tab", "␣": "space", "↓": "down", "^": "ctrl+p", "②": "f2"}
DANGEROUS = "xahcdrsupq1zx"
"""Letters that are keys of the screens."""


async def burst(seat: Seat, keys: str) -> None:
    """Put all keys into the queue at once, as a terminal does that has read them in one piece."""
    for each in keys:
        name = NAMES.get(each, each if each.isalnum() else _character_to_key(each))
        seat.app.post_message(Key(name, " " if each == "␣" else None if each in NAMES else each))
    await seat.pilot.pause()
    await seat.settle()


def states(engine: Engine) -> dict[int, State]:
    """Return the state of every delivery."""
    return {each.id: each.state for each in engine.look.deliveries(Query(limit=1000))}


@pytest.mark.parametrize("screen", ["3", "4", "9"])
async def test_a_filter_gets_every_letter_behind_the_key_that_opens_it(engine: Engine, screen: str) -> None:
    async with seated(engine) as seat:
        await seat.press(screen)
        before = states(engine)
        await burst(seat, f"/{DANGEROUS}")
        field = seat.app.focused
        assert isinstance(field, Field)
        assert field.value == DANGEROUS
        assert len(seat.app.screen_stack) == 1
        assert states(engine) == before


@pytest.mark.parametrize("screen", ["3", "4", "9"])
async def test_a_screen_that_was_never_open_gets_the_keys_behind_its_own(engine: Engine, screen: str) -> None:
    async with seated(engine) as seat:
        await burst(seat, f"{screen}/{DANGEROUS}")
        assert seat.app.current_mode == {"3": "queue", "4": "posts", "9": "log"}[screen]
        assert seat.app.screen.query_one(FilterBar).field.value == DANGEROUS


async def test_keys_behind_a_screens_key_act_there(engine: Engine) -> None:
    async with seated(engine) as seat:
        await burst(seat, "3GhNhắn␣sau")
        assert isinstance(question := seat.app.screen, Ask)
        last = engine.look.deliveries(Query(limit=1, offset=len(states(engine)) - 1))[0]
        assert question.question.lines[0] == last.heading
        assert question.query_one("#text", Field).value == "Nhắn sau"


async def test_keys_behind_a_filter_act_on_what_it_finds(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3")
        wanted = next(each for each in engine.look.deliveries(Query(limit=1000)) if each.state is State.SCHEDULED)
        await burst(seat, f"/channel:{wanted.key.channel}␣state:scheduled⏎x")
        assert isinstance(question := seat.app.screen, Ask)
        assert any(wanted.key.channel in line for line in question.question.lines)


async def test_a_reason_is_what_was_typed_and_keys_behind_the_answer_act_below(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3", "slash", *"state", "colon", *"scheduled", "enter", "home")
        delivery = seat.app.frame.subject()  # type: ignore[union-attr]
        await burst(seat, f"h{DANGEROUS}⏎5")
        await seat.until(lambda: engine.look.delivery(str(delivery.id)).state is State.HELD)
        assert DANGEROUS in repr(engine.look.history(delivery.id))
        await seat.until(lambda: seat.app.current_mode == "approvals")
        assert len(seat.app.screen_stack) == 1


async def test_what_is_done_to_many_asks_before_it_takes_letters(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3")
        await burst(seat, f"*h{DANGEROUS}")
        assert isinstance(seat.app.screen, Ask)
        assert seat.app.screen.query_one("#text", Field).value == DANGEROUS


async def test_the_palette_gets_every_letter(engine: Engine) -> None:
    async with seated(engine) as seat:
        await burst(seat, f"^{DANGEROUS}")
        assert isinstance(seat.app.screen, Palette)
        assert seat.app.screen.query_one(PaletteField).value == DANGEROUS


async def test_the_form_and_then_the_editor_get_every_letter(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await burst(seat, f"N{DANGEROUS}")
        assert isinstance(form := seat.app.screen, NewPostForm)
        assert form.query_one("#title", Field).value == DANGEROUS
        await burst(seat, "②q3xh")
        assert isinstance(editor := seat.app.screen, EditorScreen)
        assert "q3xh" in editor.writing.text


async def test_the_editor_gets_every_letter(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await seat.press("4")
        await burst(seat, f"e{DANGEROUS}")
        assert isinstance(editor := seat.app.screen, EditorScreen)
        assert DANGEROUS in editor.writing.text


async def test_the_stop_key_waits_for_no_other_and_its_question_gets_the_letters(engine: Engine) -> None:
    async with seated(engine) as seat:
        seat.app.post_message(Key("ctrl+s", None))
        await burst(seat, DANGEROUS)
        assert isinstance(seat.app.screen, Ask)
        assert seat.app.screen.query_one("#text", Field).value == DANGEROUS


@pytest.mark.parametrize("before", [("3", "down", "escape"), ("3", "enter", "enter"), ("3", "down", "enter")])
async def test_what_was_typed_before_the_stop_key_does_not_answer_its_question(
    engine: Engine, before: tuple[str, ...]
) -> None:
    engine.act.stop("thử")
    async with seated(engine) as seat:
        for key in (*before, "ctrl+s"):
            seat.app.post_message(Key(key, key if len(key) == 1 else None))
        await seat.says("Lift the stop?")
        await seat.until(lambda: not seat.app.taking_keys)
        await asyncio.sleep(0.3)
        assert "Lift the stop?" in seat.text
        assert engine.look.status().stopped_by is not None


async def test_a_stop_key_of_ones_own_waits_for_no_other_either(engine: Engine) -> None:
    config = engine.folder / "config.toml"
    config.write_text(config.read_text("utf-8") + '\n[keys]\nstop = "f12"\n', "utf-8")
    engine.refresh()
    over = threading.Event()
    async with seated(engine) as seat:
        reading = asyncio.create_task(seat.app.desk.read(lambda _engine: over.wait(20)))
        for key in ("3", "h", "f12"):
            seat.app.post_message(Key(key, key if len(key) == 1 else None))
        try:
            async with asyncio.timeout(typeahead.PATIENCE / 2):
                await seat.until(lambda: engine.look.status().stopped_by is not None)
        finally:
            over.set()
            await reading


async def test_a_question_that_stands_keeps_no_key_waiting(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3", "G")
        began = time.monotonic()
        await burst(seat, "h⇥⇥")
        await seat.pilot.click("#text")
        await burst(seat, "đ⎋")
        assert time.monotonic() - began < typeahead.PATIENCE
        assert seat.app.frame is not None


async def test_a_paste_behind_the_key_goes_where_the_key_leads(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3")
        seat.app.post_message(Key("slash", "/"))
        seat.app.post_message(Paste("đường về"))
        await burst(seat, "xh")
        assert seat.app.screen.query_one(FilterBar).field.value == "đường vềxh"


async def test_what_is_typed_while_a_question_is_long_in_coming_goes_to_nobody_else(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    concerned = engine.look.concerned

    def slow(*arguments: object) -> object:
        time.sleep(0.6)
        return concerned(*arguments)  # type: ignore[arg-type]

    async with seated(engine) as seat:
        await seat.press("3", "asterisk")
        monkeypatch.setattr(engine.look, "concerned", slow)
        await seat.pilot.press("h")
        await seat.pilot.press(*DANGEROUS)
        await seat.settle()
        assert isinstance(seat.app.screen, Ask)
        assert seat.app.screen.query_one("#text", Field).value == DANGEROUS


async def test_what_never_comes_keeps_no_key_for_ever_and_lets_none_act(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    concerned = engine.look.concerned

    def slow(*arguments: object) -> object:
        time.sleep(1.5)
        return concerned(*arguments)  # type: ignore[arg-type]

    async with seated(engine) as seat:
        await seat.press("3", "asterisk")
        monkeypatch.setattr(engine.look, "concerned", slow)
        monkeypatch.setattr(typeahead, "PATIENCE", 0.3)
        await burst(seat, "h45")
        assert seat.app.current_mode == "queue"
        assert any("2 keys" in each for each in seat.messages), seat.messages
        await seat.until(lambda: isinstance(seat.app.screen, Ask))


async def test_nothing_is_done_to_rows_of_the_filter_before_however_long_the_reading_takes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    async with seated(engine) as seat:
        await seat.press("3")
        monkeypatch.setattr(typeahead, "PATIENCE", 0.5)
        reading = asyncio.create_task(seat.app.desk.read(lambda _engine: gate.wait(20)))
        for each in ("slash", "z", "z", "enter"):
            await seat.pilot.press(each)
        await seat.until(lambda: not seat.app.taking_keys)
        await seat.pilot.press("x")
        assert seat.messages[-1:] == ["Cancel: still reading"]
        assert seat.app.frame is not None
        gate.set()
        await reading


# --- as bytes, in one piece ------------------------------------------------------------------------------------------


def written_anew(terminal: Terminal, part: str) -> bool:
    """Return whether ``part`` stands on the screen: it is written anew when the window has another size."""
    for height in (31, 30) * 15:
        since = len(terminal.output)
        fcntl.ioctl(terminal.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, 100, 0, 0))
        time.sleep(0.4)
        if part in _ESCAPES.sub(b"", bytes(terminal.output[since:])).decode(errors="replace"):
            return True
    return False


@pytest.mark.parametrize("keys", ["3/{}", "4/{}", "9/{}", "\x10{}", "3*h{}", "N{}", "4e{}", "\x13{}"], ids=repr)
def test_one_write_of_a_terminal_ends_up_in_the_field(start: Callable[..., Terminal], keys: str) -> None:
    terminal = start()
    terminal.press(keys.format(DANGEROUS))
    assert written_anew(terminal, DANGEROUS), terminal.words[-2000:]


def test_the_app_takes_keys_in_their_order() -> None:
    assert issubclass(LoaApp, typeahead.InOrder)
