"""Today: what needs me, what is next, what went out, how the channels are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Container
from textual.content import Content

from scheduler.ground.lifecycle import State
from scheduler.ground.text import _, many
from scheduler.tui.action import Scope
from scheduler.tui.keys import bindings
from scheduler.tui.screens.delivery.handling import Handling
from scheduler.tui.screens.today.board import Board, dying, read_board
from scheduler.tui.screens.today.plot import Plot
from scheduler.tui.screens.today.rows import (
    Row,
    channel_row,
    delivery_row,
    dying_row,
    error_row,
    grouped,
    orphans_row,
    returned_row,
    waiting_row,
    went_together,
)
from scheduler.tui.widgets.dialogs import Ask, Choice, Question
from scheduler.tui.widgets.lines import Lines
from scheduler.tui.widgets.section import Part, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from textual import events
    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.status import ChannelStatus
    from scheduler.ground.delivery import Delivery
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing


VAST = 190
"""From this width on, what needs a person has more of it than what comes."""
READINGS = 2
"""The first reading comes before anything of a new folder is planned, the second after it."""


class TodayScreen(Handling[Board]):
    """The first screen."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.TODAY, Scope.DELIVERY)
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.TODAY)
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [(0, "-narrow"), (150, "-roomy")]  # type: ignore[misc]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [(0, "-low"), (32, "-tall")]  # type: ignore[misc]
    DEFAULT_CSS = """
    TodayScreen.-low #part-needs { height: 4fr; }
    TodayScreen.-low #part-next { height: 3fr; }
    TodayScreen Plot { height: 1; padding: 0 1; }
    TodayScreen.-tall Plot { height: 7; padding: 1; }
    TodayScreen #board { height: 1fr; layout: vertical; }
    TodayScreen Part { height: 2fr; min-height: 3; }
    TodayScreen #part-channels { height: auto; }
    TodayScreen #part-channels Section { height: auto; }
    TodayScreen.-roomy #board {
        layout: grid; grid-size: 2 3; grid-columns: 1fr 1fr; grid-rows: 1 1fr 1fr; grid-gutter: 1 2;
    }
    TodayScreen.-vast #board { grid-columns: 4fr 3fr; }
    TodayScreen.-roomy.-tall #board { grid-rows: 7 1fr 1fr; }
    TodayScreen.-roomy Plot { column-span: 2; }
    TodayScreen.-roomy Part, TodayScreen.-roomy #part-channels { height: 100%; }
    TodayScreen.-roomy #part-channels Section { height: 1fr; }
    """

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= VAST, "-vast")

    def body(self) -> Iterable[Widget]:
        with Container(id="board"):
            yield Plot()
            yield Part("needs", _("Nothing waits for you."))
            yield Part("next", _("Nothing that may go out is due in the next seven days."))
            yield Part("gone", _("Nothing has gone out yet."))
            yield Part("channels", _("There are no channels: look at config.toml."))

    def __init__(self) -> None:
        super().__init__()
        self._last: tuple[str, str] = ("", "")
        self._placed = 0
        self._put: object = None

    def remember(self) -> dict[str, Any]:
        """Return the part that one was in, and the row."""
        row = self.here()
        return {"part": self.focused.id, "row": repr(row.about())} if row is not None and self.focused else {}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go back to that row, once there are rows."""
        self._last = str(memory["part"]), str(memory["row"])

    def on_mount(self) -> None:
        self.set_interval(1, self.count_down)

    def count_down(self) -> None:
        """Let the countdowns tick: from what has been read, by the clock of now."""
        if self.standing is not None and self.is_current:
            self._draw_next(self.standing.found, self.desk.engine.clock.now())

    def sections(self) -> list[Section[Row]]:
        """Return the sections that have rows, in reading order."""
        return [section for section in self.query(Section) if section.rows]

    def here(self) -> Row | None:
        """Return the row under the cursor."""
        return self.focused.here if isinstance(self.focused, Section) else None

    def subject(self) -> Delivery | None:
        """Return the delivery under the cursor."""
        row = self.here()
        return row.delivery if row and not row.query else None

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        row = self.here()
        if row is not None and row.leads and action.id == "open":
            return ""
        if row is not None and row.post_shown and action.id == "view_post":
            return ""
        if action.scope is Scope.DELIVERY and row is not None and row.query:
            return _("these are several: open them")
        if action.id == "pause" and (row is None or row.channel is None):
            return _("choose a channel first")
        return super().why_not(action)

    def gather(self, engine: Engine) -> Board:
        """Read the board."""
        return read_board(engine)

    def show(self, standing: Standing[Board], before: Standing[Board] | None) -> None:
        """Draw the four parts, and the week above them."""
        board, now, zone = standing.found, standing.now, self.zone
        status = standing.status
        needs = [error_row(each) for each in board.errors]
        needs += [orphans_row(board.orphans)] if board.orphans else []
        needs += [returned_row(each, self.loa.name_of) for each in board.returned]
        needs += [dying_row(each, now, zone) for each in dying(board.channels, now)]
        needs += [waiting_row(each, zone) for each in board.waiting]
        needs += [
            delivery_row(group, now, zone, urgent=True, fault=board.faults.get(group[0].id, ""))
            for group in grouped(board.troubled)
        ]
        gone = status.counts.get(State.SENT, 0) + status.counts.get(State.HANDED, 0)
        went = [delivery_row(group, now, zone, at=at) for group, at in went_together(board.gone)]
        self._part("needs", _("Needs me"), len(needs), needs)
        self._draw_next(board, now)
        self._part("gone", _("Went out"), gone, went)
        self._part(
            "channels", _("Channels"), None, [channel_row(each, now, zone, self.loa.name_of) for each in board.channels]
        )
        self.query_one(Plot).put(board.week, board.monday.date(), now.astimezone(zone).date())
        self._place()

    def _place(self) -> None:
        """Stand where one stood, or on what comes first; once more when it has been planned, if nobody has moved."""
        sections = self.sections()
        here = self.here()
        moved = self._placed and here is not None and here.about() != self._put
        if not sections or moved or self._placed >= READINGS:
            return
        self._placed += 1
        part, row = self._last
        section = next((each for each in sections if each.id == part), sections[0])
        section.focus()
        section.cursor = next((n for n, each in enumerate(section.rows) if repr(each.about()) == row), 0)
        self._put = section.rows[section.cursor].about()

    def _draw_next(self, board: Board, now: datetime) -> None:
        counts = self.standing.status.counts if self.standing else {}
        coming = sum(counts.get(state, 0) for state in (State.SCHEDULED, State.RETRYING, State.SENDING))
        rows = [delivery_row(group, now, self.zone, counted=True) for group in grouped(board.upcoming)]
        held = counts.get(State.HELD, 0)
        self._part("next", _("Coming up"), coming, rows, many("%d is held", "%d are held", held) if held else "")

    def _part(self, name: str, title: str, number: int | None, rows: list[Row], more: str = "") -> None:
        tail = "".join(f" · {each}" for each in (number, more) if each not in (None, ""))
        text = Content("").join(
            (
                Content.styled(title, "bold $primary"),
                Content.styled(tail, "$quiet"),
                Content.styled(f" {'─' * 200}", "$rule"),
            )
        )
        self.query_one(f"#part-{name}", Part).put(text, tuple(rows))

    @on(Lines.Moved)
    def moved(self) -> None:
        """Show the keys that work for the row under the cursor."""
        self.draw_frame()

    @on(Lines.Opened)
    def opened(self) -> None:
        """Open what is under the cursor."""
        self.action_do("open")

    @on(Lines.Left)
    def left(self, event: Lines.Left) -> None:
        """Let the arrows lead from one section to the next."""
        sections = self.sections()
        place = sections.index(event.lines) + event.step  # type: ignore[arg-type]
        if 0 <= place < len(sections):
            sections[place].focus()
            sections[place].action_end(0 if event.step > 0 else 1)

    def on_descendant_focus(self) -> None:
        self.draw_frame()

    def do_open(self) -> None:
        """Open the row: its delivery, its post, or its channel's deliveries."""
        row = self.here()
        if row is not None and row.orphans:
            from scheduler.tui.screens.editor.orphans import offer

            offer(self.loa)
        elif row is not None and row.post:
            self.loa.go("posts", row.post)
        elif row is not None and row.query:
            self.loa.go("queue", row.query)
        elif row is not None and row.error:
            self.notify(row.error, severity="error", timeout=10)
        else:
            super().do_open()

    def do_view_post(self) -> None:
        """Show the post of the row."""
        row = self.here()
        if row is not None and row.post_shown:
            self.loa.go("posts", row.post_shown)

    @work
    async def do_pause(self) -> None:
        """Pause the channel under the cursor, or let it go on."""
        row = self.here()
        channel = row.channel if row else None
        if channel is None:
            return
        if channel.paused_by:
            await self.carry_out(lambda engine: engine.act.resume(channel.name), lambda _none: resumed(channel))
            return
        question = Question(
            _("Pause this channel?"),
            [channel.title, _("Nothing goes out on it until it is resumed.")],
            [Choice("pause", _("Pause"), "error")],
            _("Why"),
        )
        reply = await self.app.push_screen_wait(Ask(question))
        if reply is not None:
            await self.carry_out(
                lambda engine: engine.act.pause(channel.name, reply.text), lambda _none: paused(channel)
            )


def paused(channel: ChannelStatus) -> str:
    """Say that a channel is paused."""
    return _("{channel} is paused.").format(channel=channel.title)


def resumed(channel: ChannelStatus) -> str:
    """Say that a channel goes on."""
    return _("{channel} goes on.").format(channel=channel.title)
