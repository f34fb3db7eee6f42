"""Moving things on the calendar: thought about first, shown with all it does, then written; undone and done again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from scheduler.ground.errors import LoaError, NotAllowed
from scheduler.ground.text import _
from scheduler.tui.keys import BY_ID, spelled
from scheduler.tui.screens.calendar.cells import Spot
from scheduler.tui.screens.calendar.days import DAY, item_id
from scheduler.tui.screens.calendar.drawing import Drawing
from scheduler.tui.screens.calendar.moving import Ghost, carry, falls, foresee
from scheduler.tui.widgets.dialogs import Ask, Choice, Question
from scheduler.tui.words import minute, weekday

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from scheduler.engine.edits.record import Edit, Led
    from scheduler.engine.engine import Engine


class Shifting(Drawing):
    """A calendar on which things can be moved."""

    def shift(self, step: timedelta) -> None:
        """Move what is under the cursor further, without writing anything yet."""
        if self.ghost is None and self.here is None:
            return
        if self.ghost is None:
            assert self.here is not None  # noqa: S101 - looked at above
            self.ghost = Ghost(self.here, self.here.start)
        self.ghost = self.ghost.by(step)
        self._days = None
        self.put_cursor(Spot(self.ghost.start.date(), self.ghost.item.id))
        self._foresee(self.ghost)

    @work(exclusive=True, group="foresee")
    async def _foresee(self, ghost: Ghost) -> None:
        seen = await self.desk.read(lambda engine: foresee(engine, ghost))
        if self.is_running and self.ghost is not None and self.ghost.start == ghost.start:
            self.ghost = replace(self.ghost, foresight=seen)
            self._days = None
            self.draw()

    def why_no_move(self) -> str:
        """Return why the move that is thought about cannot be made, or ""."""
        ghost = self.ghost
        if ghost is None:
            return ""
        if ghost.start == ghost.item.start:
            return _("it stands there already")
        if ghost.foresight is None:
            return _("still working out what this does")
        return ghost.foresight.trouble

    def let_go(self) -> None:
        """Forget the move; the cursor goes back to where the item stands."""
        if self.ghost is not None:
            spot = Spot(self.ghost.item.start.date(), self.ghost.item.id)
            self.ghost, self._days = None, None
            self.put_cursor(spot)

    @work(exclusive=True, group="carry")
    async def carry(self) -> None:
        """Write the move, and say how to take it back."""
        ghost = self.ghost
        if ghost is None:
            return
        if await self.carry_out(lambda engine: carry(engine, ghost), moved):
            self.ghost, self._days = None, None
            self.put_cursor(Spot(ghost.start.date(), ghost.item.id))

    def do_move_later(self) -> None:
        """Move it a day on."""
        self.shift(DAY)

    def do_move_earlier(self) -> None:
        """Move it a day back."""
        self.shift(-DAY)

    @work(exclusive=True, group="carry")
    async def do_skip_item(self) -> None:
        """Ask, with what it would do, then leave out one time of a post that has several."""
        shown = self.here.showing if self.here else None
        if shown is None:
            return
        try:
            moving = await self.desk.read(lambda engine: engine.edit.foresee_skip(shown.post, shown.recurrence))
            if moving.refused:
                raise NotAllowed(moving.refused)
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
            return
        when = f"{weekday(shown.publish_at, self.zone)} {minute(shown.publish_at, self.zone)}"
        lines = [shown.title, when, "", _("Only this time is left out; the others stay.")]
        lines += [falls(len(moving.reapproval))] if moving.reapproval else []
        question = Question(_("Leave this time out?"), lines, [Choice("skip", _("Leave it out"), "primary")])
        if await self.app.push_screen_wait(Ask(question)) is not None:
            await self.carry_out(lambda engine: engine.edit.skip(shown.post, shown.recurrence), left_out)

    @work(exclusive=True, group="carry")
    async def do_undo(self) -> None:
        """Take the last change of a file back; ask first where it is somebody else's, or a whole new file."""
        edit, asks = await self.desk.read(lambda engine: _asked(engine, engine.edit.next_undo()))
        choice, gone = Choice("undo", _("Undo"), "error"), _("The whole file goes away.")
        if not asks or edit is None or await self._agreed(edit, _("Take this back?"), gone, choice):
            await self._turn(lambda engine: engine.edit.undo(edit.id if edit else None), undone)

    @work(exclusive=True, group="carry")
    async def do_redo(self) -> None:
        """Do again what was undone last; ask first as `do_undo` does."""
        edit, asks = await self.desk.read(lambda engine: _asked(engine, engine.edit.next_redo()))
        choice, come = Choice("redo", _("Redo"), "primary"), _("The whole file is written anew.")
        if not asks or edit is None or await self._agreed(edit, _("Do this again?"), come, choice):
            await self._turn(lambda engine: engine.edit.redo(edit.id if edit else None), redone)

    async def _agreed(self, edit: Edit, title: str, whole: str, choice: Choice) -> bool:
        """Ask whether a change is undone or done again; ``whole`` says what becomes of a file that it began."""
        when = minute(edit.at, self.zone)
        lines = [edit.what, _("{who}, {time}").format(who=self.loa.name_of(edit.by), time=when), edit.file]
        lines += ["", whole] if edit.new else []
        return await self.app.push_screen_wait(Ask(Question(title, lines, [choice]))) is not None

    async def _turn(self, job: Callable[[Engine], Edit], said: Callable[[Edit], str]) -> None:
        """Undo or do again, and go to where the thing is now."""
        found: list[Edit] = []

        def done(edit: Edit) -> str:
            found.append(edit)
            return said(edit)

        if not await self.carry_out(job, done) or not found[0].led:
            return
        spots = {_item(each): each.at.astimezone(self.zone).date() for each in found[0].led}
        here = self.spot.item if self.spot else ""
        item = here if here in spots else next(iter(spots))
        self.put_cursor(Spot(spots[item], item))


def _asked(engine: Engine, edit: Edit | None) -> tuple[Edit | None, bool]:
    """Return a change, and whether a person is asked before it is undone or done again."""
    return edit, edit is not None and engine.edit.asks_first(edit)


def _item(led: Led) -> str:
    return f"event:{led.event}" if led.event else item_id(led.post, led.recurrence)


def moved(edit: Edit) -> str:
    """Say what was moved, and how to take it back."""
    return _("Moved. {what} — {key} takes it back.").format(what=edit.what, key=spelled(BY_ID["undo"]))


def left_out(edit: Edit) -> str:
    """Say what was left out, and how to take it back."""
    return _("Left out. {what} — {key} takes it back.").format(what=edit.what, key=spelled(BY_ID["undo"]))


def undone(edit: Edit) -> str:
    """Say what was taken back, and which way that went."""
    return _("Taken back: {what}").format(what=edit.back)


def redone(edit: Edit) -> str:
    """Say what was done again."""
    return _("Done again: {what}").format(what=edit.what)
