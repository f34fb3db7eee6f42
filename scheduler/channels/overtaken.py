"""Plugins whose code has changed since they were loaded: they work on as they were, and that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import _

if TYPE_CHECKING:
    from scheduler.channels.loader import PluginStatus


def overtaken(status: PluginStatus) -> Problem:
    """Return the warning that a plugin is not what its file says by now, and what has it loaded anew."""
    text = _("plugin {name} has changed since it was loaded, and works as it was").format(name=status.name)
    return Problem(text, status.source, severity=Severity.WARNING, hint=remedy(status))


def remedy(status: PluginStatus) -> str:
    """Return what has the changed code of a plugin loaded."""
    if status.source.startswith("installed"):
        return _("start the engine, or this program, anew")
    step = _("`loa plugins disable {name}`, then `loa plugins enable {name}`; or start the engine anew")
    return step.format(name=status.name)
