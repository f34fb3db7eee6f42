"""The queue: every delivery, filtered as one types, in any order, treated one by one or all that are marked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.content import Content

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _, many
from scheduler.store.deliveries import Query
from scheduler.tui.action import Scope
from scheduler.tui.keys import BY_ID, bindings, spelled
from scheduler.tui.screens.delivery.handling import Handling
from scheduler.tui.screens.queue.search import Search, parse
from scheduler.tui.screens.queue.table import NOTHING, Span, Table, Wish, read_span
from scheduler.tui.screens.queue.titles import COLUMNS, Titles, following
from scheduler.tui.widgets.field import Field
from scheduler.tui.widgets.filterbar import FilterBar
from scheduler.tui.widgets.lines import Lines
from scheduler.tui.words import number

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from textual import events
    from textual.widget import Widget

    from scheduler.engine.acts.deliveries import Done
    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.lifecycle import Event
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing


class QueueScreen(Handling[Span]):
    """All deliveries, by due time unless asked otherwise."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.QUEUE, Scope.DELIVERY)
    BINDINGS: ClassVar[list[Binding]] = [
        *bindings(Scope.QUEUE),
        Binding("escape", "back", show=False),
        Binding("shift+down", "mark_on(1)", show=False),
        Binding("shift+up", "mark_on(-1)", show=False),
    ]
    DEFAULT_CSS = """
    QueueScreen #titles { height: 1; padding: 0 1; color: $quiet; text-style: underline; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""
        self.search = Search(Query())
        self._sort = Query()
        self._follow = False
        self._to_now = True
        self._wish = Wish(Query())
        self._wanted: int | None = None
        self._marked: frozenset[int] = frozenset()
        self._works: tuple[object, frozenset[Event]] = (None, frozenset())

    def body(self) -> Iterable[Widget]:
        table = Table(self.zone, id="table")
        yield FilterBar(_("words, channel:sms state:failed after:10/05/2021"), table, self.typed)
        yield Titles(id="titles")
        yield table

    @property
    def table(self) -> Table:
        """The table of deliveries."""
        return self.query_one("#table", Table)

    @property
    def bar(self) -> FilterBar:
        """The filter above it."""
        return self.query_one(FilterBar)

    def on_mount(self) -> None:
        self.table.focus()

    @property
    def takes_keys(self) -> bool:
        """Return whether the rows are those that were asked for last."""
        return super().takes_keys and (self.at_rest or not self._follow)

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now: nothing is done to rows of the filter before."""
        if action.event is not None and self.standing is not None and not self.takes_keys and not self.marked():
            return _("still reading")
        return super().why_not(action)

    def subject(self) -> Delivery | None:
        """Return the delivery under the cursor."""
        return self.table.here

    def marked(self) -> Collection[int]:
        """Return what is marked, wherever it stands by now; of a range that is not ended, its first."""
        first = self.table.range_from
        return self.table.marks | {first.id} if first is not None else self.table.marks

    def offers(self) -> list[Action]:
        """Return the actions that work now; where rows are marked, first what can be done to any of them."""
        found = super().offers()
        if not self.table.marks or self.table.range_from is not None:
            return found
        works = self._works[1]
        found = [each for each in found if each.event is None or each.event in works]
        return sorted(found, key=lambda each: each.event is None and each.scope is not Scope.EVERYWHERE)

    def treated(self, done: Done, refused: Sequence[Delivery]) -> None:
        """Take the marks off what has been done; what could not be stays marked, and the cursor goes there."""
        self.table.marks.difference_update(done.done)
        if refused:
            self._wanted, self._follow = refused[0].id, True

    @property
    def query_now(self) -> Query:
        """What the filter asks for, in the order that is wanted."""
        return replace(self.search.query, sort=self._sort.sort, newest_first=self._sort.newest_first)

    def prepare(self) -> None:
        """Say what to read: what is in view, or where the cursor should go after the filter has changed."""
        table = self.table
        height = max(1, table.size.height)
        top = table.scroll_offset.y
        in_view = top <= table.cursor < top + height
        anchor = table.here if self._follow or in_view else None
        now = self.desk.engine.clock.now() if self._to_now or (self._follow and anchor is None) else None
        self._wish = Wish(self.query_now, top, height, None if self._to_now else anchor, now)
        self._marked = frozenset(table.marks)

    def gather(self, engine: Engine) -> Span:
        """Read the rows around those in view, and what can be done to those that are marked."""
        last = engine.look.journal(1)
        if (kept := (self._marked, last)) != self._works[0]:
            self._works = kept, engine.look.open_to(self._marked)
        if self.search.nothing:
            return NOTHING
        if self._wanted is not None and (found := engine.look.deliveries(Query(ids=[self._wanted]))):
            self._wish = replace(self._wish, anchor=found[0], at=None)
        return read_span(engine.look, self._wish)

    def show(self, standing: Standing[Span], before: Standing[Span] | None) -> None:
        """Draw the rows; the cursor stays on its delivery."""
        self.table.put(standing.found, standing.now, centred=self._follow or self._to_now)
        self._follow = self._to_now = False
        self._wanted = None
        self.draw_found()
        self.draw_titles()

    def draw_found(self) -> None:
        """Say how many are found and marked; while many are being treated, how many have been."""
        if self.standing is None:
            return
        labour = self.labour
        text = Content(many("%d delivery", "%d deliveries", self.standing.found.total))
        if labour is not None and labour.takes_long:
            words = _("{action}: {reached} of {total} — Esc stops it")
            text = Content(words.format(action=labour.name, reached=number(labour.reached), total=number(labour.total)))
            text = text.stylize("bold $warning")
        elif self.table.range_from is not None:
            words = _("from here to where the cursor goes: {key} marks, Esc does not")
            text = Content.styled(words.format(key=spelled(BY_ID["mark_range"])), "bold $warning")
        elif self.table.marks:
            marks = many("%d marked", "%d marked", len(self.table.marks))
            text = Content.styled(f"▌{marks}", "bold $warning") + Content(" · ") + text
        self.bar.found(text)

    def tick(self) -> None:
        """Read again where it is time to, and say how far a long act is."""
        super().tick()
        if self.labour is not None:
            self.draw_found()

    def draw_titles(self) -> None:
        """Write what stands in the columns."""
        self.query_one(Titles).draw(self._sort, self.size.width)

    def on_resize(self, event: events.Resize) -> None:
        self.draw_titles()

    @on(Field.Changed, "#filter")
    def typing(self, event: Field.Changed) -> None:
        """Filter as one types."""
        self.typed = event.value
        self._parse()
        self.bar.trouble(self.search.trouble)
        self._follow = True
        self.renew()

    def _parse(self) -> None:
        channels = {name: each for name, each in self.desk.engine.config.channels.items() if each.enabled}
        targets = {target.name for channel in channels.values() for target in channel.targets}
        self.search = parse(self.typed, self.zone, channels, targets)

    @on(Table.Wanting)
    def fetch(self) -> None:
        """Read what has come into view."""
        self.renew()

    @on(Lines.Moved)
    def moved(self) -> None:
        """Show the keys that work for the delivery under the cursor."""
        self.draw_frame()

    @on(Lines.Opened)
    def opened(self) -> None:
        """Open the delivery under the cursor."""
        self.action_do("open")

    @on(Titles.Chosen)
    def ordered(self, event: Titles.Chosen) -> None:
        """Order by a column; by the same once more, the other way round."""
        self._order(event.sort, turned=event.sort == self._sort.sort and not self._sort.newest_first)

    def do_filter(self) -> None:
        """Begin to type a filter, in place of the one that stands there."""
        self.bar.begin()

    def do_now(self) -> None:
        """Go to what is due next, in the order of time."""
        self._sort = Query()
        self._to_now = True
        self.renew()

    def do_sort(self) -> None:
        """Order by the next column."""
        self._order(following(self._sort), turned=False)

    def do_turn(self) -> None:
        """Turn the order round."""
        self._order(self._sort.sort, turned=not self._sort.newest_first)

    def _order(self, sort: str, *, turned: bool) -> None:
        self._sort = Query(sort=sort, newest_first=turned)
        self._follow = True
        self.draw_titles()
        self.renew()

    # --- marks -----------------------------------------------------------------------------------------------------

    def do_mark(self) -> None:
        """Mark the row under the cursor or not, and go to the next."""
        self.table.mark(self.table.here)
        self.table.action_go(1)
        self._marks_changed()

    def action_mark_on(self, step: int) -> None:
        """Mark the row under the cursor, and the one that it goes to."""
        self.table.mark(self.table.here, on=True)
        self.table.action_go(step)
        self.table.mark(self.table.here, on=True)
        self._marks_changed()

    def do_mark_range(self) -> None:
        """Begin a range here; or mark all rows of the one that was begun."""
        if self.table.range_from is None:
            self.table.begin_range()
            self._marks_changed()
        else:
            self._mark_range("")

    @work(exclusive=True, group="marks")
    async def _mark_range(self, then: str) -> None:
        """Mark the rows of a range, and do ``then`` with what is marked."""
        first, last, query = self.table.range_from, self.table.here, self.query_now
        start, end = self.table.end_range()
        ids = await self._numbers(replace(query, offset=start, limit=end - start))
        if first is None or last is None or {first.id, last.id} != {*ids[:1], *ids[-1:]}:
            self.notify(_("The list has changed meanwhile: mark again."), severity="warning")
            then = ""
        else:
            self.table.marks.update(ids)
        self._marks_changed()
        if then:
            super()._treat(then)

    @work(exclusive=True, group="marks")
    async def do_mark_all(self) -> None:
        """Mark all that the filter finds, in view or not; where all is marked already, none of it."""
        ids = [] if self.search.nothing else await self._numbers(self.query_now)
        marks = self.table.marks
        if ids and marks.issuperset(ids):
            marks.difference_update(ids)
        else:
            marks.update(ids)
        self._marks_changed()

    async def _numbers(self, query: Query) -> list[int]:
        try:
            return await self.desk.read(lambda engine: engine.look.numbers(query))
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
            return []

    def _marks_changed(self) -> None:
        self.table.refresh()
        self.draw_found()
        self.draw_frame()
        if self.table.marks != self._marked:
            self.renew()

    def _treat(self, name: str) -> None:
        if self.table.range_from is not None:
            self._mark_range(name)
        else:
            super()._treat(name)

    def action_back(self) -> None:
        """Stop what is under way; else give up the range, leave the filter, take the marks off, empty the filter."""
        field = self.bar.field
        if self.labour is not None:
            self.labour.ends = True
        elif self.table.range_from is not None:
            self.table.end_range()
        elif self.table.marks and not (field.has_focus and field.value):
            self.table.marks.clear()
        else:
            self.bar.back()
        self._marks_changed()

    # --- where it stands -------------------------------------------------------------------------------------------

    def aim(self, target: str) -> None:
        """Show what a filter asks for."""
        self.set_filter(target)

    def set_filter(self, text: str) -> None:
        """Show what ``text`` asks for."""
        self.bar.field.value = text
        self.table.focus()

    def remember(self) -> dict[str, Any]:
        """Return the filter, the order, and the delivery under the cursor."""
        here = self.table.here if self.is_mounted else None
        found = {"filter": self.typed, "sort": self._sort.sort, "turned": self._sort.newest_first}
        return {**found, "delivery": here.id} if here else found

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Show the same filter in the same order again, at the same delivery where that is still found."""
        sort, delivery, typed = memory.get("sort"), memory.get("delivery"), memory.get("filter")
        if sort in COLUMNS:
            self._sort = Query(sort=sort, newest_first=bool(memory.get("turned")))
        if isinstance(delivery, int):
            self._wanted, self._to_now, self._follow = delivery, False, True
        if isinstance(typed, str):
            self.typed = typed
            self._parse()
            self.bar.field.value = typed
