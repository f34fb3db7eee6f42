"""What surfaces may ask: lists and single things, as values, without changing anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from scheduler.engine.looks.delivery_views import DeliveryViews
from scheduler.engine.looks.post_views import PostStatus
from scheduler.engine.looks.text_views import TextViews
from scheduler.engine.people import name_of
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.model import Placement
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.plan.source import printable
from scheduler.store import deliveries, journal, posts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from scheduler.channels.channel import Forecast, Rendered
    from scheduler.channels.loader import PluginStatus
    from scheduler.channels.showing import Block
    from scheduler.engine.edits.texts import Trial
    from scheduler.engine.looks.agenda import Agenda
    from scheduler.engine.looks.channel_views import IdleChannel, OptionRow
    from scheduler.engine.looks.logbook import Line
    from scheduler.engine.looks.logbook import Wanted as Asked
    from scheduler.engine.looks.panels import PanelPage, PanelSheet
    from scheduler.engine.looks.plugin_views import PluginSheet
    from scheduler.engine.looks.reach import Reach
    from scheduler.engine.looks.status import ChannelStatus, Status
    from scheduler.engine.planning.versions import Difference
    from scheduler.ground.delivery import Entry
    from scheduler.ground.model import CampaignEvent, Post, Target
    from scheduler.store.deliveries import Standing, Wanted
    from scheduler.store.posts import PostRow

Planned = deliveries.Wanted


@dataclass(frozen=True, slots=True)
class Preview:
    """One target's text as it will really go out, with what is wrong with it and what it will cost.

    ``blocks`` are how it looks; nothing where it cannot be made.
    """

    target: Target
    variant: str
    publish_at: datetime
    due_at: datetime
    rendered: Rendered | None
    problems: tuple[Problem, ...]
    forecast: Forecast | None
    blocks: tuple[Block, ...] = ()


class Views(DeliveryViews, TextViews):
    """The questions that surfaces ask of one campaign folder."""

    # --- the plan --------------------------------------------------------------------------------------------------

    def upcoming(self, start: datetime, end: datetime, channels: Collection[str] = ()) -> list[Wanted]:
        """Return what the files ask for, due from ``start`` (included) to ``end`` (excluded), in order."""
        from scheduler.engine.planning.wants import pinned, wanted

        snapshot, rows = self._core.snapshot, posts.every(self._core.store.read())
        lead = max((c.lead for c in snapshot.registry.channels.values()), default=end - end)
        found = [
            each
            for post in snapshot.campaign.posts.values()
            if post.id not in snapshot.campaign.invalid
            for each in wanted(snapshot, post, end + lead, pinned(snapshot, post, rows.get(post.id)))
            if start <= each.due_at < end and (not channels or each.key.channel in channels)
        ]
        return sorted(found, key=lambda each: (each.due_at, each.key))

    def agenda(self, start: date, end: date) -> Agenda:
        """Return all that falls on the days from ``start`` (included) to ``end`` (excluded), in the campaign's zone."""
        from scheduler.engine.looks.agenda import read_agenda

        return read_agenda(self._core, start, end)

    def posts(self) -> list[PostStatus]:
        """Return every post of the campaign, in the order of their ids."""
        connection = self._core.store.read()
        rows, standing = posts.every(connection), deliveries.standing(connection)
        every = sorted(self._core.snapshot.campaign.posts.items())
        return [self._status(post, rows.get(name), standing.get(name)) for name, post in every]

    def post(self, post_id: str) -> PostStatus:
        """Return one post. Raises `NotFound`."""
        known = self._core.snapshot.campaign.posts
        if post_id not in known:
            raise self._absent(post_id)
        connection = self._core.store.read()
        standing = deliveries.standing(connection, post_id).get(post_id)
        return self._status(known[post_id], posts.get(connection, post_id), standing)

    def difference(self, post_id: str) -> Difference:
        """Return the post beside the last version of it that was approved. Raises `NotFound`."""
        from scheduler.engine.planning.versions import difference

        return difference(self._core, self.post(post_id).post)

    def _absent(self, post_id: str) -> NotFound:
        """Return why there is no such post: nobody wrote it, or its file is there and cannot be read."""
        campaign = self._core.snapshot.campaign
        path = campaign.torn.get(post_id)
        if path is None:
            return NotFound.named(_("there is no post {name!r}"), post_id, campaign.posts)
        first = next((p for p in campaign.problems if p.file == printable(path) and p.severity is Severity.ERROR), "")
        return NotFound(_("the post {name!r} cannot be read: {problem}").format(name=post_id, problem=first or path))

    def _status(self, post: Post, row: PostRow | None, standing: Standing | None) -> PostStatus:
        snapshot = self._core.snapshot
        valid = snapshot.sound(post)
        return PostStatus(
            post,
            snapshot.digests[post.id],
            snapshot.approvals.get(post.id),
            snapshot.campaign.plan.approval_required,
            valid,
            row.held_by if row else None,
            row.held_reason if row else None,
            standing.counts if standing else {},
            standing.next_at if standing else None,
            snapshot.returned.get(post.id),
            standing.gone_at if standing else None,
            "" if valid else snapshot.blamed(post),
            snapshot.objection(post.id),
        )

    def events(self) -> list[CampaignEvent]:
        """Return every event, in order of their start."""
        return sorted(self._core.snapshot.campaign.events.values(), key=lambda each: (each.start, each.id))

    def event(self, event_id: str) -> CampaignEvent:
        """Return one event. Raises `NotFound`."""
        known = self._core.snapshot.campaign.events
        if event_id not in known:
            raise NotFound.named(_("there is no event {name!r}"), event_id, known)
        return known[event_id]

    def preview(self, post_id: str, channels: Collection[str] = ()) -> list[Preview]:
        """Return the post as each target will get it, at its next occurrence (or its last). Raises `NotFound`.

        Drafts and posts with errors too, as far as they can be rendered, with the errors of their file; as if it were
        now where they do not say when.
        """
        snapshot, now = self._core.snapshot, self._core.clock.now()
        post = self.post(post_id).post
        errors = [p for p in snapshot.problems if p.file == post.path and p.severity is Severity.ERROR]
        wrong = tuple(dict.fromkeys((*errors, *snapshot.objections.get(post_id, ()))))
        chosen: dict[tuple[str, str], Wanted] = {}
        for want in self._shown(post, now):
            place = (want.key.channel, want.key.target)
            if place not in chosen or chosen[place].publish_at < now:
                chosen[place] = want
        found = [self.preview_of(w) for (channel, _), w in chosen.items() if not channels or channel in channels]
        return [replace(each, problems=(*wrong, *each.problems)) for each in found]

    def preview_text(self, post_id: str, text: str, seen: bytes) -> Trial:
        """Return what would become of a text of the post, as each target would get it; nothing is written.

        ``seen`` is what its file holds. Raises `LoaError`.
        """
        from scheduler.engine.edits.texts import trial

        return trial(self._core, post_id, text, seen, lambda beside, found: Views(beside).preview(found))

    def _shown(self, post: Post, now: datetime) -> list[Wanted]:
        """Return what a post would send: within the horizon, else at its first time ever, else now."""
        from scheduler.engine.planning.wants import pinned, wanted

        snapshot, placed = self._core.snapshot, post.placement
        row = posts.get(self._core.store.read(), post.id)
        local = now.astimezone(snapshot.config.zone).replace(tzinfo=None)
        ever = datetime.max.replace(tzinfo=UTC)
        for placement, until in (
            (placed, now + snapshot.config.horizon), (replace(placed, repeat=""), ever), (Placement(at=local), ever),
        ):  # fmt: skip
            try:
                shown = replace(post, draft=False, placement=placement)
                found = list(wanted(snapshot, shown, until, pinned(snapshot, shown, row)))
            except ValueError:
                continue  # the file's errors say why
            if found:
                return found
        return []

    def preview_of(self, want: Wanted) -> Preview:
        """Return one planned delivery as it will go out."""
        from scheduler.channels.showing import Passage
        from scheduler.engine.delivering.prepare import attempted, forecast, render, show
        from scheduler.engine.planning.coming import passed_lead

        snapshot = self._core.snapshot
        configured = snapshot.registry.channels[want.key.channel]
        target = snapshot.target(want.key)
        rendered, cost = None, None
        blocks: tuple[Block, ...] = ()
        problems = passed_lead(self._core, want)
        try:
            rendered, found = attempted(configured, partial(render, snapshot, configured, want.key, want.publish_at))
            problems += found
            cost = attempted(configured, partial(forecast, snapshot, configured, rendered))
            blocks = attempted(configured, partial(show, snapshot, configured, want.key, want.publish_at, rendered))
        except (LoaError, ValueError) as error:
            problems.append(Problem(said(error)))
        if rendered is not None and not blocks:
            blocks = (Passage(rendered.text),)
        return Preview(target, want.variant, want.publish_at, want.due_at, rendered, tuple(problems), cost, blocks)

    def name_of(self, actor: str) -> str:
        """Return what whoever did something is called: a person's name, not the id."""
        return name_of(self._core.snapshot.campaign.plan, actor)

    # --- what happened ----------------------------------------------------------------------------------------------

    def journal(self, limit: int = 100) -> list[Entry]:
        """Return the newest lines of the journal, newest first."""
        return journal.latest(self._core.store.read(), limit)

    def reach(self) -> Reach:
        """Return whom the campaign reaches, on which channel, and where: the coverage grid."""
        from scheduler.engine.looks.reach import read_reach

        return read_reach(self._core)

    def log(self, wanted: Asked | None = None) -> list[Line]:
        """Return what happened, newest first: the journal together with the engine's own log."""
        from scheduler.engine.looks import logbook

        return logbook.read(self._core, wanted or logbook.Wanted())

    # --- the folder ------------------------------------------------------------------------------------------------

    def channels(self) -> list[ChannelStatus]:
        """Return every channel that works here; ahead of the plugins, every one that is switched on."""
        from scheduler.engine.looks.status import channels

        return channels(self._core)

    def channel(self, name: str) -> ChannelStatus:
        """Return one channel. Raises `NotFound`."""
        from scheduler.engine.looks.channel_views import configured

        wanted = configured(self._core, name).name
        return next(each for each in self.channels() if each.name == wanted)

    def idle_channels(self) -> list[IdleChannel]:
        """Return the channels that config.toml names and that do not work here, with why not."""
        from scheduler.engine.looks.channel_views import idle

        return idle(self._core)

    def options(self, channel: str) -> list[OptionRow]:
        """Return what is in force on a channel, secrets masked, and where each value comes from. Raises `NotFound`."""
        from scheduler.engine.looks.channel_views import options

        return options(self._core, channel)

    def plugins(self) -> list[PluginStatus]:
        """Return every plugin that was found, with why it did not load where it did not."""
        return list(self._core.snapshot.registry.plugins)

    def plugin(self, name: str) -> PluginSheet:
        """Return all that is known of one plugin. Raises `NotFound`."""
        from scheduler.engine.looks.plugin_views import sheet

        return sheet(self._core, name)

    def plugin_sheets(self) -> list[PluginSheet]:
        """Return all that is known of every plugin, in the order in which they were found."""
        from scheduler.engine.looks.plugin_views import sheets

        return sheets(self._core)

    @property
    def has_panels(self) -> bool:
        """Whether a plugin brings pages of its own, as far as plugins are loaded; none is asked."""
        return self._core.snapshot.plugins is not None and bool(self._core.snapshot.hooks.names("register_panels"))

    def panels(self) -> list[PanelSheet]:
        """Return every page that plugins bring."""
        from scheduler.engine.looks.panels import panels

        return panels(self._core)

    def panel(self, name: str, *, insist: bool = True) -> PanelPage:
        """Return a plugin's page as it is now; one that hung lately only where you insist. Raises `NotFound`."""
        from scheduler.engine.looks.panels import page

        return page(self._core, name, insist=insist)

    def status(self) -> Status:
        """Return how the folder stands as a whole."""
        from scheduler.engine.looks.status import status

        return status(self._core)
