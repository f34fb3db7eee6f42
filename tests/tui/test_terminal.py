"""The screens in a real terminal, in a process of their own: keys as bytes, and a terminal that goes away."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import Engine
from scheduler.engine.rehearsing.rehearsal import COPY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAM = Path(__file__).with_name("at_terminal.py")
ROOT = Path(__file__).parents[2]
SECONDS = 30.0
SOON = 6.0
_ESCAPES = re.compile(rb"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]|\x1b[()][A-Z0-9]")


class Terminal:
    """A pseudo-terminal of 100×30 with the program in it."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.output = bytearray()
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), *arguments],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **environment},
            start_new_session=True,
        )
        self._deaf = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while not self._deaf.is_set():
            if select.select([self.master], [], [], 0.05)[0]:
                self.output += os.read(self.master, 65536)

    @property
    def words(self) -> str:
        """All that was ever written, without what moves the cursor or colours."""
        return _ESCAPES.sub(b"", bytes(self.output)).decode(errors="replace")

    def says(self, part: str, *, since: int = 0) -> None:
        """Wait until ``part`` has been written."""
        until(lambda: part in _ESCAPES.sub(b"", bytes(self.output[since:])).decode(errors="replace"), part, self)

    def press(self, keys: str) -> None:
        """Send keys as bytes."""
        os.write(self.master, keys.encode())

    def turn_deaf(self) -> None:
        """Read no more of what it writes."""
        self._deaf.set()
        self._reader.join()  # a read that is under way would hold the terminal open

    def hang_up(self) -> None:
        """Let the terminal go, as a closed window does."""
        self.turn_deaf()
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def ends(self, within: float = SECONDS) -> int:
        """Return the exit code, which must come in time."""
        return self.process.wait(within)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._deaf.set()
        self._reader.join()
        for number in (self.slave, self.master):
            if number >= 0:
                os.close(number)


def until(true: Callable[[], bool], what: str, terminal: Terminal) -> None:
    """Wait until something holds."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, f"{what!r} never came: {terminal.words[-2000:]}"
        assert terminal.process.poll() is None or true(), f"it ended before {what!r}: {terminal.words[-3000:]}"
        time.sleep(0.02)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Terminal]]:
    """Start the screens, and wait for the first of them."""
    started: list[Terminal] = []

    def make(*arguments: str, **environment: str) -> Terminal:
        terminal = Terminal(str(folder), *arguments, **environment)
        started.append(terminal)
        terminal.says("Needs me")
        return terminal

    yield make
    for terminal in started:
        terminal.close()


def restored(terminal: Terminal) -> bool:
    """Whether the terminal is as it was: its modes, the cursor, the first screen, the mouse."""
    shown = bytes(terminal.output)
    last = {code: shown.rfind(f"\x1b[?{code}".encode()) for code in ("1049l", "1049h", "25h", "25l", "1000l", "1000h")}
    return (
        termios.tcgetattr(terminal.slave) == terminal.before
        and last["1049l"] > last["1049h"]
        and last["25h"] > last["25l"]
        and last["1000l"] > last["1000h"]
    )


def test_leaving_gives_the_terminal_back(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.press("q")
    assert terminal.ends() == 0
    assert restored(terminal)


def test_ctrl_s_stops_everything_and_is_no_flow_control(start: Callable[..., Terminal], folder: Path) -> None:
    terminal = start()
    terminal.press("\x13")
    terminal.says("Why (may be empty)")
    terminal.says("EVERYTHING IS STOPPED")
    terminal.press("sai\r")
    terminal.says(": sai")
    terminal.press("q")
    assert terminal.ends() == 0
    with Engine.open(folder, var=folder / "var", rehearsal=True) as engine:
        assert engine.look.status().stop_reason == "sai"


@pytest.mark.parametrize("how", [[], ["controlling"], ["nohup"], ["controlling", "nohup"]], ids="-".join)
def test_when_the_terminal_goes_it_ends_within_seconds(start: Callable[..., Terminal], how: list[str]) -> None:
    terminal = start(*how)
    terminal.hang_up()
    assert terminal.ends(SOON) != 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_it_and_gives_the_terminal_back(start: Callable[..., Terminal], number: signal.Signals) -> None:
    terminal = start()
    terminal.process.send_signal(number)
    assert terminal.ends(SOON) != 0
    assert restored(terminal)


def test_a_question_on_the_screen_does_not_keep_it_alive(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.press("\x13")
    terminal.says("Why (may be empty)")
    terminal.hang_up()
    assert terminal.ends(SOON) != 0


def test_a_crash_gives_the_terminal_back_and_shows_where(start: Callable[..., Terminal]) -> None:
    terminal = start("broken")
    assert terminal.ends() == 1
    assert restored(terminal)
    assert "nobody expects this" in terminal.words


def test_the_editor_gets_the_terminal_and_gives_it_back(
    start: Callable[..., Terminal], tmp_path: Path, folder: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "editing $1"\nread line\necho "$line" >>"$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    terminal = start(VISUAL=str(editor))
    terminal.press("4")
    terminal.says("Edit")
    terminal.press("\x05")
    terminal.says("editing ")
    since = len(terminal.output)
    terminal.press("Thêm một câu.\n")
    terminal.says("waits for approval", since=since)
    terminal.press("q")
    assert terminal.ends() == 0
    assert restored(terminal)
    texts = [path.read_text(encoding="utf-8") for path in (folder / "var" / COPY / "content" / "posts").iterdir()]
    assert sum(text.endswith("Thêm một câu.\n") for text in texts) == 1
