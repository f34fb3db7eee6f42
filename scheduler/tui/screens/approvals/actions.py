"""What can be done to a text that waits for a yes."""

from __future__ import annotations

from scheduler.tui.action import Action

ACTIONS: tuple[Action, ...] = ()
