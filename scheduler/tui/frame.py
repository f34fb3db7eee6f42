"""What all screens share: the head with the state of things, the banner, the keys, and the rhythm of reading."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import work
from textual.screen import Screen
from textual.widgets import Static

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _
from scheduler.tui import head
from scheduler.tui.action import Scope
from scheduler.tui.keys import BY_ID, bindings, of
from scheduler.tui.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.tui.action import Action
    from scheduler.tui.app import LoaApp
    from scheduler.tui.desk import Desk

F = TypeVar("F")

SMALLEST = (80, 24)
"""What every screen is made for; below it a line says so."""

CRAMPED = (56, 14)
"""Below this nothing but that line can be shown."""

FIRST_PAUSE = 0.25
"""So long after the first reading comes the second, which has the plugins and plans: time to draw the first."""

LEAST_PAUSE = 2.0
SHARE = 10
"""Reading takes at most one part in `SHARE` of the time, and rests at least `LEAST_PAUSE` seconds."""


class Frame(Screen[None], Generic[F]):
    """A screen that reads away from the screen's thread, and draws only what has changed.

    A subclass brings ``body``, ``gather`` (called on the reading thread) and ``show``; its actions are ``do_<id>``.
    """

    scopes: ClassVar[tuple[Scope, ...]] = ()
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.EVERYWHERE)  # type: ignore[assignment]
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [(0, "-narrow"), (110, "-wide"), (170, "-vast")]  # type: ignore[misc]
    DEFAULT_CSS = """
    Frame { background: $background; color: $foreground; layout: vertical; }
    Frame > #head { height: 2; background: $panel; text-wrap: nowrap; }
    Frame > .banner { height: auto; padding: 0 1; display: none; text-style: bold; text-align: center; }
    Frame > .banner.-shown { display: block; }
    Frame > #rehearsal { background: $accent; color: $banner-text; }
    Frame > #stopped { background: $error; color: $banner-text; }
    Frame > #keys { dock: bottom; height: 1; padding: 0 1; background: $panel; }
    Frame VerticalScroll { scrollbar-size-vertical: 1; }
    Frame > #cramped { display: none; height: 100%; content-align: center middle; text-align: center; }
    Frame.-cramped > * { display: none !important; }
    Frame.-cramped > #cramped { display: block !important; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.memory: Mapping[str, Any] = {}
        self.standing: Standing[F] | None = None
        self._reading = False
        self._drawing = False
        self._next_reading = 0.0

    @property
    def loa(self) -> LoaApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    @property
    def at_rest(self) -> bool:
        """Return whether it has read, and is reading nothing now."""
        return self.standing is not None and not self._reading

    @property
    def takes_keys(self) -> bool:
        """Return whether what it shows is what a key would act on; where nothing could be read, keys say so."""
        return self.standing is not None or (self.is_mounted and not self._reading and self._next_reading > 0)

    @property
    def desk(self) -> Desk:
        """The engine, from here."""
        return self.loa.desk

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's zone."""
        return self.loa.zone

    def body(self) -> Iterable[Widget]:
        """Yield what stands between head and keys."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Say on the screen's thread what `gather` shall read; nothing by default."""

    def gather(self, engine: Engine) -> F:
        """Read what the screen shows, on the reading thread. Raises `LoaError`."""
        raise NotImplementedError

    def show(self, standing: Standing[F], before: Standing[F] | None) -> None:
        """Draw what differs from ``before``."""
        raise NotImplementedError

    def aim(self, target: str) -> None:
        """Show what another screen leads to here, a post's id or a filter; a screen says what it understands."""
        raise NotImplementedError

    async def may_leave(self) -> bool:
        """Return whether the screen may be left; one that holds what is not saved asks. Called in a worker."""
        return True

    def remember(self) -> dict[str, Any]:
        """Return what the screen should show again after a restart, as JSON values."""
        return {}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Show again what `remember` returned, perhaps in an older version or for another state of the campaign."""

    def twin(self) -> Frame[F]:
        """Return a new screen for the same thing, when the language changes; what it was given, it is given again."""
        return type(self)()

    def help_text(self) -> str:
        """Return what the screen is for, where no part in focus says more."""
        return BY_ID[self.place].help() if self.place in BY_ID else ""

    @property
    def place(self) -> str:
        """The name under which it is remembered: that of its first scope."""
        return self.scopes[0].value

    def compose(self) -> ComposeResult:
        yield head.Clickable(id="head")
        yield Static(id="stopped", classes="banner")
        yield Static(id="rehearsal", classes="banner")
        yield from self.body()
        yield head.Clickable(id="keys")
        yield Static(id="cramped")

    def on_mount(self) -> None:
        if memory := self.memory or self.loa.memory.screen(self.place):
            try:
                self.recall(memory)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                text = _("What the screen {screen} remembered cannot be used: {error}")
                self.notify(text.format(screen=self.place, error=error), severity="warning")

    def on_screen_resume(self) -> None:
        self.renew()

    def on_resize(self, event: events.Resize) -> None:
        self.draw_frame()
        self.set_class(event.size.width < CRAMPED[0] or event.size.height < CRAMPED[1], "-cramped")
        head.put(self.query_one("#cramped", Static), self.too_small())

    def too_small(self) -> str:
        """Return that the terminal is smaller than the screens are made for, "" where it is not."""
        width, height = self.size
        if width >= SMALLEST[0] and height >= SMALLEST[1]:
            return ""
        text = _("This terminal has {width}×{height}; Loa needs {least}.")
        return text.format(width=width, height=height, least="×".join(map(str, SMALLEST)))

    def tick(self) -> None:
        """Read again where it is time to; called often by the app."""
        if not self._reading and time.monotonic() >= self._next_reading:
            self.renew()

    @work(exclusive=True, group="renew")
    async def renew(self) -> None:
        """Read now, in place of a reading that is under way; not before it stands, nor when it goes."""
        if not self.is_mounted or not self.is_attached:
            return
        self._reading = True
        self.prepare()
        began = time.monotonic()
        try:
            ahead = self.loa.read_ahead.pop(self.place, None)
            standing = await (asyncio.wrap_future(ahead) if ahead else self.desk.read(self._read))
        except LoaError as error:
            self.loa.trouble = str(error).splitlines()[0]
            self.draw_frame()
        else:
            self.receive(standing)
        self._reading = False
        took = time.monotonic() - began
        self._next_reading = began + took + (max(LEAST_PAUSE, took * SHARE) if self.loa.painted else FIRST_PAUSE)
        if not self.loa.painted:
            self.loa.painted = True
            if self.is_running:
                self.set_timer(FIRST_PAUSE, self.tick)

    def receive(self, standing: Standing[F]) -> None:
        """Show a reading; not on a screen that is going, whose parts Textual takes away before it ends its work."""
        if not self.is_running:
            return
        self.loa.trouble = ""
        before, self.standing = self.standing, standing
        if standing != before:
            self.show(standing, before)
        self.draw_frame()

    def _read(self, engine: Engine) -> Standing[F]:
        self.loa.catch_up(engine)
        return Standing(engine.clock.now(), engine.look.status(), self.gather(engine))

    def draw_frame(self) -> None:
        """Draw head, banner and keys soon: once, however often it is asked for until then."""
        if not self._drawing:
            self._drawing = self.call_later(self._draw_frame)

    def _draw_frame(self) -> None:
        self._drawing = False
        standing = self.standing
        if standing is None or not self.is_mounted:
            return
        engine = self.desk.engine
        width = self.size.width
        place = head.Place(
            self.scopes,
            self.loa.campaign_title,
            engine.rehearsal,
            self.zone,
            self.loa.name_of,
            engine.look.has_panels,
        )
        trouble = self.loa.trouble or self.too_small()
        head.put(self.query_one("#head", Static), head.lines(place, standing.now, standing.status, trouble, width))
        self._announce("rehearsal", head.rehearsal(place, standing.now, engine.actor.name))
        self._announce("stopped", stopped := head.stopped(place, standing.status))
        self.loa.say_stopped(stopped)
        head.put(self.query_one("#keys", Static), head.keys(self.offers(), standing.status, width - 2))

    def _announce(self, name: str, text: str) -> None:
        banner = self.query_one(f"#{name}", Static)
        head.put(banner, text)
        banner.set_class(bool(text), "-shown")

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now, or "" where it is. Nothing is read to leave, or to go elsewhere."""
        if action.id == "panels" and not self.desk.engine.look.has_panels:
            return _("no plugin brings a panel")
        if self.standing is None:
            free = action.scope is Scope.EVERYWHERE and action.id not in {"arm", "start_engine"}
            return "" if free else _("still reading")
        status, rehearsal = self.standing.status, self.desk.engine.rehearsal
        if action.id == "arm" and rehearsal:
            return _("a rehearsal sends nothing")
        if action.id == "arm" and not status.unarmed_because:
            return _("this folder is armed already")
        if action.id == "start_engine" and rehearsal:
            return _("a rehearsal needs no engine")
        if action.id == "start_engine" and status.running:
            return _("an engine is running")
        return ""

    def named(self, action: Action) -> Action:
        """Return an action by the name that it has here and now."""
        return action

    def everywhere(self) -> tuple[Action, ...]:
        """Return the actions of every screen that are there in this campaign."""
        absent = set() if self.desk.engine.look.has_panels else {"panels"}
        return tuple(each for each in of(Scope.EVERYWHERE) if each.id not in absent)

    def offers(self) -> list[Action]:
        """Return the actions that work now, those that matter most first."""
        found = [a for a in of(*self.scopes, Scope.EVERYWHERE) if a.weight is not None and not self.why_not(a)]
        return sorted(map(self.named, found), key=lambda action: action.weight or 0)

    def action_do(self, name: str) -> None:
        """Do one action of the table, or say why not: the gate through which keys, footer and palette all go."""
        action = BY_ID[name]
        if why := self.why_not(action):
            self.notify(f"{self.named(action).label()}: {why}", severity="warning")
            return
        if name in self.loa.MODES:
            self.loa.go(name)
            return
        doing = getattr(self, f"do_{name}", None) or getattr(self.app, f"do_{name}")
        doing()

    async def carry_out(self, job: Callable[[Engine], Any], said: Callable[[Any], str]) -> bool:
        """Change something away from the screen, say what was done or why not, and read again."""
        self.loa.opens_no_more()
        try:
            result = await self.desk.act(job)
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
            return False
        else:
            self.notify(said(result))
            return True
        finally:
            self.loa.renew_all()
