"""The terminal UI: its screens, one key that stops everything, and a way out that names what will not go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette

from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import READY
from scheduler.ground.text import N_, _, many
from scheduler.store.deliveries import Query
from scheduler.tui import child
from scheduler.tui.action import Scope
from scheduler.tui.desk import Desk
from scheduler.tui.frame import Frame
from scheduler.tui.hues import HUES, variables
from scheduler.tui.keys import of
from scheduler.tui.lifeline import lifeline
from scheduler.tui.screens.index import SCREENS
from scheduler.tui.theme import THEMES, after, fitting
from scheduler.tui.widgets.dialogs import Ask, Choice, KeyList, Question
from scheduler.tui.widgets.field import Palette
from scheduler.tui.words import short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from textual.screen import Screen

    from scheduler.engine.acts.folder import ArmReport
    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery

BEAT = 0.5
SOON = timedelta(hours=24)
NAMED = 5
ENGINE_PARTS = (N_("engine"), N_("planner"))
"""Actors in the journal that are no persons."""


class LoaApp(App[None]):
    """The app. All that it knows of the campaign it asks the engine's façade."""

    MODES: ClassVar[dict[str, Callable[[], Screen[Any]]]] = {entry.name: entry.make for entry in SCREENS}  # type: ignore[assignment]
    DEFAULT_MODE = "today"
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        Binding("ctrl+s", "stop_all", show=False, priority=True),
        Binding("ctrl+q", "quit", show=False, priority=True),
    ]
    NOTIFICATION_TIMEOUT = 4
    CSS = """
    Toast { background: $panel; }
    CommandPalette > Vertical { background: $surface; }
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.desk = Desk(engine)
        self.title = "Loa"
        self.trouble = ""
        self._caught_up = False
        self._stopping = False

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's zone."""
        return self.desk.engine.config.zone

    @property
    def campaign_title(self) -> str:
        """The plan's title."""
        return self.desk.engine.campaign.plan.title

    def name_of(self, person: str) -> str:
        """Return a person's name; of someone whom the plan does not know, the id."""
        if person in ENGINE_PARTS:
            return _(person)
        known = self.desk.engine.campaign.plan.people.get(person)
        return known.name if known else person

    @property
    def frame(self) -> Frame[object] | None:
        """The screen on top, where it is one of ours and no question."""
        return self.screen if isinstance(self.screen, Frame) else None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give other themes the variables that ours bring."""
        channels = variables(["#888888"] * HUES)
        return {"quiet": "#888888", "rule": "#666666", "banner-text": "#000000", **channels}

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = fitting()
        self.set_interval(BEAT, self.beat)

    def on_unmount(self) -> None:
        self.desk.close()

    def beat(self) -> None:
        """Let the screen on top read again where it is time to."""
        if self.frame is not None:
            self.frame.tick()

    def renew_all(self) -> None:
        """Read again, after a change."""
        for screen in self.screen_stack:
            if isinstance(screen, Frame) and screen.is_current:
                screen.renew()

    def catch_up(self, engine: Engine) -> None:
        """Read changed files, on the reading thread, and plan from them where no engine does."""
        changed = engine.refresh()
        if (changed or not self._caught_up) and not engine.look.status().running:
            engine.act.sync()
        self._caught_up = True

    def open_delivery(self, identity: int) -> None:
        """Show one delivery above the screen one is on."""
        from scheduler.tui.screens.delivery.screen import DeliveryScreen

        self.push_screen(DeliveryScreen(identity))

    @work(exclusive=True, group="go")
    async def go(self, name: str, target: str = "") -> None:
        """Go to the screen of that name, and there to a target that it understands: a post's id, a filter."""
        await self.switch_mode(name)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if target and self.frame is not None:
            self.frame.aim(target)

    def do_theme(self) -> None:
        """Take the next colours."""
        self.theme = after(self.theme)

    def do_keys(self) -> None:
        """List every key of this screen."""
        if self.frame is not None:
            self.push_screen(KeyList(self.frame.scopes))

    def do_command_palette(self) -> None:
        """Find an action by its name."""
        self.action_command_palette()

    def action_command_palette(self) -> None:
        """Open the palette, in the language of the screen."""
        if self.use_command_palette and not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(placeholder=_("Find an action…")))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every action of the screen; one that is not possible now says why when it is chosen."""
        if isinstance(screen, Frame):
            for action in of(*screen.scopes, Scope.EVERYWHERE):
                if action.id != "command_palette":
                    yield SystemCommand(action.label(), action.help(), _doing(screen, action.id))

    def action_stop_all(self) -> None:
        """Stop everything, or lift the stop; from any screen, from within any question."""
        self.do_stop()

    def do_stop(self) -> None:
        """Ask once, then stop everything that goes out; or lift the stop."""
        if not self._stopping:
            self._stop()

    @work
    async def _stop(self) -> None:
        self._stopping = True
        try:
            status = await self.desk.read(lambda engine: engine.look.status())
            await (self._lift() if status.stopped_by else self._stop_now())
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
        finally:
            self._stopping = False
            self.renew_all()

    async def _stop_now(self) -> None:
        question = Question(
            _("Stop everything that goes out?"),
            [_("Nothing more goes out, on any channel, until a person lifts the stop. Restarts do not lift it.")],
            [Choice("stop", _("Stop all"), "error")],
            _("Why (may be empty)"),
        )
        reply = await self.push_screen_wait(Ask(question))
        if reply is not None:
            await self.desk.act(lambda engine: engine.act.stop(reply.text))
            self.notify(_("Everything is stopped."), severity="warning")

    async def _lift(self) -> None:
        question = Question(
            _("Lift the stop?"),
            [_("What is due goes out again at once; what is too late follows its channel's rule.")],
            [Choice("lift", _("Lift the stop"), "primary")],
        )
        if await self.push_screen_wait(Ask(question)) is not None:
            await self.desk.act(lambda engine: engine.act.lift())
            self.notify(_("The stop is lifted."))

    @work
    async def do_arm(self) -> None:
        """Ask, then let this folder send from now on."""
        frame = self.frame
        question = Question(
            _("Arm this folder?"),
            [_("From now on it sends for real. What was due before this moment stays unsent.")],
            [Choice("arm", _("Arm"), "primary")],
        )
        if frame is not None and await self.push_screen_wait(Ask(question)) is not None:
            await frame.carry_out(
                lambda engine: engine.act.arm(),
                armed,
            )

    @work
    async def do_start_engine(self) -> None:
        """Start an engine that outlives this screen."""
        await self._start_engine()

    async def _start_engine(self) -> bool:
        try:
            await self.desk.act(child.start)
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
            return False
        self.notify(_("An engine runs in the background."))
        self.renew_all()
        return True

    async def action_quit(self) -> None:
        """Leave, as ``q`` does."""
        self.do_leave()

    @work(exclusive=True, group="leave")
    async def do_leave(self) -> None:
        """Leave; where no engine runs, name first what will not go out."""
        try:
            soon = await self.desk.read(due_soon)
        except LoaError:
            soon = []
        if soon and not await self._may_leave(soon):
            return
        self.exit()

    async def _may_leave(self, soon: list[Delivery]) -> bool:
        rows = [f"{short(d.due_at, self.zone)}  {d.key.channel}  {d.title}" for d in soon[:NAMED]]
        if len(soon) > NAMED:
            rows.append(many("and %d more", "and %d more", len(soon) - NAMED))
        question = Question(
            _("No engine runs"),
            [_("In the next 24 hours these will not go out:"), "", *rows],
            [
                Choice("start", _("Start an engine, leave"), "primary"),
                Choice("leave", _("Leave all the same"), "error"),
            ],
        )
        reply = await self.push_screen_wait(Ask(question))
        if reply is None:
            return False
        return reply.choice == "leave" or await self._start_engine()


def due_soon(engine: Engine) -> list[Delivery]:
    """Return what would go out within a day, were an engine at work; nothing where it would not anyway."""
    status = engine.look.status()
    if engine.rehearsal or status.running or status.unarmed_because or status.stopped_by:
        return []
    return list(engine.look.deliveries(Query(states=tuple(READY), end=engine.clock.now() + SOON, limit=1000)))


def armed(report: ArmReport) -> str:
    """Say what arming did."""
    words = _("Armed: {scheduled} scheduled, {held} held, {missed} missed, {unknown} unknown.")
    return words.format(scheduled=report.scheduled, held=report.held, missed=report.missed, unknown=report.unknown)


def _doing(screen: Frame[object], name: str) -> Callable[[], None]:
    return lambda: screen.action_do(name)


def run(engine: Engine) -> None:
    """Give the terminal to the screens until a person leaves, or the terminal goes.

    Raises `SystemExit` with the app's code where it ended otherwise than by leaving.
    """
    app = LoaApp(engine)
    with lifeline(app):
        app.run()
    if app.return_code:
        raise SystemExit(app.return_code)
