"""Pieces of a calendar's rows: what they say, what they mean, and which day and item they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from scheduler.tui import hues
from scheduler.tui.widgets.lines import fit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from scheduler.tui.hues import Mark
    from scheduler.tui.screens.calendar.days import Days, Item

ROOMY = 16
"""Cells from which on a day's column tells the time of each item."""


LEFT, GHOST = "╌", "▸"
"""What stands before an item in place of its sign while it is being moved: where it was, and where it would go."""


class Spot(NamedTuple):
    """A day, and an item on it; "" is the day itself."""

    day: date
    item: str = ""


class Piece(NamedTuple):
    """A piece of a row: ``tones`` name its styles, the last one counts most."""

    text: str
    tones: tuple[str, ...] = ()
    spot: Spot | None = None


Row = list[Piece]


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn: the days, where the cursor stands, the local time, the room there is."""

    days: Days
    day: date
    chosen: str
    marks: Mapping[str, Mark]
    now: datetime
    zone: ZoneInfo
    width: int
    height: int

    @property
    def here(self) -> str:
        """The id of the item under the cursor, or ""."""
        found = self.days.item(self.day, self.chosen)
        return found.id if found else ""


def entry(item: Item, look: Look, day: date, width: int, lead: str = "", lines: int = 1) -> list[Row]:
    """Return an item in rows of exactly ``width`` cells, as many as its title needs, up to ``lines``.

    It says what is wrong, how it stands, its channels, its title.
    """
    found: list[tuple[str, str]] = [(lead, "quiet")] if lead else []
    if item.collisions:
        found.append(("!", "bad"))
    symbol, tone = item.sign()
    found.append((LEFT if item.left else GHOST if item.ghost else symbol, str(tone)))
    found += letters(item, look, 3 if width < ROOMY else 6)
    room = width - sum(cell_len(text) for text, _tone in found) - 1
    first, *more = wrapped(item.title, room, width - 1, lines)
    title = title_tone(item, look)
    under = item.id == look.here and day == look.day and not item.left
    over = ("left",) if item.left else ("ghost",) if item.ghost else ("cursor",) if under else ()
    made = [[*found, (f" {first}", title)], *([(f" {each}", title)] for each in more)]
    return [_fitted(parts, width, over, Spot(day, item.id)) for parts in made]


def wrapped(text: str, first: int, rest: int, lines: int) -> list[str]:
    """Return ``text`` in at most so many lines, broken between words; the last has what is left over."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines - 1:
        line, room = "", rest if found else first
        while words and cell_len(f"{line} {words[0]}".strip()) <= room:
            line = f"{line} {words.pop(0)}".strip()
        if not line and found:
            break
        found.append(line)
    return [*found, " ".join(words)] if words or not found else found


def _fitted(parts: list[tuple[str, str]], width: int, over: tuple[str, ...], spot: Spot) -> Row:
    row: Row = []
    left = width
    for number, (text, tone) in enumerate(parts):
        last = number == len(parts) - 1
        cells = left if last else min(left, cell_len(text))
        if cells > 0:
            row.append(Piece(fit(text, cells), (tone, *over), spot))
            left -= cells
    return row


def letters(item: Item, look: Look, most: int) -> list[tuple[str, str]]:
    """Return the letters of an item's channels, each in its colour; "+" where there are more."""
    found = hues.letters(item.channels, look.marks, most)
    return [(mark.letter, f"channel-{mark.hue}" if mark.hue else "quiet") for mark in found]


def title_tone(item: Item, look: Look) -> str:
    """Return the tone of a title: its first channel's colour, or what kind of event it is."""
    if item.showing is None:
        return "outside" if item.outside else "event"
    first = next((name for name in item.showing.channels if name in look.marks), "")
    return f"channel-{look.marks[first].hue}" if first and item.showing.goes else "quiet"


def columns(width: int) -> list[int]:
    """Return the widths of seven days with a line between two of them."""
    each, rest = divmod(max(7, width - 6), 7)
    return [each + (number < rest) for number in range(7)]


def beside(cells: list[Row]) -> Row:
    """Put the cells of seven days side by side."""
    row: Row = []
    for number, cell in enumerate(cells):
        row += [Piece("│", ("rule",)), *cell] if number else cell
    return row


def blank(width: int, spot: Spot) -> Row:
    """Return an empty cell, which still belongs to its day."""
    return [Piece(" " * width, (), spot)]


def note(text: str, tone: str, width: int, spot: Spot) -> Row:
    """Return a cell with one remark."""
    return [Piece(fit(text, width), (tone,), spot)]
