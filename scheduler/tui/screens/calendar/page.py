"""The sheet of the calendar: rows of pieces, drawn as they are; it knows which day and item lie under the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from scheduler.ground.text import _
from scheduler.tui.hues import HUES
from scheduler.tui.words import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from scheduler.tui.screens.calendar.cells import Row, Spot

_TONES = (
    *Tone,
    *(f"channel-{number}" for number in range(1, HUES + 1)),
    *("event", "outside", "holiday", "gap", "rule", "band", "day", "other", "today", "now"),
    *("here", "left", "ghost", "cursor"),
)


MARGIN = 2
"""So many rows stay in view on both sides of the cursor."""


class Page(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws rows; the keys belong to the screen."""

    DEFAULT_CSS = """
    Page { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; background: $background; }
    Page.-head { height: 1; scrollbar-size-vertical: 0; }
    Page > .page--plain { color: $foreground; }
    Page > .page--strong, Page > .page--event { color: $foreground; text-style: bold; }
    Page > .page--quiet, Page > .page--outside { color: $quiet; }
    Page > .page--live { color: $primary; }
    Page > .page--good { color: $success; }
    Page > .page--warn, Page > .page--gap { color: $warning; }
    Page > .page--bad { color: $error; text-style: bold; }
    Page > .page--rule { color: $rule; }
    Page > .page--band, Page > .page--day { background: $panel; }
    Page > .page--day { color: $foreground; text-style: bold; }
    Page > .page--other { color: $quiet; background: $panel; }
    Page > .page--today { color: $banner-text; background: $accent; text-style: bold; }
    Page > .page--holiday { color: $accent; }
    Page > .page--now { color: $accent; text-style: bold; }
    Page > .page--here { text-style: underline; }
    Page > .page--left { color: $quiet; text-style: strike; }
    Page > .page--ghost { color: $banner-text; background: $accent; }
    Page > .page--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    """ + "".join(f"Page > .page--channel-{n} {{ color: $channel-{n}; }}\n" for n in range(1, HUES + 1))
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"page--{tone}" for tone in _TONES}

    class Chosen(Message):
        """A person clicked on a day or an item; ``opens`` with a second click."""

        def __init__(self, spot: Spot, *, opens: bool) -> None:
            super().__init__()
            self.spot = spot
            self.opens = opens

    class Resized(Message):
        """There is another room for the rows."""

    def __init__(self, *, id: str, classes: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self.rows: Sequence[Row] = ()

    def help_text(self) -> str:
        """Say which keys lead through the days."""
        return _(
            "The days: arrows lead from day to day, Tab, j and k from item to item, PgUp and PgDn to other months;"
            " with Shift the arrows move the item under the cursor, and Enter makes the move."
        )

    def put(self, rows: Sequence[Row], keep: int | None = None) -> None:
        """Show other rows, with row number ``keep`` in view."""
        if rows != self.rows:
            self.rows = rows
            self.virtual_size = Size(0, len(rows))
            self.refresh()
        if keep is not None:
            first = max(0, keep - MARGIN)
            self.scroll_to_region(Region(0, first, 1, keep + MARGIN + 1 - first), animate=False, force=True)

    @property
    def room(self) -> Size:
        """The cells that rows can fill, beside the scrollbar."""
        return Size(self.scrollable_content_region.width, self.size.height)

    def on_resize(self) -> None:
        self.post_message(self.Resized())

    def watch_show_vertical_scrollbar(self) -> None:
        self.post_message(self.Resized())

    def on_click(self, event: events.Click) -> None:
        spot = self.spot_at(event.x, event.y + self.scroll_offset.y)
        if spot is not None:
            self.post_message(self.Chosen(spot, opens=event.chain > 1))

    def spot_at(self, x: int, y: int) -> Spot | None:
        """Return the day and item that lie at a cell of the sheet."""
        used = 0
        for piece in self.rows[y] if 0 <= y < len(self.rows) else ():
            used += cell_len(piece.text)
            if x < used:
                return piece.spot
        return None

    def render_line(self, y: int) -> Strip:
        index, width, ground = y + self.scroll_offset.y, self.size.width, self.rich_style
        if index >= len(self.rows):
            return Strip.blank(width, ground)
        segments = [Segment(piece.text, self._style(ground, piece.tones)) for piece in self.rows[index]]
        return Strip(segments).adjust_cell_length(width, ground)

    def _style(self, ground: Style, tones: tuple[str, ...]) -> Style:
        style = ground
        for tone in tones:
            style += self.get_component_rich_style(f"page--{tone}", partial=True)
        return style
