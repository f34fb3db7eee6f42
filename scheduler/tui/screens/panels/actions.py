"""What can be done with the pages of plugins."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.PANELS)

ACTIONS: tuple[Action, ...] = (
    _here(
        "panel_plugin",
        "I",
        name=N_("Its plugin"),
        about=N_("Show the plugin that brings the page"),
        command="loa plugins show",
        weight=10,
    ),
    _here(
        "panel_again",
        "F",
        name=N_("Make anew"),
        about=N_("Have the plugin make the page now"),
        command="loa plugins panel",
        weight=11,
    ),
)
