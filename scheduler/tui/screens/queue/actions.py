"""What can be done in the queue."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.QUEUE)

ACTIONS: tuple[Action, ...] = (
    _here("filter", "slash", name=N_("Filter"), about=N_("Filter as you type"), weight=9),
    _here("now", "n", name=N_("Now"), about=N_("Go to what is due next"), weight=30),
)
