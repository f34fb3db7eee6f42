"""Waking a running engine from another process, by a named pipe in ``var/``.

A pipe, unlike a socket, has no limit on the length of its path, and opening it for writing fails at once where nobody
listens.
"""

from __future__ import annotations

import os
import select
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = "wake"


class Bell:
    """The engine's end: it waits here, and whoever rings ends the wait."""

    def __init__(self, var: Path) -> None:
        self._path = var / NAME
        if self._path.exists() and not stat.S_ISFIFO(self._path.stat().st_mode):
            self._path.unlink()
        if not self._path.exists():
            os.mkfifo(self._path, 0o600)
        self._pipe = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def wait(self, seconds: float) -> bool:
        """Wait for at most ``seconds``; return whether somebody rang."""
        ready, _, _ = select.select([self._pipe], [], [], max(0.0, seconds))
        if ready:
            os.read(self._pipe, 4096)
        return bool(ready)

    def ring(self) -> None:
        """Ring from within the engine's own process; safe in a signal handler. A closed bell stays silent."""
        if self._pipe < 0:
            return
        try:
            os.write(self._pipe, b".")
        except BlockingIOError:
            return  # the pipe is full of rings already

    def close(self) -> None:
        """Stop listening."""
        pipe, self._pipe = self._pipe, -1
        os.close(pipe)


def ring(var: Path) -> bool:
    """Wake the engine of this folder; return whether one listens."""
    try:
        pipe = os.open(var / NAME, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.write(pipe, b".")
    except OSError:
        return False
    finally:
        os.close(pipe)
    return True
