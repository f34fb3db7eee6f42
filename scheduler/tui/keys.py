"""Every action of the terminal UI, with its key, in one table.

Bindings, footer, help and command palette are all made from it; a screen implements ``do_<id>``.
Labels are functions, because the language is chosen when the program has started.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding

from scheduler.ground.lifecycle import TRANSITIONS, Event, State
from scheduler.ground.text import _


class Scope(StrEnum):
    """Where an action can be called."""

    EVERYWHERE = "everywhere"
    DELIVERY = "delivery"  # wherever a delivery is under the cursor
    TODAY = "today"
    QUEUE = "queue"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    ``event`` is what it does to a delivery, so that the lifecycle says where it is possible. ``weight`` orders the
    footer: where it is too narrow, the highest go first; none at all keeps an action out of it.
    """

    id: str
    key: str
    scope: Scope
    label: Callable[[], str]
    help: Callable[[], str]
    event: Event | None = None
    weight: int | None = 50
    priority: bool = False

    def possible(self, state: State) -> bool:
        """Return whether a delivery in that state can be treated so."""
        return self.event is None or (state, self.event) in TRANSITIONS


_ALL, _ONE, _POST = Scope.EVERYWHERE, Scope.DELIVERY, Scope.POST

ACTIONS: tuple[Action, ...] = (
    Action(
        "today", "1", _ALL, lambda: _("Today"), lambda: _("What went out, what is next, what needs me"), weight=None
    ),
    Action("queue", "2", _ALL, lambda: _("Queue"), lambda: _("All deliveries"), weight=None),
    Action("posts", "3", _ALL, lambda: _("Posts"), lambda: _("A post beside its previews"), weight=None),
    Action(
        "stop",
        "ctrl+s",
        _ALL,
        lambda: _("Stop all"),
        lambda: _("Stop everything that goes out, or lift the stop"),
        weight=0,
        priority=True,
    ),
    Action("arm", "A", _ALL, lambda: _("Arm"), lambda: _("Let this folder send for real from now on"), weight=3),
    Action(
        "start_engine",
        "E",
        _ALL,
        lambda: _("Start engine"),
        lambda: _("Start an engine in the background"),
        weight=4,
    ),
    Action("theme", "ctrl+t", _ALL, lambda: _("Colours"), lambda: _("Dark, light, or the terminal's own"), weight=None),
    Action("keys", "f1", _ALL, lambda: _("Keys"), lambda: _("Every key of this screen"), weight=15),
    Action("command_palette", "ctrl+p", _ALL, lambda: _("Commands"), lambda: _("Find any action by name"), weight=14),
    Action("leave", "q,ctrl+q", _ALL, lambda: _("Leave"), lambda: _("Leave Loa"), weight=5),
    Action("open", "enter", _ONE, lambda: _("Open"), lambda: _("History, attempts, payload and receipt"), weight=10),
    Action("hold", "h", _ONE, lambda: _("Hold"), lambda: _("Keep this delivery back"), Event.HOLD, weight=20),
    Action("release", "l", _ONE, lambda: _("Release"), lambda: _("Let a held delivery go"), Event.ADMIT, weight=20),
    Action(
        "settle",
        "s",
        _ONE,
        lambda: _("Settle"),
        lambda: _("Say how a call with an unknown outcome ended"),
        Event.SETTLE_SENT,
        weight=11,
    ),
    Action(
        "confirm",
        "c",
        _ONE,
        lambda: _("Confirm"),
        lambda: _("What was handed over did happen"),
        Event.CONFIRM,
        weight=11,
    ),
    Action(
        "deny", "d", _ONE, lambda: _("Deny"), lambda: _("What was handed over did not happen"), Event.DENY, weight=22
    ),
    Action(
        "requeue",
        "r",
        _ONE,
        lambda: _("Requeue"),
        lambda: _("Send it after all, now or at a time"),
        Event.REQUEUE,
        weight=12,
    ),
    Action("cancel", "x", _ONE, lambda: _("Cancel"), lambda: _("Take this delivery back"), Event.CANCEL, weight=24),
    Action("view_post", "v", _ONE, lambda: _("Post"), lambda: _("See its post with every preview"), weight=26),
    Action(
        "pause",
        "p",
        Scope.TODAY,
        lambda: _("Pause"),
        lambda: _("Pause or resume the channel under the cursor"),
        weight=12,
    ),
    Action("filter", "slash", Scope.QUEUE, lambda: _("Filter"), lambda: _("Filter as you type"), weight=9),
    Action("now", "n", Scope.QUEUE, lambda: _("Now"), lambda: _("Go to what is due next"), weight=30),
    Action("approve", "a", _POST, lambda: _("Approve"), lambda: _("Say yes to this text as it stands"), weight=10),
    Action("revoke", "r", _POST, lambda: _("Revoke"), lambda: _("Take the approval back"), weight=12),
    Action("edit", "e", _POST, lambda: _("Edit"), lambda: _("Open the file in your editor"), weight=11),
    Action("hold_post", "h", _POST, lambda: _("Hold"), lambda: _("Keep all its deliveries back"), weight=20),
    Action("release_post", "l", _POST, lambda: _("Release"), lambda: _("Let its deliveries go"), weight=20),
    Action("list", "o", _POST, lambda: _("List"), lambda: _("Choose another post"), weight=13),
    Action("next", "n", _POST, lambda: _("Next one"), lambda: _("The next post"), weight=30),
    Action("previous", "p", _POST, lambda: _("Previous one"), lambda: _("The post before"), weight=31),
    Action("deliveries", "d", _POST, lambda: _("Deliveries"), lambda: _("Its deliveries in the queue"), weight=28),
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
