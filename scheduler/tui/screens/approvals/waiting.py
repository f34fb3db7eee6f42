"""The posts that wait for a yes: which they are, in which order, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.ground.text import _
from scheduler.tui.widgets.lines import Cell
from scheduler.tui.widgets.section import Section
from scheduler.tui.words import Tone, countdown, roughly, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.engine.looks.post_views import PostStatus

SOON = timedelta(days=1)
ROOMY = 70
"""Cells from which on a row also says who wrote the text, and the day."""


def waiting(posts: Iterable[PostStatus]) -> tuple[PostStatus, ...]:
    """Return the posts that wait, the most urgent first; what waits for its author stands last."""
    return tuple(sorted((each for each in posts if each.waits), key=_urgency))


def _urgency(status: PostStatus) -> tuple[bool, bool, datetime | str, str]:
    return (status.returned is not None, status.next_at is None, status.next_at or "", status.post.id)


@dataclass(frozen=True, slots=True)
class Row:
    """One post of the list, as it is drawn: narrow, or with room for channels, author and day."""

    status: PostStatus
    cells: tuple[Cell, ...]
    roomy: tuple[Cell, ...]

    def about(self) -> str:
        """Return the post's id."""
        return self.status.post.id


def row_of(status: PostStatus, now: datetime, zone: ZoneInfo, name_of: Callable[[str], str]) -> Row:
    """Return a post's row: its sign, how long there is, its title; with room, author, day and channels."""
    symbol, tone = _sign(status)
    due = status.next_at
    rest = Tone.QUIET if status.returned else Tone.PLAIN
    left = Cell(countdown(roughly(due, now), now) if due else "—", _haste(status, now), 10)
    title = Cell(status.post.title, rest)
    when = Cell(short(due, zone) if due else "", Tone.QUIET, 11)
    author = Cell(name_of(status.post.author) if status.post.author else "", Tone.QUIET, 16)
    sign = Cell(symbol, tone, 1)
    letters = Cell("", width=3, channels=tuple(status.post.channels))
    return Row(status, (sign, left, title), (sign, left, when, author, letters, title))


def _sign(status: PostStatus) -> tuple[str, Tone]:
    if not status.valid:
        return "✗", Tone.BAD
    return ("↩", Tone.QUIET) if status.returned else ("‖", Tone.WARN)


def _haste(status: PostStatus, now: datetime) -> Tone:
    if status.returned or status.next_at is None:
        return Tone.QUIET
    return Tone.WARN if status.next_at - now < SOON else Tone.LIVE


class WaitingList(Section[Row]):
    """The list, with marks."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.marks: set[str] = set()

    def cells(self, index: int) -> Sequence[Cell]:
        """Return what stands in a row, as far as there is room."""
        row = self.rows[index]
        return row.roomy if self.size.width >= ROOMY else row.cells

    def edge(self, index: int) -> Cell:
        """Return the sign of a marked row."""
        return Cell("▌" if self.rows[index].about() in self.marks else " ", Tone.WARN)

    def put(self, rows: tuple[Row, ...]) -> None:
        """Show other rows; what is no longer there is no longer marked."""
        self.marks &= {row.about() for row in rows}
        super().put(rows)

    def mark(self) -> None:
        """Mark the row under the cursor or take its mark away, and go on."""
        if self.here is not None:
            self.marks ^= {self.here.about()}
            self.cursor += 1
            self.refresh()

    def chosen(self) -> list[PostStatus]:
        """Return the posts that are marked, or else the one under the cursor."""
        marked = [row.status for row in self.rows if row.about() in self.marks]
        return marked or ([self.here.status] if self.here is not None else [])


def sentence(posts: Sequence[PostStatus]) -> str:
    """Return the list's title: how many wait for a yes, and apart from them how many for their authors."""
    back = sum(each.returned is not None for each in posts)
    words = [_("Waits for a yes · {number}").format(number=len(posts) - back)]
    return "   ".join([*words, _("sent back · {number}").format(number=back)] if back else words)
