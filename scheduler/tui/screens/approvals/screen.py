"""Approvals: what waits for a yes, and what has changed in it since the last one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.ground.problem import Severity
from scheduler.ground.text import _, many
from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.head import put
from scheduler.tui.keys import bindings
from scheduler.tui.screens.approvals.beside import Paper, Reader, lines, located
from scheduler.tui.screens.approvals.waiting import WaitingList, row_of, sentence, waiting
from scheduler.tui.widgets.dialogs import Ask, Choice, Question
from scheduler.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from textual import events
    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.post_views import PostStatus
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing

NAMED = 8
"""How many titles a question names."""


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits, and the one that is read."""

    posts: tuple[PostStatus, ...]
    paper: Paper | None
    required: bool


class ApprovalsScreen(Frame[Pile]):
    """The list of what waits, beside what has changed in it."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.APPROVALS,)
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.APPROVALS)
    DEFAULT_CSS = """
    ApprovalsScreen #desk { height: 1fr; layout: vertical; }
    ApprovalsScreen #left { height: auto; max-height: 40%; }
    ApprovalsScreen #waiting { height: auto; max-height: 100%; }
    ApprovalsScreen #title { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: clip; }
    ApprovalsScreen #paper {
        height: 1fr; padding: 0 1; border-top: solid $rule; background: $surface; scrollbar-gutter: stable;
    }
    ApprovalsScreen #paper Static { height: auto; background: $surface; }
    ApprovalsScreen.-wide #desk, ApprovalsScreen.-vast #desk { layout: horizontal; }
    ApprovalsScreen.-wide #left, ApprovalsScreen.-vast #left { width: 44; height: 100%; max-height: 100%; }
    ApprovalsScreen.-wide #waiting, ApprovalsScreen.-vast #waiting { height: 1fr; }
    ApprovalsScreen.-vast #left { width: 80; }
    ApprovalsScreen.-wide #paper, ApprovalsScreen.-vast #paper {
        width: 1fr; height: 100%; border-top: none; padding: 0 2 1 2;
    }
    ApprovalsScreen.-bare #paper { display: none; }
    ApprovalsScreen.-bare #left { width: 100%; }
    ApprovalsScreen #paper:focus { background-tint: $foreground 3%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.chosen = ""
        self.whole = False
        self._known: tuple[PostStatus, ...] = ()
        self._mark: tuple[int, str] | None = None
        self._paper: Paper | None = None
        self._read_for: tuple[object, str, datetime] | None = None

    def body(self) -> Iterable[Widget]:
        with Container(id="desk"):
            with Container(id="left"):
                yield Static(id="title")
                yield WaitingList(id="waiting")
            with VerticalScroll(id="paper", can_focus=True):
                yield Static(id="sheet")

    def on_mount(self) -> None:
        self.pile.focus()

    @property
    def pile(self) -> WaitingList:
        """The list of what waits."""
        return self.query_one("#waiting", WaitingList)

    def gather(self, engine: Engine) -> Pile:
        """Read what waits, and hold the chosen one beside what was approved."""
        posts = self._posts(engine)
        required = engine.campaign.plan.approval_required
        chosen = next((each for each in posts if each.post.id == self.chosen), posts[0] if posts else None)
        if chosen is None:
            return Pile(posts, None, required)
        key = (self._mark, chosen.post.id, engine.clock.now().replace(second=0, microsecond=0))
        if key != self._read_for or self._paper is None:
            name = chosen.post.id
            self._paper, self._read_for = Paper(chosen, engine.look.difference(name), engine.look.amiss(name)), key
        return Pile(posts, replace(self._paper, status=chosen), required)

    def _posts(self, engine: Engine) -> tuple[PostStatus, ...]:
        """Read what waits, only when something has happened or a file has changed."""
        last = engine.look.journal(1)
        mark = (last[0].id if last else 0, engine.snapshot.fingerprint)
        if mark != self._mark:
            self._known, self._mark = waiting(engine.look.posts()), mark
        return self._known

    def show(self, standing: Standing[Pile], before: Standing[Pile] | None) -> None:
        """Draw the list, and the paper."""
        found, now = standing.found, standing.now
        self.set_class(found.paper is None, "-bare")
        text = sentence(found.posts) if found.posts else self._nothing(found)
        put(self.query_one("#title", Static), Content.styled(text, "bold $primary"))
        if found.paper is not None and found.paper.status.post.id != self.chosen:
            self.chosen = found.paper.status.post.id
        with self.prevent(Lines.Moved):
            self.pile.put(tuple(row_of(each, now, self.zone, self.loa.name_of) for each in found.posts))
            ids = [each.post.id for each in found.posts]
            if self.chosen in ids:
                self.pile.cursor = ids.index(self.chosen)
        self._draw()
        was = before.found.paper if before else None
        if found.paper is not None and (was is None or was.status.post.id != found.paper.status.post.id):
            self.query_one("#paper").scroll_home(animate=False)

    def _nothing(self, found: Pile) -> str:
        return _("Nothing waits for a yes.") if found.required else _("This campaign asks for no approval.")

    def _draw(self) -> None:
        paper = self.standing.found.paper if self.standing else None
        if paper is None or self.standing is None:
            return
        place = self.query_one("#paper", VerticalScroll)
        width = max(20, place.scrollable_content_region.width)
        reader = Reader(self.standing.now, self.zone, self.loa.name_of, self.whole)
        put(self.query_one("#sheet", Static), Content("\n").join(lines(paper, reader, width)))

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self._draw)

    @on(Lines.Moved, "#waiting")
    def moved(self) -> None:
        """Read the text under the cursor."""
        here = self.pile.here
        if here is not None and here.about() != self.chosen:
            self.chosen = here.about()
            self.renew()

    @on(Lines.Opened, "#waiting")
    def opened(self) -> None:
        """Open the post beside its previews."""
        self.action_do("open_text")

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.scope is not Scope.APPROVALS or self.standing is None:
            return super().why_not(action)
        chosen = self.pile.chosen()
        if not chosen:
            return self._nothing(self.standing.found)
        if action.id not in {"approve_text", "return_text"}:
            return ""
        actor = self.desk.engine.actor
        if "approve" not in actor.roles:
            return _("{name} may not: that needs the role 'approve' in content/plan.toml").format(name=actor.name)
        wrong = next((each for each in chosen if not each.valid), None)
        if action.id == "approve_text" and wrong:
            return f"{wrong.post.title}: {wrong.fault}"
        return self._unsayable(chosen) if action.id == "approve_text" else ""

    def _unsayable(self, chosen: Sequence[PostStatus]) -> str:
        """Return what a channel cannot say of the text that is read, where that is among the ``chosen``, or ""."""
        paper = self.standing.found.paper if self.standing else None
        if paper is None or paper.status.post.id not in {each.post.id for each in chosen}:
            return ""
        error = next((each for each in paper.problems if each.severity is Severity.ERROR), None)
        return _("mend it first: {problem}").format(problem=located(error)) if error else ""

    def do_mark_text(self) -> None:
        """Mark the text and go on."""
        self.pile.mark()
        self.draw_frame()

    def do_whole_text(self) -> None:
        """Show the whole text, or only what has changed."""
        self.whole = not self.whole
        self._draw()
        self.query_one("#paper").scroll_home(animate=False)

    def do_open_text(self) -> None:
        """Show the post beside its previews."""
        if self.pile.here is not None:
            self.loa.go("posts", self.pile.here.about())

    @work
    async def do_approve_text(self) -> None:
        """Say yes, after one question."""
        chosen = self.pile.chosen()
        title = many("Approve this %d text as it stands?", "Approve these %d texts as they stand?", len(chosen))
        question = Question(
            title if len(chosen) > 1 else _("Approve this text as it stands?"),
            self._named(chosen),
            [Choice("approve", _("Approve"), "primary")],
            _("Note (may be empty)"),
        )
        reply = await self.app.push_screen_wait(Ask(question))
        if reply is not None:
            seen = {each.post.id: each.digest for each in chosen}
            await self.carry_out(
                lambda engine: engine.act.approve_all(seen, reply.text, seen),
                lambda done: many("%d text approved.", "%d texts approved.", len(done)),
            )

    @work
    async def do_return_text(self) -> None:
        """Send back, with a reason."""
        chosen = self.pile.chosen()
        question = Question(
            _("Send back?"),
            self._named(chosen),
            [Choice("return", _("Send back"), "primary")],
            _("What to change; the author reads it"),
            required=True,
        )
        reply = await self.app.push_screen_wait(Ask(question))
        if reply is not None:
            seen = {each.post.id: each.digest for each in chosen}
            await self.carry_out(
                lambda engine: engine.act.return_all(seen, reply.text, seen),
                lambda done: many("%d text sent back.", "%d texts sent back.", len(done)),
            )

    def _named(self, chosen: Sequence[PostStatus]) -> list[str]:
        rows = [each.post.title for each in chosen[:NAMED]]
        if len(chosen) > NAMED:
            rows.append(many("and %d more", "and %d more", len(chosen) - NAMED))
        rows += [
            _("sent back by {who}: {reason}").format(who=self.loa.name_of(each.returned.by), reason=each.returned.note)
            for each in chosen
            if each.returned
        ]
        return rows

    def aim(self, target: str) -> None:
        """Read the post of that id."""
        self.chosen = target
        self.renew()

    def remember(self) -> dict[str, Any]:
        """Return which text was read, and how."""
        return {"chosen": self.chosen, "whole": self.whole}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Read the same text again."""
        self.chosen, self.whole = str(memory.get("chosen", "")), bool(memory.get("whole"))
