"""The terminal UI: its screens, one key that stops everything, and a way out that names what will not go."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding
from textual.command import CommandPalette
from textual.screen import Screen

from scheduler.ground.text import LANGUAGES, _, language, use
from scheduler.tui.desk import Desk
from scheduler.tui.frame import Frame
from scheduler.tui.habits import Habits
from scheduler.tui.hues import HUES, marks, variables
from scheduler.tui.lifeline import lifeline
from scheduler.tui.memory import Memory
from scheduler.tui.parsed import ParsedOnce
from scheduler.tui.screens.index import PLACES, load_all
from scheduler.tui.switches import Switches
from scheduler.tui.theme import THEMES, after, first
from scheduler.tui.widgets.dialogs import Box
from scheduler.tui.widgets.field import Palette

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from textual.command import Provider
    from textual.notifications import Notify

    from scheduler.engine.engine import Engine
    from scheduler.tui.hues import Mark
    from scheduler.tui.screens.editor.keeper import Keeper
    from scheduler.tui.standing import Standing


def _everything() -> type[Provider]:
    from scheduler.tui.palette import Everything

    return Everything


BEAT = 0.5
AT_ONCE = 3
"""So many things that are said in passing stand on the screen together; more would hide it."""


_BETWEEN = "between"


class _Between(Screen[None]):
    """Stands there while every screen is made anew."""


class LoaApp(Switches):
    """The app. All that it knows of the campaign it asks the engine's façade."""

    MODES: ClassVar[dict[str, Callable[[], Screen[Any]]]] = {entry.name: entry.make for entry in PLACES}  # type: ignore[assignment]
    DEFAULT_MODE = "today"
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        Binding("ctrl+s", "stop_all", show=False, priority=True, id="loa.stop"),
        Binding("ctrl+q", "quit", show=False, priority=True),
    ]
    COMMANDS: ClassVar[set[Callable[[], type[Provider]]]] = {_everything}  # type: ignore[assignment]
    NOTIFICATION_TIMEOUT = 4
    CSS = """
    Toast { background: $panel; }
    CommandPalette > Vertical { background: $surface; }
    CommandPalette SearchIcon { display: none; }
    Lines:nocolor > .lines--cursor, Page:nocolor > .page--cursor { text-style: reverse; }
    OptionList:nocolor > .option-list--option-highlighted { text-style: bold underline; }
    Frame > .banner:nocolor { text-style: reverse; }
    Input:nocolor > .input--cursor { text-style: reverse; }
    Field:nocolor { border-left: outer $foreground; }
    FilterBar > Field:nocolor { border-left: none; }
    OptionList:ansi > .option-list--option-highlighted {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
    }
    Writing:ansi .text-area--cursor-line { background: $background; }
    LoaApp:ansi, Screen:ansi { background: $background; color: $foreground; }
    Button:ansi, Select:ansi > SelectCurrent, ToggleButton:ansi { background: $panel; color: $foreground; }
    Button:focus, Button.-primary:focus, Button.-error:focus {
        background: $foreground; color: $background; text-style: bold;
    }
    Button.-primary:ansi { color: $primary; }
    Button.-error:ansi { color: $error; }
    Button:ansi:focus, Button.-primary:ansi:focus, Button.-error:ansi:focus, SelectCurrent:ansi:focus {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    Button:nocolor:focus, Button.-primary:nocolor:focus, Button.-error:nocolor:focus { text-style: bold underline; }
    ModalScreen:ansi { background: transparent; }
    Field:ansi, Toast:ansi { background: $field; color: $foreground; }
    FilterBar > Field:ansi { background: $background; }
    FilterBar > Field:ansi:focus { background: $field; }
    Input:ansi > .input--cursor { background: $input-cursor-background; color: $input-cursor-foreground; }
    Input:ansi > .input--placeholder { color: $quiet; text-style: not dim; }
    """

    def __init__(
        self, engine: Engine, *, language_given: bool = False, ahead: Future[Standing[Any]] | None = None
    ) -> None:
        """Sit before an engine. A language that was given for this run goes before the one that was chosen last.

        ``ahead`` is the first reading of Today, begun before.
        """
        self.memory = Memory(engine.var, engine.actor.id)
        if self.memory.text("screen") in self.MODES:
            self.DEFAULT_MODE = self.memory.text("screen")  # type: ignore[misc]
        if not language_given and self.memory.text("language") in LANGUAGES:
            use(self.memory.text("language"))
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        for theme in THEMES:
            self.register_theme(theme)
        self.set_reactive(LoaApp.theme, first(self.memory.text("theme"), engine.config.theme))
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())
        self.desk = Desk(engine)
        self.habits = Habits(self, self.memory)
        self.title = "Loa"
        self.trouble = ""
        self.stopped = ""
        self.keepers: set[Keeper] = set()
        self.painted = False
        self.read_ahead: dict[str, Future[Standing[Any]]] = {}
        if ahead is not None and self.DEFAULT_MODE == "today":
            self.read_ahead["today"] = ahead
        self._caught_up = False

    @property
    def campaign_title(self) -> str:
        """The plan's title."""
        return self.desk.engine.campaign.plan.title

    @property
    def marks(self) -> dict[str, Mark]:
        """The letter and the colour of every channel that is switched on, whether or not it works."""
        return marks(name for name, each in self.desk.engine.config.channels.items() if each.enabled)

    def name_of(self, person: str) -> str:
        """Return what whoever did something is called."""
        return self.desk.engine.look.name_of(person)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give other themes the variables that ours bring."""
        channels = variables(["#888888"] * HUES)
        return {"quiet": "#888888", "rule": "#666666", "field": "#333333", "banner-text": "#000000", **channels}

    def on_mount(self) -> None:
        if self.memory.trouble:
            self.notify(self.memory.trouble, severity="warning", timeout=10)
        self.habits.take_keys()
        self.set_interval(BEAT, self.beat)

    def on_unmount(self) -> None:
        self.habits.keep_now()
        self.desk.close()

    def on_notify(self, event: Notify) -> None:
        """Let the newest stand alone where they become many, nothing stand twice, and a bracket be a bracket."""
        said = event.notification
        said.markup = False
        others = [each for each in self._notifications if (each.title, each.message) != (said.title, said.message)]
        for each in [each for each in self._notifications if each not in others[1 - AT_ONCE :]]:
            del self._notifications[each]

    def beat(self) -> None:
        """Let the screen on top, or below a question, read again where it is time to; keep what has changed."""
        if not self.is_running:
            return
        if frame := self.topmost:
            frame.tick()
        self.habits.take_keys()
        self.habits.keep_soon()

    def say_stopped(self, text: str) -> None:
        """Let the questions above a screen say too that everything is stopped; "" where it is not."""
        self.stopped = text
        for screen in self.screen_stack:
            if isinstance(screen, Box):
                screen.say_stopped(text)

    def catch_up(self, engine: Engine) -> None:
        """Read changed files, on the reading thread, and plan from them where no engine does.

        Not before something is on the screen: it takes longer than all the rest. The other screens are imported then
        too, so that each opens at once.
        """
        if not self.painted:
            return
        changed = engine.refresh()
        if (changed or not self._caught_up) and not engine.look.status().running:
            engine.act.sync()
        if not self._caught_up:
            load_all()
        self._caught_up = True

    def open_delivery(self, identity: int) -> None:
        """Show one delivery above the screen one is on."""
        from scheduler.tui.screens.delivery.screen import DeliveryScreen

        self.push_screen(DeliveryScreen(identity))

    def do_new_post(self) -> None:
        """Ask for what a new post begins with, and open it to be written."""
        from scheduler.tui.screens.editor.opening import begin_new

        begin_new(self)

    @work(exclusive=True, group="go")
    async def go(self, name: str, target: str = "") -> None:
        """Go to the screen of that name, and there to a target that it understands: a post's id, a filter."""
        if self.frame is not None and not await self.frame.may_leave():
            return
        self.habits.note()
        await self.switch_mode(name)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if target and self.frame is not None:
            self.frame.aim(target)
        self.habits.note()

    def do_theme(self) -> None:
        """Take the next colours."""
        self.choose_theme(after(self.theme))

    def choose_theme(self, name: str) -> None:
        """Take colours, and remember them."""
        self.theme = name
        self.habits.chose(theme=name)

    def do_language(self) -> None:
        """Speak the other language."""
        self.speak(next(each for each in LANGUAGES if each != language()))

    @work(exclusive=True, group="go")
    async def speak(self, name: str) -> None:
        """Speak a language from now on: every screen is made anew, and shows what it showed."""
        self.habits.note()
        self.habits.chose(language=name)
        use(name)
        here, frames = self.current_mode, [screen for screen in self.screen_stack if isinstance(screen, Frame)]
        twins = [frame.twin() for frame in frames[1:]]
        for frame, twin in zip(frames[1:], twins, strict=True):
            twin.memory = frame.remember()
        self.add_mode(_BETWEEN, _Between)
        await self.switch_mode(_BETWEEN)
        for entry in PLACES:
            await self.remove_mode(entry.name)
            self.add_mode(entry.name, entry.make)
        await self.switch_mode(here)
        await self.remove_mode(_BETWEEN)
        for twin in twins:
            await self.push_screen(twin)

    def do_keys(self) -> None:
        """Say what the part in focus is, and list every key of this screen."""
        from scheduler.tui.widgets.help import Help

        if self.frame is not None:
            self.push_screen(Help(self.frame))

    @work
    async def do_jump(self) -> None:
        """Put a letter over every part, and go to the one whose letter is pressed."""
        from scheduler.tui.jump import Jump

        found = await self.push_screen_wait(Jump(self.screen))
        if isinstance(found, str):
            self.go(found)
        elif found is not None:
            found.focus()

    def do_command_palette(self) -> None:
        """Find an action by its name."""
        self.action_command_palette()

    def action_command_palette(self) -> None:
        """Open the palette, in the language of the screen."""
        if self.use_command_palette and not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(placeholder=_("An action, a screen, a post, a channel, a number…")))


def run(engine: Engine, *, language_given: bool = False, ahead: Future[Standing[Any]] | None = None) -> None:
    """Give the terminal to the screens until a person leaves, or the terminal goes.

    Raises `SystemExit` with the app's code where it ended otherwise than by leaving.
    """
    app = LoaApp(engine, language_given=language_given, ahead=ahead)
    try:
        with lifeline(app):
            app.run()
    finally:
        for keeper in tuple(app.keepers):
            keeper.close()
    if app.return_code:
        raise SystemExit(app.return_code)
