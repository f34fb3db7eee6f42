"""The coverage grid as a widget: audiences and channels as rows, areas as columns, one cell under the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from scheduler.engine.looks.reach import Cell as Place
from scheduler.engine.looks.reach import Standing
from scheduler.ground.text import _
from scheduler.tui.keys import BY_ID, spelled
from scheduler.tui.widgets.lines import Cell, Lines, fit, middle
from scheduler.tui.words import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style
    from textual import events

    from scheduler.engine.looks.reach import Reach

SIGNS = {Standing.NONE: "·", Standing.GAP: "0", Standing.LOST: "!", Standing.PLANNED: "", Standing.DONE: "✓"}
TONES = {
    Standing.NONE: Tone.QUIET,
    Standing.GAP: Tone.BAD,
    Standing.LOST: Tone.WARN,
    Standing.PLANNED: Tone.PLAIN,
    Standing.DONE: Tone.GOOD,
}
_LEAST, _ENOUGH, _LABEL = 6, 11, 22
"""How narrow a column may get; how wide it is, room or not, before labels are whole; and what labels always keep."""


@dataclass(frozen=True, slots=True)
class Row:
    """An audience on one channel, or on all of them where ``channel`` is ""; ``places`` by area, for each channel."""

    audience: str
    channel: str
    label: str
    places: tuple[tuple[Place, ...], ...]

    def cell(self, column: int) -> Cell:
        """Return what stands in a column: how often something is published there, and how that stands."""
        found = self.places[column]
        standing = best(place.standing for place in found)
        number = sum(place.times for place in found) or sum(each.times for place in found for each in place.posts)
        sign = SIGNS[standing] if standing is not Standing.GAP or not number else ""
        return Cell(f"{number or ''}{sign}", TONES[standing], right=True)

    @property
    def gaps(self) -> list[int]:
        """The columns that nothing reaches and something could."""
        return [n for n, found in enumerate(self.places) if best(p.standing for p in found) is Standing.GAP]


def best(standings: Iterable[Standing]) -> Standing:
    """Return the best of some standings: an audience is reached where any channel reaches it."""
    return max(standings, key=list(Standing).index, default=Standing.NONE)


def rows_of(reach: Reach) -> tuple[Row, ...]:
    """Return the rows: each audience with all its channels together, and below it channel by channel."""
    found = []
    for who, title in reach.audiences.items():
        found.append(Row(who, "", title, tuple(tuple(reach.over_channels(who, where)) for where in reach.areas)))
        found += [
            Row(who, one, one, tuple((reach.cell(who, one, where),) for where in reach.areas)) for one in reach.channels
        ]
    return tuple(found)


class Grid(Lines):
    """Rows of cells; the arrows move the cursor in both directions."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("left", "across(-1)", show=False),
        Binding("right", "across(1)", show=False),
    ]
    column: reactive[int] = reactive(0, repaint=False)

    class Widened(Message):
        """The grid has another width, and its columns with it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()
        self.areas: tuple[str, ...] = ()

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def here(self) -> tuple[Place, ...]:
        """The places under the cursor: one, or one for each channel."""
        return self.row.places[self.column] if self.row and self.areas else ()

    def help_text(self) -> str:
        """Return what the grid is and what its keys do."""
        text = _(
            "Audiences and channels by area. Arrows move, {key} goes to the next gap, Enter to the posts of a cell."
        )
        return text.format(key=spelled(BY_ID["next_gap"]))

    def total(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def put(self, rows: tuple[Row, ...], areas: tuple[str, ...]) -> None:
        """Show other rows; the cursor stays where it is."""
        self.rows, self.areas = rows, areas
        self.column = self.validate_column(self.column)
        self.resized()
        self.post_message(self.Moved(self))

    def validate_column(self, value: int) -> int:
        return max(0, min(value, len(self.areas) - 1))

    def watch_column(self) -> None:
        self.refresh_line(self.cursor)
        self.post_message(self.Moved(self))

    def action_across(self, step: int) -> None:
        """Move the cursor by a column."""
        self.column += step

    def go(self, row: int, column: int) -> None:
        """Put the cursor on a cell."""
        self.cursor, self.column = row, column

    def next_gap(self) -> bool:
        """Go to the next gap, from the end back to the first; return whether there is one."""
        gaps = [(n, column) for n, row in enumerate(self.rows) for column in row.gaps]
        if gaps:
            self.go(*next((gap for gap in gaps if gap > (self.cursor, self.column)), gaps[0]))
        return bool(gaps)

    def on_resize(self) -> None:
        self.post_message(self.Widened())

    def on_click(self, event: events.Click) -> None:
        label, width = self.widths()
        if event.x > label:
            self.column = (event.x - label - 1) // max(1, width)
        super().on_click(event)

    def widths(self) -> tuple[int, int]:
        """Return the width of the labels and of a column."""
        number = max(1, len(self.areas))
        widest = 2 + max(map(cell_len, self.areas), default=0)
        spare = (self.size.width - 3 - max((cell_len(row.label) for row in self.rows), default=0)) // number
        column = max(_LEAST, min(widest, max(spare, _ENOUGH), (self.size.width - _LABEL) // number))
        return max(12, self.size.width - number * column - 2), column

    def titles(self) -> str:
        """Return the line of the columns' titles."""
        label, width = self.widths()
        return " " * (label + 1) + "".join(" " + fit(area, width - 1, right=True) for area in self.areas)

    def cells(self, index: int) -> Sequence[Cell]:
        """Return label and cells of a row."""
        row, (label, width) = self.rows[index], self.widths()
        audience = Cell(middle(row.label, label), Tone.STRONG, label)
        head = Cell(f"  {row.label}", Tone.QUIET, label, channel=row.channel) if row.channel else audience
        cells = (row.cell(n) for n in range(len(self.areas)))
        return [head, *(cell._replace(width=width) for cell in cells)]

    def render_line(self, y: int) -> Strip:
        index, width, ground = y + self.scroll_offset.y, self.size.width, self.rich_style
        if index >= self.total():
            return Strip.blank(width, ground)
        segments = [Segment(" ", ground)]
        for number, cell in enumerate(self.cells(index)):
            style = ground + self.style_of(cell)
            text = fit(cell.text, cell.width) if not number else " " + fit(cell.text, cell.width - 1, right=True)
            segments.append(Segment(text, style + self._over(index, number - 1)))
        used = sum(segment.cell_length for segment in segments)
        return Strip([*segments, Segment(" " * max(0, width - used), ground)], width).crop(0, width)

    def _over(self, index: int, column: int) -> Style:
        """Return the style that lies over a cell: the cursor's, where it stands there."""
        here = index == self.cursor and column == self.column
        name = "lines--cursor" if here and self.has_focus else "lines--rest" if here else "lines--plain"
        return self.get_component_rich_style(name, partial=True) if here else self.rich_style.null()
