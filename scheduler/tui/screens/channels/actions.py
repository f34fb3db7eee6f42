"""What can be done to a channel."""

from __future__ import annotations

from scheduler.tui.action import Action

ACTIONS: tuple[Action, ...] = ()
