"""What happened, line by line: the journal of the database and the engine's own log, as one list by time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from enum import StrEnum
from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING

from scheduler.engine.looks import logfile
from scheduler.engine.people import name_of
from scheduler.ground.letters import bare, folded
from scheduler.ground.lifecycle import Event
from scheduler.ground.text import N_, _
from scheduler.store import journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.ground.model import Plan

MOST = 5_000
"""Lines that one reading returns at most; an earlier ``before`` shows those before them."""
_STEP = 500


class Level(StrEnum):
    """How much a line matters, least first."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


LEVELS = tuple(Level)

_HAPPENED: dict[str, tuple[Level, str]] = {
    "plan": (Level.DEBUG, N_("put into the plan")),
    Event.ADMIT: (Level.DEBUG, N_("cleared to go")),
    Event.HOLD: (Level.INFO, N_("kept back")),
    Event.CANCEL: (Level.INFO, N_("cancelled")),
    Event.EXPIRE: (Level.WARNING, N_("its time went by")),
    Event.DOUBT: (Level.WARNING, N_("in doubt: it may have gone out")),
    Event.INTEND: (Level.DEBUG, N_("sending begins")),
    Event.REFUSE: (Level.ERROR, N_("refused")),
    Event.SUCCEED: (Level.INFO, N_("sent")),
    Event.HAND: (Level.INFO, N_("handed over")),
    Event.FAIL: (Level.WARNING, N_("failed for now")),
    Event.EXHAUST: (Level.ERROR, N_("tried too often")),
    Event.RECOVER: (Level.WARNING, N_("taken up after a crash")),
    Event.LOSE: (Level.ERROR, N_("its outcome was lost")),
    Event.HEAR: (Level.INFO, N_("a receipt came late")),
    Event.SETTLE_SENT: (Level.INFO, N_("settled: it was sent")),
    Event.SETTLE_NOT_SENT: (Level.INFO, N_("settled: it was not sent")),
    Event.ABANDON: (Level.ERROR, N_("given up")),
    Event.CONFIRM: (Level.INFO, N_("confirmed")),
    Event.DENY: (Level.WARNING, N_("denied")),
    Event.REQUEUE: (Level.INFO, N_("queued again")),
    Event.RESTORE: (Level.INFO, N_("brought back")),
    "messages": (Level.INFO, N_("messages")),
    "approved": (Level.INFO, N_("approved")),
    "revoked": (Level.WARNING, N_("the approval was taken back")),
    "returned": (Level.WARNING, N_("sent back")),
    "withdraw": (Level.WARNING, N_("taken back from where it had gone out")),
    "arm": (Level.WARNING, N_("armed")),
    "stop": (Level.WARNING, N_("everything was stopped")),
    "stop-reason": (Level.WARNING, N_("why everything was stopped")),
    "lift": (Level.WARNING, N_("the stop was lifted")),
    "pause": (Level.WARNING, N_("paused")),
    "resume": (Level.INFO, N_("resumed")),
    "begin": (Level.INFO, N_("the engine started")),
    "edit": (Level.INFO, N_("a file was changed")),
    "undo": (Level.INFO, N_("a change was taken back")),
    "redo": (Level.INFO, N_("a change was made again")),
}
"""What each event of the journal did, and how much that matters; what is not here matters as information."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``subject`` is a delivery's key, a post or a channel; of the engine's log it is the logger's name.

    ``event`` is that of the journal, "" for the engine's log; ``text`` is the reason or what was logged.
    """

    at: datetime
    level: Level
    subject: str
    text: str
    event: str = ""
    actor: str = ""
    delivery: int | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: from a level up, with a text in them (whatever the case; without accents, where it has none).

    ``after`` is included, ``before`` not; both are aware. ``reach`` is in how many lines, from the last before
    ``before`` on, one that fits is looked for; ``None`` means in all.
    """

    level: Level = Level.INFO
    text: str = ""
    after: datetime | None = None
    before: datetime | None = None
    limit: int = MOST
    reach: int | None = None


def happened(event: str) -> str:
    """Return what an event of the journal did, in the language in use."""
    return _(_HAPPENED[event][1]) if event in _HAPPENED else event and _(event)


def level_of(event: str) -> Level:
    """Return how much an event of the journal matters."""
    return _HAPPENED[event][0] if event in _HAPPENED else Level.INFO


def read(core: Core, wanted: Wanted) -> list[Line]:
    """Return the newest lines that are wanted, newest first."""
    lines = heapq.merge(_journal(core, wanted), _logged(core), key=lambda each: each.at, reverse=True)
    late = takewhile(lambda each: wanted.after is None or each.at >= wanted.after, lines)
    early = dropwhile(lambda each: wanted.before is not None and each.at >= wanted.before, late)
    return list(islice(filter(_test(wanted, core.snapshot.campaign.plan), islice(early, wanted.reach)), wanted.limit))


def _test(wanted: Wanted, plan: Plan) -> Callable[[Line], bool]:
    least = LEVELS.index(wanted.level)
    form = bare if bare(wanted.text) == folded(wanted.text) else folded
    text = form(wanted.text)

    def fits(line: Line) -> bool:
        if LEVELS.index(line.level) < least:
            return False
        if not text:
            return True
        said = (line.subject, line.actor, name_of(plan, line.actor), line.text, _(line.text), happened(line.event))
        return text in form(" ".join(said))

    return fits


def _journal(core: Core, wanted: Wanted) -> Iterator[Line]:
    """Yield lines of the journal, newest first, read in steps: most readings need few of them."""
    least = LEVELS.index(wanted.level)
    quiet = [event for event, (level, _words) in _HAPPENED.items() if LEVELS.index(level) < least]
    connection, below = core.store.read(), None
    while entries := journal.before(connection, below, quiet, _STEP):
        for each in entries:
            yield Line(
                each.at, level_of(each.event), each.key, each.reason, each.event, each.actor, each.delivery, each.id
            )
        below = entries[-1].id


def _logged(core: Core) -> Iterator[Line]:
    """Yield the lines of the engine's log; its lines on outcomes say what the journal says better."""
    for each in logfile.newest(core.var):
        if each.source != "loa.outcome":
            level = Level(each.level) if each.level in LEVELS else Level.INFO
            yield Line(each.at, level, each.source, each.text)
