"""A list of rows that are held in memory, and such a list below a title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from scheduler.tui.head import put
from scheduler.tui.widgets.lines import Cell, Lines

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from textual.app import ComposeResult


class Listed(Protocol):
    """What a section can hold."""

    @property
    def cells(self) -> Sequence[Cell]:
        """What stands in the row."""

    def about(self) -> Hashable:
        """Return what identifies the one thing that the row is about."""


R = TypeVar("R", bound=Listed)


class Section(Lines, Generic[R]):
    """Rows in memory, each of any kind that says what stands in it and what it is about."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rows: tuple[R, ...] = ()

    @property
    def here(self) -> R | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def total(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def cells(self, index: int) -> Sequence[Cell]:
        """Return what stands in a row."""
        return self.rows[index].cells

    def put(self, rows: tuple[R, ...]) -> None:
        """Show other rows; the cursor stays on what it was on."""
        if rows == self.rows:
            return
        was = self.here
        self.rows = rows
        if was is not None:
            place = next((n for n, row in enumerate(rows) if row.about() == was.about()), self.cursor)
            self.set_reactive(Lines.cursor, self.validate_cursor(place))
        self.resized()
        self.post_message(self.Moved(self))


class Part(Vertical, Generic[R]):
    """A section below its title."""

    DEFAULT_CSS = """
    Part { height: auto; }
    Part > .title { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: clip; }
    Part Section > .lines--rest { background: $background; }
    Part > Section { height: 1fr; }
    Part > .empty { height: 1; padding: 0 1; color: $quiet; display: none; }
    Part.-empty > .empty { display: block; }
    Part.-empty > Section { display: none; }
    """

    def __init__(self, name: str, empty: str) -> None:
        super().__init__(id=f"part-{name}")
        self.section: Section[R] = Section(id=name)
        self._empty = empty

    def compose(self) -> ComposeResult:
        yield Static(classes="title")
        yield self.section
        yield Static(Content(self._empty), classes="empty")

    def put(self, title: Content, rows: tuple[R, ...]) -> None:
        """Show a title and rows."""
        put(self.query_one(".title", Static), title)
        self.set_class(not rows, "-empty")
        self.section.put(rows)
