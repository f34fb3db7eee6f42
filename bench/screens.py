"""(e) The screens in a real terminal, with 100,000 deliveries: the first paint, opening the queue, keys, memory.

Every process sits in a pseudo-terminal of 120×40. Times are from the start of the process, or from the moment in which
a key is written, to the first bytes that draw what is waited for. An empty Textual app, started in turns with Loa, is
the reference of the first paint. Bytecode is kept, as where a program is installed.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure
from bench.folder import make

if TYPE_CHECKING:
    from types import TracebackType

TARGETS, POSTS, DAYS = 100, 10, 100
"""Their product is the number of deliveries."""
ROUNDS, SHORT = 5, 3
"""How often each is measured; what is over in a moment `SHORT` times as often."""
PAINT, OPEN, MEDIAN, HIGH, MEMORY = 2.5, 150.0, 50.0, 100.0, 200.0
"""What we aim for: times an empty app's paint, ms, ms, ms, MB of 1,000,000 bytes."""

_EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("here it is")

Empty().run()
"""
_SYNC = """
import sys
from pathlib import Path
from scheduler.engine.engine import Engine

with Engine.open(Path(sys.argv[1])) as engine:
    engine.act.arm()
"""
_LOA = "from scheduler.cli import main; main()"
_ESCAPES = re.compile(rb"\x1b\[[0-9;:?<>=$]*[ -/]*[@-~]|\x1b[()][A-Z0-9]")
_TITLE = "post named p0"
PATIENCE = 60.0
CALM = 1.0
"""How often the usual time nothing must have been drawn before a terminal counts as quiet."""
TYPED = "post named p0 t00 t01 2021 xin chao"
"""What is typed into the filter, and into the text of a post."""


class Terminal:
    """A process in a pseudo-terminal, and what it has drawn."""

    def __init__(self, *command: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LOA_LANG": "en"}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.drawn = bytearray()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)

    def until(self, part: str, since: int = 0) -> float:
        """Return the moment in which ``part`` had been drawn after ``since``."""
        wanted = part.encode()
        end = time.perf_counter() + PATIENCE
        while wanted not in _ESCAPES.sub(b"", bytes(self.drawn[since:])):
            if not self._read(0.5) and time.perf_counter() > end:
                raise TimeoutError(f"{part!r} never came: {bytes(self.drawn[-2000:])!r}")
        return time.perf_counter()

    def quiet(self, seconds: float = 0.4) -> None:
        """Wait until nothing has been drawn for a while; a countdown draws each second, so not for ever."""
        end = time.perf_counter() + 3 * seconds * CALM
        while time.perf_counter() < end and self._read(seconds * CALM):
            pass

    def key(self, letters: str) -> float:
        """Write a key and return when the first bytes of an answer came."""
        os.write(self.master, letters.encode())
        if not self._read(PATIENCE):
            raise TimeoutError(f"no answer to {letters!r}")
        return time.perf_counter()

    def memory(self) -> float:
        """Return the peak resident size, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1_000_000

    def _read(self, seconds: float) -> bool:
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        self.drawn += os.read(self.master, 65536)
        return True


def measure(
    targets: int = TARGETS, posts: int = POSTS, days: int = DAYS, rounds: int = ROUNDS, only: str = ""
) -> list[Figure]:
    """Return the figures, each held against what we aim for; those of one of `PARTS`, or of all."""
    with tempfile.TemporaryDirectory() as place:
        folder = _planned(Path(place) / "campaign", targets, posts, days)
        loa = (sys.executable, "-c", _LOA, "-C", str(folder))
        parts = [PARTS[only]] if only else PARTS.values()
        return [figure for part in parts for figure in part(loa, rounds)]


def _key_figures(name: str, took: Sequence[float]) -> list[Figure]:
    median = statistics.median(took)
    high = statistics.quantiles(took, n=20)[-1]
    return [
        Figure(f"{name}, median", median, "ms", f"aim: under {MEDIAN:g}", median < MEDIAN),
        Figure(f"{name}, 95 of 100", high, "ms", f"aim: under {HIGH:g}", high < HIGH),
    ]


def _planned(folder: Path, targets: int, posts: int, days: int) -> Path:
    start = date.today() + timedelta(days=1)  # noqa: DTZ011 - any day ahead will do
    rule = f'at: {start:%Y-%m-%d} 10:00\nrepeat: "FREQ=DAILY;COUNT={days}"'
    make(folder, "again", targets, {f"p{number}": rule for number in range(posts)})
    subprocess.run([sys.executable, "-c", _SYNC, str(folder)], check=True)
    return folder


def _paint(loa: Sequence[str], rounds: int) -> list[Figure]:
    """Take the first paint of an empty app and of Loa in turns, after one of each that is not counted."""
    empty, ours = [], []
    for _ in range(SHORT * rounds + 1):
        with Terminal(sys.executable, "-c", _EMPTY) as terminal:
            empty.append(_ms(terminal.until("here it is") - terminal.began))
        with _first_time(loa) as terminal:
            ours.append(_ms(terminal.until(_TITLE) - terminal.began))
    least, paint = statistics.median(empty[1:]), statistics.median(ours[1:])
    ratio = paint / least
    return [
        Figure("an empty Textual app, first paint", least, "ms"),
        Figure("loa, first paint with rows", paint, "ms"),
        Figure("  in first paints of the empty app", ratio, "times", f"aim: under {PAINT}", ratio < PAINT),
    ]


def _first_time(loa: Sequence[str]) -> Terminal:
    """Start the screens as a person does who has never seen them: what they remember is taken away."""
    (Path(loa[-1]) / "var" / "screen.json").unlink(missing_ok=True)
    return Terminal(*loa)


def _queue(loa: Sequence[str], rounds: int) -> list[Figure]:
    first, again = [], []
    for _ in range(rounds):
        with _first_time(loa) as terminal:
            terminal.until(_TITLE)
            terminal.quiet(1.0)
            first.append(_open_queue(terminal))
            terminal.quiet()
            terminal.key("1")
            terminal.quiet()
            again.append(_open_queue(terminal))
    return [
        Figure(f"the queue, opened {when}", took, "ms", f"aim: under {OPEN:g}", took < OPEN)
        for when, took in (("for the first time", statistics.median(first)), ("again", statistics.median(again)))
    ]


def _open_queue(terminal: Terminal) -> float:
    since, began = len(terminal.drawn), time.perf_counter()
    os.write(terminal.master, b"3")
    terminal.until(_TITLE, since)
    return _ms(time.perf_counter() - began)


def _keys(loa: Sequence[str], rounds: int) -> list[Figure]:
    ways = {"a key in the filter": _into_filter, "a key in the editor, previews beside it": _into_text}
    return [figure for name, into in ways.items() for figure in _key_figures(name, _typed(loa, into))]


def _typed(loa: Sequence[str], into: Callable[[Terminal], None]) -> list[float]:
    with _first_time(loa) as terminal:
        terminal.until(_TITLE)
        terminal.quiet()
        into(terminal)
        terminal.quiet(1.0)
        took = []
        for letter in TYPED * 3:
            began = time.perf_counter()
            took.append(_ms(terminal.key(letter) - began))
            terminal.quiet(0.15)
        return took


def _into_filter(terminal: Terminal) -> None:
    terminal.key("3")
    terminal.quiet()
    terminal.key("/")


def _into_text(terminal: Terminal) -> None:
    terminal.key("4")
    terminal.quiet()
    terminal.key("e")


def _memory(loa: Sequence[str], rounds: int) -> list[Figure]:
    with _first_time(loa) as terminal:
        terminal.until(_TITLE)
        terminal.quiet()
        for screen in "234567891":
            terminal.key(screen)
            terminal.quiet(1.0)
        most = terminal.memory()
    return [Figure("memory after every screen, peak", most, "MB", f"aim: under {MEMORY:g}", most < MEMORY)]


PARTS: dict[str, Callable[[Sequence[str], int], list[Figure]]] = {
    "paint": _paint,
    "queue": _queue,
    "keys": _keys,
    "memory": _memory,
}
"""What can be measured by itself: ``python -m bench screens.paint``."""


def _ms(seconds: float) -> float:
    return seconds * 1000
