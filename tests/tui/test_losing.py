"""The terminal goes, or the screens crash, in the middle of things: the end comes soon, and nothing typed is lost."""

from __future__ import annotations

import array
import fcntl
import json
import signal
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.edits import drafts
from scheduler.tui.lifeline import GRACE
from tests.tui import journey
from tests.tui.test_drafts import kept
from tests.tui.test_terminal import SOON, restored, start
from tests.tui.test_tmux import fresh, needed, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tui.test_terminal import Terminal
    from tests.tui.tmux import Window

__all__ = ["fresh", "start", "window"]

pytestmark = needed

WAYS = ["kill-pane", "kill-server"]
F12 = "\x1b[24~"
SCREENS = "123456789"
FULL = 4000
"""Bytes that fill what lies between a program and its terminal."""
WORDS = "Lời cuối cùng."


@pytest.mark.parametrize("how", WAYS)
async def test_while_one_is_asked(window: Callable[..., Window], fresh: Path, how: str) -> None:
    screens = window(fresh)
    await screens.says("not armed")
    await screens.keys("A")
    await screens.says("Arm this folder?")
    await screens.gone(screens.process, how, SOON)


@pytest.mark.parametrize("how", WAYS)
async def test_while_one_writes_the_draft_is_kept(window: Callable[..., Window], fresh: Path, how: str) -> None:
    screens = window(fresh)
    await screens.says("not armed")
    await screens.keys("4")
    await screens.says("Edit")
    await screens.keys("e")
    await screens.says("✓ saved")
    await screens.type(WORDS)
    await screens.says(WORDS)
    await screens.gone(screens.process, how, SOON)
    assert WORDS in typed(fresh)


@pytest.mark.parametrize("how", WAYS)
async def test_while_one_fills_a_form_in(window: Callable[..., Window], fresh: Path, how: str) -> None:
    screens = window(fresh)
    await screens.says("not armed")
    await screens.keys("N")
    await screens.says("Title")
    await screens.type(WORDS)
    await screens.says("loi-cuoi-cung")
    await screens.gone(screens.process, how, SOON)
    assert form(fresh)["title"] == WORDS


@pytest.mark.parametrize("turn", range(3))
async def test_while_it_draws_it_ends_by_itself(window: Callable[..., Window], fresh: Path, turn: int) -> None:
    screens = window(fresh)
    await screens.says("not armed")
    await screens.keys("N")
    await screens.says("Title")
    assert await screens.gone(screens.process, "kill-pane", SOON) < GRACE * 0.75


def typed(folder: Path) -> str:
    """Return the text of the only draft there is, whoever typed it."""
    (draft,) = (folder / "var" / drafts.FOLDER).rglob("*.md")
    return draft.read_text("utf-8")


def form(folder: Path) -> dict[str, str]:
    """Return what is kept of the form."""
    found: dict[str, str] = json.loads(typed(folder))
    return found


@pytest.mark.parametrize("how", WAYS)
async def test_while_a_rehearsal_is_played(window: Callable[..., Window], tmp_path: Path, how: str) -> None:
    screens = window(journey.new_folder(tmp_path / "example", "--example"))
    await screens.says("not armed")
    await screens.keys("8")
    await screens.says("P Rehearse")
    await screens.keys("P")
    await screens.says("░")
    await screens.gone(screens.process, how, SOON)


@pytest.mark.parametrize("ending", ["hung up", "signal"])
def test_while_an_act_does_not_end(start: Callable[..., Terminal], ending: str) -> None:
    terminal = start("stuck")
    terminal.press("\x13")
    terminal.says("stuck now")
    if ending == "signal":
        terminal.process.send_signal(signal.SIGHUP)
    else:
        terminal.hang_up()
    assert terminal.ends(SOON) != 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_killed_outright_it_still_gives_the_terminal_back(
    start: Callable[..., Terminal], number: signal.Signals
) -> None:
    terminal = start()
    wait_for(lambda: helpers(terminal.process.pid), SOON)
    terminal.process.send_signal(number)
    terminal.ends(SOON)
    wait_for(lambda: restored(terminal), SOON)


def test_left_as_usual_nothing_stays_beside_it(start: Callable[..., Terminal]) -> None:
    terminal = start()
    wait_for(lambda: helpers(terminal.process.pid), SOON)
    (helper,) = helpers(terminal.process.pid)
    terminal.press("q")
    assert terminal.ends(SOON) == 0
    wait_for(lambda: not Path(f"/proc/{helper}").exists(), SOON)
    assert restored(terminal)


def helpers(pid: int) -> list[int]:
    """Return the processes that wait beside the screens."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(each) for thread in threads for each in thread.read_text("utf-8").split()]


def wait_for(true: Callable[[], object], seconds: float) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("how", [[], ["controlling"], ["nohup"]], ids="-".join)
def test_what_was_typed_last_is_kept_when_it_hangs_up(
    start: Callable[..., Terminal], folder: Path, how: list[str]
) -> None:
    terminal = start(*how)
    terminal.press("4")
    terminal.says("Edit")
    terminal.press("e")
    terminal.says("saved")
    terminal.press(WORDS)
    terminal.says(WORDS)
    terminal.hang_up()
    assert terminal.ends(SOON) != 0
    draft = kept(folder)
    assert draft is not None
    assert WORDS in draft.text


@pytest.mark.parametrize("screen", SCREENS)
def test_a_crash_on_any_screen_gives_the_terminal_back(start: Callable[..., Terminal], screen: str) -> None:
    terminal = start("crashing")
    if screen != "1":
        since = len(terminal.output)
        terminal.press(screen)
        terminal.says("Leave", since=since)
    terminal.press(F12)
    assert terminal.ends(SOON) == 1
    assert "nobody expects this" in terminal.words
    assert restored(terminal)


def test_a_crash_above_a_form_keeps_what_was_entered(start: Callable[..., Terminal], folder: Path) -> None:
    terminal = start("crashing")
    terminal.press("N")
    terminal.says("Title")
    terminal.press(WORDS)
    terminal.says("loi-cuoi-cung")
    terminal.press(F12)
    assert terminal.ends(SOON) == 1
    assert restored(terminal)
    assert form(folder)["title"] == WORDS


def unread(terminal: Terminal) -> int:
    """Return how many bytes wait to be read."""
    found = array.array("i", [0])
    fcntl.ioctl(terminal.master, termios.FIONREAD, found)
    return found[0]


def test_a_terminal_that_does_not_read_does_not_keep_it_alive(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.turn_deaf()
    while unread(terminal) < FULL:
        terminal.press("3")
        terminal.press("1")
        time.sleep(0.02)
    terminal.hang_up()
    assert terminal.ends(SOON) != 0
