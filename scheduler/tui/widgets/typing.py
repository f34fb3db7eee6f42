"""What makes a text field fit for input methods: keys take effect in the order they come, and letters are composed.

Telex and VNI send a backspace and the new letters in one burst. Textual runs a backspace, as every key that moves or
deletes, as a binding, which comes after the letters that followed it. Here such a key is done at once.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual import events
    from textual.widget import Widget

    Base = Widget
else:
    Base = object


class AtOnce(Base):
    """A text field whose own keys are done when they come, not after the letters behind them."""

    async def _on_key(self, event: events.Key) -> None:
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return


def composed(text: str) -> str:
    """Return ``text`` with every letter and its marks as one (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def letter_before(text: str, end: int) -> int:
    """Return where the letter begins that marks at ``end`` of ``text`` belong to; its own marks are passed over."""
    at = end
    while at > 0:
        at -= 1
        if not unicodedata.combining(text[at]):
            break
    return at


def marks_after(text: str, start: int) -> int:
    """Return where the marks end that stand at ``start`` of ``text``; ``start`` where there are none."""
    at = start
    while at < len(text) and unicodedata.combining(text[at]):
        at += 1
    return at
