"""How a post stands, and which posts wait for a yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.ground.text import _
from scheduler.store import deliveries

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.ground.delivery import Approval
    from scheduler.ground.lifecycle import State
    from scheduler.ground.model import Post


@dataclass(frozen=True, slots=True)
class PostStatus:
    """A post with its standing: the digest it has now, who approved that, who holds it, and its deliveries by state.

    ``returned`` says who sent this very text back to its author, and why. ``gone_at`` is when the last of what went
    out was due. ``blamed`` is the other file (``content/plan.toml:35``) whose errors make it invalid, or "";
    ``objection`` the first error that a plugin finds in it, or "".
    """

    post: Post
    digest: str
    approval: Approval | None
    approval_required: bool
    valid: bool
    held_by: str | None
    held_reason: str | None
    counts: Mapping[State, int]
    next_at: datetime | None
    returned: Approval | None = None
    gone_at: datetime | None = None
    blamed: str = ""
    objection: str = ""

    @property
    def fault(self) -> str:
        """Return why it cannot go out as it stands, in words, or "" where its files are sound."""
        return "" if self.valid else fault_in(self.blamed, self.objection)

    @property
    def over(self) -> bool:
        """Return whether it has gone out, and nothing of it is still to come."""
        return self.gone_at is not None and not (deliveries.COMING & self.counts.keys())

    @property
    def waits(self) -> bool:
        """Return whether somebody has yet to say yes: also where it was sent back, or its file has errors."""
        return self.approval_required and self.approval is None and not self.post.draft and not self.over


def fault_in(file: str, objection: str = "") -> str:
    """Return what is wrong: another ``file`` has errors, a plugin an ``objection``, or the post's own file has some."""
    if objection and not file:
        return objection
    return _("{file} has errors").format(file=file) if file else _("its file has errors")


def unapproved(core: Core, connection: sqlite3.Connection) -> int:
    """Return how many posts wait for a yes; what was sent back waits for its author."""
    snapshot = core.snapshot
    if not snapshot.campaign.plan.approval_required:
        return 0
    decided = snapshot.approvals.keys() | snapshot.returned.keys()
    asked = {name for name, post in snapshot.campaign.posts.items() if name not in decided and not post.draft}
    return len(asked - deliveries.over(connection, asked)) if asked else 0
