"""All actions of the terminal UI in one table, gathered from the screens, and the bindings made from it.

Bindings, footer, help and command palette are all made from this table.
"""

from __future__ import annotations

from textual.binding import Binding

from scheduler.tui import actions
from scheduler.tui.action import Action, Scope
from scheduler.tui.screens.approvals import actions as approvals
from scheduler.tui.screens.calendar import actions as calendar
from scheduler.tui.screens.channels import actions as channels
from scheduler.tui.screens.coverage import actions as coverage
from scheduler.tui.screens.delivery import actions as delivery
from scheduler.tui.screens.log import actions as log
from scheduler.tui.screens.posts import actions as posts
from scheduler.tui.screens.queue import actions as queue
from scheduler.tui.screens.rehearsal import actions as rehearsal
from scheduler.tui.screens.today import actions as today

ACTIONS: tuple[Action, ...] = (
    *actions.ACTIONS,
    *delivery.ACTIONS,
    *today.ACTIONS,
    *calendar.ACTIONS,
    *queue.ACTIONS,
    *posts.ACTIONS,
    *approvals.ACTIONS,
    *channels.ACTIONS,
    *coverage.ACTIONS,
    *rehearsal.ACTIONS,
    *log.ACTIONS,
)

BY_ID = {action.id: action for action in ACTIONS}


def of(*scopes: Scope) -> tuple[Action, ...]:
    """Return the actions of some scopes, in the table's order."""
    return tuple(action for action in ACTIONS if action.scope in scopes)


def bindings(*scopes: Scope) -> list[Binding]:
    """Return the bindings of some scopes. What a key is called is asked of the table, not of the binding."""
    return [
        Binding(
            action.key, f"do('{action.id}')", action.id, show=False, priority=action.priority, id=f"loa.{action.id}"
        )
        for action in of(*scopes)
    ]


_SPELLED = {"slash": "/", "enter": "⏎", "f1": "F1"}


def spelled(action: Action) -> str:
    """Return the action's key as people write it."""
    key = action.key.split(",")[0]
    return _SPELLED.get(key, key.replace("ctrl+", "^"))
