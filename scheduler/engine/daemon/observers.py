"""Reading the journal after the commit, at least once: to tell people what they must know, and for plugins."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from scheduler.engine.daemon import alerts
from scheduler.engine.hosting import Hosted
from scheduler.ground.errors import LoaError, PluginError
from scheduler.ground.lifecycle import State
from scheduler.ground.text import N_, _
from scheduler.store import journal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.engine.core import Core
    from scheduler.ground.delivery import Entry

log = logging.getLogger("loa.alert")
NAME = "alerts"
LOOK_EVERY = timedelta(seconds=30)
LONGEST = timedelta(minutes=30)
LAST_SECONDS = 2.0
"""How long a plugin may go on taking note once the engine ends; the rest comes when it begins again."""
UNWELL = N_("unwell")
ALARMING = frozenset({State.FAILED.value, State.UNKNOWN.value})
MOST_LINES = 20


class Heard(NamedTuple):
    """What came of some lines: how many were taken, of how many something was told, and why not all were taken."""

    taken: int
    told: int
    why: str = ""


class Watch:
    """Somebody who reads the journal in a thread of their own, so that one who is slow holds nothing up.

    How far they have come is kept under ``name``: each line is heard at least once, in order.
    """

    def __init__(self, core: Core, name: str) -> None:
        self._core = core
        self._name = name
        self._condition = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"loa-{name}", daemon=True)
        self._ended = False
        self._failures = 0
        self._again = 0.0

    def hear(self, entries: Sequence[Entry]) -> Heard:
        """Take note of lines, from the first on."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to watch, from where the last engine's watch had come to."""
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        with self._condition:
            self._condition.notify()

    def end(self) -> None:
        """Ask it to look once more, and to end."""
        self._again = 0.0
        self._ended = True
        self.wake()

    def stop(self) -> None:
        """Have it end, and wait for that; one that was never started has nothing to look for."""
        self.end()
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
        """Hear what was written since the last look; return of how many things something was told.

        What could not be heard is heard again later, each time after twice as long.
        """
        if self._core.clock.elapsed() < self._again:
            return 0
        connection, told = self._core.store.read(), 0
        seen = journal.cursor(connection, self._name)
        if seen is None:
            seen = self._advance(journal.mark(connection) if not self._core.rehearsal else 0)
        while entries := journal.after(connection, seen):
            heard = self.hear(entries)
            told += heard.told
            if heard.taken:
                seen = self._advance(entries[heard.taken - 1].id)
            if heard.why:
                self._back_off(heard.why)
                return told
            self._failures = 0
        return told

    def _back_off(self, why: str) -> None:
        pause = min(LONGEST, LOOK_EVERY * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._again = self._core.clock.elapsed() + pause.total_seconds()
        log.error(_("%s; again in %d seconds"), self._core.redactor.text(why), pause.total_seconds())

    def _advance(self, entry: int) -> int:
        with self._core.store.write() as connection:
            journal.advance(connection, self._name, entry)
        return entry


class Alerts(Watch):
    """Tells people outside of what goes wrong."""

    def __init__(self, core: Core) -> None:
        super().__init__(core, NAME)

    def hear(self, entries: Sequence[Entry]) -> Heard:
        """Tell of what alarms, all in one."""
        alarming = [entry for entry in entries if alarms(entry)]
        config = self._core.snapshot.config
        if not alarming or not alerts.configured(config):
            return Heard(len(entries), 0)
        if not alerts.tell(config, _words(alarming), self._core.folder):
            return Heard(0, 0, _("nobody could be told"))
        return Heard(len(entries), len(alarming))


class Onlooker(Watch):
    """A plugin that observes the journal, asked line by line."""

    def __init__(self, core: Core, plugin: str) -> None:
        super().__init__(core, f"plugin:{plugin}")
        self.plugin = plugin

    def hear(self, entries: Sequence[Entry]) -> Heard:
        """Give the plugin each line; the one that it does not take comes again."""
        hooks, host, elapsed = self._core.snapshot.hooks, Hosted(self._core), self._core.clock.elapsed
        last = elapsed() + LAST_SECONDS
        for number, entry in enumerate(entries):
            if self._ended and elapsed() > last:
                return Heard(number, number, _("what is left is told when the engine begins again"))
            answer = next(hooks.ask("observe", plugin=self.plugin, entry=entry, host=host), None)
            if answer is None:  # switched off while it reads
                return Heard(number, number, str(PluginError(self.plugin, _("is not there any more"))))
            if answer.error:
                why = _("observe, of line {number}: {why}").format(number=entry.id, why=answer.error)
                return Heard(number, number, str(PluginError(self.plugin, why)))
        return Heard(len(entries), len(entries))


class Onlookers:
    """The plugins that observe, as they come and go. In a rehearsal there are none: nothing leaves it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._watching: dict[str, Onlooker] = {}

    def meet(self) -> None:
        """Begin with those that are new, and end with those that have gone."""
        wanted = [] if self._core.rehearsal else self._core.snapshot.hooks.names("observe")
        for name in [each for each in self._watching if each not in wanted]:
            self._watching.pop(name).end()
        for name in wanted:
            if name not in self._watching:
                self._watching[name] = Onlooker(self._core, name)
                self._watching[name].start()

    def wake(self) -> None:
        """Have all look now."""
        for each in list(self._watching.values()):
            each.wake()

    def stop(self) -> None:
        """Have all look once more, and end."""
        for each in self._watching.values():
            each.end()
        for each in self._watching.values():
            each.stop()

    def look(self) -> None:
        """Look once, in this thread, on behalf of all."""
        for name in [] if self._core.rehearsal else self._core.snapshot.hooks.names("observe"):
            Onlooker(self._core, name).look()


_BY_ITSELF = frozenset({"engine", "planner"})


def alarms(entry: Entry) -> bool:
    """Return whether somebody outside must hear of it: a delivery went wrong by itself, a channel is unwell."""
    return entry.actor in _BY_ITSELF and (entry.state in ALARMING or entry.event == UNWELL)


def _words(entries: list[Entry]) -> str:
    lines = [f"{_(entry.state or entry.event)}: {entry.key} ({_(entry.reason)})" for entry in entries[:MOST_LINES]]
    if len(entries) > MOST_LINES:
        lines.append(_("… and {number} more").format(number=len(entries) - MOST_LINES))
    return "\n".join(lines)
