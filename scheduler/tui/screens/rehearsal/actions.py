"""What can be done in a rehearsal."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.REHEARSAL)

ACTIONS: tuple[Action, ...] = (
    _here(
        "play",
        "P",
        name=N_("Rehearse"),
        about=N_("Play the campaign between the two dates; nothing is sent"),
        command="loa rehearse",
        weight=9,
    ),
    _here("cancel_play", "x", name=N_("Break off"), about=N_("End the rehearsal that is under way"), weight=10),
    _here(
        "open_rehearsed",
        "enter",
        name=N_("Open"),
        about=N_("Go from a day to what goes out then, and from there to the post"),
        weight=11,
    ),
    _here("span", "slash", name=N_("Dates"), about=N_("Say from when to when to rehearse"), weight=12),
)
