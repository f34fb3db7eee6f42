"""A post and its previews as text: what the post screen shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.ground.problem import Severity
from scheduler.ground.text import _, measures
from scheduler.tui.widgets.pieces import STYLES, fact
from scheduler.tui.words import Tone, minute, number, until, weekday

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.channels.channel import Forecast
    from scheduler.engine.engine import Engine
    from scheduler.engine.views import PostStatus, Preview
    from scheduler.ground.model import Plan, Variant
    from scheduler.ground.problem import Problem

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


def card(preview: Preview, zone: ZoneInfo) -> Content:
    """Return what one target gets, with its figures, cost and problems."""
    target = preview.target
    figures = preview.rendered.figures if preview.rendered else {}
    forecast = forecast_words(preview.forecast, said=figures) if preview.forecast else []
    rows = [
        Content("").join(
            (
                Content.styled(f" {target.channel} ", "reverse bold $primary"),
                Content.styled(f" {target.title or target.name}", "bold"),
            )
        ),
        Content.styled(" · ".join((minute(preview.publish_at, zone), *measures(figures))), "$quiet"),
        *([Content(" · ".join(forecast))] if forecast else []),
        *(problem_line(problem) for problem in preview.problems),
    ]
    if preview.rendered is not None:
        rows += [Content(""), Content(preview.rendered.text.strip())]
        rows += [Content.styled(f"+ {file.name}", "$quiet") for file in preview.rendered.files]
    return Content("\n").join(rows)


def forecast_words(forecast: Forecast, *, said: Mapping[str, int | float | str]) -> list[str]:
    """Return what it will cost and whom it reaches, without a figure that has been ``said``."""
    found = []
    if forecast.people is not None:
        found.append(_("{n} people").format(n=number(forecast.people)))
    if forecast.units and said.get(forecast.unit) != forecast.units:
        found.append(f"{number(forecast.units)} {_(forecast.unit) if forecast.unit else ''}".strip())
    if forecast.cost:
        found.append(f"{number(forecast.cost)} đ")
    return found
