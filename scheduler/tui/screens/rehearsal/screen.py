"""The screen Rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.keys import bindings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.tui.frame import Standing


class RehearsalScreen(Frame[None]):
    """Not yet built."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.REHEARSAL,)
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.REHEARSAL)

    def body(self) -> Iterable[Widget]:
        yield Static(id="body")

    def gather(self, engine: Engine) -> None:
        """Read nothing yet."""

    def show(self, standing: Standing[None], before: Standing[None] | None) -> None:
        """Show nothing yet."""
