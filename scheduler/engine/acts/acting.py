"""What all acts share: in whose name they are done, and the two moves that posts and deliveries have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.engine.planning.replanning import replan
from scheduler.ground.lifecycle import Event, Hold, State
from scheduler.store.moves import Move, admitted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.engine.planning.planner import PlanReport
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.lifecycle import Admission
    from scheduler.ground.model import Person


class Acting:
    """One person before one campaign folder."""

    def __init__(self, core: Core, actor: Callable[[], Person], refresh: Callable[[], bool]) -> None:
        self._core = core
        self._actor = actor
        self._refresh = refresh

    @property
    def _by(self) -> str:
        return self._actor().id

    def sync(self) -> PlanReport:
        """Bring the deliveries to what the files want by now; an engine at work does that, and is waited for.

        Returns what was done here: nothing, where the engine does it.
        """
        return replan(self._core, self._refresh)

    def _held(self, row: Delivery, reason: str, hold: Hold = Hold.OPERATOR) -> Move:
        return Move(row.id, row.state, Event.HOLD, State.HELD, self._by, reason, row.holds | {hold})

    def _let_go(self, row: Delivery, gate: Admission, due: tuple[datetime, datetime, datetime] | None = None) -> Move:
        event = {State.HELD: Event.HOLD, State.SCHEDULED: Event.ADMIT, State.MISSED: Event.EXPIRE}[gate.state]
        return admitted(row.id, row.state, event, gate, row.due_at, self._by, "released", due=due)
