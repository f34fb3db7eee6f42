"""What can be done to a post beside its previews."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.POSTS)

ACTIONS: tuple[Action, ...] = (
    _here(
        "approve",
        "a",
        name=N_("Approve"),
        about=N_("Say yes to this text as it stands"),
        command="loa post approve",
        weight=10,
    ),
    _here("revoke", "r", name=N_("Revoke"), about=N_("Take the approval back"), command="loa post revoke", weight=12),
    _here("edit", "e", name=N_("Edit"), about=N_("Open the file in your editor"), command="loa post edit", weight=11),
    _here(
        "hold_post", "h", name=N_("Hold"), about=N_("Keep all its deliveries back"), command="loa post hold", weight=20
    ),
    _here(
        "release_post",
        "l",
        name=N_("Release"),
        about=N_("Let its deliveries go"),
        command="loa post release",
        weight=20,
    ),
    _here("list", "o", name=N_("List"), about=N_("Choose another post"), weight=13),
    _here("next", "n", name=N_("Next one"), about=N_("The next post"), weight=30),
    _here("previous", "p", name=N_("Previous one"), about=N_("The post before"), weight=31),
    _here(
        "deliveries",
        "d",
        name=N_("Deliveries"),
        about=N_("Its deliveries in the queue"),
        command="loa delivery list",
        weight=28,
    ),
)
