"""Channels and plugins: how each is, what is in force on it, and why one does not work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.ground.text import _
from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.head import put
from scheduler.tui.keys import bindings
from scheduler.tui.screens.channels.listing import Row, channel_row, idle_row, plugin_row
from scheduler.tui.screens.channels.sheet import Reader, channel_lines, idle_lines, plugin_lines
from scheduler.tui.widgets.dialogs import Ask, Choice, Question
from scheduler.tui.widgets.lines import Lines
from scheduler.tui.widgets.section import Part, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual import events
    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.channels.loader import PluginStatus
    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.channel_views import IdleChannel, OptionRow
    from scheduler.engine.looks.status import ChannelStatus
    from scheduler.ground.model import Health
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing

OF_CHANNELS = frozenset({"switch_channel", "ask_channel", "try_channel", "channel_deliveries", "all_options"})


@dataclass(frozen=True, slots=True)
class Outputs:
    """All channels and plugins, which of them is read, and its options where it is a channel."""

    channels: tuple[ChannelStatus, ...]
    idle: tuple[IdleChannel, ...]
    plugins: tuple[PluginStatus, ...]
    chosen: str = ""
    options: tuple[OptionRow, ...] = ()


class ChannelsScreen(Frame[Outputs]):
    """The lists of channels and plugins, beside all that is known of the chosen one."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.CHANNELS,)
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.CHANNELS)
    DEFAULT_CSS = """
    ChannelsScreen #desk { height: 1fr; layout: vertical; }
    ChannelsScreen #left { height: auto; max-height: 50%; layout: horizontal; }
    ChannelsScreen #left Part { width: 3fr; }
    ChannelsScreen #left #part-plugins { width: 2fr; }
    ChannelsScreen #left Section { height: auto; max-height: 8; }
    ChannelsScreen #sheet { height: 1fr; padding: 0 1; border-top: solid $rule; background: $surface; }
    ChannelsScreen #sheet Static { height: auto; background: $surface; }
    ChannelsScreen.-wide #desk, ChannelsScreen.-vast #desk { layout: horizontal; }
    ChannelsScreen.-wide #left, ChannelsScreen.-vast #left { width: 48; height: 100%; max-height: 100%; }
    ChannelsScreen.-vast #left { width: 72; }
    ChannelsScreen.-wide #left, ChannelsScreen.-vast #left { layout: vertical; }
    ChannelsScreen.-wide #left Part, ChannelsScreen.-vast #left Part { width: 100%; }
    ChannelsScreen.-wide #left #part-plugins, ChannelsScreen.-vast #left #part-plugins { width: 100%; }
    ChannelsScreen.-wide #left Section, ChannelsScreen.-vast #left Section { max-height: 100%; }
    ChannelsScreen.-wide #sheet, ChannelsScreen.-vast #sheet {
        width: 1fr; height: 100%; border-top: none; padding: 0 2 1 2;
    }
    ChannelsScreen #sheet:focus { background-tint: $foreground 3%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.chosen = ""
        self.every = False
        self._asking = ""
        self._aimed = False

    def body(self) -> Iterable[Widget]:
        with Container(id="desk"):
            with Container(id="left"):
                yield Part("channels", _("There are no channels: look at config.toml."))
                yield Part("plugins", _("No plugin was found."))
            with VerticalScroll(id="sheet", can_focus=True):
                yield Static(id="known")

    def on_mount(self) -> None:
        self.query_one("#channels", Section).focus()

    def here(self) -> Row | None:
        """Return the row that is read: of the list that was last in focus."""
        rows = [row for section in self.query(Section) for row in section.rows]
        return next((row for row in rows if row.about() == self.chosen), rows[0] if rows else None)

    @property
    def channel(self) -> ChannelStatus | None:
        """The chosen channel, where it is one that works."""
        row = self.here()
        return row.channel if row else None

    def gather(self, engine: Engine) -> Outputs:
        """Read the channels and plugins, and the options of the chosen one."""
        look = engine.look
        channels = tuple(look.channels())
        names = [each.name for each in channels]
        chosen = self.chosen if self.chosen in names else names[0] if names and not self.chosen else ""
        options = tuple(look.options(chosen)) if chosen else ()
        return Outputs(channels, tuple(look.idle_channels()), tuple(look.plugins()), self.chosen, options)

    def show(self, standing: Standing[Outputs], before: Standing[Outputs] | None) -> None:
        """Draw both lists, and the sheet."""
        found, now = standing.found, standing.now
        channels = [channel_row(each, now, self.loa.name_of) for each in found.channels]
        channels += [idle_row(each) for each in found.idle]
        with self.prevent(Lines.Moved):
            self._part("channels", _("Channels"), channels)
            self._part("plugins", _("Plugins"), [plugin_row(each) for each in found.plugins])
            for section in self.query(Section):
                ids = [row.about() for row in section.rows]
                if self.chosen in ids:
                    section.cursor = ids.index(self.chosen)
                    if self._aimed:
                        section.focus()
        self._aimed = False
        row = self.here()
        self.chosen = row.about() if row else ""
        self._draw()

    def _part(self, name: str, title: str, rows: list[Row]) -> None:
        text = Content.assemble((title, "bold $primary"), (f" · {len(rows)}", "$quiet"), (f" {'─' * 200}", "$rule"))
        self.query_one(f"#part-{name}", Part).put(text, tuple(rows))

    def _draw(self) -> None:
        row, standing = self.here(), self.standing
        if row is None or standing is None:
            return
        width = max(20, self.query_one("#sheet", VerticalScroll).scrollable_content_region.width)
        reader = Reader(standing.now, self.zone, self.loa.name_of, self.every)
        lines: list[Content] = []
        if row.channel is not None:
            lines = channel_lines(row.channel, standing.found.options, reader, width)
        elif row.idle is not None:
            lines = idle_lines(row.idle, width)
        elif row.plugin is not None:
            lines = plugin_lines(row.plugin, width)
        put(self.query_one("#known", Static), Content("\n").join(lines))

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self._draw)

    @on(Lines.Moved)
    def moved(self, event: Lines.Moved) -> None:
        """Read about the row under the cursor."""
        if isinstance(event.lines, Section) and event.lines.has_focus:
            self._choose(event.lines)

    def on_descendant_focus(self) -> None:
        if isinstance(self.focused, Section):
            self._choose(self.focused)

    def _choose(self, section: Section[Row]) -> None:
        row = section.here
        if row is not None and row.about() != self.chosen:
            self.chosen = row.about()
            self.query_one("#sheet").scroll_home(animate=False)
            self.renew()

    @on(Lines.Left)
    def left(self, event: Lines.Left) -> None:
        """Let the arrows lead from one list to the other."""
        sections = [section for section in self.query(Section) if section.rows]
        place = sections.index(event.lines) + event.step  # type: ignore[arg-type]
        if 0 <= place < len(sections):
            sections[place].focus()
            sections[place].action_end(0 if event.step > 0 else 1)

    @on(Lines.Opened)
    def opened(self) -> None:
        """Show the deliveries of the channel."""
        self.action_do("channel_deliveries")

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.id not in OF_CHANNELS or self.standing is None:
            return super().why_not(action)
        channel = self.channel
        if channel is None:
            return _("choose a channel that works")
        if action.id == "ask_channel" and self._asking:
            return _("{channel} is being asked").format(channel=self._asking)
        if action.id == "try_channel":
            return self._why_no_test(channel)
        return ""

    def _why_no_test(self, channel: ChannelStatus) -> str:
        if not channel.tests:
            return _("{channel} sends no tests").format(channel=channel.title)
        status = self.standing.status if self.standing else None
        if status is None or status.unarmed_because:
            return _("this folder is not armed")
        return _("everything is stopped") if status.stopped_by else ""

    def do_all_options(self) -> None:
        """Show every option, or only what config.toml says."""
        self.every = not self.every
        self._draw()

    def do_channel_deliveries(self) -> None:
        """Show its deliveries in the queue."""
        if self.channel is not None:
            self.loa.go("queue", f"channel:{self.channel.name}")

    @work
    async def do_switch_channel(self) -> None:
        """Pause the channel, or let it go on."""
        channel = self.channel
        if channel is None:
            return
        said = _("{channel} goes on.") if channel.paused_by else _("{channel} is paused.")
        words = said.format(channel=channel.title)
        if channel.paused_by:
            await self.carry_out(lambda engine: engine.act.resume(channel.name), lambda _none: words)
            return
        question = Question(
            _("Pause this channel?"),
            [channel.title, _("Nothing goes out on it until it is resumed.")],
            [Choice("pause", _("Pause"), "error")],
            _("Why"),
        )
        reply = await self.app.push_screen_wait(Ask(question))
        if reply is not None:
            await self.carry_out(lambda engine: engine.act.pause(channel.name, reply.text), lambda _none: words)

    @work
    async def do_ask_channel(self) -> None:
        """Ask whether it would work now."""
        channel = self.channel
        if channel is None:
            return
        self._asking = channel.title
        self.draw_frame()
        try:
            await self.carry_out(lambda engine: engine.act.probe(channel.name), lambda health: answer(channel, health))
        finally:
            self._asking = ""
            self.draw_frame()

    @work
    async def do_try_channel(self) -> None:
        """Send a test, after a question."""
        channel = self.channel
        if channel is None:
            return
        question = Question(
            _("Send a test?"),
            [
                f"{channel.title} · {channel.targets[0].title or channel.targets[0].name}",
                _("It says that it is a test, from whom and when. The public does not meet it."),
            ],
            [Choice("send", _("Send"), "primary")],
            _("To: {what}").format(what=_(channel.test_to)) if channel.test_to else "",
            required=bool(channel.test_to),
        )
        reply = await self.app.push_screen_wait(Ask(question))
        if reply is not None:
            await self.carry_out(
                lambda engine: engine.act.try_out(channel.name, None, reply.text),
                lambda receipt: _("A test was sent: {receipt}").format(receipt=receipt.id),
            )

    def aim(self, target: str) -> None:
        """Read about the channel of that name."""
        self.chosen, self._aimed = target, True
        self.renew()

    def remember(self) -> dict[str, Any]:
        """Return what was read, and how."""
        return {"chosen": self.chosen, "every": self.every}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Read the same again."""
        self.chosen, self.every = str(memory.get("chosen", "")), bool(memory.get("every"))


def answer(channel: ChannelStatus, health: Health) -> str:
    """Say what a channel answered."""
    words = _("{channel} would work: {detail}") if health.ok else _("{channel} would not work: {detail}")
    return words.format(channel=channel.title, detail=health.detail)
