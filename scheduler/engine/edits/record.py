"""Changes of the campaign's files, each written whole and kept with what was there before, to be undone and redone.

A change is kept before its file is touched, and said to be written after it. What a crash leaves between the two, the
file itself tells.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scheduler.engine.acts.acting import Acting
from scheduler.ground.errors import ContentChanged, NotFound
from scheduler.ground.text import _
from scheduler.plan.writing import put_text
from scheduler.store import edits, moves
from scheduler.store.edits import Change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scheduler.engine.core import Core


@dataclass(frozen=True, slots=True)
class Led:
    """Where a change leads: an event, or a post's occurrence, and when that is now, aware, in UTC."""

    at: datetime
    event: str = ""
    post: str = ""
    recurrence: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that was written. ``file`` is relative to the campaign folder, ``what`` a sentence for people.

    ``undone_at`` is since when it is undone, or ``None``. ``new``: the file was not there before. ``back`` says what
    undoing it does. ``led`` is what an undo or a redo has moved, told only by these: the file's own event first.
    """

    id: int
    at: datetime
    by: str
    file: str
    what: str
    undone_at: datetime | None = None
    new: bool = False
    back: str = ""
    led: tuple[Led, ...] = field(default=(), compare=False)


def edit_of(change: Change) -> Edit:
    """Return a change as people are told of it."""
    return Edit(
        change.id,
        change.at,
        change.by,
        change.file,
        sentence(change),
        change.undone_at,
        change.before is None,
        sentence(change, back=True),
    )


def sentence(change: Change, *, back: bool = False) -> str:
    """Return what a change was, in the reader's language; or the way ``back`` from one time to another."""
    said = change.said
    if back and {"before", "after"} <= said.keys() and "{before}" in change.what and "{after}" in change.what:
        said = {**said, "before": said["after"], "after": said["before"]}
    return _(change.what).format(**said)


class Recording(Acting):
    """One person before one campaign folder, whose changes of its files are kept."""

    def _record(self) -> Record:
        return Record(self._core, self._by)


class Record:
    """The changes of one folder's files, written in one person's name."""

    def __init__(self, core: Core, by: str) -> None:
        self._core = core
        self._by = by

    def write(self, file: str, before: bytes | None, after: bytes | None, what: str, said: Mapping[str, str]) -> Change:
        """Bring ``file`` from ``before`` to ``after`` (``None``: not there) and keep the change.

        ``what`` is a sentence marked with N_, which ``said`` fills. What changes nothing is not kept. Raises
        `CampaignInvalid`, with nothing kept, where the file is no longer as it was or cannot be written.
        """
        self._core.check_files()
        self.settle()
        now, store = self._core.clock.now(), self._core.store
        change = Change(0, now, self._by, file, what, before, after, said)
        if before == after:
            return change
        with store.write() as connection:
            change = replace(change, id=edits.begin(connection, change))
        try:
            with store.write() as connection:
                put_text(self._core.folder / file, before, after)
                if not edits.done(connection, change.id):  # another process has taken it for one that never came about
                    change = replace(change, id=edits.begin(connection, change))
                    edits.done(connection, change.id)
                moves.note(connection, now, "edit", file, self._by, sentence(change))
        except BaseException:
            self.settle()
            raise
        return replace(change, written=True)

    def settle(self) -> None:
        """Ask the files about changes that were begun, and of which nobody has said that they were written."""
        for change in edits.begun(self._core.store.read()):
            there = self.there(change.file)
            with self._core.store.write() as connection:
                if there == change.before:
                    edits.drop(connection, change.id)
                else:
                    edits.done(connection, change.id)

    def next_undo(self) -> Change | None:
        """Return the change that `undo` would take back, or ``None``."""
        self.settle()
        return edits.last(self._core.store.read())

    def next_redo(self) -> Change | None:
        """Return the change that `redo` would bring back, or ``None``."""
        return edits.next_again(self._core.store.read())

    def undo(self, change: Change) -> None:
        """Give the file what it had before the change. Raises `ContentChanged` where it has been changed since."""
        self._turn(change, change.after, change.before, undone=True)

    def redo(self, change: Change) -> None:
        """Give the file what it had after the change. Raises `ContentChanged` where it has been changed since."""
        self._turn(change, change.before, change.after, undone=False)

    def every(self) -> list[Change]:
        """Return the changes that are kept, newest first."""
        self.settle()
        return edits.every(self._core.store.read())

    def find(self, number: int) -> Change:
        """Return a change by its number. Raises `NotFound`."""
        for change in self.every():
            if change.id == number:
                return change
        raise NotFound(_("there is no change {number}: `loa undo --list` shows them").format(number=number))

    def check(self, change: Change) -> None:
        """Raise `ContentChanged` where the file is not as the change left it, so that undoing would lose something."""
        there = self.there(change.file)
        if there not in (change.before, change.after):
            missing = _("{file} is not there any more: nothing was changed")
            other = _(
                "{file} has been changed since, by hand or by another program: nothing was changed; edit it there"
            )
            raise ContentChanged((missing if there is None else other).format(file=change.file))

    def there(self, file: str) -> bytes | None:
        """Return what the file holds now; ``None`` where it is not there."""
        try:
            return (self._core.folder / file).read_bytes()
        except FileNotFoundError:
            return None

    def _turn(self, change: Change, before: bytes | None, after: bytes | None, *, undone: bool) -> None:
        self._core.check_files()
        self.check(change)
        now = self._core.clock.now()
        with self._core.store.write() as connection:
            if self.there(change.file) != after:
                put_text(self._core.folder / change.file, before, after)
            edits.undone(connection, change.id, now if undone else None)
            said = sentence(change, back=undone)
            moves.note(connection, now, "undo" if undone else "redo", change.file, self._by, said)
