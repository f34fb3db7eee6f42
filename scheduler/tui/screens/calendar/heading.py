"""The line above the calendar: which days it shows, what is wrong there, and what the letters mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.ground.text import _, many
from scheduler.tui.head import apart
from scheduler.tui.screens.calendar.days import DAY, monday

if TYPE_CHECKING:
    from datetime import date

    from scheduler.tui.screens.calendar.cells import Look


ROOMY = 100


def heading(look: Look, view: str, width: int) -> Content:
    """Return the line in ``width`` cells."""
    title = week_title(look.day) if view == "week" else month_title(look.day)
    gap = "  " if width >= ROOMY else " "
    marks = [Content.styled(f"{mark.letter} {name}", f"$channel-{mark.hue}") for name, mark in look.marks.items()]
    legend = Content(gap).join(marks)
    line = Content.styled(title, "bold")
    for part in summary(look, view):
        longer = Content(gap).join((line, Content.styled(*part)))
        if longer.cell_length + legend.cell_length + 2 <= width:
            line = longer
    return apart(line, legend, width)


def month_title(day: date) -> str:
    """Return a month's name and year."""
    names = (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )
    return _("{month} {year}").format(month=names[day.month - 1], year=day.year)


def week_title(day: date) -> str:
    """Return the first and the last day of a week."""
    first = monday(day)
    return f"{first:%d/%m} – {first + 6 * DAY:%d/%m/%Y}"


def summary(look: Look, view: str) -> list[tuple[str, str]]:
    """Return what is wrong on the days in view, and how much stands there; what matters most comes first."""
    agenda = look.days.agenda
    days = [day for day in _days(agenda.start, agenda.end) if _in_view(day, look.day, view)]
    posts = sum(1 for day in days for each in look.days.on(day) if each.showing and not each.left)
    clashes = sum(_in_view(each.at.astimezone(look.zone).date(), look.day, view) for each in agenda.collisions)
    empty = sum(look.days.empty(day) for day in days)
    found = []
    if clashes:
        found.append(("! " + many("%d collision", "%d collisions", clashes), "bold $error"))
    if empty:
        found.append(("— " + many("%d empty day", "%d empty days", empty), "$warning"))
    found.append((many("%d post", "%d posts", posts), "$quiet"))
    return found


def _days(start: date, end: date) -> list[date]:
    return [start + number * DAY for number in range((end - start).days)]


def _in_view(day: date, cursor: date, view: str) -> bool:
    if view == "week":
        return monday(day) == monday(cursor)
    return (day.year, day.month) == (cursor.year, cursor.month)
