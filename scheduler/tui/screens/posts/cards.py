"""What each target gets, as it will really go out: one card for all that get the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.channels.showing import Card, Passage
from scheduler.ground.text import _, many, measures
from scheduler.tui.screens.posts.blocks import drawn, measure
from scheduler.tui.screens.posts.groups import elsewhere, grouped
from scheduler.tui.screens.posts.problems import flow, told
from scheduler.tui.words import minute, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from textual import events

    from scheduler.channels.channel import Forecast
    from scheduler.engine.views import Preview
    from scheduler.tui.hues import Mark
    from scheduler.tui.screens.posts.groups import Group, Reach

LEAST = 24
TWO_COLUMNS = 96
EDGES = 3
"""Cells beside the words of a card."""


class Tile(Static, can_focus=True):
    """One card. It has the focus while somebody reads it."""

    DEFAULT_CSS = """
    Tile { height: auto; margin: 0 0 1 0; padding: 0 1; background: $surface; border-left: blank; }
    Tile:focus { border-left: outer $primary; }
    """

    def __init__(self, content: Content) -> None:
        super().__init__(content, classes="card")
        self.shown = content

    def help_text(self) -> str:
        """Return what it is."""
        return _("How the post goes out on one channel. Arrows scroll, Tab goes to the next card.")

    def put(self, content: Content) -> None:
        """Draw other content, where its words or its colours differ."""
        if not self.shown.is_same(content):
            self.shown = content
            self.update(content)


class Cards(VerticalScroll, can_focus=False):
    """The previews of one text; it draws again only the cards that differ."""

    DEFAULT_CSS = """
    Cards { padding: 0; scrollbar-gutter: stable; }
    Cards.-two { layout: grid; grid-size: 2; grid-rows: auto; grid-gutter: 1 1; }
    Cards.-two > Tile { margin: 0; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.groups: tuple[Group, ...] = ()
        self.together = True
        self._previews: tuple[Preview, ...] = ()
        self._file = ""
        self._why_none = ""
        self._zone: ZoneInfo | None = None

    def put(self, previews: tuple[Preview, ...], zone: ZoneInfo, file: str = "", why_none: str = "") -> None:
        """Show other previews, or why there are none.

        Problems of ``file``, their post's, are left out, since they stand in its text.
        """
        self._previews, self._file, self._zone, self._why_none = previews, file, zone, why_none
        self._group()

    def part(self, *, together: bool) -> None:
        """Show targets that get the same as one card, or each by itself."""
        self.together = together
        self._group()

    def _group(self) -> None:
        self.groups = grouped(self._previews, self._file, together=self.together)
        self.draw_again()

    def look_at(self) -> None:
        """Set the focus on the first card."""
        self.query(Tile).first().focus()

    def on_resize(self, event: events.Resize) -> None:
        self.draw_again()

    def draw_again(self) -> None:
        """Draw what is known in the width there is."""
        if self._zone is None or not self.size.width:
            return
        room = self.scrollable_content_region.width
        two = room >= TWO_COLUMNS and len(self.groups) > 1
        self.set_class(two, "-two")
        width = max(LEAST, ((room - 1) // 2 if two else room) - EDGES)
        marked = self.app.marks  # type: ignore[attr-defined]
        self._draw([card(group, width, self._zone, marked.get(group.channel)) for group in self.groups])

    @work(exclusive=True, group="cards")
    async def _draw(self, contents: list[Content]) -> None:
        cards = list(self.query(Tile))
        if not contents:
            contents = [Content.styled(self._why_none or _("No channel carries this post."), "$quiet")]
        for widget, content in zip(cards, contents, strict=False):
            widget.put(content)
        for extra in cards[len(contents) :]:
            await extra.remove()
        await self.mount_all(Tile(content) for content in contents[len(cards) :])


def card(group: Group, width: int, zone: ZoneInfo, mark: Mark | None = None) -> Content:
    """Return what some targets get, with measures, cost and problems where they belong."""
    first = group.previews[0]
    parts = [_head(group, width, zone, mark)]
    parts += [_reached(reach, width, named=len(group.previews) > 1) for reach in group.reaches]
    parts.append(told(elsewhere(group.problems, group.blocks), width))
    parts += [drawn(block, width, group.problems, zone) for block in group.blocks]
    parts.append(list(_files(group, width)))
    if first.rendered is not None and group.blocks == (Passage(first.rendered.text),):
        parts.insert(1, flow(" · ".join(measures(first.rendered.figures)), width, "$quiet"))
    rows = [line for part in parts if part for line in (*part, Content(""))]
    return Content("\n").join(rows[:-1])


def _head(group: Group, width: int, zone: ZoneInfo, mark: Mark | None) -> list[Content]:
    """Return the channel, whom it is for, and when."""
    target = group.previews[0].target
    number_of = len(group.previews)
    name = many("%d target", "%d targets", number_of) if number_of > 1 else target.title or target.name
    badge = Content.styled(f" {group.channel} ", f"reverse bold $channel-{mark.hue}" if mark else "reverse bold")
    first, *more = (badge + Content.styled(f" {name}", "bold")).wrap(width)
    costs = [each.forecast for each in group.previews if each.forecast and each.forecast.cost]
    facts = [] if any(isinstance(each, Card) for each in group.blocks) else [minute(group.at, zone)]
    if number_of > 1 and costs:
        people = sum(each.people or 0 for each in costs)
        facts += [_("{n} people").format(n=number(people))] if people else []
        facts.append(f"{number(sum(each.cost for each in costs))} đ")
    return [first, *more, *(flow(" · ".join(facts), width, "$quiet") if facts else [])]


def _reached(reach: Reach, width: int, *, named: bool) -> list[Content]:
    """Return whom it reaches in the same way, by what measures, at what cost."""
    lines = flow(", ".join(reach.names), width, "$secondary") if named else []
    for each in reach.measures:
        lines += measure(each, width, reach.problems)
    words = forecast_words(reach.forecast, said=_said(reach)) if reach.forecast else []
    lines += flow(" · ".join(words), width) if words else []
    return lines + told(elsewhere(reach.problems, reach.measures), width)


def _said(reach: Reach) -> Mapping[str, int]:
    """Return the units that a measure has told already."""
    return dict.fromkeys([reach.forecast.unit], reach.measures[0].value) if reach.forecast and reach.measures else {}


def _files(group: Group, width: int) -> Iterable[Content]:
    """Name the files that go with it, where no card shows them."""
    rendered = group.previews[0].rendered
    if rendered is None or any(isinstance(each, Card) for each in group.blocks):
        return
    for file in rendered.files:
        yield from flow(f"+ {file.name}", width, "$quiet")


def forecast_words(forecast: Forecast, *, said: Mapping[str, int | float | str]) -> list[str]:
    """Return what it will cost and whom it reaches, without a figure that has been ``said``."""
    people, cost = forecast.people, forecast.cost
    if people and cost and cost % people == 0:
        words = _("{people} people × {each} đ = {cost} đ")
        return [words.format(people=number(people), each=number(cost // people), cost=number(cost))]
    found = [_("{n} people").format(n=number(people))] if people is not None else []
    if forecast.units and said.get(forecast.unit) != forecast.units:
        found.append(f"{number(forecast.units)} {_(forecast.unit) if forecast.unit else ''}".strip())
    return [*found, f"{number(cost)} đ"] if cost else found
