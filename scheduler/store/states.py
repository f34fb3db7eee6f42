"""States and what holds them as the database spells them, so that only the lifecycle says what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import EDITABLE, READY, UNSENT, Hold, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Set


def among(states: Set[State]) -> str:
    """Return ``IN ('held', …)`` with the states in the order of the lifecycle."""
    return f"IN ({', '.join(repr(each.value) for each in State if each in states)})"


def spell(holds: Iterable[Hold]) -> str:
    """Return hold reasons as the column keeps them."""
    return " ".join(sorted(hold.value for hold in holds))


IS_EDITABLE = among(EDITABLE)
IS_READY = among(READY)
IS_UNSENT = among(UNSENT)
EDITABLE_OR_CANCELLED = among({*EDITABLE, State.CANCELLED})
