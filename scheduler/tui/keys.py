"""All actions of the terminal UI in one table, gathered from the screens, and the bindings made from it.

Bindings, footer, help and command palette are all made from this table.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.keys import REPLACED_KEYS, key_to_character

from scheduler.tui import actions
from scheduler.tui.action import Action, Scope
from scheduler.tui.screens.approvals import actions as approvals
from scheduler.tui.screens.calendar import actions as calendar
from scheduler.tui.screens.channels import actions as channels
from scheduler.tui.screens.coverage import actions as coverage
from scheduler.tui.screens.delivery import actions as delivery
from scheduler.tui.screens.editor import actions as editor
from scheduler.tui.screens.log import actions as log
from scheduler.tui.screens.panels import actions as panels
from scheduler.tui.screens.posts import actions as posts
from scheduler.tui.screens.queue import actions as queue
from scheduler.tui.screens.rehearsal import actions as rehearsal
from scheduler.tui.screens.today import actions as today

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTIONS: tuple[Action, ...] = (
    *actions.ACTIONS,
    *delivery.ACTIONS,
    *today.ACTIONS,
    *calendar.ACTIONS,
    *queue.ACTIONS,
    *posts.ACTIONS,
    *editor.ACTIONS,
    *approvals.ACTIONS,
    *channels.ACTIONS,
    *coverage.ACTIONS,
    *rehearsal.ACTIONS,
    *log.ACTIONS,
    *panels.ACTIONS,
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


class _Current:
    """The keys that somebody wants in place of an action's own, by its id."""

    mapped: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def use(mapped: Mapping[str, tuple[str, ...]]) -> None:
    """Say from now on that these actions have these keys."""
    _Current.mapped = mapped


def keys_of(action: Action) -> tuple[str, ...]:
    """Return the keys that an action has now."""
    return _Current.mapped.get(action.id) or tuple(action.key.split(","))


def spelled(action: Action) -> str:
    """Return the action's first key as people write it."""
    return written(keys_of(action)[0])


_WRITTEN = {
    "enter": "⏎",
    "escape": "Esc",
    "space": "␣",
    "tab": "Tab",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "delete": "Del",
    "insert": "Ins",
    "backspace": "⌫",
}


def written(key: str) -> str:
    """Return a key of Textual's as people write it: ``^s``, ``F1``, ``/``, ``⇧←``."""
    *modifiers, base = key.split("+")
    shown = _WRITTEN.get(base) or typed(base) or (base.upper() if base[1:].isdigit() else base)
    return "".join({"ctrl": "^", "shift": "⇧"}.get(each, f"{each}+") for each in modifiers) + shown


def typed(key: str) -> str | None:
    """Return the character that a key of Textual's types, ``None`` where it types none."""
    return key_to_character(REPLACED_KEYS.get(key, key))
