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
    _here("revoke", "R", name=N_("Revoke"), about=N_("Take the approval back"), command="loa post revoke", weight=12),
    _here("edit", "e", name=N_("Edit"), about=N_("Write the text here, beside its previews"), weight=11),
    _here(
        "orphans",
        "Y",
        name=N_("Drafts left"),
        about=N_("What was typed in posts that are gone, and not saved"),
        command="loa post drafts",
        weight=15,
    ),
    _here(
        "edit_outside",
        "ctrl+e",
        name=N_("Own editor"),
        about=N_("Open the file in your editor"),
        command="loa post edit",
        weight=None,
    ),
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
    _here(
        "withdraw_post",
        "t",
        name=N_("Take back"),
        about=N_("Take back what of it has gone out"),
        command="loa post withdraw",
        weight=21,
    ),
    _here("list", "L", name=N_("List"), about=N_("Choose another post"), command="loa post list", weight=13),
    _here("find_post", "slash", name=N_("Find"), about=N_("Find a post by what is in it"), weight=16),
    _here("order", "o", name=N_("Order"), about=N_("List the posts in another order"), weight=33),
    _here(
        "look",
        "z",
        name=N_("Layout"),
        about=N_("The previews alone, the text alone, or both"),
        command="loa post preview",
        weight=14,
    ),
    _here(
        "apart",
        "i",
        name=N_("Each target"),
        about=N_("Each target by itself, or those together that get the same"),
        weight=29,
    ),
    _here("next", "n", name=N_("Next one"), about=N_("The next post"), weight=30),
    _here("previous", "B", name=N_("Previous one"), about=N_("The post before"), weight=31),
    _here(
        "deliveries",
        "d",
        name=N_("Deliveries"),
        about=N_("Its deliveries in the queue"),
        command="loa delivery list",
        weight=28,
    ),
)
