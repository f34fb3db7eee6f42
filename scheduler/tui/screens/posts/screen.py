"""A post: its text beside a preview of every channel, as it will really go out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content

from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.problem import Severity
from scheduler.ground.text import _
from scheduler.tui.action import Scope
from scheduler.tui.editor import edit
from scheduler.tui.keys import bindings
from scheduler.tui.screens.editor.opening import begin
from scheduler.tui.screens.editor.orphans import offer
from scheduler.tui.screens.posts.cards import Cards
from scheduler.tui.screens.posts.deciding import Deciding
from scheduler.tui.screens.posts.listing import ORDERS, Listing
from scheduler.tui.screens.posts.text import Page, Reading, page_of, torn_page
from scheduler.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.post_views import PostStatus
    from scheduler.engine.views import Preview
    from scheduler.ground.problem import Problem
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing


LOOKS = ("", "-previews", "-text")
"""Text and previews beside each other, the previews alone, the text alone."""


@dataclass(frozen=True, slots=True)
class Desktop:
    """All posts, the chosen one with its file's text, and what each channel makes of it.

    ``torn`` is the path of each file that cannot be read as a post, by the post's id; such a one can be ``open``.
    ``orphans`` are the posts that are gone of which one has drafts.
    """

    posts: tuple[PostStatus, ...]
    chosen: PostStatus | None
    previews: tuple[Preview, ...]
    problems: tuple[Problem, ...] = ()
    source: str = ""
    torn: Mapping[str, str] = field(default_factory=dict)
    open: str = ""
    orphans: tuple[str, ...] = ()


class PostScreen(Deciding[Desktop]):
    """A post beside its previews."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.POSTS,)
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.POSTS)  # type: ignore[assignment]
    DEFAULT_CSS = """
    PostScreen #desk { height: 1fr; }
    PostScreen #list { width: 54; display: none; border-right: vkey $rule; }
    PostScreen.-vast #list, PostScreen.-listing #list { display: block; }
    PostScreen.-vast.-listing #list { width: 2fr; }
    PostScreen.-narrow.-listing #list { width: 100%; border: none; }
    PostScreen.-narrow.-listing #side, PostScreen.-narrow.-listing #previews { display: none; }
    PostScreen #side { width: 1fr; }
    PostScreen #text { padding: 0 1 0 0; scrollbar-gutter: stable; }
    PostScreen #text Static { height: auto; }
    PostScreen #previews { width: 1fr; background: $surface; }
    PostScreen.-vast #previews { width: 2fr; }
    PostScreen.-previews #side, PostScreen.-text #previews { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.chosen = ""
        self.listing = Listing(id="list")
        self.reading = Reading(id="text")
        self.cards = Cards(id="previews")
        self._look = 0
        self._scroll: tuple[float, float] | None = None
        self._mark: tuple[int, str] | None = None
        self._known: tuple[PostStatus, ...] = ()
        self._rendered: tuple[Preview, ...] = ()
        self._rendered_for: tuple[str, str, datetime] | None = None

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="desk"):
            yield self.listing
            with Vertical(id="side"):
                yield self.reading
            yield self.cards

    def on_mount(self) -> None:
        self.reading.focus()

    @property
    def post(self) -> PostStatus | None:
        """The chosen post."""
        return self.standing.found.chosen if self.standing else None

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.id == "orphans":
            left = self.standing is not None and self.standing.found.orphans
            return "" if left else _("there is no draft of a post that is gone")
        if action.scope is not Scope.POSTS or action.id in {"list", "next", "previous", "find_post", "order"}:
            return super().why_not(action)
        if self.post is None:
            torn = self.standing is not None and self.standing.found.open
            if torn and action.id in {"edit", "edit_outside", "deliveries", "look"}:
                return ""
            return _("its file has errors") if torn else _("no post is chosen")
        if action.id == "apart" and not self._alike:
            return _("no two targets get the same")
        return self.why_undecided(action.id, self.post) or (self._unsayable if action.id == "approve" else "")

    @property
    def _unsayable(self) -> str:
        """What a channel cannot say of the text, or ""."""
        if self.standing is None:
            return ""
        for each in (preview for preview in self.standing.found.previews if preview.publish_at > self.standing.now):
            for problem in each.problems:
                if problem.severity is Severity.ERROR:
                    place = f"{each.target.channel}/{each.target.name}"
                    return _("mend it first: {problem}").format(problem=f"{place}: {problem.message}")
        return ""

    @property
    def _alike(self) -> bool:
        """Whether there is something to take apart, or to put together."""
        return not self.cards.together or any(len(group.previews) > 1 for group in self.cards.groups)

    def gather(self, engine: Engine) -> Desktop:
        """Read the posts, what each channel makes of the chosen one, and the drafts of posts that are gone."""
        return replace(self._gathered(engine), orphans=tuple(engine.look.orphans(engine.actor.id)))

    def _gathered(self, engine: Engine) -> Desktop:
        posts, torn = self._posts(engine), engine.campaign.torn
        chosen = next((post for post in posts if post.post.id == self.chosen), None)
        if self.chosen in torn:
            return _unreadable(engine, posts, self.chosen)
        chosen = chosen or (posts[0] if posts else None)
        if chosen is None:
            return Desktop(posts, None, (), torn=torn)
        problems = tuple(each for each in engine.snapshot.problems if each.file == chosen.post.path)
        source = engine.look.original(chosen.post.id).text
        return Desktop(posts, chosen, self._previews(engine, chosen.post.id), problems, source, torn)

    def _posts(self, engine: Engine) -> tuple[PostStatus, ...]:
        """Read all posts, which asks for every delivery, only when something has happened to one."""
        last = engine.look.journal(1)
        mark = (last[0].id if last else 0, engine.snapshot.fingerprint)
        if mark != self._mark:
            self._known = tuple(sorted(engine.look.posts(), key=_due))
            self._mark = mark
        return self._known

    def _previews(self, engine: Engine, post: str) -> tuple[Preview, ...]:
        """Render for every target, again only when the files or the minute have changed."""
        minute = engine.clock.now().replace(second=0, microsecond=0)
        key = (post, engine.snapshot.fingerprint, minute)
        if key != self._rendered_for:
            self._rendered = tuple(engine.look.preview(post))
            self._rendered_for = key
        return self._rendered

    def show(self, standing: Standing[Desktop], before: Standing[Desktop] | None) -> None:
        """Draw what has changed: the list, the text, the previews."""
        found, was = standing.found, before.found if before else None
        self.listing.put(found.posts, found.torn, self.zone, self.loa.name_of, len(found.orphans))
        chosen = found.chosen
        if chosen is None and not found.open:
            self.reading.put(Page((Content(_("There are no posts below content/posts.")),)))
            return
        self.chosen = chosen.post.id if chosen else found.open
        changed = was is None or _shown(was) != self.chosen
        if chosen:
            page = page_of(chosen, self.desk.engine, found.source, found.problems, standing.now, self.loa.name_of)
        else:
            page = torn_page(found.open, found.torn[found.open], found.source, found.problems)
        self.reading.put(page)
        if changed or (was is not None and was.previews != found.previews):
            none = "" if chosen else _("There is a preview once the file can be read.")
            self.cards.put(found.previews, self.zone, chosen.post.path if chosen else "", none)
        if changed:
            self.listing.mark(self.chosen)
        if changed or self._scroll:
            self._read_on(self._scroll or (0, 0))
            self._scroll = None

    def _read_on(self, place: tuple[float, float]) -> None:
        for part, line in zip((self.reading, self.cards), place, strict=True):
            part.call_after_refresh(part.scroll_to, y=line, animate=False)

    def aim(self, target: str) -> None:
        """Show the post of that id."""
        self.choose(target)

    def remember(self) -> dict[str, Any]:
        """Return the chosen post, how far one had read, and how the list stands."""
        place = [self.reading.scroll_offset.y, self.cards.scroll_offset.y]
        listing = {"filter": self.listing.typed, "order": self.listing.order}
        return {"post": self.chosen, "scroll": place, "look": self._look, "together": self.cards.together, **listing}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Show again what `remember` returned, as far as it still makes sense."""
        post, look, order = memory.get("post"), memory.get("look"), memory.get("order")
        if isinstance(post, str):
            self.chosen = post
        match memory.get("scroll"):
            case [int() | float() as read, int() | float() as seen]:
                self._scroll = (read, seen)
        if isinstance(look, int) and 0 <= look < len(LOOKS):
            self._take(look)
        if isinstance(order, str) and order in ORDERS:
            self.listing.order = order
        self.listing.find(str(memory.get("filter") or ""))
        self.cards.part(together=memory.get("together") is not False)

    def choose(self, post: str) -> None:
        """Show another post."""
        self.chosen = post
        self.remove_class("-listing")
        self.renew()

    @on(Lines.Opened)
    def opened(self, event: Lines.Opened) -> None:
        """Show the post that was chosen in the list."""
        row = self.listing.rows.here
        if row is not None:
            self.choose(row.post)
            self._look_at()

    def _look_at(self) -> None:
        """Set the focus on what is read first in the room there is."""
        if LOOKS[self._look] == "-previews":
            self.cards.look_at()
        else:
            self.reading.focus()

    def do_list(self) -> None:
        """Choose from the list of posts; where there is little room it takes the screen."""
        if self.has_class("-listing"):
            self.remove_class("-listing")
            self._look_at()
        else:
            self.add_class("-listing")
            self.listing.rows.focus()

    def do_find_post(self) -> None:
        """Open the list at its filter."""
        self.add_class("-listing")
        self.listing.search()

    def do_order(self) -> None:
        """List the posts in another order."""
        self.listing.turn()
        self.listing.mark(self.chosen)
        self.notify(_("Posts {order}").format(order=_(ORDERS[self.listing.order])))

    def do_look(self) -> None:
        """Give the room to the previews, to the text, or to both."""
        self._take((self._look + 1) % len(LOOKS))
        self._look_at()

    def _take(self, look: int) -> None:
        self._look = look
        for name in filter(None, LOOKS):
            self.set_class(name == LOOKS[look], name)

    def do_apart(self) -> None:
        """Show each target by itself, or put together again those that get the same."""
        self.cards.part(together=not self.cards.together)

    def do_next(self) -> None:
        """Show the next post."""
        self._step(1)

    def do_previous(self) -> None:
        """Show the post before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        ids = self.listing.ids
        if not ids:
            self.notify(_("No post fits the filter."))
            return
        place = ids.index(self.chosen) + step if self.chosen in ids else 0
        if 0 <= place < len(ids):
            self.choose(ids[place])
        else:
            self.notify(_("That was the last post.") if step > 0 else _("This is the first post."))

    def do_deliveries(self) -> None:
        """Show its deliveries in the queue."""
        self.loa.go("queue", f"post:{self.chosen}")

    def do_edit(self) -> None:
        """Write the text here, beside its previews."""
        begin(self.loa, self.chosen)

    def do_orphans(self) -> None:
        """Ask what becomes of the drafts of posts that are gone."""
        offer(self.loa)

    def do_edit_outside(self) -> None:
        """Open the file in the person's editor, and read it again."""
        if self.standing is None:
            return
        found = self.standing.found
        path = found.chosen.post.path if found.chosen else found.torn[found.open]
        try:
            edit(self.app, self.desk.engine.folder / path)
        except NotFound as error:
            self.notify(str(error), severity="error", title=_("Not done"))
        self.renew()


def _unreadable(engine: Engine, posts: tuple[PostStatus, ...], name: str) -> Desktop:
    """Return what can be shown of a post whose file cannot be read as one."""
    torn = engine.campaign.torn
    problems = tuple(each for each in engine.snapshot.problems if each.file == torn[name])
    try:
        source = engine.look.original(name).text
    except LoaError:
        source = ""  # its problems say why
    return Desktop(posts, None, (), problems, source, torn, name)


def _shown(found: Desktop) -> str:
    return found.chosen.post.id if found.chosen else found.open


def _due(post: PostStatus) -> tuple[bool, datetime | str]:
    """Put first what is due first, and last what has gone."""
    return (post.next_at is None, post.next_at or post.post.id)
