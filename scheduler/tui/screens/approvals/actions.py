"""What can be done to a text that waits for a yes."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.APPROVALS)

ACTIONS: tuple[Action, ...] = (
    _here(
        "approve_text",
        "a",
        name=N_("Approve"),
        about=N_("Say yes to the text, or to all that are marked, as they stand"),
        command="loa post approve",
        weight=10,
    ),
    _here(
        "return_text",
        "b",
        name=N_("Send back"),
        about=N_("Send the text back to its author, with what to change"),
        command="loa post return",
        weight=11,
    ),
    _here(
        "whole_text",
        "z",
        name=N_("Whole text"),
        about=N_("The whole text, or only what has changed"),
        command="loa post diff",
        weight=12,
    ),
    _here("mark_text", "space", name=N_("Mark"), about=N_("Mark this text and go on"), weight=13),
    _here(
        "open_text",
        "v",
        name=N_("Previews"),
        about=N_("The post beside its previews; Enter does the same"),
        command="loa post preview",
        weight=14,
    ),
)
