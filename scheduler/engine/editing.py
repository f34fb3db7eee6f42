"""What people change in the campaign's files from here, and how it is undone and done again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.engine.edits.plugin_edits import PluginEdits
from scheduler.engine.edits.record import Edit, Led, edit_of
from scheduler.engine.edits.text_edits import TextEdits
from scheduler.engine.edits.time_edits import TimeEdits
from scheduler.engine.planning.foresight import compare, refusal
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.text import _
from scheduler.plan.calendar import window_of_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.engine.planning.foresight import Comparison
    from scheduler.store.edits import Change


class Edits(TimeEdits, TextEdits, PluginEdits):
    """The changes that one person makes in the files of one campaign folder."""

    def undo(self, number: int | None = None) -> Edit:
        """Take the last change back, or the one of that number.

        Raises `NotFound`, `ContentChanged` where its file has been changed since, and `NotAllowed` where what has gone
        out could go out again.
        """
        record = self._record()
        change = record.next_undo() if number is None else record.find(number)
        if change is None:
            raise NotFound(_("there is nothing to undo"))
        if change.undone_at is not None:
            raise NotAllowed(_("change {number} is undone already").format(number=change.id))
        led = self._check(change, change.before)
        record.undo(change)
        self.sync()
        return replace(edit_of(record.find(change.id)), led=led)

    def redo(self, number: int | None = None) -> Edit:
        """Do again what was undone last, or the change of that number. Raises as `undo` does."""
        record = self._record()
        change = record.next_redo() if number is None else record.find(number)
        if change is None:
            raise NotFound(_("there is nothing to do again"))
        if change.undone_at is None:
            raise NotAllowed(_("change {number} stands").format(number=change.id))
        led = self._check(change, change.after)
        record.redo(change)
        self.sync()
        return replace(edit_of(record.find(change.id)), led=led)

    def next_undo(self) -> Edit | None:
        """Return what `undo` would take back, or ``None``."""
        change = self._record().next_undo()
        return None if change is None else edit_of(change)

    def asks_first(self, edit: Edit) -> bool:
        """Return whether a person is asked before ``edit`` is undone or redone: another's, or a whole new file."""
        return edit.new or edit.by != self._by

    def next_redo(self) -> Edit | None:
        """Return what `redo` would do again, or ``None``."""
        change = self._record().next_redo()
        return None if change is None else edit_of(change)

    def edits(self) -> list[Edit]:
        """Return the changes that are kept, newest first, those that are undone among them."""
        return [edit_of(each) for each in self._record().every()]

    def _check(self, change: Change, text: bytes | None) -> tuple[Led, ...]:
        self._record().check(change)
        self._refresh()
        found = compare(self._core, {change.file: text})
        if why := refusal(found):
            raise NotAllowed(why)
        return tuple(_led(found, change.file))


def _led(found: Comparison, file: str) -> Iterator[Led]:
    """Yield what moves, and where to: the event of the file, then what is published, by time."""
    zone = found.then.config.zone
    for event in found.then.campaign.events.values():
        if event.path == file:
            yield Led(window_of_event(event, zone)[0], event=event.id)
    times = sorted((each.after, each.post, each.recurrence) for each in found.moved if each.after)
    yield from (Led(at, post=post, recurrence=recurrence) for at, post, recurrence in times)
