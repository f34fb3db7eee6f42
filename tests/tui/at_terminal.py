"""What the terminal tests start in a process of its own: the screens on a campaign folder that stands ready.

``python at_terminal.py FOLDER [broken] [crashing] [stuck] [controlling] [nohup]``: the second reading raises what
nobody expects; F12 does; stopping does not end; the terminal is the session's own, so that its end is told by a signal;
that signal was ignored by who started it.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scheduler.tui.app import LoaApp, run
from tests.tui.campaign import reopen

if TYPE_CHECKING:
    from textual.events import Key

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.status import ChannelStatus


def break_after_one(engine: Engine) -> None:
    """Let every reading but the first fail."""
    read = engine.look.channels

    def fail() -> NoReturn:
        raise RuntimeError("nobody expects this")

    def once() -> list[ChannelStatus]:
        engine.look.channels = fail  # type: ignore[method-assign]
        return read()

    engine.look.channels = once  # type: ignore[method-assign]


def never_end(engine: Engine) -> None:
    """Let a stop begin and not end."""

    def stop(_why: str = "") -> NoReturn:
        os.write(1, b"stuck now")
        while True:
            time.sleep(60)

    engine.act.stop = stop  # type: ignore[assignment,method-assign]


def crash(app: LoaApp, event: Key) -> None:
    """Raise what nobody expects when F12 is pressed."""
    if event.key == "f12":
        raise RuntimeError("nobody expects this")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    if "controlling" in sys.argv[2:]:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if "nohup" in sys.argv[2:]:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with reopen(folder, folder / "var") as engine:
        if "broken" in sys.argv[2:]:
            break_after_one(engine)
        if "stuck" in sys.argv[2:]:
            never_end(engine)
        if "crashing" in sys.argv[2:]:
            LoaApp.on_key = crash  # type: ignore[attr-defined]
        run(engine)
