"""The week's deliveries as a plot: a column for each day, by state; one line where there is no room for more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from scheduler.tui.head import put
from scheduler.tui.widgets.pieces import STYLES
from scheduler.tui.words import TONES, Tone, number, weekday_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from textual import events

    from scheduler.ground.lifecycle import State

BLOCKS = " ▁▂▃▄▅▆▇█"
EIGHTHS = 8
WIDEST = 8

FROM_BELOW = (Tone.GOOD, Tone.LIVE, Tone.PLAIN, Tone.QUIET, Tone.WARN, Tone.BAD)
"""How states lie upon each other: what is done below, what needs somebody on top."""

_COLOURS = {**STYLES, Tone.PLAIN: "$secondary", Tone.BAD: "$error"}


class Plot(Static):
    """Seven days. Clicked, it leads to the calendar."""

    def __init__(self) -> None:
        super().__init__(id="plot")
        self._days: tuple[Mapping[State, int], ...] = ()
        self._first: date | None = None
        self._today: date | None = None

    def put(self, days: Sequence[Mapping[State, int]], first: date, today: date) -> None:
        """Show other numbers."""
        self._days, self._first, self._today = tuple(days), first, today
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def on_click(self) -> None:
        self.screen.action_do("calendar")  # type: ignore[attr-defined]

    def draw(self) -> None:
        """Draw as much as there is room for."""
        width, height = self.content_size
        if self._first is None or not width or not self._days:
            return
        names = [self._first + timedelta(each) for each in range(len(self._days))]
        found = [_name(name, today=name == self._today) for name in names]
        put(self, columns(self._days, found, width, height) if height > 2 else one_line(self._days, found, width))


def _name(day: date, *, today: bool) -> Content:
    return Content(f" {weekday_of(day)} {day:%d} ").stylize("reverse bold" if today else "$quiet")


def one_line(days: Sequence[Mapping[State, int]], names: Sequence[Content], width: int) -> Content:
    """Return each day with its name, a block and its number."""
    room, most = width // len(days), _most(days)
    cells = []
    for day, name in zip(days, names, strict=True):
        total = sum(day.values())
        block = Content.styled(BLOCKS[-(-total * EIGHTHS // most)], _COLOURS[_loudest(day)])
        cell = name + block + Content.styled(number(total) if total else "·", "$quiet")
        cells.append(_filled(cell, room))
    return Content("").join(cells)


def columns(days: Sequence[Mapping[State, int]], names: Sequence[Content], width: int, height: int) -> Content:
    """Return a column for each day, and below it its name and its numbers."""
    room, most, rows = width // len(days), _most(days), height - 1
    broad = min(WIDEST, room - 3)
    towers = [list(tower(day, most, rows)) for day in days]
    lines = []
    for row in reversed(range(rows)):
        cells = [Content.styled(f" {block * broad}", _COLOURS[tone]) for block, tone in (each[row] for each in towers)]
        lines.append(Content("").join(_filled(cell, room) for cell in cells))
    labels = [_filled(name + _numbers(day), room) for name, day in zip(names, days, strict=True)]
    return Content("\n").join([*lines, Content("").join(labels)])


def tower(day: Mapping[State, int], most: int, rows: int) -> Iterator[tuple[str, Tone]]:
    """Yield a day's blocks from below, each with the tone of what fills most of it; what needs somebody has its own."""
    scale = rows * EIGHTHS / most
    parts = [(tone, n) for tone in FROM_BELOW if (n := sum(c for s, c in day.items() if TONES[s] is tone))]
    filled = -(-sum(n for _tone, n in parts) * rows * EIGHTHS // most)
    for row in range(rows):
        below, above = row * EIGHTHS, min(filled, (row + 1) * EIGHTHS)
        shares: dict[Tone, float] = {}
        edge = 0.0
        for tone, count in parts:
            start, edge = edge, edge + count * scale
            shares[tone] = max(0.0, min(edge, above) - max(start, below))
        yield BLOCKS[max(0, above - below)], max(shares, key=lambda tone: shares[tone], default=Tone.QUIET)


def _numbers(day: Mapping[State, int]) -> Content:
    total = sum(day.values())
    bad = sum(count for state, count in day.items() if TONES[state] is Tone.BAD)
    text = Content.styled(f"· {number(total)}" if total else "", "$quiet")
    return text + Content.styled(f" ✗{number(bad)}", STYLES[Tone.BAD]) if bad else text


def _loudest(day: Mapping[State, int]) -> Tone:
    tones = {TONES[state] for state, count in day.items() if count}
    return next((tone for tone in (Tone.BAD, Tone.WARN, Tone.LIVE, Tone.PLAIN, Tone.GOOD) if tone in tones), Tone.QUIET)


def _most(days: Sequence[Mapping[State, int]]) -> int:
    return max(1, *(sum(day.values()) for day in days))


def _filled(content: Content, room: int) -> Content:
    return content.truncate(room) + Content(" " * max(0, room - content.cell_length))
