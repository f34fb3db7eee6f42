"""What can be done in the calendar."""

from __future__ import annotations

from scheduler.tui.action import Action

ACTIONS: tuple[Action, ...] = ()
