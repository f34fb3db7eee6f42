"""Jump mode: a letter over every part that can be in focus; the letter's key goes there. Digits go to the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scheduler.ground.text import _
from scheduler.tui.action import Scope
from scheduler.tui.keys import keys_of, of
from scheduler.tui.screens.index import PLACES

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.screen import Screen
    from textual.widget import Widget

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


class Jump(ModalScreen["Widget | str | None"]):
    """Letters over the parts of a screen. Answers with the part, the name of a screen, or nothing."""

    DEFAULT_CSS = """
    Jump { background: $background 30%; }
    Jump > .letter {
        position: absolute; width: 3; height: 1; text-align: center; text-style: bold;
        background: $accent; color: $banner-text;
    }
    Jump > #said { dock: bottom; height: 1; padding: 0 1; background: $panel; color: $quiet; }
    """
    BINDINGS: ClassVar[list[Binding]] = [Binding("escape", "leave", show=False)]  # type: ignore[assignment]

    def __init__(self, screen: Screen[object]) -> None:
        super().__init__()
        self.parts = dict(zip(LETTERS, parts(screen), strict=False))

    def compose(self) -> ComposeResult:
        for letter, part in self.parts.items():
            sign = Static(Content(letter), classes="letter")
            sign.styles.offset = part.region.offset
            yield sign
        yield Static(Content(_("A letter goes to its part, a digit to its screen; Esc stays here.")), id="said")

    def on_key(self, event: events.Key) -> None:
        if event.key in self.parts:
            event.stop()
            self.dismiss(self.parts[event.key])
        for action in of(Scope.EVERYWHERE):
            if event.key in keys_of(action) and action.id in {entry.name for entry in PLACES}:
                event.stop()
                self.dismiss(action.id)

    def on_click(self, event: events.Click) -> None:
        """Go to the part whose letter, or which itself, was clicked."""
        at = event.screen_offset
        hits = [part for part in self.parts.values() if part.region.contains_point(at)]
        self.dismiss(min(hits, key=lambda part: part.region.area) if hits else None)

    def action_leave(self) -> None:
        """Stay where one was."""
        self.dismiss(None)


def parts(screen: Screen[object]) -> list[Widget]:
    """Return the parts that can be in focus and are in sight, in reading order."""
    seen = [part for part in screen.focus_chain if part.region and screen.region.overlaps(part.region)]
    return sorted(seen, key=lambda part: (part.region.y, part.region.x))
