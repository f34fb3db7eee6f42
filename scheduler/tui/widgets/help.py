"""F1: what the part in focus is and does, then every key of the screen, and why some do nothing now."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.ground.text import _
from scheduler.tui.head import Clickable, link, put
from scheduler.tui.keys import keys_of, of, written
from scheduler.tui.widgets.dialogs import Box
from scheduler.tui.widgets.lines import fit
from scheduler.tui.widgets.parts import help_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult

    from scheduler.tui.action import Action
    from scheduler.tui.frame import Frame

WIDTH = 104
MOST_KEYS, MOST_NAME = 12, 18


class Help(Box[None]):
    """The help of one screen."""

    DEFAULT_CSS = """
    Help { align: center middle; background: $background 60%; }
    Help > VerticalScroll {
        width: 104; max-width: 96%; height: auto; max-height: 92%;
        background: $surface; border: round $primary; padding: 0 1; scrollbar-size-vertical: 1;
        border-title-color: $primary; border-title-style: bold;
    }
    """
    BINDINGS: ClassVar[list[Binding]] = [Binding("escape,f1,q,enter", "close", show=False)]

    def __init__(self, frame: Frame[object]) -> None:
        super().__init__()
        self._frame = frame
        self._focused = frame.focused

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = Content(_("Help"))
            yield Clickable(id="help")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Write it for the width that there is."""
        width = min(WIDTH, int(self.size.width * 0.96)) - 5
        put(self.query_one("#help", Static), Content("\n").join(self._lines(width)))

    def _lines(self, width: int) -> Iterator[Content]:
        if text := help_of(self._focused):
            yield _title(_("Here, where the cursor is"))
            yield Content(text)
            yield Content("")
        parts = ((_("This screen"), of(*self._frame.scopes)), (_("Everywhere"), self._frame.everywhere()))
        for title, actions in parts:
            if actions:
                yield _title(title)
                yield from self._rows(actions, width)
                yield Content("")
        yield Content.styled(_("Tab and Shift+Tab go from part to part; a click does what it stands on."), "$quiet")

    def _rows(self, actions: Sequence[Action], width: int) -> Iterator[Content]:
        actions = [self._frame.named(action) for action in actions]
        keys = min(MOST_KEYS, max(cell_len(_keys(action)) for action in actions))
        name = min(MOST_NAME, max(cell_len(action.label()) for action in actions))
        for action in actions:
            yield from _row(action, self._frame.why_not(action), (keys, name, width - keys - name - 4))

    def action_do(self, name: str) -> None:
        """Do what was clicked, on the screen below."""
        self.dismiss(None)
        self.app.call_later(self._frame.action_do, name)

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss(None)


def _title(text: str) -> Content:
    return Content.styled(text, "bold $primary")


def _keys(action: Action) -> str:
    return " ".join(written(key) for key in keys_of(action))


def _row(action: Action, why_not: str, room: tuple[int, int, int]) -> Iterator[Content]:
    """Yield an action's lines: its keys, its name, what it does, its command, and why it does nothing now."""
    keys, name, rest = room
    about = wrap(action.help(), rest)
    last = cell_len(about[-1]) if len(about) == 1 else rest
    beside = action.command if last + 2 + cell_len(action.command) <= rest else ""
    yield Content("").join(
        (
            link(fit(_keys(action), keys, right=True), action.id, "$quiet" if why_not else "bold $primary"),
            link(f"  {fit(action.label(), name)}  ", action.id, "$quiet" if why_not else ""),
            Content.styled(about[0], "$quiet"),
            Content.styled(beside.rjust(rest - cell_len(about[0])) if beside else "", "$secondary"),
        )
    )
    indent = " " * (keys + name + 4)
    for line in about[1:]:
        yield Content.styled(indent + line, "$quiet")
    if action.command and not beside:
        yield Content.styled(indent + action.command.rjust(rest), "$secondary")
    if why_not:
        for line in wrap(_("not now: {reason}").format(reason=why_not), rest):
            yield Content.styled(indent + line, "$warning")
