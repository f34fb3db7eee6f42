"""What can be done on the coverage grid."""

from __future__ import annotations

from scheduler.tui.action import Action

ACTIONS: tuple[Action, ...] = ()
