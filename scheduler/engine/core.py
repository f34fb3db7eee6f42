"""What every part of one running engine shares."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.engine.arming import Arming
from scheduler.engine.clockwatch import ClockWatch
from scheduler.engine.people import name_of
from scheduler.engine.redaction import Redactor
from scheduler.ground.errors import NotAllowed, StoreError
from scheduler.ground.text import _
from scheduler.store import settings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.clock import Clock
    from scheduler.ground.delivery import Key
    from scheduler.ground.problem import Problem
    from scheduler.store.store import Store

ENGINE = "engine"
"""The actor of what the engine does by itself."""

FRESH = 0.05
"""Seconds for which what was found of stops and pauses counts within a batch, in place of one look per call."""


@dataclass
class Core:
    """The store, the clock, the current snapshot, and what may stop everything.

    ``epoch`` is set once this process has become the folder's engine. ``unwritten`` counts outcomes that wait to be
    written: while there is one, nothing new is claimed. ``found`` hears what each rendering was warned of.
    """

    folder: Path
    var: Path
    store: Store
    clock: Clock
    snapshot: Snapshot
    rehearsal: bool = False
    epoch: int = 0
    redactor: Redactor = field(default_factory=Redactor)
    stopping: threading.Event = field(default_factory=threading.Event)
    unwritten: int = 0
    wake: Callable[[], object] = lambda: None
    replan: Callable[[], None] = lambda: None
    found: Callable[[Key, Sequence[Problem]], None] = lambda key, problems: None

    def __post_init__(self) -> None:
        self._counting = threading.Lock()
        self._found: dict[str, tuple[float, str]] = {}
        self.arming = Arming(self.store, self.var)
        engine = settings.last_engine(self.store.read())
        self.clockwatch = ClockWatch(self.clock, engine.heartbeat_at if engine else None)
        self._armed_at = settings.armed_at(self.store.read())

    def why_not(self) -> str:
        """Return why nothing may go out now, or "" where it may."""
        return self._own_trouble() or self._objection()

    def _own_trouble(self) -> str:
        if self.stopping.is_set():
            return _("the engine is stopping")
        return _("an outcome could not be written yet") if self.unwritten else ""

    def _objection(self) -> str:
        return self.clock_trouble() or self.arming.why_not() or self._stopped(self.store.read())

    def clock_trouble(self) -> str:
        """Return what is wrong with the clock, or "" where it can be trusted.

        Who arms the folder, in whatever process, has looked at the time.
        """
        armed_at = settings.armed_at(self.store.read())
        if armed_at != self._armed_at:
            self._armed_at = armed_at
            self.clockwatch.confirm()
        return self.clockwatch.trouble()

    def check_files(self) -> None:
        """Raise `NotAllowed` where acts must not write to the folder's files: a rehearsal on the real ones."""
        if self.rehearsal and not self.folder.is_relative_to(self.var.resolve()):
            raise NotAllowed(_("a rehearsal does not write to the campaign's own files"))

    def count_unwritten(self, change: int) -> None:
        """Count an outcome that waits to be written (1), or one that has been (-1); the last one lets all go on."""
        with self._counting:
            self.unwritten += change
            over = not self.unwritten
        if over:
            self.wake()

    def guard(self, connection: sqlite3.Connection, channel: str) -> None:
        """Check once more, inside an intent's transaction, that this engine may send on this channel.

        Raises `StaleEpoch` or `NotAllowed`; the transaction then rolls back.
        """
        settings.check_epoch(connection, self.epoch)
        why = self._own_trouble() or self._against(connection, channel)
        if why:
            raise NotAllowed(why)

    def hindrance(self, channel: str) -> str:
        """Return why the rest of a batch must not be called, or "", as of at most `FRESH` seconds ago. Never raises.

        An outcome that cannot be written yet keeps new work from being claimed, not what has its intent.
        """
        if self.stopping.is_set():
            return _("the engine is stopping")
        until, why = self._found.get(channel, (0.0, ""))
        if time.monotonic() < until:
            return why
        try:
            return self._against(self.store.read(), channel)
        except StoreError as error:
            return str(error)

    def _against(self, connection: sqlite3.Connection, channel: str) -> str:
        why = self._objection()
        if not why and settings.paused(connection, channel):
            why = _("the channel {channel} is paused").format(channel=channel)
        if not why and channel not in self.snapshot.registry.channels:
            why = _("the channel {channel} does not work now").format(channel=channel)
        self._found[channel] = (time.monotonic() + FRESH, why)
        return why

    def _stopped(self, connection: sqlite3.Connection) -> str:
        stop = settings.stopped(connection)
        return _("stopped by {by}").format(by=name_of(self.snapshot.campaign.plan, stop.by)) if stop else ""
