"""Planning after an act: by this process where it is the engine or none is at work, and by the engine where one is.

Only one process plans, so that what another has not read yet, or cannot load, never undoes what the engine knows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.engine.lock import running
from scheduler.engine.planning.planner import Planner, PlanReport
from scheduler.store import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.core import Core

PATIENCE = 2.0
"""Seconds that an act waits, at most, until the engine's planning knows of it."""

STEP = timedelta(milliseconds=20)
_TRIES = 5


def replan(core: Core, refresh: Callable[[], bool]) -> PlanReport:
    """Bring the deliveries to what files and acts say by now; the report is empty where the engine does it."""
    if not core.epoch and running(core.var):
        refresh()
        _ask(core)
        return PlanReport()
    report = _plan(core, refresh)
    core.wake()
    return report


def _plan(core: Core, refresh: Callable[[], bool]) -> PlanReport:
    total = PlanReport()
    for _try in range(_TRIES):
        asked = settings.asked(core.store.read())
        refresh()
        trusted = not core.clock_trouble()
        total = Planner(
            core.store, core.snapshot, core.clock.now(), total, trusted=trusted, frozen=core.rehearsal
        ).run()
        if not total.outdated:
            _answer(core, asked)
            return total
        total.outdated = False
    core.replan()  # decisions come faster than the files can be read
    return total


def _answer(core: Core, asked: int) -> None:
    if asked > settings.answered(core.store.read()):
        with core.store.write() as connection:
            settings.answer(connection, asked)


def _ask(core: Core) -> None:
    """Ask the engine, and wait a moment for its answer; where it is late, it still comes."""
    with core.store.write() as connection:
        number = settings.ask(connection)
    core.wake()
    end = core.clock.elapsed() + PATIENCE
    while settings.answered(core.store.read()) < number and core.clock.elapsed() < end:
        core.clock.sleep(STEP)
