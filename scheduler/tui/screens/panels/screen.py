"""Panels: the pages that plugins bring, made anew whenever the screen is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.engine.panels import PanelPage, PanelSheet
from scheduler.ground.text import _
from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.head import put
from scheduler.tui.keys import bindings
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

    def compose(self) -> ComposeResult:
        yield Static(id="shown")

    def help_text(self) -> str:
        """Return what it is."""
        return _("A page that a plugin makes. Arrows scroll.")

    def put(self, page: PanelPage, zone: ZoneInfo) -> None:
        """Show a page as it is now."""
        self._page, self._zone = page, zone
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if self._page is not None and self._zone is not None and width:
            parts = page_parts(self._page, width, self._zone)
            lines = [line for part in parts for line in (*part, BLANK)]
            put(self.query_one("#shown", Static), Content("\n").join(lines[:-1]))


def page_parts(page: PanelPage, width: int, zone: ZoneInfo) -> Iterator[list[Content]]:
    """Yield the lines of a page, part by part: what it is called, and what stands on it or why nothing can."""
    sheet = page.sheet
    yield [*flow(sheet.title, width, "bold"), *(flow(sheet.about, width, "$quiet") if sheet.about else [])]
    if page.error:
        yield flow(f"✗ {page.error}", width, STYLES[Tone.BAD])
    elif not page.blocks:
        yield flow(_("There is nothing on this page now."), width, "$quiet")
    for block in page.blocks:
        yield drawn(block, width, (), zone)


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

    def gather(self, engine: Engine) -> Pages:
        """Read which pages there are, and have the chosen one made."""
        if not engine.look.has_panels:
            return Pages()
        sheets = tuple(engine.look.panels())
        names = [each.name for each in sheets]
        name = self.chosen if self.chosen in names else names[0] if names else ""
        return Pages(sheets, engine.look.panel(name) if name else None)

    def show(self, standing: Standing[Pages], before: Standing[Pages] | None) -> None:
        """Draw the list, and the page."""
        sheets, page = standing.found.sheets, standing.found.page
        title = Content.assemble((_("Panels"), "bold $primary"), (f" · {len(sheets)}", "$quiet"))
        with self.prevent(Lines.Moved):
            self.query_one("#part-panels", Part).put(title, tuple(map(Row, sheets)))
            if page is not None and not self.chosen:
                self.chosen = page.sheet.name
            names = [each.name for each in sheets]
            if self.chosen in names:
                self.section.cursor = names.index(self.chosen)
        if page is not None:
            self.query_one(Paper).put(page, self.zone)

    @on(Lines.Moved)
    def moved(self) -> None:
        """Read the page under the cursor."""
        here = self.section.here
        if here is not None and here.about() != self.chosen:
            self.chosen = here.about()
            self.query_one(Paper).scroll_home(animate=False)
            self.renew()

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
        """Have the page made."""
        self.renew()

    def aim(self, target: str) -> None:
        """Read the page of that name."""
        self.chosen = target
        self.renew()

    def remember(self) -> dict[str, Any]:
        """Return which page was read."""
        return {"chosen": self.chosen}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Read the same again."""
        self.chosen = str(memory.get("chosen", ""))
