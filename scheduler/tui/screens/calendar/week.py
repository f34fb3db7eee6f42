"""A week with its hours as rows: as many as its items need, from the first to the last."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from scheduler.ground.text import _
from scheduler.tui.screens.calendar.cells import Look, Piece, Row, Spot, beside, blank, columns, entry, note
from scheduler.tui.screens.calendar.days import DAY, monday
from scheduler.tui.widgets.lines import fit
from scheduler.tui.words import weekday_of

if TYPE_CHECKING:
    from datetime import date

    from scheduler.tui.screens.calendar.days import Item

LABEL = 3
TELLS = 12
"""Cells from which on a column has room for minutes."""
USUAL = (6, 18)
"""The hours that are always there."""


def names(look: Look) -> Row:
    """Return the row of days that stands above the hours."""
    row: Row = [Piece(" " * LABEL)]
    cells = []
    for day, width in _columns(look):
        tone = "today" if day == look.now.date() else "day"
        over = ("cursor",) if day == look.day and not look.here else ("here",) if day == look.day else ()
        cells.append([Piece(fit(f" {weekday_of(day)} {day.day}/{day.month}", width), (tone, *over), Spot(day))])
    return row + beside(cells)


def _columns(look: Look) -> list[tuple[date, int]]:
    first = monday(look.day)
    return [(first + number * DAY, width) for number, width in enumerate(columns(look.width - LABEL))]


def rows(look: Look) -> list[Row]:
    """Return what takes up whole days, then the hours; titles take more rows where all fits with them."""
    made: list[Row] = []
    for lines in (3, 2, 1):
        made = _rows(look, lines)
        if len(made) <= look.height:
            break
    return made


def _rows(look: Look, lines: int) -> list[Row]:
    made = _block(look, "", [_whole(look, day, width, lines) for day, width in _columns(look)])
    items = [each for day, _width in _columns(look) for each in look.days.on(day) if not each.whole]
    first = min([USUAL[0], *(each.start.hour for each in items)])
    last = max([USUAL[1], *(each.start.hour for each in items)])
    for hour in range(first, last + 1):
        cells = [_hour(look, day, width, hour, lines) for day, width in _columns(look)]
        made += _block(look, f"{hour:02d} ", cells, 1)
    return made


def _block(look: Look, label: str, cells: list[list[Row]], least: int = 0) -> list[Row]:
    height = max([least, *(len(cell) for cell in cells)])
    made: list[Row] = []
    for line in range(height):
        row = [
            cell[line] if line < len(cell) else blank(width, Spot(day))
            for cell, (day, width) in zip(cells, _columns(look), strict=True)
        ]
        now = label and label.strip() == f"{look.now:%H}" and monday(look.now.date()) == monday(look.day)
        made.append([Piece(fit(label if not line else "", LABEL), ("now" if now else "quiet",)), *beside(row)])
    return made


def _whole(look: Look, day: date, width: int, lines: int) -> list[Row]:
    found: list[Row] = []
    if name := look.days.holidays.get(day):
        found.append(note(f" {_(name)}", "holiday", width, Spot(day)))
    for item in look.days.on(day):
        if item.whole:
            found += entry(item, look, day, width, lines=lines)
    if look.days.empty(day):
        found.append(note(" " + _("— nothing"), "gap" if day >= look.now.date() else "quiet", width, Spot(day)))
    return found


def _hour(look: Look, day: date, width: int, hour: int, lines: int) -> list[Row]:
    items = [each for each in look.days.on(day) if not each.whole]
    found: list[Row] = []
    for item in items:
        if item.start.date() == day and item.start.hour == hour:
            lead = f":{item.start:%M} " if item.start.minute and width >= TELLS else ""
            found += entry(item, look, day, width, lead, lines)
    return found + [note(" ┆", "event", width, Spot(day, each.id)) for each in items if _goes_on(each, day, hour)]


def _goes_on(item: Item, day: date, hour: int) -> bool:
    """Whether an event that began in an earlier hour is still under way."""
    return not item.left and item.start < datetime.combine(day, time(hour)) < item.end
