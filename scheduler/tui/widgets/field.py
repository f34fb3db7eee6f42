"""A text field into which Vietnamese can be typed."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from textual.widgets import Input

if TYPE_CHECKING:
    from textual import events


class Field(Input):
    """An `Input` for input methods, whose value is always NFC.

    Telex and VNI send a backspace and the new letters in one burst. Textual runs a backspace as a binding, which comes
    after the letters that followed it; here it is done at once.
    """

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "backspace":
            event.stop()
            event.prevent_default()
            self.action_delete_left()

    def replace(self, text: str, start: int, end: int) -> None:
        """Put ``text`` in place of a part, and compose what belongs together: a letter typed with its mark alone."""
        start, end = sorted((max(0, start), max(0, end)))
        before = unicodedata.normalize("NFC", self.value[:start] + text)
        whole = unicodedata.normalize("NFC", before + self.value[end:])
        super().replace(whole, 0, len(self.value))
        if self.value == whole:
            self.cursor_position = len(before)
