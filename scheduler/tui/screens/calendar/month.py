"""A month as a grid of weeks: each day with its date, its holiday, and as many items as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from scheduler.ground.text import _
from scheduler.tui.screens.calendar.cells import (
    ROOMY,
    Look,
    Piece,
    Row,
    Spot,
    beside,
    blank,
    columns,
    entry,
    note,
    wrapped,
)
from scheduler.tui.screens.calendar.days import DAY, weeks
from scheduler.tui.widgets.lines import fit
from scheduler.tui.words import weekday_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from scheduler.tui.screens.calendar.days import Item

LEAST = 2
"""Rows that a week has at least."""
MOST = 3
"""Rows that an item has at most, where there is room for so many."""
HOLIDAY = 3
"""Rows that a holiday's name has at most, where there is room for so many."""


def names(look: Look) -> Row:
    """Return the row of weekdays that stands above the grid."""
    first = weeks(look.day)[0]
    cells = [
        [Piece(fit(f" {weekday_of(first + number * DAY)}", width), ("quiet",))]
        for number, width in enumerate(columns(look.width))
    ]
    return beside(cells)


def rows(look: Look) -> list[Row]:
    """Return the grid, as high as there is room, and each week at least two rows."""
    found = weeks(look.day)
    height, rest = divmod(max(look.height, LEAST * len(found)), len(found))
    made: list[Row] = []
    for number, start in enumerate(found):
        made += _week(look, start, height + (number < rest))
    return made


def _week(look: Look, start: date, height: int) -> list[Row]:
    cells = [_day(look, start + number * DAY, width, height) for number, width in enumerate(columns(look.width))]
    return [beside([cell[line] for cell in cells]) for line in range(height)]


def _day(look: Look, day: date, width: int, height: int) -> list[Row]:
    items = look.days.on(day)
    shown = around(items, look.here if day == look.day else "", height - 1)
    more = len(items) - len(shown)
    first, *rest = _holiday(look, day, width, more, HOLIDAY if height > HOLIDAY + len(shown) else 1)
    lines = [_head(look, day, width, more, first)]
    lines += [note(f" {each}", "holiday", width, Spot(day)) for each in rest]
    each_has = min(MOST, (height - len(lines)) // max(1, len(shown)))
    for item in shown:
        lines += entry(item, look, day, width, f"{item.start:%H:%M} " if _timed(item, width) else "", each_has)
    if not items and look.days.empty(day):
        lines.append(note(_("— nothing"), "gap" if day >= look.now.date() else "quiet", width, Spot(day)))
    lines += [blank(width, Spot(day))] * (height - len(lines))
    return lines[:height]


def _timed(item: Item, width: int) -> bool:
    return width >= ROOMY and not item.whole


def around(items: Sequence[Item], chosen: str, room: int) -> Sequence[Item]:
    """Return as many items as there is room for, the chosen one among them."""
    place = next((number for number, each in enumerate(items) if each.id == chosen and not each.left), 0)
    first = max(0, min(place, place - room + 1))
    return items[first : first + max(0, room)]


def _holiday(look: Look, day: date, width: int, more: int, lines: int) -> list[str]:
    """Return a holiday's name in lines: what stands beside the date, and what goes below it."""
    room = width - cell_len(f" {_number(day)} ") - (cell_len(f"+{more} ") if more > 0 else 0)
    return wrapped(_(look.days.holidays.get(day, "")), room, width - 1, lines) or [""]


def _number(day: date) -> str:
    return f"{day.day}/{day.month}" if day.day == 1 else str(day.day)


def _head(look: Look, day: date, width: int, more: int, holiday: str) -> Row:
    inside = day.month == look.day.month
    tone = "today" if day == look.now.date() else "day" if inside else "other"
    over = ("here",) if day == look.day else ()
    if day == look.day and not look.here:
        over = ("cursor",)
    tail = f"+{more} " if more > 0 else ""
    date_cells = f" {_number(day)} "
    room = max(0, width - cell_len(date_cells) - cell_len(tail))
    spot = Spot(day)
    found = [
        Piece(fit(date_cells, min(width, cell_len(date_cells))), (tone, *over), spot),
        Piece(fit(holiday, room), ("band", "holiday", *over), spot),
        Piece(tail, ("band", "quiet", *over), spot),
    ]
    return [piece for piece in found if piece.text]
