"""The rehearsal: the campaign played on a simulated clock, and walked through day by day."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from scheduler.engine.rehearsing.rehearsal import dates, rehearse
from scheduler.engine.rehearsing.summary import Summary, load
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _, many
from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.head import put
from scheduler.tui.keys import BY_ID, bindings, spelled
from scheduler.tui.screens.rehearsal.days import DayRow, ItemRow, days, items, problem_rows, totals
from scheduler.tui.widgets.field import Field
from scheduler.tui.widgets.lines import Lines
from scheduler.tui.widgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from textual.widget import Widget
    from textual.widgets import Input

    from scheduler.engine.engine import Engine
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing

FOLDER = "rehearsal"
FORM = "%d/%m/%Y"
_BAR = 24


@dataclass(frozen=True, slots=True)
class Known:
    """What is read of the campaign: when it begins and ends, and when the last rehearsal was left on disk."""

    start: datetime
    end: datetime
    left: float


class RehearsalScreen(Frame[Known]):
    """Days on the left, what goes out on each on the right."""

    AUTO_FOCUS = ""
    scopes: ClassVar[tuple[Scope, ...]] = (Scope.REHEARSAL,)
    BINDINGS: ClassVar[list[Binding]] = [*bindings(Scope.REHEARSAL), Binding("escape", "back", show=False)]
    DEFAULT_CSS = """
    RehearsalScreen #span { height: 1; padding: 0 1; background: $surface; }
    RehearsalScreen #span Static { width: auto; color: $quiet; padding: 0 1 0 0; }
    RehearsalScreen #span Field { width: 14; padding: 0 1; background: $field; margin: 0 2 0 0; }
    RehearsalScreen #span #state { width: 1fr; color: $foreground; }
    RehearsalScreen #totals { height: auto; max-height: 2; padding: 0 1; color: $quiet; }
    RehearsalScreen #days { width: 25; border-right: vkey $rule; }
    RehearsalScreen.-wide #days { width: 36; }
    RehearsalScreen #items { width: 1fr; }
    RehearsalScreen #told { height: 1fr; padding: 1 2; color: $quiet; }
    RehearsalScreen.-told #told { display: none; }
    RehearsalScreen #walk { height: 1fr; display: none; }
    RehearsalScreen.-told #walk { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.summary: Summary | None = None
        self.playing = False
        self.breaking = threading.Event()
        self._share = 0.0
        self._at = ""
        self._loaded = 0.0
        self._whole: dict[str, str] = {}

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="span"):
            yield Static(Content(_("From")))
            yield Field(placeholder="01/05/2021", id="from", compact=True)
            yield Static(Content(_("to")))
            yield Field(placeholder="30/06/2021", id="to", compact=True)
            yield Static(id="state")
        yield Static(id="totals")
        text = _(
            "Nothing has been rehearsed here yet. Press {key}: the campaign is played in a minute, and nothing is sent."
        )
        yield Static(Content(text.format(key=spelled(BY_ID["play"]))), id="told")
        with Horizontal(id="walk"):
            yield Section[DayRow](id="days")
            yield Section[ItemRow](id="items")

    @property
    def days(self) -> Section[DayRow]:
        """The days."""
        return self.query_one("#days", Section)

    @property
    def items(self) -> Section[ItemRow]:
        """What goes out on a day."""
        return self.query_one("#items", Section)

    @property
    def out(self) -> Path:
        """Where a rehearsal writes."""
        return self.desk.engine.var / FOLDER

    def on_unmount(self) -> None:
        self.breaking.set()

    def gather(self, engine: Engine) -> Known:
        """Read when the campaign is, and the last rehearsal where there is a newer one than is shown."""
        start, end = dates(engine.campaign.plan, engine.config.zone, engine.clock.now())
        file = self.out / "summary.json"
        left = file.stat().st_mtime if file.is_file() else 0.0
        if left and left != self._loaded and not self.playing:
            self._loaded, self.summary = left, load(file, engine.config.zone) or self.summary
        return Known(start, end, left)

    def show(self, standing: Standing[Known], before: Standing[Known] | None) -> None:
        """Fill the dates in, and show the rehearsal that lies there."""
        for name, moment in (("from", standing.found.start), ("to", standing.found.end - timedelta(days=1))):
            field = self.query_one(f"#{name}", Field)
            self._whole[name] = moment.astimezone(self.zone).strftime(FORM)
            if not field.value and not field.has_focus:
                field.value = self._whole[name]
        if before is None or before.found.left != standing.found.left:
            self._draw()

    def _draw(self) -> None:
        self.set_class(self.summary is not None, "-told")
        if self.summary is not None:
            put(self.query_one("#totals", Static), Content(totals(self.summary)))
            self.days.put(days(self.summary))
            self._draw_day()
            if self.focused is None:
                self.days.focus()
        self._draw_state()

    def _draw_state(self) -> None:
        if self.playing:
            done = round(_BAR * self._share)
            bar = Content.assemble(("█" * done, "$primary"), ("░" * (_BAR - done), "$rule"))
            text = Content.assemble(bar, (f" {self._share:4.0%}  {self._at}", ""))
        elif self.summary is not None:
            first, last = self.summary.start, self.summary.end - timedelta(seconds=1)
            start, end = (moment.astimezone(self.zone).strftime(FORM) for moment in (first, last))
            text = Content(_("rehearsed: {start} – {end}").format(start=start, end=end))
        else:
            text = Content("")
        put(self.query_one("#state", Static), text)

    def _draw_day(self) -> None:
        chosen, summary = self.days.here, self.summary
        if summary is None or chosen is None:
            self.items.put(())
        elif chosen.day is None:
            self.items.put(problem_rows(summary.problems))
        else:
            rows = [row for row in summary.rows if row.at.astimezone(summary.zone).date() == chosen.day]
            self.items.put(items(rows, summary.zone))

    @on(Lines.Moved, "#days")
    def another_day(self) -> None:
        """Show what goes out on the day under the cursor."""
        self._draw_day()

    @on(Lines.Moved)
    def moved(self) -> None:
        """Show the keys that work here."""
        self.draw_frame()

    @on(Lines.Opened)
    def opened(self) -> None:
        """Go from a day to its items, and from an item to its post."""
        self.action_do("open_rehearsed")

    @on(Field.Submitted)
    def typed(self, event: Field.Submitted) -> None:
        """Go from the first date to the second, and from there play; a date that is none keeps one there."""
        if self._refused(event.input):
            return
        if event.input.id == "from":
            self.query_one("#to").focus()
        else:
            self.set_focus(self.days if self.has_class("-told") else None)
            self.action_do("play")

    @on(Field.Blurred)
    def left(self, event: Field.Blurred) -> None:
        """Go back to a date that is none."""
        if self._refused(event.input):
            event.input.focus()

    def _refused(self, field: Input) -> bool:
        """Say that a date is none, where it is."""
        if wrong := self._wrong(field):
            self.notify(wrong, severity="error", title=_("Not done"))
        return bool(wrong)

    def _wrong(self, field: Input) -> str:
        try:
            self._asked(field.id or "")
        except LoaError as error:
            return str(error)
        return ""

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.id == "play" and self.playing:
            return _("a rehearsal is under way")
        if action.id == "cancel_play" and not self.playing:
            return _("no rehearsal is under way")
        if action.id == "open_rehearsed" and not self._opens():
            return _("nothing is chosen here")
        return super().why_not(action)

    def _opens(self) -> bool:
        if self.focused is self.items:
            return bool(self.items.here and self.items.here.post)
        return bool(self.days.rows)

    def do_open_rehearsed(self) -> None:
        """Go from a day to its items, and from an item to its post."""
        if self.focused is self.items and self.items.here:
            self.loa.go("posts", self.items.here.post)
        else:
            self.items.focus()

    def do_span(self) -> None:
        """Begin to type the first date."""
        field = self.query_one("#from", Field)
        field.focus()
        field.action_select_all()

    def do_cancel_play(self) -> None:
        """End the rehearsal that is under way; what it came to so far is shown."""
        self.breaking.set()

    @work
    async def do_play(self) -> None:
        """Play the campaign between the two dates, on a thread of its own."""
        try:
            start, end = self._asked("from"), self._asked("to") + timedelta(days=1)
            if end <= start:
                raise LoaError(_("the last day lies before the first"))
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"))
            return
        self.playing = True
        self.breaking.clear()
        self.loa.opens_no_more()
        self._progress(0.0, start, 0)
        try:
            self.summary = await asyncio.to_thread(self._play, start, end, asyncio.get_running_loop())
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
        else:
            self.notify(_("The rehearsal was broken off.") if self.breaking.is_set() else _("The rehearsal is over."))
        finally:
            self.playing = False
            if self.is_running:
                self._draw()
                self.draw_frame()

    def _asked(self, name: str) -> datetime:
        typed = self.query_one(f"#{name}", Field).value.strip()
        try:
            return datetime.strptime(typed, FORM).replace(tzinfo=self.zone)
        except ValueError:
            raise LoaError(_("{value!r} is no date; write 10/05/2021").format(value=typed)) from None

    def _play(self, start: datetime, end: datetime, loop: asyncio.AbstractEventLoop) -> Summary:
        """Play, on a thread of its own; each hundredth of the way is told to the screen's."""
        last = -1

        def told(now: datetime, done: int) -> None:
            nonlocal last
            share = min(1.0, max(0.0, (now - start) / (end - start)))
            if (shown := round(share * 100)) != last:
                last = shown
                loop.call_soon_threadsafe(self._progress, share, now, done)

        engine = self.desk.engine
        return rehearse(engine.folder, start, end, self.out, told, self.breaking.is_set)

    def _progress(self, share: float, now: datetime, done: int) -> None:
        if not self.is_running:
            return
        self._share = share
        self._at = f"{now.astimezone(self.zone).strftime(FORM)}  {many('%d delivery', '%d deliveries', done)}"
        self._draw_state()
        self.draw_frame()

    def action_back(self) -> None:
        """Go back to the days; in place of a date that is none stands again the campaign's own."""
        if isinstance(field := self.focused, Field) and self._wrong(field):
            field.value = self._whole.get(field.id or "", "")
        self.set_focus(self.days if self.has_class("-told") else None)

    def remember(self) -> dict[str, Any]:
        """Return the dates, and the day under the cursor."""
        spans = {name: self.query_one(f"#{name}", Field).value for name in ("from", "to")}
        here = self.days.here
        return {**spans, "day": here.day.isoformat() if here and here.day else ""}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Show the dates again."""
        for name in ("from", "to"):
            self.query_one(f"#{name}", Field).value = str(memory.get(name, ""))
