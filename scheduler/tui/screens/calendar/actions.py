"""What can be done in the calendar."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.CALENDAR)
_move = partial(_here, command="loa post move")

ACTIONS: tuple[Action, ...] = (
    _here("open_item", "enter", name=N_("Open"), about=N_("The post, or all about the event"), weight=1),
    _here("give_up", "escape", name=N_("Back"), about=N_("Give a move up, or close the panel"), weight=2),
    _here("by_month", "m", name=N_("Month"), about=N_("A month as a grid of weeks"), weight=9),
    _here("by_week", "w", name=N_("Week"), about=N_("A week with its hours"), weight=9),
    _here("by_list", "L", name=N_("Agenda"), about=N_("A month as a list, day by day"), weight=9),
    _here("today_here", "T,home", name=N_("Today"), about=N_("Go to today"), weight=30),
    _move("move_later", "shift+right", name=N_("+1 day"), about=N_("Move what is chosen to the next day"), weight=6),
    _here("campaign_start", "g", name=N_("First day"), about=N_("Go to the first day of the campaign"), weight=32),
    _move(
        "move_down",
        "shift+down",
        name=N_("+1 week or hour"),
        about=N_("Move it by a week; by an hour in week and agenda"),
        weight=7,
    ),
    _move(
        "move_earlier",
        "shift+left",
        name=N_("−1 day"),
        about=N_("Move what is chosen to the day before"),
        weight=None,
    ),
    _move(
        "move_up",
        "shift+up",
        name=N_("−1 week or hour"),
        about=N_("Move it back by a week; by an hour in week and agenda"),
        weight=None,
    ),
    _here(
        "skip_item",
        "x",
        name=N_("Leave out"),
        about=N_("Leave out this one time of a post that has several"),
        command="loa post skip",
        weight=26,
    ),
    _here("undo", "u", name=N_("Undo"), about=N_("Take the last change of a file back"), command="loa undo", weight=12),
    _here("redo", "U,ctrl+r", name=N_("Redo"), about=N_("Do again what was undone"), command="loa redo", weight=24),
    _here("trouble", "n", name=N_("Next trouble"), about=N_("Go to the next collision or empty day"), weight=28),
    _here(
        "item_deliveries",
        "d",
        name=N_("Deliveries"),
        about=N_("Its deliveries in the queue"),
        command="loa delivery list",
        weight=26,
    ),
)
