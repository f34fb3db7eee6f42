"""The post as written: the side that is read, and edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.ground.problem import Severity
from scheduler.ground.text import _
from scheduler.tui.head import put
from scheduler.tui.widgets.pieces import STYLES, fact
from scheduler.tui.words import Tone, minute, until, weekday

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from textual.app import ComposeResult

    from scheduler.engine.engine import Engine
    from scheduler.engine.views import PostStatus
    from scheduler.ground.model import Plan, Variant
    from scheduler.ground.problem import Problem

class Reading(VerticalScroll):
    """The post to be read: the facts about it, its text and its variants."""

    def compose(self) -> ComposeResult:
        yield Static(id="body")

    def put(self, content: Content | str) -> None:
        """Show other text where it differs."""
        put(self.query_one("#body", Static), content)


_SIGNS = {Severity.ERROR: ("✗", "bold $error"), Severity.WARNING: ("!", "$warning"), Severity.NOTICE: ("·", "$quiet")}


def approval_sign(post: PostStatus, name_of: Callable[[str], str]) -> tuple[str, Tone, str]:
    """Return a post's symbol, tone and standing in words; ``name_of`` tells a person's name by id."""
    if not post.valid:
        return "✗", Tone.BAD, _("its file has errors")
    if post.post.draft:
        return "·", Tone.QUIET, _("a draft: checked, never planned")
    if post.held_by:
        why = f": {post.held_reason}" if post.held_reason else ""
        return "‖", Tone.WARN, _("held by {who}").format(who=name_of(post.held_by)) + why
    if post.approval:
        return "✓", Tone.GOOD, _("approved by {who}").format(who=name_of(post.approval.by))
    if post.approval_required:
        return "‖", Tone.WARN, _("waits for approval")
    return "○", Tone.PLAIN, _("needs no approval")


def text_of(
    status: PostStatus, engine: Engine, problems: Iterable[Problem], now: datetime, name_of: Callable[[str], str]
) -> Content:
    """Return the post as written, below the facts about it."""
    post, zone, plan = status.post, engine.config.zone, engine.campaign.plan
    symbol, tone, words = approval_sign(status, name_of)
    if status.approval:
        words += f", {minute(status.approval.at, zone)}"
    rows = [
        Content.styled(post.title, "bold"),
        Content.styled(f"{symbol} {words}", STYLES[tone]),
        fact(_("Next"), next_of(status, now, zone)),
        fact(_("For"), named(post.audiences, audience_titles(plan)) or _("everyone")),
        fact(_("Where"), named(post.areas, {k: a.title for k, a in plan.areas.items()}) or _("the whole province")),
        Content.styled(post.path, "$quiet"),
        *(problem_line(problem) for problem in problems),
        Content(""),
        Content(post.body.strip()),
    ]
    for variant in post.variants:
        rows += variant_lines(variant)
    return Content("\n").join(rows)


def audience_titles(plan: Plan) -> dict[str, str]:
    """Return the title of each audience and part, by id."""
    return {each.id: each.title for whole in plan.audiences.values() for each in (whole, *whole.parts)}


def named(ids: Iterable[str], titles: dict[str, str]) -> str:
    """Return the titles of some ids."""
    return ", ".join(titles.get(each, each) for each in ids)


def next_of(status: PostStatus, now: datetime, zone: ZoneInfo) -> str:
    """Return when the post's next delivery is due."""
    if status.next_at is None:
        return "—"
    if status.next_at < now:
        return _("now: due since {time}").format(time=minute(status.next_at, zone))
    return f"{weekday(status.next_at, zone)} {minute(status.next_at, zone)} ({until(status.next_at, now)})"


def variant_lines(variant: Variant) -> list[Content]:
    """Return a variant below the words that say whom it is for."""
    words = [*variant.channels, *variant.languages, *variant.areas, *variant.audiences]
    title = [Content.styled(variant.title, "bold")] if variant.title else []
    return [
        Content(""),
        Content.styled("::: " + " ".join(sorted(words)), "$secondary"),
        *title,
        Content(variant.text.strip()),
        Content.styled(":::", "$secondary"),
    ]


def problem_line(problem: Problem) -> Content:
    """Return a problem, with its line where it has one."""
    symbol, style = _SIGNS[problem.severity]
    where = f"{problem.line}: " if problem.line else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return Content.styled(f"{symbol} {where}{problem.message}{hint}", style)
