"""A terminal as people have it: tmux with a window of its own, real keys, and what then stands on the screen."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tui import bursts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TMUX = shutil.which("tmux")
PATIENCE = 30.0
LEFT = ("NO_COLOR", "COLORFGBG", "COLORTERM", "COLUMNS", "LINES", "TMUX", "LOA_AS", "LOA_LANG")
"""What the surroundings of a test say of a terminal or a person, which must not reach the program."""


class Window:
    """One window of a tmux server of its own, in which a command runs."""

    def __init__(
        self, place: Path, command: Sequence[str], size: tuple[int, int] = (100, 30), **environment: str
    ) -> None:
        """Open it; ``place`` is a folder for the server's socket."""
        assert TMUX
        self._server = [TMUX, "-S", str(place / "tmux"), "-f", os.devnull]
        kept = {name: value for name, value in os.environ.items() if name not in LEFT}
        width, height = map(str, size)
        given = [word for name, value in environment.items() for word in ("-e", f"{name}={value}")]
        start = ["new-session", "-d", "-s", "loa", "-x", width, "-y", height, *given, *command]
        keep = [";", "set-option", "-g", "remain-on-exit", "on"]
        subprocess.run([*self._server, *start, *keep], check=True, env={**kept, "LC_ALL": "C.UTF-8"})

    def _ask(self, *words: str) -> str:
        return subprocess.run([*self._server, *words], capture_output=True, text=True, check=True).stdout

    @property
    def screen(self) -> str:
        """What stands on the screen, line by line."""
        return self._ask("capture-pane", "-p", "-t", "loa")

    @property
    def process(self) -> int:
        """The process that runs in it."""
        return int(self._ask("display-message", "-p", "-t", "loa", "#{pane_pid}"))

    @property
    def over(self) -> bool:
        """Whether the command has ended."""
        return self._ask("display-message", "-p", "-t", "loa", "#{pane_dead}").strip() == "1"

    async def keys(self, *names: str) -> None:
        """Press keys by their names, all at once."""
        self._ask("send-keys", "-t", "loa", *names)

    async def type(self, burst: str) -> None:
        """Send what an input method sends, in one piece."""
        raw = bursts.raw(burst).encode()
        self._ask("send-keys", "-t", "loa", "-H", *(f"{each:02x}" for each in raw))

    async def says(self, part: str) -> None:
        """Wait until the screen shows ``part``."""
        await self.until(lambda: part in self.screen or self.over, part)
        assert part in self.screen, f"it ended before {part!r}:\n{self.screen}"

    async def until(self, true: Callable[[], bool], what: str, within: float = PATIENCE) -> float:
        """Wait until something holds, and return how long it took."""
        began = time.monotonic()
        while not true():
            assert time.monotonic() - began < within, f"{what!r} never came:\n{self.screen}"
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self._ask("resize-window", "-t", "loa", "-x", str(width), "-y", str(height))

    async def gone(self, process: int, how: str, within: float) -> float:
        """Let the terminal go as ``how`` says, and return the seconds until a process of it has ended."""
        self._ask(how, *(["-t", "loa"] if how == "kill-pane" else []))
        began = time.monotonic()
        while alive(process):
            assert time.monotonic() - began < within, f"process {process} is still there after {how}"
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    def close(self) -> None:
        """Close it, as a person closes a terminal; nothing where that has been done."""
        subprocess.run([*self._server, "kill-server"], capture_output=True, check=False)


def alive(process: int) -> bool:
    """Whether a process still runs; one that only waits for its parent to hear of its end does not."""
    try:
        about = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return about.rpartition(")")[2].split()[0] != "Z"
