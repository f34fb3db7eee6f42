"""Reading the journal after the commit, at least once, and telling people what they must know."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.engine import alerts
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from scheduler.ground.text import N_, _
from scheduler.store import journal

if TYPE_CHECKING:
    from scheduler.engine.core import Core
    from scheduler.ground.delivery import Entry

log = logging.getLogger("loa.alert")
NAME = "alerts"
LOOK_EVERY = timedelta(seconds=30)
LONGEST = timedelta(minutes=30)
UNWELL = N_("unwell")
ALARMING = frozenset({State.FAILED.value, State.UNKNOWN.value})
MOST_LINES = 20


class Alerts:
    """Watches the journal in a thread of its own, so that a slow webhook holds nothing up."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._condition = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="loa-alerts", daemon=True)
        self._ended = False
        self._failures = 0
        self._again = 0.0

    def start(self) -> None:
        """Begin to watch, from where the last engine's watch had come to."""
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        with self._condition:
            self._condition.notify()

    def stop(self) -> None:
        """Look once more, and end; one that was never started has nothing to look for."""
        self._again = 0.0
        self._ended = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join(alerts.SECONDS)

    def _run(self) -> None:
        while True:
            ended = self._ended
            try:
                self.look()
            except LoaError as error:
                log.error(_("the journal could not be watched: %s"), error)
            except Exception:
                log.exception(_("the journal could not be watched"))
            if ended:
                return
            with self._condition:
                if not self._ended:
                    self._core.clock.wait(self._condition, self._core.clock.now() + LOOK_EVERY)

    def look(self) -> int:
        """Tell people of what has gone wrong since the last look; return of how many things.

        What nobody could be told of is told again later, each time after twice as long.
        """
        if self._core.clock.elapsed() < self._again:
            return 0
        connection = self._core.store.read()
        seen = journal.cursor(connection, NAME)
        if seen is None:
            seen = self._advance(journal.mark(connection) if not self._core.rehearsal else 0)
        told = 0
        while entries := journal.after(connection, seen):
            alarming = [entry for entry in entries if alarms(entry)]
            if alarming and alerts.configured(self._core.snapshot.config):
                if not alerts.tell(self._core.snapshot.config, _words(alarming), self._core.folder):
                    self._back_off()
                    return told
                self._failures = 0
                told += len(alarming)
            seen = self._advance(entries[-1].id)
        return told

    def _back_off(self) -> None:
        pause = min(LONGEST, LOOK_EVERY * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._again = self._core.clock.elapsed() + pause.total_seconds()
        log.error(_("nobody could be told; again in %d seconds"), pause.total_seconds())

    def _advance(self, entry: int) -> int:
        with self._core.store.write() as connection:
            journal.advance(connection, NAME, entry)
        return entry


_BY_ITSELF = frozenset({"engine", "planner"})


def alarms(entry: Entry) -> bool:
    """Return whether somebody outside must hear of it: a delivery went wrong by itself, a channel is unwell."""
    return entry.actor in _BY_ITSELF and (entry.state in ALARMING or entry.event == UNWELL)


def _words(entries: list[Entry]) -> str:
    lines = [f"{_(entry.state or entry.event)}: {entry.key} ({_(entry.reason)})" for entry in entries[:MOST_LINES]]
    if len(entries) > MOST_LINES:
        lines.append(_("… and {number} more").format(number=len(entries) - MOST_LINES))
    return "\n".join(lines)
