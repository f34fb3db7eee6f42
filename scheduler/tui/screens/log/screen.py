"""The log: what happened, line by line, as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from scheduler.engine.looks.logbook import LEVELS, MOST, Level, Line, Wanted
from scheduler.ground.text import N_, _, many
from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.head import put
from scheduler.tui.keys import bindings
from scheduler.tui.screens.log.lines import SIGNS, TONES, LogLines, said
from scheduler.tui.screens.log.search import parse
from scheduler.tui.widgets.field import Field
from scheduler.tui.widgets.filterbar import FilterBar
from scheduler.tui.widgets.lines import Lines
from scheduler.tui.widgets.pieces import STYLES
from scheduler.tui.words import number as thousands
from scheduler.tui.words import second

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing

SHOWN = {
    Level.DEBUG: N_("everything"),
    Level.INFO: N_("what happened"),
    Level.WARNING: N_("warnings and errors"),
    Level.ERROR: N_("errors"),
}
"""What stands in the list at each level, in words."""


class LogScreen(Frame[tuple[Line, ...]]):
    """What happened, the newest last."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.LOG,)
    BINDINGS: ClassVar[list[Binding]] = [*bindings(Scope.LOG), Binding("escape", "back", show=False)]
    DEFAULT_CSS = """
    LogScreen #whole { height: auto; max-height: 8; padding: 0 1; background: $surface; border-top: solid $rule; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.level = Level.INFO
        self.text = ""
        self.follows = True
        self._wanted = Wanted()

    def body(self) -> Iterable[Widget]:
        lines = LogLines(self.zone, self.loa.name_of, id="lines")
        yield FilterBar(_("words, after:10/05/2021"), lines)
        yield lines
        yield Static(id="whole")

    @property
    def lines(self) -> LogLines:
        """The list."""
        return self.query_one(LogLines)

    @property
    def bar(self) -> FilterBar:
        """The filter above it."""
        return self.query_one(FilterBar)

    def on_mount(self) -> None:
        self.lines.focus()

    def prepare(self) -> None:
        """Say which lines to read."""
        self._wanted, trouble = parse(self.text, self.level, self.zone)
        self.bar.trouble(trouble)

    def gather(self, engine: Engine) -> tuple[Line, ...]:
        """Read the lines, the newest last."""
        return tuple(reversed(engine.look.log(self._wanted)))

    def show(self, standing: Standing[tuple[Line, ...]], before: Standing[tuple[Line, ...]] | None) -> None:
        """Draw the lines, where there are others than before."""
        if before is None or before.found != standing.found:
            self.lines.put(standing.found, follow=self.follows)
        self._say_what_is_shown()

    def _say_what_is_shown(self) -> None:
        number = self.lines.total()
        count = many("%d line", "%d lines", number) if number < MOST else _("the last {number}").format(number=number)
        if self._wanted.reach:
            count += " " + _("in the last {number}").format(number=thousands(self._wanted.reach))
        sign = Content.styled(f"{SIGNS[self.level]} {_(SHOWN[self.level])}", STYLES[TONES[self.level]])
        follows = Content.styled(_("follows"), "$success") if self.follows else Content.styled(_("stands still"), "")
        self.bar.found(Content(" · ").join((Content(count), sign, follows)))

    @on(Lines.Moved)
    def moved(self) -> None:
        """Show the whole of the line under the cursor; who leaves the newest line no longer follows."""
        if self.lines.has_focus and self.follows != self.lines.at_end and self.at_rest:
            self.follows = self.lines.at_end
            self._say_what_is_shown()
        put(self.query_one("#whole", Static), self._whole(self.lines.here))
        self.draw_frame()

    def _whole(self, line: Line | None) -> Content:
        if line is None:
            return Content(_("Nothing has happened that fits."))
        who = self.loa.name_of(line.actor)
        head = " · ".join(filter(None, (second(line.at, self.zone), line.subject, who)))
        return Content("\n").join(
            (Content.styled(head, "$quiet"), Content.styled(said(line), STYLES[TONES[line.level]]))
        )

    @on(Field.Changed, "#filter")
    def typing(self, event: Field.Changed) -> None:
        """Filter as one types."""
        self.text = event.value.strip()
        self.renew()

    @on(Lines.Opened)
    def opened(self) -> None:
        """Go to what the line is about."""
        self.action_do("open_line")

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.id == "open_line" and not self._leads():
            return _("this line is about nothing that can be opened")
        return super().why_not(action)

    def _leads(self) -> tuple[str, str] | int | None:
        """Return where the line under the cursor leads: a delivery, or a screen with its target."""
        line, engine = self.lines.here, self.desk.engine
        if line is None:
            return None
        if line.delivery is not None:
            return line.delivery
        if line.subject in engine.campaign.posts:
            return "posts", line.subject
        return ("queue", f"channel:{line.subject}") if line.subject in engine.registry.channels else None

    def do_open_line(self) -> None:
        """Open the delivery, the post or the channel's deliveries."""
        leads = self._leads()
        if isinstance(leads, int):
            self.loa.open_delivery(leads)
        elif leads is not None:
            self.loa.go(*leads)

    def do_log_filter(self) -> None:
        """Begin to type a filter, in place of the one that stands there."""
        self.bar.begin()

    def do_level(self) -> None:
        """Show the next level; after errors alone, everything."""
        self.level = LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]
        self.renew()

    def do_follow(self) -> None:
        """Stay with the newest line, or stand still."""
        self.follows = not self.follows
        if self.follows:
            self.lines.action_end(1)
        self._say_what_is_shown()

    def action_back(self) -> None:
        """Leave the filter; then empty it."""
        self.bar.back()

    def aim(self, target: str) -> None:
        """Show the lines that have a text in them."""
        self.bar.field.value = target
        self.lines.focus()

    def remember(self) -> dict[str, Any]:
        """Return filter, level and whether it follows."""
        return {"filter": self.text, "level": self.level.value, "follows": self.follows}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Show again what was remembered."""
        if memory.get("level") in LEVELS:
            self.level = Level(memory["level"])
        self.follows = memory.get("follows") is not False
        self.bar.field.value = str(memory.get("filter", ""))
