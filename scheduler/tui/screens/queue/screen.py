"""The queue: every delivery, filtered as one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from scheduler.ground.text import _, many
from scheduler.store.deliveries import Query
from scheduler.tui.action import Scope
from scheduler.tui.head import put
from scheduler.tui.keys import bindings
from scheduler.tui.screens.delivery.handling import Handling
from scheduler.tui.screens.queue.search import Search, parse
from scheduler.tui.screens.queue.table import NOTHING, Span, Table, Wish, read_span, widths
from scheduler.tui.widgets.field import Field
from scheduler.tui.widgets.lines import Lines, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery
    from scheduler.tui.frame import Standing


class QueueScreen(Handling[Span]):
    """All deliveries, by due time."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.QUEUE, Scope.DELIVERY)
    BINDINGS: ClassVar[list[Binding]] = [
        *bindings(Scope.QUEUE),
        Binding("escape", "back", show=False),
    ]
    DEFAULT_CSS = """
    QueueScreen #search { height: 1; padding: 0 1; background: $surface; }
    QueueScreen #sign { width: 2; color: $primary; text-style: bold; }
    QueueScreen #search Field { width: 1fr; padding: 0; background: $surface; }
    QueueScreen #found { width: auto; color: $quiet; padding: 0 0 0 2; }
    QueueScreen #trouble { height: 1; padding: 0 3; color: $warning; background: $surface; display: none; }
    QueueScreen #trouble.-shown { display: block; }
    QueueScreen #titles { height: 1; padding: 0 1; color: $quiet; text-style: underline; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""
        self.search = Search(Query())
        self._follow = False
        self._to_now = True
        self._wish = Wish(Query())

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="search"):
            yield Static("/", id="sign")
            hint = _("words, channel:sms state:failed after:10/05/2021")
            yield Field(placeholder=hint, id="filter", select_on_focus=False, compact=True)
            yield Static(id="found")
        yield Static(id="trouble")
        yield Static(id="titles")
        yield Table(self.zone, id="table")

    @property
    def table(self) -> Table:
        """The table of deliveries."""
        return self.query_one("#table", Table)

    def on_mount(self) -> None:
        self.table.focus()

    def subject(self) -> Delivery | None:
        """Return the delivery under the cursor."""
        return self.table.here

    def prepare(self) -> None:
        """Say what to read: what is in view, or where the cursor should go after the filter has changed."""
        table = self.table
        height = max(1, table.size.height)
        top = table.scroll_offset.y
        in_view = top <= table.cursor < top + height
        anchor = table.here if self._follow or in_view else None
        now = self.desk.engine.clock.now() if self._to_now or (self._follow and anchor is None) else None
        self._wish = Wish(self.search.query, top, height, None if self._to_now else anchor, now)

    def gather(self, engine: Engine) -> Span:
        """Read the rows around those in view."""
        return NOTHING if self.search.nothing else read_span(engine.look, self._wish)

    def show(self, standing: Standing[Span], before: Standing[Span] | None) -> None:
        """Draw the rows; the cursor stays on its delivery."""
        span = standing.found
        self.table.put(span, standing.now, centred=self._follow or self._to_now)
        self._follow = self._to_now = False
        put(self.query_one("#found", Static), Content(many("%d delivery", "%d deliveries", span.total)))
        self.draw_titles()

    def draw_titles(self) -> None:
        """Write what stands in the columns."""
        width = self.size.width
        names = (_("State"), _("Due"), _("Channel"), _("Target"), _("Title"), _("Reason"))
        state, when, channel, target, why = widths(width)
        title = max(0, width - 3 - state - when - channel - target - why - 2 * (5 if why else 4))
        room = (state, when, channel, target, title, why)
        text = "  ".join(fit(name, cells) for name, cells in zip(names, room, strict=True) if cells)
        put(self.query_one("#titles", Static), text)

    def on_resize(self, event: events.Resize) -> None:
        self.draw_titles()

    @on(Field.Changed, "#filter")
    def typing(self, event: Field.Changed) -> None:
        """Filter as one types."""
        self.typed = event.value
        self.search = parse(event.value, self.zone, self.desk.engine.registry.channels)
        trouble = self.query_one("#trouble", Static)
        put(trouble, self.search.trouble)
        trouble.set_class(bool(self.search.trouble), "-shown")
        self._follow = True
        self.renew()

    @on(Field.Submitted, "#filter")
    def typed_enough(self) -> None:
        """Go back to the table with what is found."""
        self.table.focus()

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

    def on_key(self, event: events.Key) -> None:
        """Let the arrows lead out of the filter."""
        if event.key == "down" and self.focused is self.query_one("#filter"):
            event.stop()
            self.table.focus()

    def do_filter(self) -> None:
        """Begin to type a filter, in place of the one that stands there."""
        field = self.query_one("#filter", Field)
        field.focus()
        field.action_select_all()

    def do_now(self) -> None:
        """Go to what is due next."""
        self._to_now = True
        self.renew()

    def action_back(self) -> None:
        """Leave the filter; then empty it."""
        field = self.query_one("#filter", Field)
        if self.focused is field and field.value:
            self.table.focus()
        else:
            field.value = ""
            self.table.focus()

    def aim(self, target: str) -> None:
        """Show what a filter asks for."""
        self.set_filter(target)

    def set_filter(self, text: str) -> None:
        """Show what ``text`` asks for."""
        self.query_one("#filter", Field).value = text
        self.table.focus()
