"""The list of posts: found by what is typed, in one of several orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message

from scheduler.ground.letters import bare
from scheduler.ground.text import N_, _, many
from scheduler.tui.screens.posts.text import approval_sign
from scheduler.tui.widgets.field import Field
from scheduler.tui.widgets.filterbar import FilterBar
from scheduler.tui.widgets.lines import Cell
from scheduler.tui.widgets.section import Section
from scheduler.tui.words import Tone, short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from textual.app import ComposeResult

    from scheduler.engine.looks.post_views import PostStatus

ORDERS = {"due": N_("by time"), "standing": N_("what waits first"), "title": N_("by title")}
"""The orders that a list can have, each with what it is called."""
_FIRST = (Tone.BAD, Tone.WARN, Tone.PLAIN, Tone.GOOD, Tone.QUIET)
_WHEN = 11
_LETTERS = 3
"""So many letters of channels stand before a title."""


@dataclass(frozen=True, slots=True)
class Row:
    """One post in the list."""

    cells: tuple[Cell, ...]
    post: str

    def about(self) -> str:
        """Return what identifies it."""
        return self.post


class Listing(Vertical):
    """The posts, below a field that filters them."""

    BINDINGS: ClassVar[list[Binding]] = [Binding("escape", "back", show=False)]  # type: ignore[assignment]
    DEFAULT_CSS = """
    Listing > FilterBar { grid-size: 2; grid-columns: 2 1fr; }
    Listing > FilterBar > .found { width: 1fr; column-span: 2; padding: 0; }
    """

    class Narrowed(Message):
        """What is typed has changed what the list shows."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.typed = ""
        self.order = "due"
        self._posts: tuple[PostStatus, ...] = ()
        self._torn: Mapping[str, str] = {}
        self._searched: dict[str, dict[str, str]] = {}
        self._rows: tuple[Row, ...] = ()
        self._name_of: Callable[[str], str] = str
        self._zone: ZoneInfo | None = None
        self._orphans = 0

    def compose(self) -> ComposeResult:
        rows: Section[Row] = Section(id="rows")
        yield FilterBar(_("words, channel:sms, state:waiting"), rows)
        yield rows

    @property
    def rows(self) -> Section[Row]:
        """The rows."""
        return self.query_one("#rows", Section)

    @property
    def bar(self) -> FilterBar:
        """The filter above them."""
        return self.query_one(FilterBar)

    @property
    def ids(self) -> list[str]:
        """The posts that are shown, in their order."""
        return [each.post for each in self._rows]

    def put(
        self,
        posts: tuple[PostStatus, ...],
        torn: Mapping[str, str],
        zone: ZoneInfo,
        name_of: Callable[[str], str],
        orphans: int = 0,
    ) -> None:
        """List other posts, below the files that cannot be read as one: ``torn``, their paths by id.

        ``orphans`` is how many drafts there are of posts that are gone.
        """
        self._orphans = orphans
        if posts is not self._posts:
            self._searched = {each.post.id: searched(each, name_of) for each in posts}
        self._posts, self._torn, self._zone, self._name_of = posts, torn, zone, name_of
        self.draw_again()

    def draw_again(self) -> None:
        """List what the filter leaves, in the order that is chosen."""
        if self._zone is None:
            return
        shown = [each for each in self._posts if fits(self._searched[each.post.id], self.typed)]
        shown.sort(key=lambda each: _rank(each, self.order, self._name_of))
        broken = (each for each in sorted(self._torn.items()) if fits({"": bare(" ".join(each))}, self.typed))
        rows = (_row(each, self._zone, self._name_of) for each in shown)
        self._rows = (*(_torn_row(each) for each, _path in broken), *rows)
        self.rows.put(self._rows)
        total = len(self._posts) + len(self._torn)
        number = _("{shown} of {total}").format(shown=len(self._rows), total=total)
        gone = many("%d draft of a post that is gone", "%d drafts of posts that are gone", self._orphans)
        self.bar.found("\n".join((f"{number} · {_(ORDERS[self.order])}", *((f"✎ {gone}",) if self._orphans else ()))))

    def mark(self, post: str) -> None:
        """Set the cursor on a post, where the filter leaves it."""
        if post in self.ids:
            self.rows.cursor = self.ids.index(post)

    def find(self, typed: str) -> None:
        """Filter by ``typed``."""
        self.bar.field.value = typed

    def search(self) -> None:
        """Go to the filter; what is typed there takes the place of what it had."""
        self.bar.begin()

    def turn(self) -> None:
        """Take the next order."""
        names = [*ORDERS]
        self.order = names[(names.index(self.order) + 1) % len(names)]
        self.draw_again()

    @on(Field.Changed, "#filter")
    def typing(self, event: Field.Changed) -> None:
        """Filter as one types."""
        event.stop()
        self.typed = event.value
        self.draw_again()
        self.post_message(self.Narrowed())

    @on(Field.Submitted, "#filter")
    def typed_enough(self, event: Field.Submitted) -> None:
        """Open the first that is found."""
        event.stop()
        self.rows.call_later(self.rows.action_open)  # a message of its own, that goes up past this list

    def action_back(self) -> None:
        """Leave the filter; then empty it."""
        self.bar.back()


def standing(post: PostStatus, name_of: Callable[[str], str]) -> str:
    """Return how a post stands, in words of both languages, for a search."""
    tone = approval_sign(post, name_of)
    names = ["waiting"] if tone[1] is Tone.WARN and not post.held_by else []
    names += ["held"] if post.held_by else []
    names += ["approved"] if post.approval else []
    names += ["draft"] if post.post.draft else []
    names += ["errors"] if not post.valid else []
    return " ".join((tone[2], *names))


def searched(post: PostStatus, name_of: Callable[[str], str]) -> dict[str, str]:
    """Return what a filter looks through, by the name of each part: without accents, in small letters."""
    whole = post.post
    fields = {
        "channel": " ".join(whole.channels),
        "state": standing(post, name_of),
        "workstream": whole.workstream,
        "text": f"{whole.title} {whole.id} {whole.path} {whole.body}",
    }
    folded = {name: bare(value).casefold() for name, value in fields.items()}
    return {**folded, "": " ".join(folded.values())}


def fits(fields: Mapping[str, str], typed: str) -> bool:
    """Return whether every word of ``typed`` stands in a post; ``channel:sms`` asks one part of it."""
    for word in bare(typed).casefold().split():
        key, colon, value = word.partition(":")
        if not (value in fields[key] if colon and key in fields else word in fields[""]):
            return False
    return True


def _rank(post: PostStatus, order: str, name_of: Callable[[str], str]) -> tuple[object, ...]:
    due = (post.next_at is None, post.next_at.isoformat() if post.next_at else "", post.post.id)
    if order == "title":
        return (bare(post.post.title).casefold(), post.post.id)
    return (_FIRST.index(approval_sign(post, name_of)[1]), *due) if order == "standing" else due


def _row(post: PostStatus, zone: ZoneInfo, name_of: Callable[[str], str]) -> Row:
    symbol, tone, _words = approval_sign(post, name_of)
    when = short(post.next_at, zone) if post.next_at else "—"
    letters = Cell("", width=_LETTERS, channels=tuple(post.post.channels))
    return Row((Cell(symbol, tone, 1), letters, Cell(post.post.title), Cell(when, Tone.QUIET, _WHEN)), post.post.id)


def _torn_row(post: str) -> Row:
    return Row((Cell("✗", Tone.BAD, 1), Cell("", width=_LETTERS), Cell(post), Cell("—", Tone.QUIET, _WHEN)), post)
