"""A post: its text beside a preview of every channel, as it will really go out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal, Vertical

from scheduler.ground.errors import NotFound
from scheduler.ground.text import _, many
from scheduler.tui.action import Scope
from scheduler.tui.editor import edit
from scheduler.tui.frame import Frame
from scheduler.tui.keys import bindings
from scheduler.tui.screens.posts.cards import Cards
from scheduler.tui.screens.posts.deciding import decide
from scheduler.tui.screens.posts.text import Reading, approval_sign, text_of
from scheduler.tui.screens.today.rows import Row
from scheduler.tui.widgets.dialogs import Ask, Choice, Question
from scheduler.tui.widgets.lines import Cell, Lines
from scheduler.tui.widgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.engine.views import PostStatus, Preview
    from scheduler.ground.problem import Problem
    from scheduler.tui.action import Action
    from scheduler.tui.frame import Standing


@dataclass(frozen=True, slots=True)
class Desktop:
    """All posts, the chosen one, and what each channel makes of it."""

    posts: tuple[PostStatus, ...]
    chosen: PostStatus | None
    previews: tuple[Preview, ...]
    problems: tuple[Problem, ...] = ()


class PostScreen(Frame[Desktop]):
    """A post beside its previews."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.POSTS,)
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.POSTS)
    DEFAULT_CSS = """
    PostScreen #desk { height: 1fr; }
    PostScreen #list { width: 34; display: none; border-right: vkey $rule; }
    PostScreen.-vast #list { display: block; width: 44; }
    PostScreen.-listing #list { display: block; width: 100%; }
    PostScreen.-listing #side, PostScreen.-listing #previews { display: none; }
    PostScreen.-wide.-listing #list { width: 44; }
    PostScreen.-wide.-listing #side, PostScreen.-wide.-listing #previews { display: block; }
    PostScreen.-vast.-listing #side, PostScreen.-vast.-listing #previews { display: block; }
    PostScreen #side { width: 1fr; }
    PostScreen #text { padding: 0 2 1 1; }
    PostScreen #text Static { height: auto; }
    PostScreen #previews { width: 1fr; padding: 0 1; background: $surface; }
    PostScreen.-vast #previews { width: 2fr; layout: grid; grid-size: 2; grid-rows: auto; grid-gutter: 0 2; }
    PostScreen VerticalScroll:focus { background-tint: $foreground 3%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.chosen = ""
        self._mark: tuple[int, str] | None = None
        self._known: tuple[PostStatus, ...] = ()
        self._rendered: tuple[Preview, ...] = ()
        self._rendered_for: tuple[str, str, datetime] | None = None

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="desk"):
            yield Section(id="list")
            with Vertical(id="side"):
                yield Reading(id="text")
            yield Cards(id="previews")

    def on_mount(self) -> None:
        self.reading.focus()

    @property
    def reading(self) -> Reading:
        """The post to be read."""
        return self.query_one(Reading)

    @property
    def cards(self) -> Cards:
        """Its previews."""
        return self.query_one(Cards)

    @property
    def post(self) -> PostStatus | None:
        """The chosen post."""
        return self.standing.found.chosen if self.standing else None

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.scope is not Scope.POSTS or action.id in {"list", "next", "previous"}:
            return super().why_not(action)
        post = self.post
        if post is None:
            return _("no post is chosen")
        if action.id == "approve":
            return self._why_no_approval(post)
        reasons = {
            "revoke": "" if post.approval else _("it is not approved"),
            "hold_post": _("it is held already") if post.held_by else "",
            "release_post": "" if post.held_by else _("nobody holds it"),
        }
        return reasons.get(action.id, "")

    def _why_no_approval(self, post: PostStatus) -> str:
        if post.approval:
            return _("it is approved as it stands")
        if not post.valid:
            return _("its file has errors")
        return "" if post.approval_required else _("this campaign asks for no approval")

    def gather(self, engine: Engine) -> Desktop:
        """Read the posts, and what each channel makes of the chosen one."""
        posts = self._posts(engine)
        chosen = next((post for post in posts if post.post.id == self.chosen), posts[0] if posts else None)
        if chosen is None:
            return Desktop(posts, None, ())
        problems = tuple(each for each in engine.snapshot.problems if each.file == chosen.post.path)
        return Desktop(posts, chosen, self._previews(engine, chosen.post.id), problems)

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
        self.query_one("#list", Section).put(tuple(self._row(post) for post in found.posts))
        chosen = found.chosen
        if chosen is None:
            self.reading.put(_("There are no posts below content/posts."))
            return
        self.chosen = chosen.post.id
        changed = was is None or was.chosen is None or was.chosen.post.id != self.chosen
        self.reading.put(text_of(chosen, self.desk.engine, found.problems, standing.now, self.loa.name_of))
        if changed:
            self.query_one("#list", Section).cursor = [post.post.id for post in found.posts].index(self.chosen)
            self.reading.scroll_home(animate=False)
        if changed or (was is not None and was.previews != found.previews):
            self.cards.put(found.previews, self.zone)

    def _row(self, post: PostStatus) -> Row:
        symbol, tone, _words = approval_sign(post, self.loa.name_of)
        return Row((Cell(symbol, tone, 1), Cell(post.post.title)), post=post.post.id)

    def aim(self, target: str) -> None:
        """Show the post of that id."""
        self.choose(target)

    def choose(self, post: str) -> None:
        """Show another post."""
        self.chosen = post
        self.remove_class("-listing")
        self.renew()

    @on(Lines.Opened)
    def opened(self, event: Lines.Opened) -> None:
        """Show the post that was chosen in the list."""
        row = self.query_one("#list", Section).here
        if row is not None:
            self.choose(row.post)
            self.reading.focus()

    def do_list(self) -> None:
        """Choose from the list of posts; where there is little room it takes the screen."""
        if self.has_class("-listing"):
            self.remove_class("-listing")
            self.reading.focus()
        else:
            self.add_class("-listing")
            self.query_one("#list").focus()

    def do_next(self) -> None:
        """Show the next post."""
        self._step(1)

    def do_previous(self) -> None:
        """Show the post before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        if self.standing is None or not self.standing.found.posts:
            return
        ids = [post.post.id for post in self.standing.found.posts]
        place = ids.index(self.chosen) + step if self.chosen in ids else 0
        if 0 <= place < len(ids):
            self.choose(ids[place])
        else:
            self.notify(_("That was the last post.") if step > 0 else _("This is the first post."))

    def do_deliveries(self) -> None:
        """Show its deliveries in the queue."""
        self.loa.go("queue", f"post:{self.chosen}")

    def do_edit(self) -> None:
        """Open the file in the person's editor, and read it again."""
        if (post := self.post) is None:
            return
        try:
            edit(self.app, self.desk.engine.folder / post.post.path)
        except NotFound as error:
            self.notify(str(error), severity="error", title=_("Not done"))
        self.renew()

    def do_approve(self) -> None:
        """Say yes to the text as it stands."""
        choice = Choice("approve", _("Approve"), "primary")
        self._decide(_("Approve this text as it stands?"), choice, _("Note"), "approve")

    def do_revoke(self) -> None:
        """Take the approval back."""
        self._decide(_("Take the approval back?"), Choice("revoke", _("Revoke"), "error"), _("Why"), "revoke")

    def do_hold_post(self) -> None:
        """Keep all its deliveries back."""
        self._decide(_("Hold all its deliveries?"), Choice("hold", _("Hold"), "primary"), _("Why"), "hold")

    def do_release_post(self) -> None:
        """Let its deliveries go."""
        self._decide(_("Release its deliveries?"), Choice("release", _("Release"), "primary"), "", "release")

    @work
    async def _decide(self, title: str, choice: Choice, field: str, what: str) -> None:
        post = self.post
        if post is None:
            return
        waiting = many("%d delivery", "%d deliveries", sum(post.counts.values()))
        lines = [post.post.title, f"{post.post.path} · {waiting}", approval_sign(post, self.loa.name_of)[2]]
        reply = await self.app.push_screen_wait(Ask(Question(title, lines, [choice], field)))
        if reply is not None:
            await self.carry_out(lambda engine: decide(engine, post.post.id, what, reply, self.loa.name_of), str)


def _due(post: PostStatus) -> tuple[bool, datetime | str]:
    """Put first what is due first, and last what has gone."""
    return (post.next_at is None, post.next_at or post.post.id)
