"""Panels: the pages that plugins bring, made anew whenever the screen is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.engine.looks.panels import PanelPage, PanelSheet
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _
from scheduler.tui.action import Scope
from scheduler.tui.frame import LEAST_PAUSE, SHARE, Frame
from scheduler.tui.head import put
from scheduler.tui.keys import BY_ID, bindings, spelled
from scheduler.tui.screens.posts.blocks import BLANK, drawn
from scheduler.tui.screens.posts.problems import flow
from scheduler.tui.widgets.lines import Cell, Lines
from scheduler.tui.widgets.pieces import STYLES
from scheduler.tui.widgets.section import Part, Section
from scheduler.tui.words import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from textual.app import ComposeResult
    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing

_TITLE = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One page in the list."""

    sheet: PanelSheet

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Its title, and which plugin brings it."""
        bad = bool(self.sheet.error)
        sign = Cell("✗" if bad else "▤", Tone.BAD if bad else Tone.QUIET, 1)
        return (sign, Cell(self.sheet.title, Tone.PLAIN, _TITLE), Cell(self.sheet.plugin, Tone.QUIET))

    def about(self) -> str:
        """Return what identifies it."""
        return self.sheet.name


@dataclass(frozen=True, slots=True)
class Pages:
    """Every page, and the one that is read."""

    sheets: tuple[PanelSheet, ...] = ()
    page: PanelPage | None = None


class Paper(VerticalScroll, can_focus=True):
    """One page to be read, in the width that there is."""

    DEFAULT_CSS = """
    Paper { height: 1fr; padding: 0 1; background: $surface; scrollbar-gutter: stable; }
    Paper Static { height: auto; background: $surface; }
    Paper:focus { background-tint: $foreground 3%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._page: PanelPage | None = None
        self._zone: ZoneInfo | None = None
        self._waits = False

    def compose(self) -> ComposeResult:
        yield Static(id="shown")

    def help_text(self) -> str:
        """Return what it is."""
        return _("A page that a plugin makes. Arrows scroll.")

    def put(self, page: PanelPage, zone: ZoneInfo, *, waits: bool = False) -> None:
        """Show a page as it is now, or that it is being made."""
        self._page, self._zone, self._waits = page, zone, waits
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if self._page is not None and self._zone is not None and width:
            parts = page_parts(self._page, width, self._zone, waits=self._waits)
            lines = [line for part in parts for line in (*part, BLANK)]
            put(self.query_one("#shown", Static), Content("\n").join(lines[:-1]))


def page_parts(page: PanelPage, width: int, zone: ZoneInfo, *, waits: bool = False) -> Iterator[list[Content]]:
    """Yield the lines of a page, part by part: what it is called, and what stands on it or why nothing can."""
    sheet = page.sheet
    yield [*flow(sheet.title, width, "bold"), *(flow(sheet.about, width, "$quiet") if sheet.about else [])]
    if page.error:
        yield flow(f"✗ {page.error}", width, STYLES[Tone.BAD])
        if page.rests:
            text = _("It is asked again after a pause that grows; {key} asks it now.")
            yield flow(text.format(key=spelled(BY_ID["panel_again"])), width, "$quiet")
    elif waits:
        yield flow(_("The plugin is making this page …"), width, "$quiet")
    elif not page.blocks:
        yield flow(_("There is nothing on this page now."), width, "$quiet")
    for block in page.blocks:
        yield drawn(block, width, (), zone)


def _sheets(engine: Engine) -> tuple[PanelSheet, ...]:
    """Return which pages there are; a plugin that was not asked yet is."""
    return tuple(engine.look.panels()) if engine.look.has_panels else ()


def _page(name: str, engine: Engine, *, insist: bool) -> tuple[PanelPage, float]:
    """Return a page as its plugin makes it now, and how many seconds that took."""
    began = engine.clock.elapsed()
    return engine.look.panel(name, insist=insist), engine.clock.elapsed() - began


class PanelsScreen(Frame[Pages]):
    """The list of pages, and the one under the cursor."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.PANELS,)
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.PANELS)
    DEFAULT_CSS = """
    PanelsScreen #desk { height: 1fr; layout: vertical; }
    PanelsScreen Part { height: auto; max-height: 8; }
    PanelsScreen Part Section { height: auto; max-height: 6; }
    PanelsScreen Paper { border-top: solid $rule; }
    PanelsScreen.-wide #desk, PanelsScreen.-vast #desk { layout: horizontal; }
    PanelsScreen.-wide Part, PanelsScreen.-vast Part { width: 42; height: 100%; max-height: 100%; }
    PanelsScreen.-wide Section, PanelsScreen.-vast Section { max-height: 100%; }
    PanelsScreen.-wide Paper, PanelsScreen.-vast Paper {
        width: 1fr; height: 100%; border-top: none; padding: 0 2 1 2;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.chosen = ""
        self._made = Pages()
        self._making = False
        self._resting = False

    def body(self) -> Iterable[Widget]:
        with Container(id="desk"):
            yield Part[Row]("panels", _("No plugin brings a panel."))
            yield Paper()

    @property
    def section(self) -> Section[Row]:
        """The list."""
        return self.query_one("#panels", Section)

    def on_mount(self) -> None:
        self.section.focus()

    @property
    def at_rest(self) -> bool:
        """Return whether the page that is wanted stands."""
        return super().at_rest and not self._making

    def prepare(self) -> None:
        """Have the chosen page made beside all reading: a plugin that hangs delays no other screen."""
        if not self._making and not self._resting:
            self.make()

    def gather(self, engine: Engine) -> Pages:
        """Return what has been made."""
        return self._made

    def make(self, *, insist: bool = False) -> None:
        """Have the chosen page made, in place of one that is being made."""
        if self.is_attached:
            self._making = True
            self._make(insist=insist)

    @work(exclusive=True, group="make")
    async def _make(self, *, insist: bool) -> None:
        took = 0.0
        try:
            sheets = await self.desk.aside(_sheets)
            names = [each.name for each in sheets]
            self.chosen = self.chosen if self.chosen in names else names[0] if names else ""
            self._put(replace(self._made, sheets=sheets))
            if self.chosen:
                page, took = await self.desk.aside(partial(_page, self.chosen, insist=insist))
                self._put(Pages(sheets, page))
        except LoaError as error:
            self.notify(str(error), severity="error")
        self._making, self._resting = False, True
        self.set_timer(max(LEAST_PAUSE, took * SHARE), self._rested)

    def _put(self, made: Pages) -> None:
        """Show what has been made, where the screen has been read."""
        self._made = made
        if self.standing is not None:
            self.receive(self.standing)

    def receive(self, standing: Standing[Pages]) -> None:
        """Show a reading, with what has been made by now."""
        super().receive(replace(standing, found=self._made))

    def _rested(self) -> None:
        self._resting = False

    def show(self, standing: Standing[Pages], before: Standing[Pages] | None) -> None:
        """Draw the list, and the page."""
        sheets, page = standing.found.sheets, standing.found.page
        title = Content.assemble((_("Panels"), "bold $primary"), (f" · {len(sheets)}", "$quiet"))
        names = [each.name for each in sheets]
        with self.prevent(Lines.Moved):
            self.query_one("#part-panels", Part).put(title, tuple(map(Row, sheets)))
            if self.chosen in names:
                self.section.cursor = names.index(self.chosen)
        if page is not None and page.sheet.name == self.chosen:
            self.query_one(Paper).put(page, self.zone)
        elif self.chosen in names:
            waiting = PanelPage(sheets[names.index(self.chosen)])
            self.query_one(Paper).put(waiting, self.zone, waits=True)

    @on(Lines.Moved)
    def moved(self) -> None:
        """Read the page under the cursor."""
        here = self.section.here
        if here is not None and here.about() != self.chosen:
            self.chosen = here.about()
            self.query_one(Paper).scroll_home(animate=False)
            self._put(replace(self._made, page=None))
            self.make()

    @on(Lines.Opened)
    def opened(self) -> None:
        """Let the page be scrolled."""
        self.query_one(Paper).focus()

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.scope is Scope.PANELS and self.section.here is None:
            return _("no plugin brings a panel")
        return super().why_not(action)

    def do_panel_plugin(self) -> None:
        """Show the plugin."""
        if self.section.here is not None:
            name = self.section.here.sheet.plugin
            found = (each for each in self.desk.engine.look.plugins() if each.name == name)
            self.loa.go("channels", next((f"plugin {each.name} {each.source}" for each in found), ""))

    def do_panel_again(self) -> None:
        """Have the page made, although it hung before."""
        if self._made.page is not None and self._made.page.rests:
            self._put(replace(self._made, page=None))
        self.make(insist=True)

    def aim(self, target: str) -> None:
        """Read the page of that name."""
        self.chosen = target
        self.make()

    def remember(self) -> dict[str, Any]:
        """Return which page was read."""
        return {"chosen": self.chosen}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Read the same again."""
        self.chosen = str(memory.get("chosen", ""))
