"""A line to type a filter into, above a list: what was typed, how much was found, what was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Static

from scheduler.tui.head import put
from scheduler.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget


class FilterBar(Grid):
    """The field is ``#filter``; whoever has it hears `Field.Changed` from it.

    Down and Enter lead to the list ``below``. So does Escape, as long as something is typed; a second one empties it.
    """

    DEFAULT_CSS = """
    FilterBar {
        grid-size: 3; grid-columns: 2 1fr auto; grid-rows: 1 auto; height: auto; padding: 0 1; background: $surface;
    }
    FilterBar > .sign { color: $primary; text-style: bold; }
    FilterBar > Field { padding: 0; background: $surface; }
    FilterBar > .found { width: auto; color: $quiet; padding: 0 0 0 2; }
    FilterBar > .trouble { column-span: 3; height: auto; padding: 0 2; color: $warning; display: none; }
    FilterBar > .trouble.-shown { display: block; }
    """

    def __init__(self, hint: str, below: Widget, value: str = "") -> None:
        super().__init__()
        self._hint = hint
        self._below = below
        self._value = value

    def compose(self) -> ComposeResult:
        yield Static("/", classes="sign")
        yield Field(self._value, placeholder=self._hint, id="filter", select_on_focus=False, compact=True)
        yield Static(classes="found")
        yield Static(classes="trouble")

    @property
    def field(self) -> Field:
        """Where one types."""
        return self.query_one(Field)

    def found(self, text: Content | str) -> None:
        """Say how much was found."""
        put(self.query_one(".found", Static), text)

    def trouble(self, text: str) -> None:
        """Say what of the filter was not understood; "" where all was."""
        line = self.query_one(".trouble", Static)
        put(line, Content(text))
        line.set_class(bool(text), "-shown")

    def begin(self) -> None:
        """Begin to type, in place of what stands there."""
        self.field.focus()
        self.field.action_select_all()

    def back(self) -> None:
        """Leave the field for the list; where one has left it already, filter no more."""
        if not (self.field.has_focus and self.field.value):
            self.field.value = ""
        self._below.focus()

    @on(Field.Submitted)
    def typed_enough(self) -> None:
        """Go on in the list, with what is found."""
        self._below.focus()

    def on_key(self, event: events.Key) -> None:
        """Let the arrows lead out of the field."""
        if event.key == "down":
            event.stop()
            self._below.focus()
