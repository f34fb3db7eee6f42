"""What a person can do to a delivery, by how it stands: what the lifecycle allows, less what would change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import TRANSITIONS, Event, Hold, State

if TYPE_CHECKING:
    from collections.abc import Set

    from scheduler.engine.core import Core

RELEASED = frozenset({Hold.OPERATOR, Hold.LATE})
"""What a person's release lifts. An approval, its post's release or a mended file lift the rest."""


def possible(core: Core, channel: str, state: State, holds: Set[Hold], event: Event) -> bool:
    """Return whether ``event`` is possible. A bulk delivery under way can be cancelled: the rest of it stops."""
    if event is Event.CANCEL and state is State.SENDING:
        from scheduler.channels.channel import Bulk

        configured = core.snapshot.registry.channels.get(channel)
        return configured is not None and isinstance(configured.channel, Bulk)
    if event is Event.ADMIT and not holds & RELEASED:
        return False
    return (state, event) in TRANSITIONS and not (event is Event.HOLD and Hold.OPERATOR in holds)
