"""A person's decisions on a post as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.engine import Engine
    from scheduler.tui.widgets.dialogs import Reply


def decide(engine: Engine, post: str, what: str, reply: Reply, name_of: Callable[[str], str]) -> str:
    """Carry a decision on a post out, and return what to say. Raises `LoaError`."""
    act = engine.act
    if what == "approve":
        return _("Approved by {who}.").format(who=name_of(act.approve(post, reply.text).by))
    if what == "revoke":
        return _("Revoked by {who}.").format(who=name_of(act.revoke(post, reply.text).by))
    number = act.hold(post, reply.text) if what == "hold" else act.release(post)
    held = many("%d delivery held", "%d deliveries held", number)
    return held if what == "hold" else many("%d delivery released", "%d deliveries released", number)
