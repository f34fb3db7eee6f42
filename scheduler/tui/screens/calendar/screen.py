"""The calendar: month, week and agenda, with what collides and where nothing is said; things are moved by keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding

from scheduler.ground.text import N_, _
from scheduler.tui.action import Scope
from scheduler.tui.keys import BY_ID, bindings, spelled
from scheduler.tui.screens.calendar import cursor
from scheduler.tui.screens.calendar.cells import Spot
from scheduler.tui.screens.calendar.days import DAY, Days, same_day
from scheduler.tui.screens.calendar.drawing import VIEWS
from scheduler.tui.screens.calendar.page import Page
from scheduler.tui.screens.calendar.shifting import Shifting
from scheduler.tui.screens.editor.opening import begin_new

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.tui.action import Action

PANEL_STEP = 6
MORNING = "08:00"
"""When a post may go out that is begun on a day of the calendar, until somebody says otherwise."""
WEEK, HOUR = 7 * DAY, timedelta(hours=1)
MOVES = frozenset({"move_later", "move_earlier", "move_up", "move_down"})
IN_A_MOVE = frozenset({*MOVES, "open_item", "give_up", "by_month", "by_week", "by_list"})


class CalendarScreen(Shifting):
    """Three views of the same days, with one cursor: a day, and an item on it."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.CALENDAR,)
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        *bindings(Scope.CALENDAR),
        Binding("left", "step(-1, 0)", show=False),
        Binding("right", "step(1, 0)", show=False),
        Binding("up", "step(0, -1)", show=False),
        Binding("down", "step(0, 1)", show=False),
        Binding("tab,j", "item(1)", show=False),
        Binding("shift+tab,k", "item(-1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("pagedown", "leaf(1)", show=False),
    ]

    @property
    def stride(self) -> timedelta:
        """By how much up and down move things: a week in the month, else an hour."""
        return WEEK if self.view == "month" else HOUR

    def action_step(self, across: int, along: int) -> None:
        """Follow an arrow; while something is being moved, it moves that."""
        if self.ghost is not None:
            self.shift(across * DAY + along * self.stride)
        elif self.days is not None and self.spot is not None:
            self.put_cursor(self._stepped(self.days, self.spot, across, along))

    def _stepped(self, days: Days, spot: Spot, across: int, along: int) -> Spot:
        if across or self.view == "month":
            return Spot(spot.day + across * DAY + along * WEEK)
        spot = Spot(spot.day, self.here.id if self.here else "")
        return cursor.within(days, spot, along) if self.view == "week" else cursor.onward(days, spot, along, empty=True)

    def action_item(self, step: int) -> None:
        """Go to the next item, on this day or a later one; or to the one before."""
        if self.days is not None and self.spot is not None and self.ghost is None:
            spot = Spot(self.spot.day, self.here.id if self.here else "")
            self.put_cursor(cursor.onward(self.days, spot, step, empty=False))

    def action_leaf(self, step: int) -> None:
        """Go a month on or back, a week where weeks are shown; in a move, through what is said of it."""
        if self.ghost is not None:
            self.query_one("#panel").scroll_relative(y=step * PANEL_STEP, animate=False)
        elif self.spot is not None:
            day = self.spot.day
            self.put_cursor(Spot(day + step * WEEK if self.view == "week" else same_day(day, step)))

    @on(Page.Chosen)
    def clicked(self, event: Page.Chosen) -> None:
        """Stand where a person clicked; open it with a second click."""
        if self.ghost is None:
            self.put_cursor(event.spot)
            if event.opens and self.here is not None:
                self.action_do("open_item")

    def do_today_here(self) -> None:
        """Go to today."""
        if self.ghost is None:
            self.put_cursor(Spot(self.today))

    def do_campaign_start(self) -> None:
        """Go to the first day of the campaign."""
        if self.begins is not None:
            self.put_cursor(Spot(self.begins))

    @property
    def begins(self) -> date | None:
        """The first day of the workstreams, where there are any."""
        return min((each.start for each in self.desk.engine.campaign.plan.workstreams.values()), default=None)

    def do_trouble(self) -> None:
        """Go to the next collision or empty day."""
        if self.days is not None and self.spot is not None:
            found = cursor.next_trouble(self.days, Spot(self.spot.day, self.spot.item))
            if found is not None:
                self.put_cursor(found)

    def do_by_month(self) -> None:
        """Show the month as a grid."""
        self._view("month")

    def do_by_week(self) -> None:
        """Show the week with its hours."""
        self._view("week")

    def do_by_list(self) -> None:
        """Show the month as a list."""
        self._view("agenda")

    def _view(self, name: str) -> None:
        self.view = name
        self.draw()

    # --- what can be done ------------------------------------------------------------------------------------------

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.scope is not Scope.CALENDAR or self.standing is None:
            return super().why_not(action)
        if self.ghost is not None:
            if action.id == "open_item":
                return self.why_no_move()
            return "" if action.id in IN_A_MOVE else unfinished()
        return self._why_not(action.id)

    def _why_not(self, name: str) -> str:
        assert self.standing is not None  # noqa: S101 - looked at by `why_not`
        if name in MOVES or name == "open_item":
            return "" if self.here else _("nothing stands on this day")
        if name in {"item_deliveries", "skip_item"} and not (self.here and self.here.post):
            return _("choose a post first")
        if name == "skip_item" and self.here and self.here.showing and not self.here.showing.several:
            return _("it has one time only: hold it, or make it a draft")
        found = self.standing.found
        reasons = {
            "undo": "" if found.undo else _("nothing has been changed from here"),
            "redo": "" if found.redo else _("nothing has been undone"),
            "campaign_start": "" if self.begins else _("the plan has no workstreams with dates"),
            "trouble": "" if self.days and cursor.troubles(self.days) else _("nothing collides and no day is empty"),
        }
        return reasons.get(name, "")

    def offers(self) -> list[Action]:
        """Return the actions that work now, by the names that they have in this view."""
        idle = self.ghost is None and not self.has_class("-open")
        now = {f"by_{'list' if self.view == 'agenda' else self.view}", *(["give_up"] if idle else [])}
        return [each for each in super().offers() if each.id not in now]

    def named(self, action: Action) -> Action:
        """Return an action by the name that it has in this view, and in a move."""
        names = {"move_down": N_("+1 week") if self.view == "month" else N_("+1 hour")}
        if self.ghost is not None:
            names["open_item"] = N_("Move it here")
        return replace(action, name=names.get(action.id, action.name))

    def do_open_item(self) -> None:
        """Make the move that is thought about; else open the post, or all about the event."""
        here = self.here
        if self.ghost is not None:
            self.carry()
        elif here is not None and here.post:
            self.loa.go("posts", here.post)
        elif here is not None:
            self.toggle_class("-open")
            self.draw()

    def do_give_up(self) -> None:
        """Give a move up, or close the panel."""
        if self.ghost is not None:
            self.let_go()
        else:
            self.remove_class("-open")
            self.draw()

    def do_move_down(self) -> None:
        """Move it on by a week, or an hour."""
        self.shift(self.stride)

    def do_move_up(self) -> None:
        """Move it back by a week, or an hour."""
        self.shift(-self.stride)

    def do_new_post(self) -> None:
        """Begin a post, on the day under the cursor where that is still to come."""
        day = self.spot.day if self.spot else self.today
        begin_new(self.loa, f"{day:%d/%m/%Y} {MORNING}" if day > self.today else "")

    def do_item_deliveries(self) -> None:
        """Show the deliveries of the post in the queue."""
        if self.here is not None and self.here.post:
            self.loa.go("queue", f"post:{self.here.post}")

    # --- where one was ---------------------------------------------------------------------------------------------

    def aim(self, target: str) -> None:
        """Show a day, written ``2021-05-10``."""
        self.put_cursor(Spot(date.fromisoformat(target)))

    def remember(self) -> dict[str, Any]:
        """Return the view, the day and the item."""
        spot = self.spot or Spot(self.today)
        return {"view": self.view, "day": spot.day.isoformat(), "item": spot.item}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Show again what was shown; an item that is gone leaves its day. Raises for what `remember` never returned."""
        self.view = memory["view"] if memory["view"] in VIEWS else self.view
        self.spot = Spot(date.fromisoformat(memory["day"]), memory["item"])
        if self.standing is not None:
            self.put_cursor(self.spot)


def unfinished() -> str:
    """Say that a move has to be made or given up first, and by which keys."""
    words = _("finish the move first: {make} makes it, {leave} gives it up")
    return words.format(make=spelled(BY_ID["open_item"]), leave=spelled(BY_ID["give_up"]))
