"""What people write: the whole text of a post, a new post, and the draft of what is not saved yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.engine.edits import drafts
from scheduler.engine.edits.record import Edit, Recording, edit_of
from scheduler.engine.edits.texts import as_draft, laid_out, original
from scheduler.engine.planning.coming import too_late
from scheduler.engine.planning.foresight import compare, refusal
from scheduler.engine.planning.unwritten import foreseen
from scheduler.ground.errors import CampaignInvalid, ChangedMeanwhile, LoaError, NotFound
from scheduler.ground.model import Placement, Post
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import N_, _
from scheduler.plan import post_templates
from scheduler.plan.campaign import POSTS
from scheduler.plan.durations import parse_duration
from scheduler.plan.source import printable
from scheduler.plan.values import Wrong, as_id, as_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime

    from scheduler.plan.post_templates import Template


@dataclass(frozen=True, slots=True)
class NewPost:
    """What a new post begins with. ``at`` is local and naive; what is empty is as the template says, or not there.

    Without channels all carry it; without a workstream it is the first that its day falls in.
    """

    id: str
    title: str
    at: datetime | None = None
    event: str = ""
    offset: str = ""
    workstream: str = ""
    channels: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    template: str = ""
    text: str = ""


class TextEdits(Recording):
    """The texts that one person writes in one campaign folder."""

    def save(self, post_id: str, text: str, seen: bytes) -> Edit:
        """Give the file of a post this whole text, front matter included; it is composed, and laid out as it was.

        ``seen`` is what the person saw of the file: where that is not what it holds, raises `ChangedMeanwhile`, and
        nothing is written. A text with errors is written too; its deliveries are then held. Raises `LoaError`.
        """
        self._refresh()
        there = original(self._core, post_id)
        if there.data != seen:
            raise ChangedMeanwhile(printable(there.path), there.data)
        after = laid_out(text, seen)
        change = self._record().write(there.path, seen, after, N_("{post}: text"), {"post": post_id})
        drafts.discard(self._core.var, self._by, post_id)
        self.sync()
        return edit_of(change)

    def danger_of(self, post_id: str, text: str, seen: bytes) -> str:
        """Return what of the post has gone out and could go out again once this text is saved; "" where nothing could.

        Raises `LoaError`.
        """
        self._refresh()
        path = original(self._core, post_id).path
        return refusal(compare(self._core, {path: laid_out(text, seen)}))

    def new_post(self, wanted: NewPost) -> Edit:
        """Write a new post, as a file below content/posts. Without a text of its own it is a draft.

        Raises `CampaignInvalid`, whose problems name in ``key`` the field of `NewPost` that is wrong.
        """
        self._refresh()
        if problems := self.wrong_in(wanted):
            raise CampaignInvalid(problems)
        template = post_templates.find(self._core.folder, wanted.template) if wanted.template else None
        data = post_templates.filled(template, self._keys(wanted, template))
        if wanted.text:
            data += wanted.text.strip().encode() + b"\n"
        path = f"{POSTS}/{wanted.id}.md"
        change = self._record().write(path, None, data, N_("{post}: new"), {"post": wanted.id})
        self.sync()
        return edit_of(change)

    def wrong_in(self, wanted: NewPost) -> list[Problem]:
        """Return what is wrong in a new post, each with the field of `NewPost` as its ``key``; nothing is written."""
        return list(self._wrong(wanted))

    def too_late_for(self, wanted: NewPost) -> list[Problem]:
        """Return warnings of a new post whose time has passed, or comes too late for a channel; nothing is written.

        ``key`` is the field of `NewPost` that says when.
        """
        try:
            offset = parse_duration(wanted.offset or "0s")
        except ValueError:
            return []
        template = next((t for t in post_templates.templates(self._core.folder)[0] if t.name == wanted.template), None)
        given = template.values.get("channels") if template else None
        every = given if isinstance(given, list | dict) else self._core.snapshot.registry.channels
        post = Post(
            wanted.id,
            wanted.title,
            wanted.text,
            Placement(at=wanted.at, event=wanted.event, offset=offset),
            audiences=wanted.audiences,
            areas=wanted.areas,
            channels=dict.fromkeys(map(str, wanted.channels or every), ()),
        )
        field = "at" if wanted.at else "offset" if wanted.offset else "event"
        return [Problem(text, key=field, severity=Severity.WARNING) for text in too_late(self._core, post)]

    def keep_draft(self, post_id: str, text: str, seen: bytes) -> None:
        """Keep what was typed and not saved, of a file that held ``seen``; on any thread. Raises `LoaError`."""
        drafts.keep(self._core.var, self._by, post_id, text, seen)

    def discard_draft(self, post_id: str) -> None:
        """Throw away what was typed and not saved. Callable on any thread. Raises `LoaError`."""
        drafts.discard(self._core.var, self._by, post_id)

    def revive(self, name: str) -> Edit:
        """Write one's draft of a post that is gone as a new post, unfinished where that can be told from its text.

        The draft is then thrown away. Raises `LoaError`: there is none, or its id or file is another's.
        """
        self._refresh()
        campaign, draft = self._core.snapshot.campaign, drafts.find(self._core.var, self._by, name)
        if draft is None or name in campaign.posts or name in campaign.torn:
            raise NotFound(_("there is no draft of a post {name!r} that is gone").format(name=name))
        path = f"{POSTS}/{name}.md"
        if (self._core.folder / path).exists():
            raise LoaError(_("{name} is taken by {file}").format(name=name, file=path))
        try:
            text = as_draft(draft.text, draft=True)
        except CampaignInvalid:
            text = draft.text
        data = laid_out(text, draft.base)
        posts = foreseen(self._core.snapshot, {path: data}).campaign.posts.values()
        taken = next(
            (campaign.posts[each.id].path for each in posts if each.path == path and each.id in campaign.posts), ""
        )
        if taken:
            raise LoaError(_("{name} is taken by {file}").format(name=name, file=taken))
        change = self._record().write(path, None, data, N_("{post}: new"), {"post": name})
        drafts.discard(self._core.var, self._by, name)
        self.sync()
        return edit_of(change)

    # --- how it is done --------------------------------------------------------------------------------------------

    def _keys(self, wanted: NewPost, template: Template | None) -> dict[str, str | None]:
        """Return the front matter of a new post, as a person would write it."""
        given = template.values if template else {}
        plan = self._core.snapshot.campaign.plan
        every = () if given.get("channels") else tuple(self._core.snapshot.registry.channels)
        lists = {"audiences": wanted.audiences, "areas": wanted.areas, "channels": wanted.channels or every}
        found: dict[str, str | None] = {"id": wanted.id, "title": wanted.title}
        found["workstream"] = wanted.workstream or str(given.get("workstream") or "") or self._workstream(wanted)
        found |= {name: f"[{', '.join(each)}]" for name, each in lists.items() if each}
        if wanted.at:
            found["at"] = f"{wanted.at:%Y-%m-%d %H:%M}"
        if wanted.event:
            found |= {"event": wanted.event, **({"offset": wanted.offset} if wanted.offset else {})}
        if self._by in plan.people:
            found["author"] = self._by
        if not wanted.text:
            found["status"] = "draft"
        return found

    def _wrong(self, wanted: NewPost) -> Iterator[Problem]:
        snapshot = self._core.snapshot
        plan, registry = snapshot.campaign.plan, snapshot.registry
        yield from self._wrong_names(wanted)
        yield from self._wrong_time(wanted)
        yield from _strangers("channels", wanted.channels, registry.channels)
        yield from _strangers("audiences", wanted.audiences, plan.slogans)
        yield from _strangers("areas", wanted.areas, plan.areas)
        yield from _strangers("workstream", [wanted.workstream] if wanted.workstream else [], plan.workstreams)
        names = [each.name for each in post_templates.templates(self._core.folder)[0]]
        yield from _strangers("template", [wanted.template] if wanted.template else [], names)
        if not wanted.workstream and not wanted.template and not self._workstream(wanted):
            yield Problem(_("no workstream has that day: choose one"), key="workstream")

    def _wrong_names(self, wanted: NewPost) -> Iterator[Problem]:
        try:
            as_line(wanted.title)
        except Wrong as wrong:
            yield Problem(str(wrong), key="title", hint=wrong.hint)
        if not wanted.title.strip():
            yield Problem(_("a post needs a title"), key="title")
        try:
            as_id(wanted.id)
        except Wrong as wrong:
            yield Problem(str(wrong), key="id", hint=wrong.hint)
            return
        campaign = self._core.snapshot.campaign
        path = f"{POSTS}/{wanted.id}.md"
        taken = [each.path for each in (campaign.posts.get(wanted.id), campaign.events.get(wanted.id)) if each]
        if not taken and (self._core.folder / path).exists():
            taken = [path]
        if taken:
            yield Problem(_("{name} is taken by {file}").format(name=wanted.id, file=taken[0]), key="id")

    def _wrong_time(self, wanted: NewPost) -> Iterator[Problem]:
        events = self._core.snapshot.campaign.events
        if wanted.at and wanted.event:
            yield Problem(_("a post is placed at a time or by an event, not both"), key="at")
        if wanted.event and wanted.event not in events:
            yield from _strangers("event", [wanted.event], events)
        if wanted.offset and not wanted.event:
            yield Problem(_("an offset goes with an event"), key="offset")
        elif wanted.offset:
            try:
                parse_duration(wanted.offset)
            except ValueError as error:
                yield Problem(str(error), key="offset")

    def _workstream(self, wanted: NewPost) -> str:
        day = self._day(wanted)
        streams = self._core.snapshot.campaign.plan.workstreams.values()
        return next((each.id for each in streams if day is None or each.start <= day <= each.end), "")

    def _day(self, wanted: NewPost) -> date | None:
        if wanted.at:
            return wanted.at.date()
        event = self._core.snapshot.campaign.events.get(wanted.event)
        try:
            return (event.start + parse_duration(wanted.offset or "0s")).date() if event else None
        except (ValueError, OverflowError):
            return None


def _strangers(field: str, wanted: Collection[str], valid: Collection[str]) -> Iterator[Problem]:
    from scheduler.ground.problem import nearest

    for name in wanted:
        if name not in valid:
            yield Problem(_("there is no {name!r}").format(name=name), key=field, hint=nearest(name, valid))
