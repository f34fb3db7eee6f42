"""When things happen, changed from here: events and posts moved, single occurrences moved or left out.

Each change is foreseen before it is written, and never lets go out again what has gone out: an occurrence that has been
delivered keeps its name. Times are local to the campaign's zone, and naive, as in the files.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scheduler.engine.edits.record import Edit, Recording, edit_of
from scheduler.engine.planning.foresight import Moved, Moving, compare, moving_of
from scheduler.engine.planning.wants import pinned
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.text import N_, _
from scheduler.plan.calendar import REACH, begins, originals, single, window_of_event
from scheduler.plan.frontmatter import read_matter
from scheduler.plan.moving import (
    Keys,
    event_keys,
    occurrence_keys,
    series_keys,
    single_keys,
    skip_keys,
    unskip_keys,
)
from scheduler.plan.placement import as_recurrence
from scheduler.plan.source import Report
from scheduler.plan.values import Wrong, in_range
from scheduler.plan.writing import read_bytes, with_keys
from scheduler.store import posts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scheduler.ground.model import CampaignEvent, Post


@dataclass(frozen=True, slots=True)
class _Change:
    """A change that is thought out and not written: the file's text before and after, and what it would do."""

    before: bytes
    after: bytes
    moving: Moving


class TimeEdits(Recording):
    """The times that one person changes in one campaign folder."""

    def foresee_event(self, event_id: str, start: datetime) -> Moving:
        """Return what moving the event to ``start`` would do, with nothing written. Raises `NotFound`."""
        return self._event(event_id, start).moving

    def foresee_post(self, post_id: str, at: datetime, recurrence: str | None = None) -> Moving:
        """Return what moving a post, or one occurrence of it, to ``at`` would do, with nothing written.

        Without ``recurrence`` a post that is published several times moves as a whole, its first time to ``at``.
        Raises `NotFound`, and `LoaError` where its file cannot be changed so.
        """
        return self._moved(post_id, at, recurrence).moving

    def foresee_skip(self, post_id: str, recurrence: str) -> Moving:
        """Return what leaving one occurrence out would do, with nothing written. Raises as `foresee_post` does."""
        return self._left_out(post_id, recurrence).moving

    def foresee_unskip(self, post_id: str, recurrence: str) -> Moving:
        """Return what taking an occurrence in again would do, with nothing written. Raises as `unskip` does."""
        return self._taken_in(post_id, recurrence).moving

    def stands(self, post_id: str, recurrence: str | None = None) -> datetime | None:
        """Return when an occurrence is published now, or the first of a post, local and naive; or ``None``: never.

        Raises `NotFound`, `NotAllowed`.
        """
        post = self._post(post_id)
        if recurrence is not None:
            return dict(post.placement.moved).get(recurrence, self._original(post, recurrence))
        if not (post.placement.at or post.placement.event):
            return None
        return begins(post.placement, self._core.snapshot.campaign.events, self._core.snapshot.config.zone)

    def move_event(self, event_id: str, start: datetime) -> Edit:
        """Move an event, its end and the posts placed relative to it. Raises `NotFound`, `NotAllowed`, `LoaError`."""
        return self._write(self._event(event_id, start), N_("{title}: {before} → {after}"))

    def move_post(self, post_id: str, at: datetime, recurrence: str | None = None) -> Edit:
        """Move a post, or one occurrence of it. Raises `NotAllowed` where it has gone out, and as `foresee_post`."""
        change = self._moved(post_id, at, recurrence)
        return self._write(
            change, N_("{title}: {before} → {after}") if change.moving.before else N_("{title}: {after}")
        )

    def skip(self, post_id: str, recurrence: str) -> Edit:
        """Leave one occurrence out; its deliveries that wait are cancelled. Raises as `move_post` does."""
        return self._write(self._left_out(post_id, recurrence), N_("{title}: not on {before}"))

    def unskip(self, post_id: str, recurrence: str) -> Edit:
        """Take an occurrence in again that was left out. Raises `NotFound`, `NotAllowed`, `LoaError`."""
        return self._write(self._taken_in(post_id, recurrence), N_("{title}: on {after} again"))

    # --- the text that each of them would write ---------------------------------------------------------------------

    def _event(self, event_id: str, start: datetime) -> _Change:
        _check_year(start)
        self._refresh()
        campaign, zone = self._core.snapshot.campaign, self._core.snapshot.config.zone
        event = campaign.events.get(event_id)
        if event is None:
            raise NotFound.named(_("there is no event {name!r}"), event_id, campaign.events)
        path = self._core.folder / event.path
        before = read_bytes(path)
        after = with_keys(path, before, event_keys(event, start, has_end=_says_end(before, event)))
        times = [window_of_event(each, zone)[0] for each in (event, replace(event, start=start, end=start))]
        found = compare(self._core, {event.path: after})
        return _Change(before, after, moving_of(found, event.title, event.path, Moved("", "", event.title, *times)))

    def _moved(self, post_id: str, at: datetime, recurrence: str | None) -> _Change:
        _check_year(at)
        post = self._post(post_id)
        placement, zone, events = post.placement, self._core.snapshot.config.zone, self._core.snapshot.campaign.events
        event = events.get(placement.event)
        original = None if recurrence is None else self._original(post, recurrence)
        if single(placement):
            return self._tried(post, single_keys(placement, event, at, zone))
        if recurrence is not None and original is not None:
            return self._tried(post, occurrence_keys(placement, recurrence, original, at), recurrence)
        first = begins(placement, events, zone)
        with _said_of(post):
            keys = series_keys(placement, event, first, at, zone)
        times = [each.replace(tzinfo=zone).astimezone(UTC) for each in (first, at)]
        return self._tried(post, keys, series=Moved(post.id, "", post.title, *times))

    def _left_out(self, post_id: str, recurrence: str) -> _Change:
        post = self._post(post_id)
        original = self._original(post, recurrence)
        if single(post.placement):
            text = _("{post} is published once: hold it (`loa post hold`), or make it a draft (`status: draft`)")
            raise NotAllowed(text.format(post=post_id))
        regular = self._originals(_without(post, also=True), recurrence)
        return self._tried(post, skip_keys(post.placement, recurrence, original, regular), recurrence)

    def _taken_in(self, post_id: str, recurrence: str) -> _Change:
        post = self._post(post_id)
        whole = _without(post, skipped=True)
        regular = self._originals(_without(whole, also=True), recurrence)
        original = self._original(whole, recurrence)
        with _said_of(post):
            keys = unskip_keys(post.placement, original, regular)
        return self._tried(post, keys, recurrence)

    def _post(self, post_id: str) -> Post:
        self._refresh()
        snapshot = self._core.snapshot
        campaign = snapshot.campaign
        post = campaign.posts.get(post_id)
        if post is None:
            raise NotFound.named(_("there is no post {name!r}"), post_id, campaign.posts)
        if post_id in campaign.invalid:
            wrong = snapshot.blamed(post) or post_id
            raise NotAllowed(_("{post} has errors: run 'loa check' and mend them first").format(post=wrong))
        return post

    def _original(self, post: Post, recurrence: str) -> datetime:
        """Return where an occurrence stands by itself. Raises `NotFound`."""
        found = self._originals(post, recurrence)
        if recurrence not in found:
            near = ", ".join(list(found)[:3])
            sentence = _("{post} has no occurrence {name!r}").replace("{post}", post.id)
            raise NotFound.named(sentence, recurrence, found, _("it has {names} …").format(names=near) if near else "")
        return found[recurrence]

    def _originals(self, post: Post, recurrence: str) -> Mapping[str, datetime]:
        """Return where the occurrences of a post stand by themselves, as far as the plan reaches and to this one."""
        core = self._core
        zone, events = core.snapshot.config.zone, core.snapshot.campaign.events
        try:
            named = datetime.fromisoformat(as_recurrence(recurrence)[:8]).replace(tzinfo=zone)
        except Wrong as wrong:
            raise NotFound(str(wrong)) from None
        planned = core.clock.now() + core.snapshot.config.horizon
        until = max(planned, min(named, planned + REACH))
        pin = pinned(core.snapshot, post, posts.get(core.store.read(), post.id))
        return originals(post, events, zone, until, pin)

    def _tried(self, post: Post, keys: Keys, recurrence: str | None = None, *, series: Moved | None = None) -> _Change:
        """Return what writing these keys would do to ``recurrence``, to a whole ``series``, or to what comes once."""
        path = self._core.folder / post.path
        before = read_bytes(path)
        after = with_keys(path, before, keys)
        found = compare(self._core, {post.path: after})
        mine = [each for each in found.moved if each.post == post.id and recurrence in (None, each.recurrence)]
        return _Change(before, after, moving_of(found, post.title, post.path, series or next(iter(mine), None)))

    # --- how it is written ------------------------------------------------------------------------------------------

    def _write(self, change: _Change, what: str) -> Edit:
        moving = change.moving
        if moving.refused:
            raise NotAllowed(moving.refused)
        said = {"title": moving.title, "before": self._shown(moving.before), "after": self._shown(moving.after)}
        written = self._record().write(moving.file, change.before, change.after, what, said)
        self.sync()
        return edit_of(written)

    def _shown(self, at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(self._core.snapshot.config.zone):%d/%m/%Y %H:%M}"


def _check_year(at: datetime) -> None:
    try:
        in_range(at)
    except Wrong as wrong:
        raise NotAllowed(str(wrong)) from None


@contextmanager
def _said_of(post: Post) -> Iterator[None]:
    """Have what a placement cannot say told as an error of its file."""
    try:
        yield
    except ValueError as error:
        raise NotAllowed(f"{post.path}: {error}") from None


def _without(post: Post, *, also: bool = False, skipped: bool = False) -> Post:
    """Return the post without the times that it adds to its rule, or that it leaves out."""
    placement = post.placement
    if also:
        placement = replace(placement, also=())
    if skipped:
        placement = replace(placement, skipped=())
    return replace(post, placement=placement)


def _says_end(data: bytes, event: CampaignEvent) -> bool:
    """Whether the file says when the event ends; else that follows from the start."""
    matter = read_matter(data.decode("utf-8-sig"), Report(event.path))
    return matter is not None and "end" in matter.values
