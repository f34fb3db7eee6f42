"""A text field of one line into which Vietnamese can be typed, and the one of the command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import CommandInput, CommandPalette
from textual.widgets import Input

from scheduler.tui.widgets.typing import AtOnce, composed

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Field(AtOnce, Input):
    """An `Input` for input methods, whose value is always NFC."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Put ``text`` in place of a part, and compose what belongs together: a letter typed with its mark alone."""
        start, end = sorted((max(0, start), max(0, end)))
        before = composed(self.value[:start] + text)
        whole = composed(before + self.value[end:])
        super().replace(whole, 0, len(self.value))
        if self.value == whole:
            self.cursor_position = len(before)


class PaletteField(CommandInput, Field):
    """The palette's own field, for input methods too."""


class Palette(CommandPalette):
    """The command palette, with a field for input methods."""

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            if isinstance(widget, CommandInput):
                yield PaletteField(placeholder=widget.placeholder, select_on_focus=False)
            else:
                yield widget
