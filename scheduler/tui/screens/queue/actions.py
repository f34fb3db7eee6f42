"""What can be done in the queue."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.QUEUE)

ACTIONS: tuple[Action, ...] = (
    _here("filter", "slash", name=N_("Filter"), about=N_("Filter as you type"), weight=9),
    _here(
        "mark",
        "space",
        name=N_("Mark"),
        about=N_("Mark this row and go on; Shift and an arrow mark several"),
        weight=13,
    ),
    _here("mark_range", "V", name=N_("Mark from here"), about=N_("Mark all rows from here to there"), weight=None),
    _here("mark_all", "asterisk", name=N_("Mark all"), about=N_("Mark all that the filter finds"), weight=27),
    _here("sort", "o", name=N_("Order"), about=N_("Order by the next column"), weight=31),
    _here("turn", "O", name=N_("Reverse"), about=N_("The other way round"), weight=None),
    _here("now", "n", name=N_("Now"), about=N_("Go to what is due next"), weight=30),
)
