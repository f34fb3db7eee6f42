"""Saving what is written: what is wrong is shown first, and a change by someone else is never overwritten unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from scheduler.ground.errors import ChangedMeanwhile, LoaError
from scheduler.ground.text import _
from scheduler.tui.frame import Frame
from scheduler.tui.head import put
from scheduler.tui.screens.editor import questions
from scheduler.tui.screens.editor.keeper import Keeper
from scheduler.tui.widgets.dialogs import Ask
from scheduler.tui.widgets.difference import difference
from scheduler.tui.widgets.writing import Writing

if TYPE_CHECKING:
    from scheduler.engine.edits.texts import Original, Trial


class Saving(Frame["Original"]):
    """A text that is being written: where it stands, its draft, and how it is saved.

    A subclass tries a text out (``tried``) and says how it stands (``draw_state``, ``cannot_keep``).
    """

    def __init__(self, original: Original, text: str | None = None) -> None:
        super().__init__()
        self.original = original
        self.saved = original.text
        self.writing = Writing(original.text if text is None else text, id="writing")
        self.keeper = Keeper(self._keep, self.cannot_keep)

    async def tried(self, text: str) -> Trial | None:
        """Show what would become of a text; return ``None`` where that cannot be told."""
        raise NotImplementedError

    def draw_state(self) -> None:
        """Draw how the text stands."""
        raise NotImplementedError

    def cannot_keep(self, why: str) -> None:
        """Say why no draft can be kept, or "" where one can be again; on the draft's thread."""
        raise NotImplementedError

    @property
    def dirty(self) -> bool:
        """Return whether something was typed that is not saved."""
        return self.writing.text != self.saved

    def _keep(self, text: str | None) -> None:
        edit = self.desk.engine.edit
        if text is None:
            edit.discard_draft(self.original.post)
        else:
            edit.keep_draft(self.original.post, text, self.original.data)

    async def may_leave(self) -> bool:
        """Ask what becomes of a text that is not saved; return whether one may leave."""
        if not self.dirty:
            return True
        reply = await self.app.push_screen_wait(Ask(questions.unsaved(self.original)))
        if reply is None:
            return False
        if reply.choice == "save":
            return await self.save()
        self.keeper.put(self.writing.text if reply.choice == "keep" else None)
        return True

    async def save(self) -> bool:
        """Save, after what is wrong with the text was shown; return whether nothing is left to be saved."""
        text = self.writing.text
        trial = await self.tried(text)
        if trial is None:
            self.notify(self.loa.trouble, severity="error", title=_("Not saved"), timeout=10)
            return False
        original = self.original
        try:
            danger = await self.desk.read(lambda engine: engine.edit.danger_of(original.post, text, original.data))
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not saved"), timeout=10)
            return False
        doubts = questions.doubtful(original, trial, danger)
        if doubts and await self.app.push_screen_wait(Ask(doubts)) is None:
            return False
        post = trial.post.id if trial.post else original.post
        return await self._write(text, post)

    async def _write(self, text: str, post: str) -> bool:
        original = self.original
        try:
            await self.desk.act(lambda engine: engine.edit.save(original.post, text, original.data))
        except ChangedMeanwhile as error:
            return await self._settle(replace(original, data=error.data), text, post)
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not saved"), timeout=10)
            return False
        if post != original.post:
            self.keeper.put(None)
            self.keeper.flush()
        self.original = original.with_text(text, post)
        self.saved = text
        self.keeper.put(self.writing.text if self.dirty else None)
        self.query_one("#theirs").remove_class("-shown")
        self.notify(_("Saved: {file}").format(file=original.path))
        self.renew()
        self.draw_state()
        return not self.dirty

    async def _settle(self, theirs: Original, text: str, post: str) -> bool:
        """Ask which of two texts counts; return whether nothing is left to be saved."""
        reply = await self.app.push_screen_wait(Ask(questions.conflict(theirs)))
        if reply is None:
            return False
        if reply.choice == "mine":
            self.original = theirs
            return await self._write(text, post)
        if reply.choice == "theirs":
            self.take(theirs)
            return True
        shown = self.query_one("#theirs")
        head = Content.styled(_("Yours (-), theirs (+)"), "bold $primary")
        put(shown.query_one(Static), Content("\n").join((head, difference(text, theirs.text))))
        shown.add_class("-shown")
        return False

    def take(self, theirs: Original) -> None:
        """Put what the file has in place of all; undo brings back what stood here."""
        self.original = theirs
        self.saved = theirs.text
        self.writing.replace_all(theirs.text)
        self.keeper.put(None)
        self.draw_state()
