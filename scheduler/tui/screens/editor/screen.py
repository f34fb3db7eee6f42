"""A post being written: its whole file beside what each target would get, with a draft of all that is typed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static, TextArea

from scheduler.ground.errors import LoaError
from scheduler.ground.problem import Severity
from scheduler.ground.text import _, many
from scheduler.tui.action import Scope
from scheduler.tui.head import apart, put
from scheduler.tui.keys import bindings, keys_of, typed
from scheduler.tui.screens.editor.saving import Saving
from scheduler.tui.screens.posts.cards import Cards
from scheduler.tui.screens.posts.problems import problem_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import Binding
    from textual.widget import Widget

    from scheduler.engine.edits.texts import Original, Trial
    from scheduler.engine.engine import Engine
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing

PAUSE = 0.12
"""Seconds without a key after which the previews follow the text."""
AT_LAST = 1.0
"""Seconds after which they follow also somebody who types without a pause."""
SHOWN = 4
"""Problems that stand below the text."""
TONES = {Severity.ERROR: "bad", Severity.WARNING: "doubtful", Severity.NOTICE: "doubtful"}
"""How a line with a problem is marked in the text."""


class EditorScreen(Saving):
    """A post being written. ``text`` is what to begin with, where that is not what the file has."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.EDITOR,)
    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.EDITOR)  # type: ignore[assignment]
    DEFAULT_CSS = """
    EditorScreen #desk { height: 1fr; }
    EditorScreen #side { width: 1fr; }
    EditorScreen #state { height: 1; padding: 0 1; background: $surface; }
    EditorScreen #problems { height: auto; padding: 0 1; background: $surface; display: none; }
    EditorScreen #problems.-shown { display: block; }
    EditorScreen #right { width: 1fr; background: $surface; }
    EditorScreen.-vast #right { width: 2fr; }
    EditorScreen #theirs { height: auto; max-height: 50%; padding: 0 1; display: none; }
    EditorScreen #theirs.-shown { display: block; }
    EditorScreen #previews { height: 1fr; padding: 0 1; background: $surface; }
    """

    def __init__(self, original: Original, text: str | None = None) -> None:
        super().__init__(original, text)
        self.trial: Trial | None = None
        self._was_dirty = False
        self._trying = False
        self._again = False
        self._pause: asyncio.TimerHandle | None = None
        self._since = 0.0
        self._trouble = ""

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="desk"):
            with Vertical(id="side"):
                yield Static(id="state")
                yield self.writing
                yield Static(id="problems")
            with Vertical(id="right"):
                yield VerticalScroll(Static(), id="theirs")
                yield Cards(id="previews")

    def on_mount(self) -> None:
        self.loa.keepers.add(self.keeper)
        self.writing.focus()
        self.writing.move_cursor((body_of(self.writing.text), 0))
        if self.dirty:
            self.keeper.put(self.writing.text)
        self.try_out()

    def on_unmount(self) -> None:
        if self._pause:
            self._pause.cancel()
        self.keeper.close()
        self.loa.keepers.discard(self.keeper)

    @property
    def at_rest(self) -> bool:
        """Return whether what it shows is what the text gives."""
        return super().at_rest and self.trial is not None and not self._trying and self._pause is None

    # --- typing ----------------------------------------------------------------------------------------------------

    @on(TextArea.Changed)
    def changed(self) -> None:
        """Keep what was typed; the previews follow when there is a pause."""
        dirty = self.dirty
        self.keeper.put(self.writing.text if dirty else None)
        self.draw_state()
        if dirty is not self._was_dirty:
            self._was_dirty = dirty
            self.draw_frame()
        loop = asyncio.get_running_loop()
        if self._pause is None:
            self._since = loop.time()
        else:
            self._pause.cancel()
        self._pause = loop.call_later(min(PAUSE, max(0.0, self._since + AT_LAST - loop.time())), self.try_out)

    @on(TextArea.SelectionChanged)
    def moved(self) -> None:
        """Say on which line the cursor is."""
        self.draw_state()

    def cannot_keep(self, why: str) -> None:
        """Say why no draft can be kept, or "" where one can be again; on the draft's thread."""
        self._trouble = why
        self.app.call_later(self.draw_state)

    # --- what it gives ---------------------------------------------------------------------------------------------

    def try_out(self) -> None:
        """Let the previews follow the text."""
        self._pause = None
        if self._trying:
            self._again = True
        else:
            self._trying = True
            self._try()

    @work(group="trial")
    async def _try(self) -> None:
        try:
            while True:
                self._again = False
                await self.tried(self.writing.text)
                if not self._again:
                    return
        finally:
            self._trying = False

    async def tried(self, text: str) -> Trial | None:
        """Let previews and problems follow a text."""
        original = self.original
        try:
            trial = await self.desk.read(lambda engine: engine.look.preview_text(original.post, text, original.data))
        except LoaError as error:
            self.loa.trouble = str(error)
            self.draw_frame()
            return None
        self.trial = trial
        if self.query("#problems"):  # else the screen has been left meanwhile
            self._draw_trial(trial)
        return trial

    def _draw_trial(self, trial: Trial) -> None:
        self.writing.mark({each.line - 1: TONES[each.severity] for each in reversed(trial.problems) if each.line})
        rows = [problem_line(each) for each in trial.problems[:SHOWN]]
        if len(trial.problems) > SHOWN:
            rows.append(Content.styled(many("and %d more", "and %d more", len(trial.problems) - SHOWN), "$quiet"))
        problems = self.query_one("#problems", Static)
        put(problems, Content("\n").join(rows))
        problems.set_class(bool(rows), "-shown")
        if trial.post is not None:
            self.query_one(Cards).put(trial.previews, self.zone)

    def twin(self) -> EditorScreen:
        """Return a new screen with what was typed here."""
        return EditorScreen(self.original, self.writing.text)

    def gather(self, engine: Engine) -> Original:
        """Read the file, which someone else may have changed."""
        return engine.look.original(self.original.post)

    def show(self, standing: Standing[Original], before: Standing[Original] | None) -> None:
        """Take a change by someone else over, where nothing was typed here; else say that there is one."""
        if standing.found.data != self.original.data and not self.dirty:
            self.take(standing.found)
        self.draw_state()

    @property
    def _changed_meanwhile(self) -> bool:
        return self.standing is not None and self.standing.found.data != self.original.data

    def draw_state(self) -> None:
        """Draw the line above the text."""
        if not self.is_mounted:
            return
        if self._trouble:
            sign = Content.styled(f"! {self._trouble}", "bold $error")
        elif self._changed_meanwhile:
            sign = Content.styled("! " + _("changed by someone else"), "bold $error")
        elif self.dirty:
            sign = Content.styled("● " + _("not saved"), "$warning")
        else:
            sign = Content.styled("✓ " + _("saved"), "$success")
        row = self.writing.cursor_location[0] + 1
        place = Content.styled(_("line {number}").format(number=row), "$quiet")
        left = Content.styled(self.original.path.rpartition("/")[2], "bold")
        state = self.query_one("#state", Static)
        put(state, apart(left, Content("  ").join((sign, place)), max(20, state.size.width - 2)))

    # --- keys ------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """Return what works now; while one types, no key that would be typed."""
        found = super().offers()
        if self.focused is not self.writing:
            return found
        return [each for each in found if not (typed(keys_of(each)[0]) or "\0").isprintable()]

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now."""
        if action.id == "save" and not self.dirty:
            return _("it is saved")
        if action.id == "next_problem" and not self._troubled:
            return _("there is none")
        if action.id == "finish" and (self.trial is None or self.trial.post is None):
            return _("its front matter cannot be read")
        return "" if action.scope is Scope.EDITOR else super().why_not(action)

    def do_undo_typing(self) -> None:
        """Take back what was typed last."""
        self.writing.undo()

    def do_redo_typing(self) -> None:
        """Type again what was taken back."""
        self.writing.redo()

    def do_finish(self) -> None:
        """Take the draft's status out of the text, or set it."""
        draft = self.trial is not None and self.trial.post is not None and self.trial.post.draft
        try:
            text = self.desk.engine.look.as_draft(self.writing.text, draft=not draft)
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
            return
        row, column = self.writing.cursor_location
        lines = self.writing.document.line_count
        self.writing.replace_all(text)
        self.writing.move_cursor((max(0, row + self.writing.document.line_count - lines), column))

    @property
    def _troubled(self) -> list[int]:
        """The lines with a problem, from 0, in their order."""
        found = (*self.trial.problems, *self.trial.unsayable) if self.trial else ()
        return sorted({each.line - 1 for each in found if each.line})

    def do_next_problem(self) -> None:
        """Go to the next line with a problem, round and round."""
        if lines := self._troubled:
            here = self.writing.cursor_location[0]
            self.writing.move_cursor((next((line for line in lines if line > here), lines[0]), 0))
            self.writing.focus()

    @work(exclusive=True, group="save")
    async def do_save(self) -> None:
        """Write the text to its file."""
        await self.save()

    @work(exclusive=True, group="save")
    async def do_done(self) -> None:
        """Leave the text."""
        if await self.may_leave():
            self.app.pop_screen()


def body_of(text: str) -> int:
    """Return the line, from 0, on which the text below the front matter begins; the first where there is none."""
    lines = text.split("\n")
    fence = lines[0].rstrip()
    ends = (n for n, line in enumerate(lines) if n and line.rstrip() == fence)
    return next(ends, -1) + 1 if fence in {"---", "+++"} else 0
