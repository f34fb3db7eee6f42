"""What can be done in a rehearsal."""

from __future__ import annotations

from scheduler.tui.action import Action

ACTIONS: tuple[Action, ...] = ()
