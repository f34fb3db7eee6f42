"""The log as rows, the newest last; it stays with the newest while it follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.engine.looks.logbook import Level, Line, happened
from scheduler.ground.text import _
from scheduler.tui.widgets.lines import Cell, Lines, middle
from scheduler.tui.words import Tone, second

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

SIGNS = {Level.DEBUG: "·", Level.INFO: "○", Level.WARNING: "!", Level.ERROR: "✗"}
TONES = {Level.DEBUG: Tone.QUIET, Level.INFO: Tone.PLAIN, Level.WARNING: Tone.WARN, Level.ERROR: Tone.BAD}


class LogLines(Lines):
    """Lines of the log; the cursor stays on its line, or on the newest while it follows."""

    def __init__(self, zone: ZoneInfo, name_of: Callable[[str], str], *, id: str) -> None:
        super().__init__(id=id)
        self.lines: tuple[Line, ...] = ()
        self._zone = zone
        self._name_of = name_of

    @property
    def here(self) -> Line | None:
        """The line under the cursor."""
        return self.lines[self.cursor] if self.lines else None

    @property
    def at_end(self) -> bool:
        """Whether the cursor stands on the newest line."""
        return self.cursor >= len(self.lines) - 1

    def total(self) -> int:
        """Return how many lines there are."""
        return len(self.lines)

    def cells(self, index: int) -> Sequence[Cell]:
        """Return time, level, what it is about, what happened and who did it; a narrow screen leaves out the last."""
        line, width = self.lines[index], self.size.width
        when = second(line.at, self._zone)
        tone, room = TONES[line.level], min(44, width // 3)
        cells = [
            Cell(when if width >= 110 else when[:5] + when[10:], Tone.QUIET, 19 if width >= 110 else 14),
            Cell(SIGNS[line.level], tone, 1),
            Cell(middle(about(line), room), Tone.QUIET, room),
            Cell(said(line).splitlines()[0] if said(line) else "", tone),
        ]
        return [*cells, Cell(self._name_of(line.actor), Tone.QUIET, 16)] if width >= 110 else cells

    def put(self, lines: tuple[Line, ...], *, follow: bool) -> None:
        """Show other lines."""
        was = self.here
        self.lines = lines
        self.resized()
        if follow:
            self.cursor = len(lines) - 1
            self.call_after_refresh(self.show_cursor)
        elif was is not None and was != self.here:
            self.cursor = next((n for n in range(len(lines) - 1, -1, -1) if lines[n] == was), self.cursor)
        self.post_message(self.Moved(self))


def about(line: Line) -> str:
    """Return in few letters what a line is about: of a delivery its post and target."""
    post, _day, channel, target, *_action = [*line.subject.split("/"), "", "", "", ""]
    return f"{post} {channel}/{target}" if line.delivery is not None else line.subject


def said(line: Line) -> str:
    """Return what a line says in words: what happened, and why."""
    return ": ".join(part for part in (happened(line.event), _(line.text) if line.text else "") if part)
