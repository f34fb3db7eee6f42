"""A line to type a filter into, above a list: what was typed, and how much was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from scheduler.tui.head import put
from scheduler.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult


class FilterBar(Horizontal):
    """The field is ``#filter``; its screen hears `Field.Changed` and `Field.Submitted` from it."""

    DEFAULT_CSS = """
    FilterBar { height: 1; padding: 0 1; background: $surface; }
    FilterBar > .sign { width: 2; color: $primary; text-style: bold; }
    FilterBar > Field { width: 1fr; padding: 0; background: $surface; }
    FilterBar > .found { width: auto; color: $quiet; padding: 0 0 0 2; }
    """

    def __init__(self, hint: str) -> None:
        super().__init__()
        self._hint = hint

    def compose(self) -> ComposeResult:
        yield Static("/", classes="sign")
        yield Field(placeholder=self._hint, id="filter", select_on_focus=False, compact=True)
        yield Static(classes="found")

    @property
    def field(self) -> Field:
        """Where one types."""
        return self.query_one(Field)

    def found(self, text: Content | str) -> None:
        """Say how much was found."""
        put(self.query_one(".found", Static), text)

    def begin(self) -> None:
        """Begin to type, in place of what stands there."""
        self.field.focus()
        self.field.action_select_all()
