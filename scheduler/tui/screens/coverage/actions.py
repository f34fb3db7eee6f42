"""What can be done on the coverage grid."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.COVERAGE)

ACTIONS: tuple[Action, ...] = (
    _here(
        "cell_posts",
        "enter",
        name=N_("Its posts"),
        about=N_("Go from a cell to its posts, and from a post to its texts"),
        command="loa coverage --json",
        weight=10,
    ),
    _here(
        "next_gap",
        "n",
        name=N_("Next gap"),
        about=N_("Go to the next place where nothing goes"),
        command="loa coverage --gaps",
        weight=11,
    ),
    _here("cell_queue", "d", name=N_("Deliveries"), about=N_("The channel's deliveries in the queue"), weight=20),
)
