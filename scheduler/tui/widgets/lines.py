"""A list of one-line rows that draws only the lines in view: cursor, keys, wheel and mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from scheduler.ground.text import _
from scheduler.tui.hues import HUES, letters
from scheduler.tui.words import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events


class Cell(NamedTuple):
    """A piece of a row: its text, its tone, and its width; 0 takes what the others leave.

    Where it names a ``channel``, that one's colour goes before the tone's. ``why`` stands behind the text, which gives
    way to it. Where it names ``channels``, their letters stand there, each in its colour, and no text.
    """

    text: str
    tone: Tone = Tone.PLAIN
    width: int = 0
    right: bool = False
    channel: str = ""
    why: str = ""
    channels: tuple[str, ...] = ()


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return ``text`` in exactly ``width`` cells, with an ellipsis where it is cut."""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else set_cell_size(text, max(0, width))
    return " " * (width - cell_len(text)) + text if right else set_cell_size(text, width)


def reasoned(text: str, why: str, width: int) -> str:
    """Return a text and why, in exactly ``width`` cells: the text is cut first, down to a quarter of the room."""
    tail = f" — {why}"
    room = min(cell_len(text), max(width - cell_len(tail), width // 4))
    return fit(fit(text, room) + tail, width)


def middle(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells, cut in its middle: names that begin alike differ at their end."""
    if cell_len(text) <= width or width < 3:
        return text
    tail = (width - 1) * 3 // 4
    end = next(text[at:] for at in range(len(text) + 1) if cell_len(text[at:]) <= tail)
    return set_cell_size(text, width - 1 - cell_len(end)).rstrip() + "…" + end.lstrip()


def _drawn(cell: Cell, room: int) -> str:
    return reasoned(cell.text, cell.why, room) if cell.why else fit(cell.text, room, right=cell.right)


class Lines(ScrollView, can_focus=True):
    """Rows by index. A subclass says how many there are and what stands in each."""

    DEFAULT_CSS = """
    Lines { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; background: $background; }
    Lines > .lines--plain { color: $foreground; }
    Lines > .lines--strong { color: $foreground; text-style: bold; }
    Lines > .lines--quiet { color: $quiet; }
    Lines > .lines--live { color: $primary; }
    Lines > .lines--good { color: $success; }
    Lines > .lines--warn { color: $warning; }
    Lines > .lines--bad { color: $error; text-style: bold; }
    Lines > .lines--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    Lines > .lines--rest { background: $block-cursor-blurred-background; }
    """ + "".join(f"Lines > .lines--channel-{n} {{ color: $channel-{n}; }}\n" for n in range(1, HUES + 1))
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"lines--{tone}" for tone in Tone),
        *(f"lines--channel-{number}" for number in range(1, HUES + 1)),
        "lines--cursor",
        "lines--rest",
    }
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        Binding("up,k", "go(-1)", show=False),
        Binding("down,j", "go(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "end(0)", show=False),
        Binding("end,G", "end(1)", show=False),
        Binding("enter", "open", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor stands on another row, or the row under it has changed."""

        def __init__(self, lines: Lines) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> Lines:
            """The list that it is about."""
            return self.lines

    class Opened(Moved):
        """A person opened the row under the cursor."""

    class Left(Message):
        """The cursor wanted to go past the first row (``step`` -1) or the last (1)."""

        def __init__(self, lines: Lines, step: int) -> None:
            super().__init__()
            self.lines = lines
            self.step = step

    def total(self) -> int:
        """Return how many rows there are."""
        raise NotImplementedError

    def cells(self, index: int) -> Sequence[Cell]:
        """Return what stands in a row."""
        raise NotImplementedError

    def help_text(self) -> str:
        """Return what its keys do."""
        return _("A list: arrows, PgUp, PgDn, Home and End (or j, k, g, G) move, Enter opens; so does a double click.")

    def edge(self, index: int) -> Cell:
        """Return the one cell before a row: a blank, or a mark."""
        return Cell(" ")

    def resized(self) -> None:
        """Tell the list that its number of rows may have changed."""
        self.virtual_size = Size(0, self.total())
        self.cursor = self.validate_cursor(self.cursor)
        self.refresh()

    def validate_cursor(self, value: int) -> int:
        return max(0, min(value, self.total() - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self.refresh_line(before)
        self.refresh_line(now)
        self.show_cursor()
        self.post_message(self.Moved(self))

    def show_cursor(self) -> None:
        """Scroll just so far that the cursor's row is in view."""
        top, height = self.scroll_offset.y, self.size.height
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif height and self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_cursor)

    def on_click(self, event: events.Click) -> None:
        row = event.y + self.scroll_offset.y
        if row < self.total():
            opens = event.chain > 1 or (row == self.cursor and self.has_focus and event.chain == 2)
            self.cursor = row
            if opens:
                self.action_open()

    def action_go(self, step: int) -> None:
        """Move the cursor by rows; past the end, say so."""
        target = self.cursor + step
        if 0 <= target < self.total():
            self.cursor = target
        else:
            self.post_message(self.Left(self, step))

    def action_page(self, step: int) -> None:
        """Move the cursor by a screenful."""
        self.cursor += step * max(1, self.size.height - 1)

    def action_end(self, last: int) -> None:
        """Move the cursor to the first row or the last."""
        self.cursor = self.total() - 1 if last else 0

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.total():
            self.post_message(self.Opened(self))

    def style_of(self, cell: Cell) -> Style:
        """Return the colours of a cell: its channel's where it names one, else its tone's."""
        marked = self.app.marks if cell.channel else {}  # type: ignore[attr-defined]
        name = f"channel-{marked[cell.channel].hue}" if cell.channel in marked else str(cell.tone)
        return self.get_component_rich_style(f"lines--{name}", partial=True)

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width = self.size.width
        ground = self.rich_style
        if index >= self.total():
            return Strip.blank(width, ground)
        over = Style.null()
        if index == self.cursor and self.has_focus:
            over = self.get_component_rich_style("lines--cursor", partial=True)
        elif index == self.cursor:
            over = self.get_component_rich_style("lines--rest", partial=True)
        return Strip(self._segments(index, width, ground, over), width)

    def _segments(self, index: int, width: int, ground: Style, over: Style) -> list[Segment]:
        cells = self.cells(index)
        free = sum(not cell.width for cell in cells)
        left = width - 2 - sum(cell.width for cell in cells) - 2 * (len(cells) - 1)
        edge = self.edge(index)
        found = [Segment(edge.text, self.style_of(edge))]
        used = 1
        for number, cell in enumerate(cells):
            room = cell.width or max(0, left // free)
            room = min(room, max(0, width - 1 - used))
            gap = "" if number == len(cells) - 1 else "  "
            gap = gap[: max(0, width - 1 - used - room)]
            if cell.channels:
                found += self._letters(cell.channels, room, gap)
            else:
                found.append(Segment(_drawn(cell, room) + gap, self.style_of(cell)))
            used += room + len(gap)
        found.append(Segment(" " * max(0, width - used)))
        return list(Segment.apply_style(found, ground, over))

    def _letters(self, channels: Sequence[str], room: int, gap: str) -> list[Segment]:
        found = letters(channels, self.app.marks, room)  # type: ignore[attr-defined]
        names = (f"channel-{mark.hue}" if mark.hue else str(Tone.QUIET) for mark in found)
        styles = (self.get_component_rich_style(f"lines--{name}", partial=True) for name in names)
        parts = [Segment(mark.letter, style) for mark, style in zip(found, styles, strict=True)]
        return [*parts, Segment(" " * (room - len(parts)) + gap)]
