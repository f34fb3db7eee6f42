"""A list of which several can be chosen; what is chosen shows without colours too."""

from __future__ import annotations

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widgets import SelectionList

from scheduler.tui.widgets.lines import middle

_BUTTON = 3
"""Segments of a row that Textual draws its button with."""
_MARK = 4
"""Cells before the words of a row."""


class Several(SelectionList[str]):
    """Rows with ``[x]`` where they are chosen, each on one line."""

    DEFAULT_CSS = """
    Several {
        height: 1fr; border: none; padding: 0; background: $panel; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis; overflow-x: hidden;
    }
    Several:focus { border: none; background: $panel; }
    Several > .selection-list--button, Several > .selection-list--button-highlighted {
        color: $quiet; background: $panel;
    }
    Several > .selection-list--button-selected, Several > .selection-list--button-selected-highlighted {
        color: $success; background: $panel; text-style: bold;
    }
    """

    def __init__(self, *rows: tuple[str, str, bool], id: str, compact: bool = False) -> None:
        super().__init__(*rows, id=id, compact=compact)
        self._words = [words for words, _value, _chosen in rows]

    def on_resize(self) -> None:
        """Cut what is too long in its middle."""
        for index, words in enumerate(self._words):
            shown = middle(words, self.scrollable_content_region.width - _MARK)
            self.replace_option_prompt_at_index(index, Content(shown))

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        index = self.scroll_offset.y + y
        if index >= self.option_count:
            return strip
        chosen = self.get_option_at_index(index).value in self.selected
        style = strip._segments[1].style
        button = [Segment(each, style) for each in ("[", "x" if chosen else " ", "]")]
        return Strip([*button, *strip._segments[_BUTTON:]], strip.cell_length)
