"""A rehearsal as rows: its days, what goes out on each, and its problems."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import State
from scheduler.ground.problem import Severity
from scheduler.ground.text import _, many
from scheduler.tui.widgets.lines import Cell
from scheduler.tui.words import SYMBOLS, TONES, Tone, number, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from scheduler.engine.rehearsing.summary import Row, Summary
    from scheduler.ground.problem import Problem

PLOT = 5
"""Cells of the longest bar."""
STAYED = frozenset({State.FAILED, State.UNKNOWN, State.HELD, State.MISSED, State.RETRYING})
_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WARN, Severity.NOTICE: Tone.QUIET}
_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTICE: "·"}


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day with its deliveries; without a day, the problems of all."""

    day: date | None
    cells: tuple[Cell, ...]

    def about(self) -> date | None:
        """Return what identifies the row."""
        return self.day


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What goes out at one moment on one channel, to one target or to several; or a problem, without a post."""

    post: str
    key: str
    cells: tuple[Cell, ...]

    def about(self) -> str:
        """Return what identifies the row."""
        return self.key


def days(summary: Summary) -> tuple[DayRow, ...]:
    """Return the problems, where there are any, and then every day on which something is due."""
    found = [_problems_row(summary.problems)] if summary.problems else []
    by_day = {
        day: list(rows) for day, rows in groupby(summary.rows, lambda row: row.at.astimezone(summary.zone).date())
    }
    most = max(map(len, by_day.values()), default=1)
    return (*found, *(_day_row(day, rows, most) for day, rows in by_day.items()))


def _problems_row(problems: Sequence[Problem]) -> DayRow:
    worst = Severity.ERROR if any(each.severity is Severity.ERROR for each in problems) else problems[0].severity
    text = many("%d problem", "%d problems", len(problems))
    return DayRow(None, (Cell(f"{_SIGNS[worst]} {text}", _TONES[worst]),))


def _day_row(day: date, rows: Sequence[Row], most: int) -> DayRow:
    stayed = sum(row.state in STAYED for row in rows)
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    bar = "█" * max(1, round(PLOT * len(rows) / most))
    return DayRow(
        day,
        (
            Cell(f"{names[day.weekday()]} {day:%d/%m}", Tone.PLAIN, 9),
            Cell(str(len(rows)), Tone.STRONG, 4, right=True),
            Cell(f"!{stayed}" if stayed else "", Tone.WARN, 3),
            Cell(bar, Tone.LIVE),
        ),
    )


def items(rows: Iterable[Row], zone: ZoneInfo) -> tuple[ItemRow, ...]:
    """Return what goes out on a day, the targets of one post at one time together."""
    alike = groupby(rows, lambda row: (row.at, row.channel, row.title, row.state, row.reason))
    return tuple(_item(list(group), zone) for _kind, group in alike)


def _item(rows: Sequence[Row], zone: ZoneInfo) -> ItemRow:
    first, cost = rows[0], sum(row.cost for row in rows)
    channel = f"{first.channel} ×{len(rows)}" if len(rows) > 1 else first.channel
    why = f" — {_(first.reason)}" if first.reason and first.state in STAYED else ""
    price = f" · {number(cost)} đ" if cost else ""
    return ItemRow(
        first.key.partition("/")[0],
        first.key,
        (
            Cell(f"{first.at.astimezone(zone):%H:%M}", Tone.PLAIN, 5),
            Cell(SYMBOLS[first.state], TONES[first.state], 1),
            Cell(channel, Tone.QUIET, 11, channel=first.channel),
            Cell(first.title + price + why, Tone.WARN if why else Tone.PLAIN),
        ),
    )


def problem_rows(problems: Iterable[Problem]) -> tuple[ItemRow, ...]:
    """Return the problems, the worst first."""
    order = list(Severity)
    return tuple(
        ItemRow("", str(each), (Cell(_SIGNS[each.severity], _TONES[each.severity], 1), Cell(_line(each))))
        for each in sorted(problems, key=lambda each: order.index(each.severity))
    )


def _line(problem: Problem) -> str:
    """Return a problem with what is wrong first, and then where."""
    where = f"{problem.file}:{problem.line}" if problem.file and problem.line else problem.file
    hint = f" ({problem.hint})" if problem.hint else ""
    return "  ".join(part for part in (problem.message + hint, problem.key, where) if part)


def totals(summary: Summary) -> str:
    """Return in one line what it came to."""
    counts: dict[State, int] = {}
    for row in summary.rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    parts = [many("%d delivery", "%d deliveries", len(summary.rows))]
    parts += [f"{SYMBOLS[state]} {word(state)} {counts[state]}" for state in State if state in counts]
    return "   ".join([*parts, _("{amount} đ in all").format(amount=number(summary.cost))])
