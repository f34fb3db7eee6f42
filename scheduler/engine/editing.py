"""What people change in the campaign's files from here: moved, skipped, undone and done again.

Each change is foreseen before it is written, and never lets go out again what has gone out: an occurrence that has been
delivered keeps its name. Times are local to the campaign's zone, and naive, as in the files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduler.engine.foresight import OUT, Comparison, Moved, Moving, compare
from scheduler.engine.record import Edit, edit_of
from scheduler.engine.text_edits import TextEdits
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import N_, _
from scheduler.plan.calendar import window_of_event
from scheduler.plan.frontmatter import read_matter
from scheduler.plan.moving import event_keys, single_keys
from scheduler.plan.source import Report
from scheduler.plan.writing import read_bytes, with_keys

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.ground.model import CampaignEvent

__all__ = ["Edit", "Edits"]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A change that is thought out and not written: the file's text before and after, and what it would do."""

    file: str
    before: bytes
    after: bytes
    moving: Moving


class Edits(TextEdits):
    """The changes that one person makes in the files of one campaign folder."""

    # --- moving ----------------------------------------------------------------------------------------------------

    def foresee_event(self, event_id: str, start: datetime) -> Moving:
        """Return what moving the event to ``start`` would do, with nothing written. Raises `NotFound`."""
        return self._event(event_id, start).moving

    def foresee_post(self, post_id: str, at: datetime, recurrence: str | None = None) -> Moving:
        """Return what moving a post, or one occurrence of it, to ``at`` would do, with nothing written.

        Without ``recurrence`` a post that is published several times moves as a whole, its first time to ``at``.
        Raises `NotFound`, and `CampaignInvalid` where its file cannot be read.
        """
        return self._post(post_id, at, recurrence).moving

    def move_event(self, event_id: str, start: datetime) -> Edit:
        """Move an event, its end and the posts placed relative to it. Raises `NotFound`, `NotAllowed`."""
        return self._write(self._event(event_id, start), N_("{title}: {before} → {after}"))

    def move_post(self, post_id: str, at: datetime, recurrence: str | None = None) -> Edit:
        """Move a post, or one occurrence of it. Raises `NotFound`, and `NotAllowed` where it has gone out."""
        return self._write(self._post(post_id, at, recurrence), N_("{title}: {before} → {after}"))

    # --- undo ------------------------------------------------------------------------------------------------------

    def undo(self, number: int | None = None) -> Edit:
        """Take the last change back, or the one of that number. Raises `NotFound`, `ContentChanged`, `NotAllowed`."""
        record = self._record()
        change = record.next_undo() if number is None else record.find(number)
        if change is None or change.undone_at is not None:
            raise NotFound(_("there is nothing to undo"))
        record.check(change)
        self._refuse(compare(self._core, {change.file: change.before}), change.file)
        record.undo(change)
        self.sync()
        return edit_of(record.find(change.id))

    def redo(self, number: int | None = None) -> Edit:
        """Bring back what was undone last, or the change of that number. Raises as `undo` does."""
        record = self._record()
        change = record.next_redo() if number is None else record.find(number)
        if change is None or change.undone_at is None:
            raise NotFound(_("there is nothing to bring back"))
        record.check(change)
        self._refuse(compare(self._core, {change.file: change.after}), change.file)
        record.redo(change)
        self.sync()
        return edit_of(record.find(change.id))

    def next_undo(self) -> Edit | None:
        """Return what `undo` would take back, or ``None``."""
        change = self._record().next_undo()
        return None if change is None else edit_of(change)

    def next_redo(self) -> Edit | None:
        """Return what `redo` would bring back, or ``None``."""
        change = self._record().next_redo()
        return None if change is None else edit_of(change)

    # --- how it is done --------------------------------------------------------------------------------------------

    def _event(self, event_id: str, start: datetime) -> _Draft:
        self._refresh()
        campaign, zone = self._core.snapshot.campaign, self._core.snapshot.config.zone
        event = campaign.events.get(event_id)
        if event is None:
            raise NotFound.named(_("there is no event {name!r}"), event_id, campaign.events)
        path = self._core.folder / event.path
        before = read_bytes(path)
        after = with_keys(path, before, event_keys(event, start, has_end=_says_end(before, event)))
        found = compare(self._core, {event.path: after})
        then = replace(event, start=start, end=start)
        own = [window_of_event(each, zone)[0] for each in (event, then)]
        return _Draft(event.path, before, after, _moving(found, event.title, event.path, own[0], own[1]))

    def _post(self, post_id: str, at: datetime, recurrence: str | None) -> _Draft:
        self._refresh()
        campaign, zone = self._core.snapshot.campaign, self._core.snapshot.config.zone
        post = campaign.posts.get(post_id)
        if post is None:
            raise NotFound.named(_("there is no post {name!r}"), post_id, campaign.posts)
        path = self._core.folder / post.path
        before = read_bytes(path)
        keys = single_keys(post.placement, campaign.events.get(post.placement.event), at, zone)
        after = with_keys(path, before, keys)
        found = compare(self._core, {post.path: after})
        own = next((each for each in found.moved if recurrence in (None, each.recurrence)), None)
        then = own.after if own else at.replace(tzinfo=zone)
        return _Draft(post.path, before, after, _moving(found, post.title, post.path, own and own.before, then, own))

    def _write(self, draft: _Draft, what: str) -> Edit:
        moving = draft.moving
        if moving.refused:
            raise NotAllowed(moving.refused)
        said = {"title": moving.title, "before": self._shown(moving.before), "after": self._shown(moving.after)}
        change = self._record().write(draft.file, draft.before, draft.after, what, said)
        self.sync()
        return edit_of(change)

    def _shown(self, at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(self._core.snapshot.config.zone):%d/%m/%Y %H:%M}"

    def _refuse(self, found: Comparison, file: str) -> None:
        why = refusal(found, file)
        if why:
            raise NotAllowed(why)


def refusal(found: Comparison, file: str) -> str:
    """Return why a change must not be written, or "": what has gone out could go out again, or the file is wrong."""
    if found.lost:
        row = found.lost[0]
        return _(
            "{key} has gone out, and could go out again under another day: move single occurrences instead"
        ).format(key=row.key)
    own = [each for each in found.problems if each.file == file and each.severity is Severity.ERROR]
    return str(own[0]) if own else ""


def _moving(
    found: Comparison,
    title: str,
    file: str,
    before: datetime | None,
    after: datetime | None,
    own: Moved | None = None,
) -> Moving:
    along = tuple(each for each in found.moved if each is not own)
    why = refusal(found, file)
    if not why and own is not None and not along and _all_gone(found, own):
        why = _("it has gone out: what has gone out is not moved any more")
    problems = [*found.problems, *([Problem(why, file)] if why else [])]
    stays = tuple(sorted(found.stays, key=lambda each: (each.due_at, each.key)))
    return Moving(title, file, before, after, along, stays, tuple(problems), found.reapproval, why)


def _all_gone(found: Comparison, own: Moved) -> bool:
    """Whether every delivery of an occurrence is out."""
    rows = [each for each in found.of.get(own.post, ()) if each.key.recurrence == own.recurrence]
    return bool(rows) and all(row.state in OUT for row in rows)


def _says_end(data: bytes, event: CampaignEvent) -> bool:
    """Whether the file says when the event ends; else that follows from the start."""
    matter = read_matter(data.decode("utf-8-sig"), Report(event.path))
    return matter is not None and "end" in matter.values
