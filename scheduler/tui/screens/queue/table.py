"""All deliveries as a table that holds only the rows around those in view."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scheduler.ground.delivery import PUBLISH
from scheduler.ground.text import _
from scheduler.store.deliveries import Query
from scheduler.tui.widgets.lines import Cell, Lines
from scheduler.tui.words import SYMBOLS, TONES, Tone, minute, reason, short, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.engine.views import Views
    from scheduler.ground.delivery import Delivery

MARGIN = 3
"""How many screenfuls are held above and below the one in view."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows ``start`` and on, of ``total`` that the query finds; ``cursor`` is where the wanted row stands.

    ``faults`` says of those that wait for a file with errors which one that is.
    """

    total: int
    start: int
    rows: tuple[Delivery, ...]
    cursor: int | None = None
    faults: Mapping[int, str] = field(default_factory=dict)

    def get(self, index: int) -> Delivery | None:
        """Return a row, or ``None`` where it is not held."""
        place = index - self.start
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def covers(self, first: int, last: int) -> bool:
        """Return whether every row from ``first`` up to ``last`` is held, as far as there is one."""
        return self.start <= max(0, first) and self.start + len(self.rows) >= min(self.total, last)


NOTHING = Span(0, 0, ())


@dataclass(frozen=True, slots=True)
class Wish:
    """What to read: a query, the first row in view and how many, and a row that the cursor should stand on.

    ``anchor`` is that row as last seen; with ``at`` it is the first row that is due then or later.
    """

    query: Query
    first: int = 0
    height: int = 24
    anchor: Delivery | None = None
    at: datetime | None = None


def read_span(look: Views, wish: Wish) -> Span:
    """Read the rows around those in view. Where the cursor's row has moved, the view goes with it."""
    total = look.count(wish.query)
    cursor = _place(look, wish) if wish.anchor or wish.at else None
    first = wish.first if cursor is None else cursor - wish.height // 2
    margin = MARGIN * wish.height
    start = max(0, min(first, total - wish.height) - margin)
    rows = _rows(look, wish.query, start, wish.height + 2 * margin, total)
    span = Span(total, start, rows, faults={row.id: fault for row in rows if (fault := look.fault(row))})
    if cursor is None:
        return span
    if wish.anchor is None:
        return replace(span, cursor=min(cursor, max(0, total - 1)))
    held = {row.id: number for number, row in enumerate(span.rows, start)}
    return replace(span, cursor=held.get(wish.anchor.id, min(cursor, max(0, total - 1))))


def _place(look: Views, wish: Wish) -> int:
    moment = wish.anchor.due_at if wish.anchor else wish.at
    query = wish.query
    if query.sort != "due" or query.newest_first:
        return _rank(look.numbers(query), wish.anchor)
    if moment is None or (query.start and moment <= query.start):
        return 0
    return look.count(replace(query, end=min(moment, query.end) if query.end else moment))


def _rank(numbers: Sequence[int], anchor: Delivery | None) -> int:
    """Return where a row stands in another order than that of time; the first, where it does not."""
    return numbers.index(anchor.id) if anchor is not None and anchor.id in numbers else 0


def _rows(look: Views, query: Query, start: int, number: int, total: int) -> tuple[Delivery, ...]:
    """Read from the nearer end, because the database walks past all that an offset leaves out."""
    number = min(number, total - start)
    if number <= 0:
        return ()
    from_end = total - start - number
    if from_end < start:
        rows = look.deliveries(replace(query, limit=number, offset=from_end, newest_first=not query.newest_first))
        return tuple(reversed(rows))
    return tuple(look.deliveries(replace(query, limit=number, offset=start)))


class Table(Lines):
    """The rows of a span. It asks for another by `Wanting` when the view nears its ends."""

    class Wanting(Lines.Moved):
        """Rows are in view, or nearly, that are not held."""

    def __init__(self, zone: ZoneInfo, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.zone = zone
        self.span = NOTHING
        self.now: datetime | None = None
        self.marks: set[int] = set()
        self.range_from: Delivery | None = None
        self._range_start = 0

    @property
    def here(self) -> Delivery | None:
        """The delivery under the cursor."""
        return self.span.get(self.cursor)

    def total(self) -> int:
        """Return how many rows the query finds."""
        return self.span.total

    def mark(self, delivery: Delivery | None, *, on: bool | None = None) -> None:
        """Mark a delivery or not; by default the other way than it is."""
        if delivery is not None:
            on = delivery.id not in self.marks if on is None else on
            (self.marks.add if on else self.marks.discard)(delivery.id)
            self.refresh()

    def begin_range(self) -> None:
        """Let marks reach from here to wherever the cursor goes."""
        self.range_from, self._range_start = self.here, self.cursor
        self.refresh()

    def end_range(self) -> tuple[int, int]:
        """Return the first row of the range and the one after its last; it is over."""
        self.range_from = None
        self.refresh()
        return min(self._range_start, self.cursor), max(self._range_start, self.cursor) + 1

    def edge(self, index: int) -> Cell:
        """Return the sign of a marked row."""
        row = self.span.get(index)
        low, high = sorted((self._range_start, self.cursor))
        ranged = self.range_from is not None and low <= index <= high
        return Cell("▌" if ranged or (row is not None and row.id in self.marks) else " ", Tone.WARN)

    def watch_cursor(self, before: int, now: int) -> None:
        super().watch_cursor(before, now)
        if self.range_from is not None:
            self.refresh()

    def put(self, span: Span, now: datetime, *, centred: bool = False) -> None:
        """Show another span; the cursor goes to the row that was wanted, where asked well within the view."""
        before = self.here
        self.span, self.now = span, now
        with self.prevent(Lines.Moved):
            self.resized()
            if span.cursor is not None and span.cursor != self.cursor:
                self.cursor = span.cursor
                if centred:
                    self.scroll_to(y=span.cursor - self.size.height // 3, animate=False, force=True)
        if before != self.here:
            self.post_message(self.Moved(self))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        top, height = round(new_value), self.size.height
        if not self.span.covers(top - height, top + 2 * height):
            self.post_message(self.Wanting(self))

    def cells(self, index: int) -> Sequence[Cell]:
        """Return state, time, channel, target, title; on a wide screen the reason too."""
        row = self.span.get(index)
        if row is None:
            return [Cell("·", Tone.QUIET)]
        return cells_of(row, self.zone, self.size.width, self.now, self.span.faults.get(row.id, ""))


def widths(width: int) -> tuple[int, int, int, int, int]:
    """Return the widths of state, time, channel, target and reason for a table that wide; 0 leaves one out."""
    if width < 110:
        return 14, 11, 8, 12, 0
    return 14, 16, 10, 22, 0 if width < 140 else width // 4


def cells_of(row: Delivery, zone: ZoneInfo, width: int, now: datetime | None, fault: str = "") -> list[Cell]:
    """Return a delivery as cells."""
    state, when, channel, target, why = widths(width)
    over = now is not None and row.due_at < now and TONES[row.state] in (Tone.QUIET, Tone.GOOD)
    rest = Tone.QUIET if over else Tone.PLAIN
    cells = [
        Cell(f"{SYMBOLS[row.state]} {word(row.state)}", TONES[row.state], state),
        Cell(short(row.due_at, zone) if width < 110 else minute(row.due_at, zone), rest, when),
        Cell(row.key.channel, rest, channel, channel=row.key.channel),
        Cell(row.key.target, rest, target),
        Cell(row.title if row.key.action == PUBLISH else f"↩ {_(row.key.action)}: {row.title}", rest),
    ]
    return [*cells, Cell(reason(row.reason, row.holds, fault), Tone.QUIET, why)] if why else cells
