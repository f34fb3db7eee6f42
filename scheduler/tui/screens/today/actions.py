"""What can be done on Today."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.TODAY)

ACTIONS: tuple[Action, ...] = (
    _here(
        "pause",
        "p",
        name=N_("Pause"),
        about=N_("Pause or resume the channel under the cursor"),
        command="loa channel pause",
        weight=12,
    ),
)
