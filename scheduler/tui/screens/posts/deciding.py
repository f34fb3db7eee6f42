"""A person's decisions on a post as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual import work

from scheduler.ground.lifecycle import OUT
from scheduler.ground.text import _, many
from scheduler.tui.frame import Frame
from scheduler.tui.screens.posts.text import approval_sign
from scheduler.tui.screens.posts.withdrawing import withdraw
from scheduler.tui.widgets.dialogs import Ask, Choice, Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.post_views import PostStatus
    from scheduler.tui.widgets.dialogs import Reply

F = TypeVar("F")


class Deciding(Frame[F]):
    """A screen with a post on it that can be decided on."""

    @property
    def post(self) -> PostStatus | None:
        """The post that is decided on."""
        raise NotImplementedError

    def why_undecided(self, action: str, post: PostStatus) -> str:
        """Return why a decision is not possible on a post, or ""."""
        reasons = {
            "approve": _why_no_approval(post),
            "revoke": "" if post.approval else _("it is not approved"),
            "hold_post": _("it is held already") if post.held_by else "",
            "release_post": "" if post.held_by else _("nobody holds it"),
            "withdraw_post": "" if post.counts.keys() & OUT else _("nothing of it has gone out"),
        }
        return reasons.get(action, "")

    def do_approve(self) -> None:
        """Say yes to the text as it stands."""
        choice = Choice("approve", _("Approve"), "primary")
        self._decide(_("Approve this text as it stands?"), choice, _("Note"), "approve")

    def do_revoke(self) -> None:
        """Take the approval back."""
        self._decide(_("Take the approval back?"), Choice("revoke", _("Revoke"), "error"), _("Why"), "revoke")

    def do_hold_post(self) -> None:
        """Keep all its deliveries back."""
        self._decide(_("Hold all its deliveries?"), Choice("hold", _("Hold"), "primary"), _("Why"), "hold")

    def do_release_post(self) -> None:
        """Let its deliveries go."""
        self._decide(_("Release its deliveries?"), Choice("release", _("Release"), "primary"), "", "release")

    @work
    async def do_withdraw_post(self) -> None:
        """Take back what of it has gone out."""
        if (post := self.post) is not None:
            await withdraw(self, post.post)

    @work
    async def _decide(self, title: str, choice: Choice, field: str, what: str) -> None:
        post = self.post
        if post is None:
            return
        waiting = many("%d delivery", "%d deliveries", sum(post.counts.values()))
        lines = [post.post.title, f"{post.post.path} · {waiting}", approval_sign(post, self.loa.name_of)[2]]
        reply = await self.app.push_screen_wait(Ask(Question(title, lines, [choice], field)))
        if reply is not None:
            await self.carry_out(lambda engine: decide(engine, post, what, reply, self.loa.name_of), str)


def _why_no_approval(post: PostStatus) -> str:
    if post.approval:
        return _("it is approved as it stands")
    if not post.valid:
        return post.fault
    return "" if post.approval_required else _("this campaign asks for no approval")


def decide(engine: Engine, status: PostStatus, what: str, reply: Reply, name_of: Callable[[str], str]) -> str:
    """Carry a decision on a post as it was read out, and return what to say. Raises `LoaError`."""
    act, post = engine.act, status.post.id
    if what == "approve":
        return _("Approved by {who}.").format(who=name_of(act.approve(post, reply.text, status.digest).by))
    if what == "revoke":
        return _("Revoked by {who}.").format(who=name_of(act.revoke(post, reply.text).by))
    number = act.hold(post, reply.text) if what == "hold" else act.release(post)
    held = many("%d delivery held", "%d deliveries held", number)
    return held if what == "hold" else many("%d delivery released", "%d deliveries released", number)
