"""Coverage: whom the campaign reaches, where and on which channel, and down from a cell to its posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from scheduler.engine.looks.reach import Standing
from scheduler.ground.text import N_, _, many
from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.head import put
from scheduler.tui.keys import bindings
from scheduler.tui.screens.coverage.grid import SIGNS, TONES, Grid, rows_of
from scheduler.tui.widgets.lines import Cell, Lines
from scheduler.tui.widgets.pieces import STYLES
from scheduler.tui.widgets.section import Part
from scheduler.tui.words import Tone, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.reach import Cell as Place
    from scheduler.engine.looks.reach import Reach, Reaching
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing as Reading

WORDS = {
    Standing.GAP: N_("nothing"),
    Standing.LOST: N_("lost"),
    Standing.DONE: N_("gone out"),
    Standing.NONE: N_("no target there"),
}
_KINDS = ("thành phố", "thị xã", "huyện", "quận", "district of", "city of")
"""What an area is called before its name; the columns are too narrow for it."""


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in a cell."""

    post: str
    channel: str
    cells: tuple[Cell, ...]

    def about(self) -> tuple[str, str]:
        """Return what identifies the row."""
        return self.post, self.channel


class CoverageScreen(Frame["Reach"]):
    """The grid, and below it (on a wide screen beside it) the posts of the cell under the cursor."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.COVERAGE,)
    BINDINGS: ClassVar[list[Binding]] = [*bindings(Scope.COVERAGE), Binding("escape", "back", show=False)]
    DEFAULT_CSS = """
    CoverageScreen #titles { height: 1; padding: 0; color: $quiet; text-style: underline; }
    CoverageScreen #key { height: 1; padding: 0 1; }
    CoverageScreen #both { height: 1fr; layout: vertical; }
    CoverageScreen #left { height: 3fr; layout: vertical; }
    CoverageScreen Part { height: 2fr; min-height: 4; }
    CoverageScreen Part.-empty { height: 2; min-height: 2; }
    CoverageScreen.-vast #both { layout: horizontal; }
    CoverageScreen.-vast #left { width: 3fr; height: 100%; }
    CoverageScreen.-vast Part { width: 2fr; height: 100%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._recalled: dict[str, Any] = {}

    def body(self) -> Iterable[Widget]:
        with Container(id="both"):
            with Container(id="left"):
                yield Static(id="titles")
                yield Grid(id="grid")
                yield Static(id="key")
            yield Part[PostRow]("posts", _("Nothing goes there."))

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.query_one(Grid)

    @property
    def part(self) -> Part[PostRow]:
        """The posts of a cell."""
        return self.query_one("#part-posts", Part)

    def on_mount(self) -> None:
        self.grid.focus()

    def gather(self, engine: Engine) -> Reach:
        """Read the grid."""
        return engine.look.reach()

    def show(self, standing: Reading[Reach], before: Reading[Reach] | None) -> None:
        """Draw grid, key and posts."""
        if before is None or before.found != standing.found:
            reach = standing.found
            areas = tuple(bare_name(title) or _("everywhere") for title in reach.areas.values())
            self.grid.put(rows_of(reach), areas)
            self._go_where_it_was()
        self._draw_titles()

    def _draw_titles(self) -> None:
        put(self.query_one("#titles", Static), Content(self.grid.titles()))
        gaps = sum(len(row.gaps) for row in self.grid.rows if row.channel)
        tone = "bold $error" if gaps else "$success"
        said = many("%d gap", "%d gaps", gaps)
        key = [Content.styled(f"{SIGNS[each]} {_(words)}", STYLES[TONES[each]]) for each, words in WORDS.items()]
        put(self.query_one("#key", Static), Content("   ").join((Content.styled(said, tone), *key)))

    @on(Grid.Widened)
    def widened(self) -> None:
        """Set the titles above the columns as they are now."""
        self._draw_titles()

    @on(Lines.Moved, "#grid")
    def moved(self) -> None:
        """Show the posts of the cell under the cursor."""
        row = self.grid.row
        if row is None:
            self.part.put(Content(_("The plan names no audience, or there is no channel.")), ())
            return
        reach = self.standing.found if self.standing else None
        places = self.grid.here
        rows = tuple(self._row(place, each) for place in places for each in sorted(place.posts, key=_first))
        where = list(reach.areas.values())[self.grid.column] if reach else ""
        who = reach.audiences[row.audience] if reach else row.audience
        title = " · ".join(filter(None, (where, row.channel, who)))
        able = ", ".join(target for place in places for target in place.targets)
        tail = "" if rows or not able else "  " + _("could go by: {targets}").format(targets=able)
        self.part.put(Content.assemble((title, "bold $primary"), (f" · {len(rows)}", "$quiet"), (tail, "$quiet")), rows)
        self.draw_frame()

    def _row(self, place: Place, each: Reaching) -> PostRow:
        standing = Standing.DONE if each.done else Standing.LOST if each.lost else Standing.PLANNED
        span = short(each.first, self.zone)
        if each.times > 1:
            span += f" – {short(each.last, self.zone)}  ×{each.times}"
        tone = TONES[standing]
        cells = (
            Cell(SIGNS[standing] or "○", tone, 1),
            Cell(span, Tone.PLAIN, 29),
            Cell(place.channel, Tone.QUIET, 8, channel=place.channel),
            Cell(each.title, tone if standing is Standing.LOST else Tone.PLAIN),
        )
        return PostRow(each.post, place.channel, cells)

    @on(Lines.Opened)
    def opened(self) -> None:
        """Go down: from the cell to its posts, from a post to its texts."""
        self.action_do("cell_posts")

    @on(Lines.Left)
    def left(self, event: Lines.Left) -> None:
        """Let the arrow up lead from the posts back to the grid."""
        if event.step < 0 and event.lines is self.part.section:
            self.grid.focus()

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.id == "cell_posts" and not self.part.section.rows:
            return _("nothing goes there")
        if action.id == "cell_queue" and not (self.grid.row and self.grid.row.channel):
            return _("choose one channel")
        if action.id == "next_gap" and not any(row.gaps for row in self.grid.rows):
            return _("there is no gap")
        return super().why_not(action)

    def do_cell_posts(self) -> None:
        """Go to the posts of the cell, or open the one under the cursor there."""
        section = self.part.section
        if self.focused is section and section.here:
            self.loa.go("posts", section.here.post)
        else:
            section.focus()

    def do_next_gap(self) -> None:
        """Go to the next gap."""
        self.grid.focus()
        self.grid.next_gap()

    def do_cell_queue(self) -> None:
        """Show the channel's deliveries."""
        if self.grid.row:
            self.loa.go("queue", f"channel:{self.grid.row.channel}")

    def action_back(self) -> None:
        """Go back to the grid."""
        self.grid.focus()

    def remember(self) -> dict[str, Any]:
        """Return where the cursor stands."""
        row = self.grid.row
        return {"audience": row.audience, "channel": row.channel, "column": self.grid.column} if row else {}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Put the cursor there again, as soon as there are rows."""
        self._recalled = dict(memory)

    def _go_where_it_was(self) -> None:
        memory, self._recalled = self._recalled, {}
        wanted = (memory.get("audience"), memory.get("channel"))
        row = next((n for n, row in enumerate(self.grid.rows) if (row.audience, row.channel) == wanted), None)
        column = memory.get("column")
        if row is not None and isinstance(column, int):
            self.grid.go(row, column)


def _first(each: Reaching) -> datetime:
    return each.first


def bare_name(title: str) -> str:
    """Return an area's name without what it is: *Ninh Hải* of *Huyện Ninh Hải*."""
    for kind in _KINDS:
        if title.lower().startswith(kind + " "):
            return title[len(kind) + 1 :]
    return title
