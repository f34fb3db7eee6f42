"""The post as written: the side that is read. Problems stand at the lines that they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.ground.problem import Severity
from scheduler.ground.text import _
from scheduler.tui.screens.posts.problems import STYLES as BARS
from scheduler.tui.screens.posts.problems import problem_lines
from scheduler.tui.widgets.pieces import STYLES, fact
from scheduler.tui.words import Tone, minute, until, weekday

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from textual import events
    from textual.app import ComposeResult

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.post_views import PostStatus
    from scheduler.ground.model import Plan
    from scheduler.ground.problem import Problem

_FENCE = "---"
_GUTTER = Content("  ")


@dataclass(frozen=True, slots=True)
class Page:
    """What is read: facts about the post, its file's text, and what is wrong with that."""

    facts: tuple[Content, ...]
    source: str = ""
    problems: tuple[Problem, ...] = ()

    def differs(self, other: Page) -> bool:
        """Return whether another page looks otherwise."""
        same = (self.source, self.problems, len(self.facts)) == (other.source, other.problems, len(other.facts))
        return not (same and all(map(Content.is_same, self.facts, other.facts)))


class Reading(VerticalScroll, can_focus=True):
    """The post to be read: the facts about it, its text and its variants."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._page = Page(())

    def compose(self) -> ComposeResult:
        yield Static(id="body")

    def put(self, page: Page) -> None:
        """Show another page where it differs."""
        if page.differs(self._page):
            self._page = page
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if width:
            self.query_one("#body", Static).update(Content("\n").join(page_lines(self._page, width)))


def approval_sign(post: PostStatus, name_of: Callable[[str], str]) -> tuple[str, Tone, str]:
    """Return a post's symbol, tone and standing in words; ``name_of`` tells a person's name by id."""
    if not post.valid:
        return "✗", Tone.BAD, post.fault
    if post.post.draft:
        return "·", Tone.QUIET, _("a draft: checked, never planned")
    if post.held_by:
        why = f": {post.held_reason}" if post.held_reason else ""
        return "‖", Tone.WARN, _("held by {who}").format(who=name_of(post.held_by)) + why
    if post.approval:
        return "✓", Tone.GOOD, _("approved by {who}").format(who=name_of(post.approval.by))
    if post.returned:
        words = _("sent back by {who}: {reason}")
        return "↩", Tone.WARN, words.format(who=name_of(post.returned.by), reason=post.returned.note)
    if post.over:
        return "✓", Tone.QUIET, _("has gone out as a whole")
    if post.approval_required:
        return "‖", Tone.WARN, _("waits for approval")
    return "○", Tone.PLAIN, _("needs no approval")


def page_of(
    status: PostStatus,
    engine: Engine,
    source: str,
    problems: Iterable[Problem],
    now: datetime,
    name_of: Callable[[str], str],
) -> Page:
    """Return a post's page: the facts about it, then its file's text."""
    post, zone, plan = status.post, engine.config.zone, engine.campaign.plan
    symbol, tone, words = approval_sign(status, name_of)
    if status.approval:
        words += f", {minute(status.approval.at, zone)}"
    elif status.over and status.gone_at and not status.returned:
        words += f", {minute(status.gone_at, zone)}"
    facts = (
        Content.styled(post.title, "bold"),
        Content.styled(f"{symbol} {words}", STYLES[tone]),
        fact(_("Next"), next_of(status, now, zone)),
        fact(_("For"), named(post.audiences, audience_titles(plan)) or _("everyone")),
        fact(_("Where"), named(post.areas, {k: a.title for k, a in plan.areas.items()}) or _("every area")),
        Content.styled(post.path, "$quiet"),
    )
    return Page(facts, source, tuple(problems))


def torn_page(post: str, path: str, source: str, problems: Iterable[Problem]) -> Page:
    """Return the page of a file that cannot be read as a post."""
    why = _("its file cannot be read as a post; what was planned from it waits")
    facts = (
        Content.styled(post, "bold"),
        Content.styled(f"✗ {why}", STYLES[Tone.BAD]),
        Content.styled(path, "$quiet"),
    )
    return Page(facts, source, tuple(problems))


def page_lines(page: Page, width: int) -> list[Content]:
    """Return the lines of a page: of the front matter only what has a problem, of the text all."""
    lines = page.source.splitlines()
    begin = _body_begins(lines)
    found = [_GUTTER + line for each in page.facts for line in each.wrap(max(2, width - 2))]
    at: dict[int, list[Problem]] = {}
    for problem in page.problems:
        at.setdefault(_line_of(problem, lines, begin), []).append(problem)
    found += [_GUTTER + line for problem in at.get(0, ()) for line in problem_lines(problem, width - 2)]
    for number in sorted(number for number in at if 0 < number <= begin):
        found += _marked(lines[number - 1], at[number], width)
    found.append(Content(""))
    for number, line in enumerate(lines[begin:], start=begin + 1):
        found += _marked(line, at.get(number, ()), width)
    return found


def _body_begins(lines: Sequence[str]) -> int:
    """Return how many lines the front matter has, with its fences."""
    if not lines or lines[0].rstrip() != _FENCE:
        return 0
    return next((number for number, line in enumerate(lines[1:], start=2) if line.rstrip() == _FENCE), 0)


def _line_of(problem: Problem, lines: Sequence[str], begin: int) -> int:
    """Return the line at which a problem stands: its own, else that of its key in the front matter, else 0."""
    if problem.line is not None and 0 < problem.line <= len(lines):
        return problem.line
    head = f"{problem.key.partition('[')[0].partition('.')[0]}:"
    keyed = (number for number, line in enumerate(lines[:begin], start=1) if line.startswith(head))
    return next(keyed, 0) if problem.key else 0


def _marked(line: str, problems: Sequence[Problem], width: int) -> Iterator[Content]:
    """Yield a line of the file in its gutter, and below it what is wrong with it."""
    worst = next((each for each in Severity if any(problem.severity is each for problem in problems)), None)
    bar = Content.styled("▌ ", BARS[worst]) if worst else _GUTTER
    for piece in _written(line).wrap(max(2, width - 2)) if line.strip() else [Content("")]:
        yield bar + piece
    for problem in problems:
        for piece in problem_lines(problem, width - 2, numbered=True):
            yield bar + piece


def _written(line: str) -> Content:
    """Return a line of Markdown with its marks in colour."""
    if line.startswith(":::"):
        return Content.styled(line, "bold $secondary")
    if line.startswith("#"):
        return Content.styled(line, "bold")
    if line.startswith(">"):
        return Content.styled(line, "$quiet")
    return Content(line).highlight_regex(r"\{\{.*?\}\}", style="$accent")


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
