"""Gives the terminal back where the screens die without a word: killed, out of memory, by a fault in a library.

A small process beside them waits at a pipe that only they hold open. A word through it says that they have left by
themselves; where it ends without one, the terminal gets back its modes, its first screen, its cursor and a quiet mouse.
It is begun from this file alone, so that it loads nothing of Loa.
"""

import json
import os
import signal
import sys
import termios
from contextlib import suppress
from typing import Any

GIVEN_BACK = (
    "\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1016l\x1b[?1006l"
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"
)
_LEFT = b"left"


class Caretaker:
    """Keeps how a terminal is, as long as the screens have it."""

    def __init__(self, terminal: int) -> None:
        """Note how the terminal is now; nothing to keep where it is none."""
        self._terminal = terminal
        self._pipe = -1
        self._modes = termios.tcgetattr(terminal) if os.isatty(terminal) else None

    def begin(self) -> None:
        """Begin to wait, in a process of its own."""
        if self._modes is None:
            return
        import subprocess

        waiting, self._pipe = os.pipe()
        try:
            subprocess.Popen(
                [sys.executable, "-I", "-S", __file__, json.dumps(self._modes, default=_said)],
                stdin=waiting,
                stdout=self._terminal,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self.dismiss()
        finally:
            os.close(waiting)

    def dismiss(self) -> None:
        """Let it go: the screens have left by themselves."""
        if self._pipe >= 0:
            with suppress(OSError):
                os.write(self._pipe, _LEFT)
            os.close(self._pipe)
            self._pipe = -1


def _said(control: bytes) -> str:
    return control.decode("latin-1")


def wait(terminal: int, modes: list[Any]) -> None:
    """Wait for the end of the screens, and give the terminal back where they said nothing of it."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)
    if os.read(0, len(_LEFT)):
        return
    with suppress(OSError, termios.error):
        if not _taken(terminal):
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
        os.write(terminal, GIVEN_BACK.encode())


def _taken(terminal: int) -> bool:
    """Return whether a shell has the terminal again: it sets the modes itself."""
    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:
        return False


if __name__ == "__main__":
    kept = json.loads(sys.argv[1])
    kept[6] = [each.encode("latin-1") if isinstance(each, str) else each for each in kept[6]]
    wait(1, kept)
