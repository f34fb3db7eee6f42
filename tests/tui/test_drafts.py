"""Nothing that was typed is lost: real processes in a real terminal, killed and crashed in the middle of typing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.edits import drafts
from tests.tui import bursts
from tests.tui.test_terminal import SECONDS, SOON, Terminal, restored, start

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["start"]

POST = "hom-nay"
SENTENCE = "Đường về Ninh Thuận, bảo hiểm xã hội tự nguyện"


@pytest.fixture
def editor(start: Callable[..., Terminal]) -> Callable[..., Terminal]:
    """Open the first post to be written, at its body."""

    def make(*arguments: str) -> Terminal:
        terminal = start(*arguments)
        terminal.press("4")
        terminal.says("Edit")
        terminal.press("e")
        terminal.says("saved")
        return terminal

    return make


def kept(folder: Path, person: str = "giam-doc") -> drafts.Draft | None:
    """Return the draft that the person has."""
    var = folder / "var"
    names = drafts.names(var, person)
    return drafts.find(var, person, names[0]) if names else None


def until_kept(folder: Path, part: str) -> None:
    """Wait until the draft has ``part``."""
    end = time.monotonic() + SECONDS
    while (draft := kept(folder)) is None or part not in draft.text:
        assert time.monotonic() < end, f"{part!r} was never kept: {draft.text if draft else None}"
        time.sleep(0.01)


@pytest.mark.parametrize("method", ["telex", "vni"])
def test_bursts_arrive_through_a_real_terminal_as_they_were_typed(
    editor: Callable[..., Terminal], folder: Path, method: str
) -> None:
    terminal = editor()
    for word in SENTENCE.split(" "):
        for key in bursts.keys(word, method):
            terminal.press(bursts.raw(key))
        terminal.press(" ")
    until_kept(folder, SENTENCE)


def test_bursts_of_decomposed_letters_and_of_pastes_arrive_too(editor: Callable[..., Terminal], folder: Path) -> None:
    terminal = editor()
    terminal.press(bursts.raw(bursts.decomposed(bursts.sent("bảo hiểm", "telex"))) + " ")
    for key in bursts.keys("Thuận", "telex"):
        terminal.press(bursts.pasted(key))
    until_kept(folder, "bảo hiểm Thuận")


def test_all_of_it_in_one_piece(editor: Callable[..., Terminal], folder: Path) -> None:
    terminal = editor()
    terminal.press(bursts.raw(bursts.sent(SENTENCE, "vni")))
    until_kept(folder, SENTENCE)


def test_killed_in_the_middle_of_typing_at_most_a_second_is_lost_and_the_rest_is_offered(
    editor: Callable[..., Terminal], folder: Path
) -> None:
    terminal = editor()
    typed = ""
    told: list[tuple[float, str]] = []
    for number in range(30):
        for key in [*bursts.keys("lời", "telex"), *str(number), " "]:
            terminal.press(bursts.raw(key))
            time.sleep(0.03)
        typed += f"lời{number} "
        told.append((time.monotonic(), typed))
    os.kill(terminal.process.pid, signal.SIGKILL)
    killed = time.monotonic()
    terminal.ends(SOON)
    draft = kept(folder)
    assert draft is not None
    due = max((text for at, text in told if at < killed - 1.0), key=len)
    assert due in draft.text
    again = Terminal(str(folder))
    try:
        again.says("Chiến dịch nhỏ")
        again.press("4")
        again.says("Edit")
        again.press("e")
        again.says("There is a draft")
        again.press("\r")
        again.says("● not saved")
        again.press("\x1bOQ")
        again.says("Saved: ")
        assert kept(folder) is None
    finally:
        again.close()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_when_the_terminal_goes_all_of_it_is_kept(
    editor: Callable[..., Terminal], folder: Path, number: signal.Signals
) -> None:
    terminal = editor()
    terminal.press("Lời cuối cùng.")
    terminal.says("Lời cuối cùng.")
    terminal.process.send_signal(number)
    assert terminal.ends(SOON) != 0
    draft = kept(folder)
    assert draft is not None
    assert "Lời cuối cùng." in draft.text


def test_on_a_crash_all_of_it_is_kept_and_the_terminal_restored(editor: Callable[..., Terminal], folder: Path) -> None:
    terminal = editor("crashing")
    terminal.press("Lời cuối cùng.")
    terminal.says("Lời cuối cùng.")
    terminal.press("\x1b[24~")
    assert terminal.ends(SOON) == 1
    assert "nobody expects this" in terminal.words
    assert restored(terminal)
    draft = kept(folder)
    assert draft is not None
    assert "Lời cuối cùng." in draft.text
