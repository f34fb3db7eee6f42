"""What ends the program when its terminal has gone.

Textual reads a terminal that hung up as an endless row of empty reads, and a screen whose writer has died blocks for
ever on its queue. So a thread of our own watches the terminal: it asks the app to leave, keeps that queue empty, and
ends the process where that has not worked within `GRACE` seconds. The database loses nothing by it: every write is one
durable transaction. Where the process is killed outright, `caretaker` gives the terminal back.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from queue import Empty
from typing import TYPE_CHECKING

from scheduler.tui.caretaker import Caretaker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any

    from textual.app import App

GRACE = 2.0
LOOK_EVERY = 0.5
STEP = 0.05
HUNG_UP = 128 + signal.SIGHUP


class Lifeline:
    """Watches one terminal for one app."""

    def __init__(self, app: App[Any], terminal: int) -> None:
        self._app = app
        self._terminal = terminal
        self._gone = threading.Event()
        self._over = threading.Event()
        self._caretaker = Caretaker(terminal)
        self._thread = threading.Thread(target=self._watch, name="loa-lifeline", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def cut(self, *_: int | FrameType | None) -> None:
        """Say that the terminal is gone, or that the process must end; a signal handler too."""
        self._gone.set()

    def over(self) -> None:
        """The app has ended by itself."""
        self._over.set()
        self._thread.join()
        self._caretaker.dismiss()

    def _watch(self) -> None:
        begun = False
        while not self._over.is_set() and not self._gone.wait(LOOK_EVERY):
            if not begun:
                self._caretaker.begin()  # only now, so that it delays no start
                begun = True
            if hung_up(self._terminal):
                self._gone.set()
        if self._over.is_set():
            return
        self._app.call_later(self._app.exit, return_code=HUNG_UP)
        for _turn in range(round(GRACE / STEP)):
            if self._over.wait(STEP):
                return
            forget_unwritten(self._app)
        os._exit(HUNG_UP)


def forget_unwritten(app: App[Any]) -> None:
    """Throw away what waits for a writer that has died with its terminal, so that nobody waits to add to it."""
    writer = getattr(app._driver, "_writer_thread", None)
    if writer is not None and not writer.is_alive():
        with suppress(Empty):
            while True:
                writer._queue.get_nowait()


def hung_up(terminal: int) -> bool:
    """Return whether the other side of a terminal is gone."""
    poll = select.poll()
    poll.register(terminal, select.POLLHUP)
    return any(event & (select.POLLHUP | select.POLLNVAL | select.POLLERR) for _, event in poll.poll(0))


@contextmanager
def lifeline(app: App[Any]) -> Iterator[None]:
    """End ``app`` within seconds of SIGHUP, SIGTERM, or the terminal's going."""
    line = Lifeline(app, sys.__stdin__.fileno() if sys.__stdin__ else 0)
    before = {number: signal.signal(number, line.cut) for number in (signal.SIGHUP, signal.SIGTERM)}
    line.start()
    try:
        yield
    finally:
        line.over()
        for number, handler in before.items():
            signal.signal(number, handler)
