"""A text of many lines into which Vietnamese can be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.document._edit import Edit
from textual.document._history import EditHistory
from textual.widgets import TextArea

from scheduler.plan.source import CONTROL
from scheduler.tui.widgets.typing import AtOnce, composed, letter_before, marks_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.text import Text
    from textual.document._document import EditResult

STEPS = 1000
PAUSE = 2.0
"""Seconds without a key after which an undo goes back no further."""
STRETCH = 40
"""Letters that one undo takes back at most."""
_OF_A_BURST = 2


class Steps(EditHistory):
    """What can be undone. The backspaces of an input method are part of the word that is being typed."""

    def record(self, edit: Edit) -> None:
        result = edit._edit_result
        if result is not None and len(result.replaced_text) <= _OF_A_BURST:
            self._previously_replaced = bool(result.replaced_text)
        super().record(edit)


class Writing(AtOnce, TextArea):
    """A `TextArea` for input methods, whose text is always NFC and has no control characters."""

    DEFAULT_CSS = """
    Writing, Writing:focus { border: none; padding: 0 1; background: $background; color: $foreground; }
    Writing { height: 1fr; scrollbar-size-vertical: 1; }
    Writing .text-area--cursor-line { background: $foreground 5%; }
    Writing .text-area--selection { background: $input-selection-background; }
    Writing > .writing--bad { color: $error; text-style: underline; }
    Writing > .writing--doubtful { color: $warning; text-style: underline; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"writing--bad", "writing--doubtful"}
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        Binding("ctrl+home", "first", show=False),
        Binding("ctrl+end", "last", show=False),
        Binding("ctrl+shift+home", "first(True)", show=False),
        Binding("ctrl+shift+end", "last(True)", show=False),
    ]

    def __init__(self, text: str = "", **more: Any) -> None:
        self._marks: dict[int, str] = {}
        super().__init__(clean(text), soft_wrap=True, show_line_numbers=False, tab_behavior="focus", **more)
        self.history = Steps(STEPS, PAUSE, STRETCH)

    def replace_all(self, text: str) -> None:
        """Put a text in place of all; undo brings back what stood here."""
        self.history.checkpoint()
        self.replace(text, self.document.start, self.document.end)
        self.move_cursor((0, 0))

    def action_first(self, select: bool = False) -> None:
        """Go to where the text begins."""
        self.move_cursor(self.document.start, select=select)

    def action_last(self, select: bool = False) -> None:
        """Go to where the text ends."""
        self.move_cursor(self.document.end, select=select)

    def mark(self, lines: Mapping[int, str]) -> None:
        """Mark lines, counted from 0, as ``bad`` or ``doubtful``, in place of those that were marked."""
        if lines != self._marks:
            self._marks = dict(lines)
            self._line_cache.clear()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        line = super().get_line(line_index)
        if line_index in self._marks:
            line.stylize(self.get_component_rich_style(f"writing--{self._marks[line_index]}", partial=True))
        return line

    def load_text(self, text: str) -> None:
        """Put a text in place of all, without a way back."""
        super().load_text(clean(text))

    def edit(self, edit: Edit) -> EditResult:
        """Do one change, and compose what belongs together: a mark that comes alone joins the letter before it."""
        return super().edit(self._joined(edit))

    def _joined(self, edit: Edit) -> Edit:
        text = clean(edit.text)
        (row, column), (last, end) = sorted((edit.from_location, edit.to_location))
        before, after = self.document.get_line(row), self.document.get_line(last)
        start = letter_before(before, column) if not text.isascii() or text == "" else column
        stop = marks_after(after, end)
        whole = composed(before[start:column] + text + after[end:stop])
        if stop == end and whole == before[start:column] + text:
            return Edit(text, edit.from_location, edit.to_location, edit.maintain_selection_offset)
        return Edit(whole, (row, start), (last, stop), edit.maintain_selection_offset)


def clean(text: str) -> str:
    """Return ``text`` as a file of the campaign may hold it: NFC, lines that end in a line feed, nothing unseen."""
    return composed(CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")))
