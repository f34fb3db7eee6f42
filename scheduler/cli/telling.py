"""What `loa run` logs: one line for each outcome, so that the system's own log tells what happened.

The line has the time in the campaign's zone, the key, the state and the reason; never a text, and no number of a
person.
"""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING

from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from scheduler.ground.text import _
from scheduler.store import journal

if TYPE_CHECKING:
    from types import TracebackType
    from zoneinfo import ZoneInfo

    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Entry

log = logging.getLogger("loa.outcome")
LEVELS = {
    State.SENT.value: logging.INFO,
    State.HANDED.value: logging.INFO,
    State.RETRYING.value: logging.INFO,
    State.MISSED.value: logging.INFO,
    State.FAILED.value: logging.WARNING,
    State.UNKNOWN.value: logging.WARNING,
}
EVERY = 1.0
"""Seconds between two looks into the journal."""
_NUMBER = re.compile(r"\+?\d(?:[ .-]?\d){7,}")


class Telling:
    """Logs what the journal gets, from when it is entered until it is left, in a thread of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loa-telling", daemon=True)

    def __enter__(self) -> Telling:
        self._seen = journal.mark(self._engine.store.read())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(10 * EVERY)

    def _run(self) -> None:
        ended = False
        while not ended:
            ended = self._ended.wait(EVERY)
            try:
                self.look()
            except LoaError as error:
                log.error(_("the journal could not be watched: %s"), error)

    def look(self) -> None:
        """Log what was written since the last look."""
        while entries := journal.after(self._engine.store.read(), self._seen):
            self._seen = entries[-1].id
            for entry in entries:
                level = LEVELS.get(entry.state)
                if level is not None and entry.delivery is not None and entry.event != "plan":
                    log.log(level, "%s", told(entry, self._engine.config.zone))


def told(entry: Entry, zone: ZoneInfo) -> str:
    """Return the line of one outcome."""
    why = f": {_NUMBER.sub('…', _(entry.reason))}" if entry.reason else ""
    return f"{entry.at.astimezone(zone):%d/%m/%Y %H:%M:%S} {entry.key} {_(entry.state)}{why}"
