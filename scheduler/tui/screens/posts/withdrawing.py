"""Taking back what of a post has gone out, after saying what that comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _, many
from scheduler.tui.widgets.dialogs import Ask, Choice, Question
from scheduler.tui.words import short, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from scheduler.engine.delivering.withdrawing import Withdrawal
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.model import Post
    from scheduler.tui.frame import Frame

MOST = 5
"""Deliveries that are named in one part of the question."""


async def withdraw(frame: Frame[Any], post: Post) -> None:
    """Ask what is to be taken back, say what cannot, and do it."""
    try:
        found = await frame.desk.read(lambda engine: engine.look.withdrawal(post.id))
    except LoaError as error:
        frame.notify(str(error), severity="error", title=_("Not done"), timeout=10)
        return
    title = many("Take %d delivery back?", "Take %d deliveries back?", len(found.back))
    choice = Choice("withdraw", _("Take back"), "error")
    lines = [post.title, *foreseen(found, frame.zone)]
    reply = await frame.app.push_screen_wait(Ask(Question(title, lines, [choice], _("Why"), required=True)))
    if reply is not None:
        await frame.carry_out(lambda engine: engine.act.withdraw(post.id, reply.text), said)


def foreseen(found: Withdrawal, zone: ZoneInfo) -> Iterator[str]:
    """Yield, line by line, what a withdrawal takes back and what becomes of the rest."""
    yield from _part(_("Taken back:"), [_line(each, zone) for each in found.back])
    cannot = [f"{each.key.channel} · {each.key.target}: {why}" for each, why in found.cannot]
    yield from _part(_("Cannot be taken back:"), cannot)
    yield from _part(_("Had not gone out, and will not:"), [_line(each, zone) for each in found.stopped])
    if found.later:
        yield ""
        yield many(
            "%d delivery of a later occurrence stays as planned.",
            "%d deliveries of later occurrences stay as planned.",
            len(found.later),
        )


def _part(head: str, lines: list[str]) -> Iterable[str]:
    if not lines:
        return []
    more = [many("… and %d more", "… and %d more", len(lines) - MOST)] if len(lines) > MOST else []
    return ["", head, *(f"  {line}" for line in (*lines[:MOST], *more))]


def _line(each: Delivery, zone: ZoneInfo) -> str:
    return f"{each.key.channel} · {each.key.target}  {short(each.publish_at, zone)}  {word(each.state)}"


def said(found: Withdrawal) -> str:
    """Return one line on what a withdrawal came to."""
    taken = many("%d delivery is being taken back", "%d deliveries are being taken back", len(found.made))
    stays = many("%d stays out", "%d stay out", len(found.cannot)) if found.cannot else ""
    return ", ".join(filter(None, (taken, stays)))
