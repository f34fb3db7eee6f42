"""What each target gets, as it will really go out: one card each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.ground.text import _, measures
from scheduler.tui.head import put
from scheduler.tui.screens.posts.text import problem_line
from scheduler.tui.words import minute, number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from scheduler.channels.channel import Forecast
    from scheduler.engine.views import Preview


class Cards(VerticalScroll):
    """The previews of one text; it draws again only the cards that differ."""

    DEFAULT_CSS = """
    Cards .card { height: auto; margin: 0 0 1 0; background: $surface; }
    """

    def put(self, previews: tuple[Preview, ...], zone: ZoneInfo) -> None:
        """Show other previews."""
        self._draw([card(preview, zone) for preview in previews])

    @work(exclusive=True, group="cards")
    async def _draw(self, contents: list[Content]) -> None:
        cards = list(self.query(".card").results(Static))
        if not contents:
            contents = [Content.styled(_("No channel carries this post."), "$quiet")]
        for widget, content in zip(cards, contents, strict=False):
            put(widget, content)
        for extra in cards[len(contents) :]:
            await extra.remove()
        await self.mount_all(Static(content, classes="card") for content in contents[len(cards) :])


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
