"""What is known of the campaign at one reading of its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Item, MediaFile, RenderContext
from scheduler.channels.loader import Plugins, load_plugins
from scheduler.channels.registry import Registry, build
from scheduler.ground.errors import NotFound
from scheduler.ground.problem import Severity
from scheduler.plan import approvals, template
from scheduler.plan.campaign import Campaign, fingerprint, read_campaign
from scheduler.plan.config import Config, load_config
from scheduler.plan.digest import content_digest
from scheduler.plan.matching import variant_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scheduler.ground.delivery import Approval, Key
    from scheduler.ground.model import CampaignEvent, Post, Target
    from scheduler.ground.problem import Problem

PLAN_FILE = "content/plan.toml"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The folder's files as values: config, campaign, channels, and who approved which post as it stands."""

    config: Config
    campaign: Campaign
    registry: Registry
    problems: tuple[Problem, ...]
    digests: Mapping[str, str]
    approvals: Mapping[str, Approval]
    fingerprint: str
    _filled: dict[tuple[object, ...], str] = field(default_factory=dict)

    @property
    def trustworthy(self) -> bool:
        """Whether the plan itself could be read; where not, every post waits."""
        return not any(p.file == PLAN_FILE and p.severity is Severity.ERROR for p in self.problems)

    def event_of(self, post: Post) -> CampaignEvent | None:
        """Return the event that the post is placed relative to."""
        return self.campaign.events.get(post.placement.event) if post.placement.event else None

    def target(self, key: Key) -> Target:
        """Return the target of a delivery. Raises `NotFound`."""
        configured = self.registry.channels.get(key.channel)
        for target in configured.targets if configured else ():
            if target.name == key.target:
                return target
        raise NotFound(f"the channel {key.channel} has no target {key.target} now")

    def context(self, channel: str) -> RenderContext[Any]:
        """Return what a channel's pure steps may know."""
        options = self.registry.channels[channel].options
        return RenderContext(options, self.config.zone, self.config.folder / "content")

    def item(self, key: Key, publish_at: datetime) -> Item:
        """Put together what is to be said for one delivery. Raises `NotFound` or `ValueError`."""
        post = self.campaign.posts.get(key.post)
        if post is None:
            raise NotFound(f"the post {key.post} is not there now")
        target = self.target(key)
        plan = self.campaign.plan
        variant = variant_for(post, plan, target)
        event = self.event_of(post)
        local = publish_at.astimezone(self.config.zone).replace(tzinfo=None)
        approval = self.approvals.get(post.id)
        person = plan.people.get(approval.by) if approval else None
        return Item(
            key=key,
            title=self._fill(variant.title if variant and variant.title else post.title, post, local),
            text=self._fill(variant.text if variant else post.body, post, local),
            summary=self._fill(post.summary, post, local),
            language=target.language or plan.language,
            target=target,
            publish_at=publish_at,
            plan=plan,
            link=post.link,
            event=event,
            media=tuple(self._media(post)),
            message_class=post.message_class,
            audiences=post.audiences,
            areas=post.areas,
            approved_by=person.name if person else approval.by if approval else "",
        )

    def _fill(self, text: str, post: Post, publish: datetime) -> str:
        if not template.needs(text):
            return text
        key = (text, post.id, publish)
        if key not in self._filled:
            values = template.values_for(self.campaign.plan, post, self.event_of(post), publish)
            self._filled[key] = template.fill(text, values)
        return self._filled[key]

    def _media(self, post: Post) -> list[MediaFile]:
        from mimetypes import guess_type

        folder = self.config.folder / "content" / "media"
        return [
            MediaFile(m.file, m.digest, guess_type(m.file)[0] or "application/octet-stream", m.alt, folder / m.file)
            for m in post.media
        ]


def read_snapshot(folder: Path, plugins: Plugins | None = None) -> Snapshot:
    """Read the whole campaign folder. Raises `CampaignInvalid` only where config.toml cannot be read at all."""
    stamp = fingerprint(folder)
    config, problems = load_config(folder)
    registry = build(config, plugins or load_plugins(folder))
    names = {name: [target.name for target in c.targets] for name, c in config.channels.items()}
    campaign = read_campaign(folder, config, names)
    decisions, torn = approvals.read_approvals(folder)
    digests = {post.id: digest_of(post, campaign, registry) for post in campaign.posts.values()}
    standing = approvals.standing(decisions)
    approved = {post: standing[post][digest] for post, digest in digests.items() if digest in standing.get(post, {})}
    every = (*problems, *registry.problems, *campaign.problems, *torn)
    return Snapshot(config, campaign, registry, every, MappingProxyType(digests), MappingProxyType(approved), stamp)


def digest_of(post: Post, campaign: Campaign, registry: Registry) -> str:
    """Return the digest that an approval of the post names."""
    event = campaign.events.get(post.placement.event) if post.placement.event else None
    options = {
        name: registry.channels[name].approved_options() for name in sorted(post.channels) if name in registry.channels
    }
    return content_digest(post, campaign.plan, event, options)
