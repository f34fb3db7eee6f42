"""How the calendar is read and drawn: three views of the same days, one cursor, and a move that is thought about."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Static

from scheduler.tui.frame import Frame
from scheduler.tui.head import put
from scheduler.tui.screens.calendar import listing, month, week
from scheduler.tui.screens.calendar.cells import Look, Spot
from scheduler.tui.screens.calendar.days import Days, days_of, span
from scheduler.tui.screens.calendar.heading import heading
from scheduler.tui.screens.calendar.moving import Ghost, told
from scheduler.tui.screens.calendar.page import Page
from scheduler.tui.screens.calendar.panel import about, brief

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.agenda import Agenda
    from scheduler.tui.screens.calendar.days import Item
    from scheduler.tui.standing import Standing

VIEWS = MappingProxyType({"month": month, "week": week, "agenda": listing})


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is read: the days, and what could be undone and done again, in words."""

    agenda: Agenda
    undo: str
    redo: str


class Drawing(Frame[Sheet]):
    """What is drawn of the calendar; what can be done there is said by `CalendarScreen`."""

    DEFAULT_CSS = """
    Drawing #heading { height: 1; padding: 0 1; }
    Drawing #desk { height: 1fr; layout: vertical; }
    Drawing #sheets { height: 1fr; width: 1fr; }
    Drawing #panel { height: auto; max-height: 55%; padding: 0 1; background: $surface; display: none; }
    Drawing.-open #panel, Drawing.-moving #panel { display: block; }
    Drawing #here { height: 1; padding: 0 1; background: $surface; }
    Drawing.-open #here, Drawing.-moving #here { display: none; }
    Drawing.-wide #desk, Drawing.-vast #desk { layout: horizontal; }
    Drawing.-wide #panel { display: block; width: 36; height: 100%; max-height: 100%; }
    Drawing.-vast #panel { display: block; width: 56; height: 100%; max-height: 100%; }
    Drawing.-wide #here, Drawing.-vast #here { display: none; }
    Drawing.-moving #panel { border-top: heavy $accent; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = "month"
        self.spot: Spot | None = None
        self.ghost: Ghost | None = None
        self._span: tuple[date, date] | None = None
        self._mark: tuple[object, ...] = ()
        self._kept: Sheet | None = None
        self._days: Days | None = None

    def body(self) -> Iterable[Widget]:
        yield Static(id="heading")
        with Container(id="desk"):
            with Vertical(id="sheets"):
                yield Page(id="names", classes="-head")
                yield Page(id="page")
            with VerticalScroll(id="panel", can_focus=False):
                yield Static(id="about")
        yield Static(id="here")

    def on_mount(self) -> None:
        self.query_one("#names").can_focus = False
        self.query_one("#page").focus()

    @property
    def today(self) -> date:
        """The day it is in the campaign's zone."""
        return self.desk.engine.clock.now().astimezone(self.zone).date()

    def prepare(self) -> None:
        """Ask for the weeks of the cursor's month."""
        self.spot = self.spot or Spot(self.today)
        self._span = span(self.spot.day)

    def gather(self, engine: Engine) -> Sheet:
        """Read the days, again only where something has happened or the files have changed."""
        wanted = self._span
        assert wanted is not None  # noqa: S101 - `prepare` has set it
        last = engine.look.journal(1)
        snapshot = engine.snapshot
        mark = (wanted, last[0].id if last else 0, snapshot.fingerprint, snapshot.record)
        if mark != self._mark or self._kept is None:
            undo, redo = engine.edit.next_undo(), engine.edit.next_redo()
            agenda = engine.look.agenda(*wanted)
            self._kept = Sheet(agenda, undo.what if undo else "", redo.what if redo else "")
            self._mark = mark
        return self._kept

    def show(self, standing: Standing[Sheet], before: Standing[Sheet] | None) -> None:
        """Draw the days."""
        if before is None or before.found is not standing.found:
            self._days = None
        self.draw()

    @property
    def days(self) -> Days | None:
        """What stands on the days that were read, with a move that is being thought about."""
        if self._days is None and self.standing is not None:
            moved = self.ghost.moved(self.zone) if self.ghost else {}
            self._days = days_of(self.standing.found.agenda, self.zone, moved, self.ghost.item if self.ghost else None)
        return self._days

    @property
    def here(self) -> Item | None:
        """The item under the cursor."""
        return self.days.item(self.spot.day, self.spot.item) if self.days and self.spot else None

    def look(self) -> Look | None:
        """Return what is drawn."""
        days, spot, standing = self.days, self.spot, self.standing
        if days is None or spot is None or standing is None:
            return None
        size = self.query_one("#page", Page).room
        now = standing.now.astimezone(self.zone).replace(tzinfo=None)
        return Look(days, spot.day, spot.item, self.loa.marks, now, self.zone, *size)

    def draw(self) -> None:
        """Draw the sheet, and what is said of the item under the cursor."""
        look = self.look()
        if look is None:
            return
        view = VIEWS[self.view]
        rows = view.rows(look)
        keep = next((n for n, row in enumerate(rows) if any("cursor" in each.tones for each in row)), None)
        head = view.names(look)
        names = self.query_one("#names", Page)
        names.display = bool(head)
        names.put([head])
        self.query_one("#page", Page).put(rows, keep)
        put(self.query_one("#heading", Static), heading(look, self.view, self.size.width - 2))
        put(self.query_one("#here", Static), brief(look))
        words = told(self.ghost, look.days, self.zone) if self.ghost else about(look, self.titles())
        put(self.query_one("#about", Static), words)
        self.set_class(self.ghost is not None, "-moving")
        self.draw_frame()

    def titles(self) -> dict[str, str]:
        """Return the titles of workstreams and events, by kind and id."""
        campaign = self.desk.engine.campaign
        found = {f"workstream:{each.id}": each.title for each in campaign.plan.workstreams.values()}
        return found | {f"event:{each.id}": each.title for each in campaign.events.values()}

    @on(Page.Resized)
    def resized(self) -> None:
        """Draw for the room there is now."""
        self.draw()

    def put_cursor(self, spot: Spot) -> None:
        """Stand on a day and an item; read another month where the day is in one."""
        self.spot = spot
        if self.standing is None or span(spot.day) != self._span:
            self.renew()
        self.draw()
