"""What plugins print while the engine is at work: it goes to the log, where their secrets are masked."""

from __future__ import annotations

import logging
import threading
from typing import IO, Any

from scheduler.ground.text import _

log = logging.getLogger("loa.plugin")
LONGEST = 1000


class Printing:
    """Stands for standard output or error. Loa itself writes from its main thread, plugins are called in others.

    What has no end of line yet waits for it, each thread's own apart.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._begun = threading.local()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or log whole lines."""
        own = threading.current_thread() is threading.main_thread()
        if own or getattr(self._begun, "telling", False):  # the log's own trouble is not for the log
            return self._stream.write(text)
        *lines, rest = (getattr(self._begun, "text", "") + text).split("\n")
        if len(rest) > LONGEST:
            lines, rest = [*lines, rest], ""
        self._begun.text = rest
        self._begun.telling = True
        try:
            for line in filter(str.strip, lines):
                log.info(_("printed: %s"), line[:LONGEST])
        finally:
            self._begun.telling = False
        return len(text)
