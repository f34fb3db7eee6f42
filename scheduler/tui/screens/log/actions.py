"""What can be done in the log."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.LOG)

ACTIONS: tuple[Action, ...] = (
    _here("log_filter", "slash", name=N_("Filter"), about=N_("Filter as you type"), command="loa log --grep", weight=9),
    _here(
        "level",
        "M",
        name=N_("Level"),
        about=N_("Show more lines, or only what matters more"),
        command="loa log --level",
        weight=11,
    ),
    _here(
        "follow",
        "f",
        name=N_("Follow"),
        about=N_("Stay with the newest line, or stand still"),
        command="loa log --follow",
        weight=12,
    ),
    _here("open_line", "enter", name=N_("Open"), about=N_("Go to what the line is about"), weight=10),
)
