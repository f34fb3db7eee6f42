"""What can be done while a post is being written."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.EDITOR)

ACTIONS: tuple[Action, ...] = (
    _here(
        "save",
        "f2,alt+s",
        name=N_("Save"),
        about=N_("Write the text to its file"),
        command="loa post edit",
        weight=1,
    ),
    _here("done", "escape", name=N_("Done"), about=N_("Leave the text; what is not saved is asked about"), weight=2),
    _here(
        "finish",
        "f4",
        name=N_("Draft or not"),
        about=N_("Take the status of a draft out of the text, or set it"),
        weight=5,
    ),
    _here("undo_typing", "ctrl+z", name=N_("Undo"), about=N_("Take back what was typed last"), weight=6),
    _here("redo_typing", "ctrl+y", name=N_("Redo"), about=N_("Type again what was taken back"), weight=40),
    _here("next_problem", "f8", name=N_("Next problem"), about=N_("Go to the next line with a problem"), weight=7),
)
