"""How whoever did something is called, on every screen and in all that commands write for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.ground.text import N_, _

if TYPE_CHECKING:
    from scheduler.ground.model import Plan

PARTS = (N_("engine"), N_("planner"))
"""The parts of the engine that act by themselves."""
STRANGER = "user:"
"""What stands before the login of somebody whom the plan does not know."""


def name_of(plan: Plan, actor: str) -> str:
    """Return the name of a person of the plan, the word for a part of the engine, or a stranger's login."""
    if actor in PARTS:
        return _(actor)
    known = plan.people.get(actor)
    return known.name if known else actor.removeprefix(STRANGER)
