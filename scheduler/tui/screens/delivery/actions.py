"""What a person can do to one delivery, wherever one is under the cursor."""

from __future__ import annotations

from functools import partial

from scheduler.ground.lifecycle import Event
from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.DELIVERY)
_sheet = partial(Action, scope=Scope.SHEET, command="loa delivery show")

ACTIONS: tuple[Action, ...] = (
    _here(
        "open",
        "enter",
        name=N_("Open"),
        about=N_("History, attempts, payload and receipt"),
        command="loa delivery show",
        weight=10,
    ),
    _here(
        "hold",
        "h",
        name=N_("Hold"),
        about=N_("Keep this delivery back"),
        command="loa delivery hold",
        event=Event.HOLD,
        weight=20,
    ),
    _here(
        "release",
        "l",
        name=N_("Release"),
        about=N_("Let a held delivery go"),
        command="loa delivery release",
        event=Event.ADMIT,
        weight=20,
    ),
    _here(
        "settle",
        "s",
        name=N_("Settle"),
        about=N_("Say how a call with an unknown outcome ended"),
        command="loa delivery settle",
        event=Event.SETTLE_SENT,
        weight=11,
    ),
    _here(
        "confirm",
        "c",
        name=N_("Confirm"),
        about=N_("What was handed over did happen"),
        command="loa delivery confirm",
        event=Event.CONFIRM,
        weight=11,
    ),
    _here(
        "deny",
        "D",
        name=N_("Deny"),
        about=N_("What was handed over did not happen"),
        command="loa delivery deny",
        event=Event.DENY,
        weight=22,
    ),
    _here(
        "requeue",
        "r",
        name=N_("Requeue"),
        about=N_("Send it after all, now or at a time"),
        command="loa delivery requeue",
        event=Event.REQUEUE,
        weight=12,
    ),
    _here(
        "cancel",
        "x",
        name=N_("Cancel"),
        about=N_("Cancel this delivery; it does not go out"),
        command="loa delivery cancel",
        event=Event.CANCEL,
        weight=24,
    ),
    _here(
        "withdraw",
        "t",
        name=N_("Take back"),
        about=N_("Take back what has gone out"),
        command="loa delivery withdraw",
        weight=25,
    ),
    _here(
        "view_post",
        "v",
        name=N_("Post"),
        about=N_("See its post with every preview"),
        command="loa post show",
        weight=26,
    ),
    _sheet("which", "W", name=N_("State"), about=N_("Show the recipients in the next state"), weight=14),
    _sheet("more", "right_square_bracket", name=N_("More"), about=N_("Show the next recipients"), weight=15),
    _sheet("fewer", "left_square_bracket", name=N_("Back"), about=N_("Show the recipients before"), weight=None),
)
