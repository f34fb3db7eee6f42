"""Tables whose columns line up by what a terminal shows: Vietnamese letters, wide letters, marks without width."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

GAP = "  "
LEAST = 8
"""No column that may shrink gets narrower than this."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, whether it may shrink, whether it is flush right, and the style of a cell's text."""

    head: str
    shrinks: bool = False
    right: bool = False
    style: Callable[[str], str] | None = None


def width(text: str) -> int:
    """Return how many cells of a terminal ``text`` takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(letter: str) -> int:
    if letter.isascii():
        return 1
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def cut(text: str, room: int) -> str:
    """Return ``text``, ended with an ellipsis where it takes more than ``room`` cells."""
    if width(text) <= room:
        return text
    taken, kept = 0, []
    for letter in text:
        taken += _cells(letter)
        if taken > room - 1:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…" if room > 0 else ""


def wrapped(text: str, room: int) -> list[str]:
    """Return ``text``, one line of it, broken at spaces into lines of at most ``room`` cells; long words stay whole."""
    first, *words = text.split(" ")
    lines, line = [], first
    for word in words:
        longer = f"{line} {word}"
        if line.strip() and width(longer) > room:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def tabbed(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the table for programs: a tab between cells, nothing cut, one line a row."""
    lines = [[column.head for column in columns], *rows]
    return ["\t".join(" ".join(cell.split()) for cell in line) for line in lines]


def aligned(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int) -> list[str]:
    """Return the table for people, no line wider than ``room`` cells; its first line has the heads."""
    flat = [[" ".join(cell.split()) for cell in row] for row in rows]
    widths = _fitted(columns, flat, room)
    heads = [_padded(column.head, size, column) for column, size in zip(columns, widths, strict=True)]
    return [cut(GAP.join(heads).rstrip(), room), *(_line(columns, row, widths, room) for row in flat)]


def _line(columns: Sequence[Column], row: Sequence[str], widths: Sequence[int], room: int) -> str:
    cells, left = [], room
    for column, cell, size in zip(columns, row, widths, strict=True):
        shown = cut(_padded(cell, size, column), left)
        left -= width(shown) + len(GAP)
        cells.append(_styled(shown, cell, column))
        if left <= 0:
            break
    return GAP.join(cells).rstrip()


def _styled(shown: str, cell: str, column: Column) -> str:
    if column.style is None:
        return shown
    text = shown.strip()
    return shown.replace(text, column.style(cell).replace(cell, text), 1) if text else shown


def _padded(cell: str, size: int, column: Column) -> str:
    shown = cut(cell, size)
    space = " " * (size - width(shown))
    return space + shown if column.right else shown + space


def _fitted(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    widths = [max([width(column.head), *(width(row[place]) for row in rows)]) for place, column in enumerate(columns)]
    excess = sum(widths) + len(GAP) * (len(columns) - 1) - room
    able = [place for place, column in enumerate(columns) if column.shrinks]
    while excess > 0 and able:
        widest = max(able, key=lambda place: widths[place])
        if widths[widest] <= LEAST:
            break
        widths[widest] -= 1
        excess -= 1
    return widths
