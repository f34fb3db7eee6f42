"""One engine per folder: an operating-system lock, which a dead process cannot keep."""

from __future__ import annotations

import fcntl
import os
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.ground.clock import SystemClock
from scheduler.ground.errors import EngineRunning
from scheduler.ground.text import _

if TYPE_CHECKING:
    from pathlib import Path

NAME = "engine.lock"
LOOKS = 10
PAUSE = timedelta(seconds=0.02)


class EngineLock:
    """The lock of one folder, held until `release` or the end of the process."""

    def __init__(self, var: Path, name: str = NAME) -> None:
        """Take the lock, a file of that name. Raises `EngineRunning` where another process has it."""
        var.mkdir(parents=True, exist_ok=True)
        self._file = os.open(var / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for _look in range(LOOKS):  # who only asks `running` has it for a moment
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                SystemClock().sleep(PAUSE)
            else:
                return
        os.close(self._file)
        raise EngineRunning(_("another engine is at work in this folder ('loa doctor' says which)"))

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._file)


def running(var: Path) -> bool:
    """Return whether an engine is at work in this folder."""
    try:
        file = os.open(var / NAME, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
