"""What differs between two texts, line by line."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.ground.text import _
from scheduler.tui.widgets.dialogs import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

AROUND = 2
"""Lines that stand around each difference."""


def difference(before: str, after: str) -> Content:
    """Return the lines of both that differ, with some around them: ``-`` is only in the first, ``+`` in the second."""
    rows = list(_rows(before.splitlines(), after.splitlines()))
    return Content("\n").join(rows) if rows else Content.styled(_("There is no difference."), "$quiet")


def _rows(before: list[str], after: list[str]) -> Iterator[Content]:
    first = True
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND):
        if not first:
            yield Content.styled("  ⋯", "$quiet")
        first = False
        for tag, a, b, c, d in group:
            if tag == "equal":
                yield from (Content.styled(f"  {line}", "$quiet") for line in after[c:d])
                continue
            yield from (Content.styled(f"- {line}", "$error") for line in before[a:b])
            yield from (Content.styled(f"+ {line}", "$success") for line in after[c:d])


class Leaf(Box[None]):
    """A text to be read above the screen; any of the keys that close closes it."""

    DEFAULT_CSS = """
    Leaf { align: center middle; background: $background 60%; }
    Leaf > VerticalScroll {
        width: 96; max-width: 96%; height: auto; max-height: 90%;
        background: $surface; border: round $primary; padding: 0 2;
        border-title-color: $primary; border-title-style: bold;
    }
    """
    BINDINGS: ClassVar[list[Binding]] = [Binding("escape,q,enter", "close", show=False)]

    def __init__(self, title: str, content: Content) -> None:
        super().__init__()
        self._title = title
        self._content = content

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = Content(self._title)
            yield Static(self._content)

    def foot(self) -> str:
        return _("Esc closes")

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)
