"""A month as a list, day by day, with everything that stands on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.ground.text import _, many
from scheduler.tui.screens.calendar.cells import Look, Piece, Row, Spot, entry
from scheduler.tui.screens.calendar.days import DAY, month
from scheduler.tui.widgets.lines import fit
from scheduler.tui.words import SYMBOLS, weekday_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from scheduler.engine.looks.agenda import Gap
    from scheduler.tui.screens.calendar.days import Item

_DATE = 16
_INDENT = 2
_TIME = 7
_WIDE = 90
_COUNTS = 34


def names(look: Look) -> Row:
    """Return nothing: the list needs no names of columns."""
    return []


def rows(look: Look) -> list[Row]:
    """Return every day of the month with what stands on it."""
    made: list[Row] = []
    day = month(look.day)
    while day < month(look.day, 1):
        made += _day(look, day)
        day += DAY
    return made


def _day(look: Look, day: date) -> Iterator[Row]:
    tone = "today" if day == look.now.date() else "day"
    over = ("cursor",) if day == look.day and not look.here else ("here",) if day == look.day else ()
    said, said_tone = _said(look, day)
    spot = Spot(day)
    yield [
        Piece(fit(f" {weekday_of(day)} {day:%d/%m/%Y}", _DATE), (tone, *over), spot),
        Piece(fit(f" {said}", look.width - _DATE), ("band", said_tone, *over), spot),
    ]
    for gap in look.days.gaps(day):
        if day == max(gap.start, month(look.day)):
            yield [Piece(fit(f"{' ' * _INDENT}— {gap_words(gap)}", look.width), ("gap",), spot)]
    for item in look.days.on(day):
        yield _line(look, day, item)


def _said(look: Look, day: date) -> tuple[str, str]:
    if name := look.days.holidays.get(day):
        return _(name), "holiday"
    if look.days.empty(day):
        return _("— nothing"), "gap" if day >= look.now.date() else "quiet"
    return "", "quiet"


def gap_words(gap: Gap) -> str:
    """Say that a workstream says nothing for some days."""
    length = many("%d day", "%d days", (gap.end - gap.start).days + 1)
    words = _("{start}–{end}: {length} without a word of: {title}")
    start, end = f"{gap.start:%d/%m}", f"{gap.end:%d/%m}"
    return words.format(start=start, end=end, length=length, title=gap.workstream.title)


def _line(look: Look, day: date, item: Item) -> Row:
    when = "" if item.whole else f"{item.start:%H:%M}" if item.start.date() == day else "…"
    counts = _COUNTS if look.width >= _WIDE else 0
    width = look.width - _INDENT - counts
    row = [Piece(" " * _INDENT, (), Spot(day)), *entry(item, look, day, width, fit(when, _TIME))[0]]
    if counts:
        over = row[-1].tones[1:]
        row.append(Piece(fit(f" {standing(item)}", counts), ("quiet", *over), Spot(day, item.id)))
    return row


def standing(item: Item) -> str:
    """Return how a post's deliveries stand on each channel, or where an event takes place."""
    if item.showing is None:
        return item.event.place if item.event else ""
    parts = []
    for name, counts in item.showing.channels.items():
        found = " ".join(f"{SYMBOLS[state]}{number}" for state, number in counts.items())
        parts.append(f"{name} {found}".strip())
    return ", ".join(parts)
