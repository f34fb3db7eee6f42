"""What plugins print: it goes to the log of an engine at work, and never into what ``--json`` writes."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

LONGEST = 1000
_PLUGINS = "loa_plugins."
_BETWEEN = ("click",)
"""What stands between a plugin and the stream that it prints to, beside the standard library."""
_OURS = ("scheduler", "__main__")


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _logged(line: str) -> None:
    import logging  # here, since help need not wait for it

    logging.getLogger("loa.plugin").info(_("printed: %s"), line)


class Printing:
    """Stands for standard output or error. Loa itself writes from its main thread, plugins are called in others.

    What has no end of line yet waits for it, each thread's own apart. ``tell`` is what is done with a line that is not
    Loa's ``own``.
    """

    def __init__(
        self, stream: IO[str], tell: Callable[[str], None] = _logged, own: Callable[[], bool] = _in_main_thread
    ) -> None:
        self._stream, self._tell, self._own = stream, tell, own
        self._begun = threading.local()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or tell whole lines."""
        if self._own() or getattr(self._begun, "telling", False):  # the log's own trouble is not for the log
            return self._stream.write(text)
        *lines, rest = (getattr(self._begun, "text", "") + text).split("\n")
        if len(rest) > LONGEST:
            lines, rest = [*lines, rest], ""
        self._begun.text = rest
        self._begun.telling = True
        try:
            for line in filter(str.strip, lines):
                self._tell(line[:LONGEST])
        finally:
            self._begun.telling = False
        return len(text)


class Held:
    """Standard output while it is kept for the JSON of one command: all else that is printed goes to standard error.

    In a process of its own that holds for what is printed below Python too, and to its end, since threads of plugins
    may outlive the command. ``mask`` takes secrets out of a line.
    """

    now: Held | None = None

    def __init__(self, mask: Callable[[str], str]) -> None:
        self._mask, self._before, self._apart = mask, sys.stdout, 0
        self.whole = sys.stdout is sys.__stdout__ and sys.stdout is not None
        self.result: IO[str] = sys.stdout
        if self.whole:
            encoding, errors = sys.stdout.encoding, sys.stdout.errors
            self.result = open(os.dup(1), "w", encoding=encoding, errors=errors)  # noqa: PTH123, SIM115
        self._keep()

    def _keep(self) -> None:
        if self.whole and sys.__stdout__ is not None:
            sys.__stdout__.flush()
            os.dup2(2, 1)
        sys.stdout = Printing(sys.stderr, self._told, lambda: False)

    def lend(self) -> None:
        """Let a plugin's own command write its result, from the main thread; its name is Loa's by then."""
        if self.whole:
            os.dup2(self.result.fileno(), 1)
        sys.stdout = Printing(self.result, self._told, lambda: _in_main_thread() and not self._apart)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is printed in here is nobody's result, in whatever thread."""
        self._apart += 1
        try:
            yield
        finally:
            self._apart -= 1

    def release(self) -> None:
        """Give it back, where others of this process go on to use it; else keep it to its end, also if it was lent."""
        if self.whole:
            self._keep()
        else:
            sys.stdout = self._before

    def _told(self, line: str) -> None:
        whose = _whose()
        line = self._mask(line)
        print(_("plugin {name} printed: {line}").format(name=whose, line=line) if whose else line, file=sys.stderr)  # noqa: T201


def _whose() -> str:
    """Return the plugin that prints just now, or "" where it is Loa itself."""
    frame: FrameType | None = sys._getframe(3)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        root = name.partition(".")[0]
        if name.startswith(_PLUGINS):
            return name.split(".")[1]
        if root not in _BETWEEN and root not in sys.stdlib_module_names:
            return "" if root in _OURS else root
        frame = frame.f_back
    return ""


@contextmanager
def held(mask: Callable[[str], str], *, wanted: bool) -> Iterator[None]:
    """Keep standard output for the JSON of a command, where it writes any."""
    if not wanted:
        yield
        return
    Held.now = Held(mask)
    try:
        yield
    finally:
        Held.now.release()
        Held.now = None


def result() -> IO[str]:
    """Return the stream that a command's result is written to."""
    return Held.now.result if Held.now else sys.stdout


def lend() -> None:
    """Let a plugin's own command write its result."""
    if Held.now:
        Held.now.lend()


@contextmanager
def apart() -> Iterator[None]:
    """What plugins print in here is nobody's result."""
    if Held.now is None:
        yield
    else:
        with Held.now.apart():
            yield
