"""What keeps a draft of all that is typed, away from the screen's thread and never long behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scheduler.ground.errors import LoaError

if TYPE_CHECKING:
    from collections.abc import Callable

DELAY = 0.4
"""Seconds that a draft is behind what was typed, at most, but for the writing itself."""


class Keeper:
    """Writes the newest text each `DELAY` seconds while it changes, on a thread of its own.

    ``write`` puts a text on the disk, or throws the draft away for ``None``; ``trouble`` is told, on that thread, why
    it could not, and "" once it can again.
    """

    def __init__(self, write: Callable[[str | None], None], trouble: Callable[[str], None]) -> None:
        self._write = write
        self._trouble = trouble
        self._waiting: list[str | None] = []
        self._over = False
        self._troubled = False
        self._news = threading.Condition()
        self._writing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="loa-draft", daemon=True)
        self._thread.start()

    def put(self, text: str | None) -> None:
        """Take a text that is to be kept, or ``None`` where there is nothing to keep any more; returns at once."""
        with self._news:
            self._waiting = [text]
            self._news.notify()

    def flush(self) -> None:
        """Write now what waits."""
        with self._writing:
            with self._news:
                waiting, self._waiting = self._waiting, []
            for text in waiting:
                self._keep(text)

    def close(self) -> None:
        """Write what waits, and end."""
        with self._news:
            self._over = True
            self._news.notify()
        self._ended.set()
        self.flush()

    def _work(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._over or bool(self._waiting))
                if self._over:
                    return
            self._ended.wait(DELAY)
            self.flush()

    def _keep(self, text: str | None) -> None:
        try:
            self._write(text)
        except LoaError as error:
            self._troubled = True
            self._trouble(str(error))
        else:
            if self._troubled:
                self._troubled = False
                self._trouble("")
