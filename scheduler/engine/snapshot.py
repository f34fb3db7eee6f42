"""What is known of the campaign at one reading of its files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scheduler.channels.overtaken import overtaken
from scheduler.channels.registry import Registry, build
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.model import CampaignEvent
from scheduler.ground.problem import Severity
from scheduler.ground.text import _
from scheduler.plan import approvals, template
from scheduler.plan.campaign import EVENTS, Campaign, fingerprint, read_campaign
from scheduler.plan.config import FILE as CONFIG
from scheduler.plan.config import Config, load_config
from scheduler.plan.digest import Coverage, content, content_digest
from scheduler.plan.matching import variant_for, with_parts
from scheduler.plan.source import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from scheduler.channels.channel import RenderContext
    from scheduler.channels.hooks import Hooks
    from scheduler.channels.host import FeedElement
    from scheduler.channels.item import Item, MediaFile, PlanValues
    from scheduler.channels.loader import Plugins
    from scheduler.channels.registry import Configured
    from scheduler.ground.delivery import Approval, Key
    from scheduler.ground.model import Post, Target
    from scheduler.ground.problem import Problem

PLAN_FILE = "content/plan.toml"
_FOR_ALL = ("", "zone", "channels")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The folder's files as values: config, campaign, channels, and who approved, or sent back, each post as it stands.

    ``plugins`` is ``None`` ahead of their loading. ``coverage`` is, by channel, what an approval covers of it; one
    that is broken now keeps what it had. ``record`` is the stamp of the record of approvals, taken before it was read.
    ``altered`` are plugins whose code has changed since they were loaded. ``objections`` is what plugins find wrong
    with each post, by its id; ``forms`` how they have words read out, by language.
    """

    config: Config
    campaign: Campaign
    plugins: Plugins | None
    registry: Registry
    problems: tuple[Problem, ...]
    coverage: Mapping[str, Coverage]
    digests: Mapping[str, str]
    approvals: Mapping[str, Approval]
    fingerprint: str
    record: str = ""
    returned: Mapping[str, Approval] = field(default_factory=dict)
    objections: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    altered: tuple[str, ...] = ()
    _filled: dict[tuple[object, ...], str] = field(default_factory=dict)
    _contexts: dict[str, RenderContext[Any]] = field(default_factory=dict)
    _plans: dict[str, PlanValues] = field(default_factory=dict)
    _targets: dict[tuple[str, str], Target] = field(default_factory=dict)
    _wrong: dict[str, Problem] = field(default_factory=dict)

    @property
    def trustworthy(self) -> bool:
        """Whether the plan itself could be read, and what config.toml says for all; where not, every post waits."""
        return self.culprit is None

    @property
    def culprit(self) -> Problem | None:
        """The first error for which every post waits."""
        errors = (each for each in self.problems if each.severity is Severity.ERROR)
        return next((each for each in errors if each.file == PLAN_FILE or _for_all(each)), None)

    def sound(self, post: Post) -> bool:
        """Whether neither the post's file nor one that it depends on has errors."""
        return post.id not in self.campaign.invalid and self.trustworthy

    def blamed(self, post: Post) -> str:
        """Return which other file's first error makes a post unsound whose own file has none, with the line; or ""."""
        if not self._wrong:
            errors = [each for each in self.problems if each.severity is Severity.ERROR]
            self._wrong.update({each.file: each for each in reversed(errors)})
        if printable(post.path) in self._wrong:
            return ""
        name = f"/{post.placement.event}.md"
        events = (each for file, each in self._wrong.items() if file.startswith(EVENTS) and file.endswith(name))
        first = self.culprit or next(events, None)
        return f"{first.file}:{first.line}" if first and first.line else first.file if first else ""

    def objection(self, post: str) -> str:
        """Return the first error that a plugin finds in a post, with its place; or ""."""
        errors = (each for each in self.objections.get(post, ()) if each.severity is Severity.ERROR)
        first = next(errors, None)
        return f"{first.file}:{first.line}: {first.message}" if first else ""

    @property
    def whole(self) -> bool:
        """Whether it is known of every channel that is switched on what an approval covers of it."""
        return {name for name, each in self.config.channels.items() if each.enabled} <= self.coverage.keys()

    @property
    def outdated(self) -> bool:
        """Whether a plugin is another by now than it was, or could not be called a while ago."""
        return self.plugins is not None and (self.plugins.outdated or self.plugins.altered != self.altered)

    @property
    def hooks(self) -> Hooks:
        """Who can be asked what of the plugins, which have been loaded."""
        if self.plugins is None:
            raise LoaError(_("the plugins have not been loaded"))
        return self.plugins.hooks

    def in_doubt(self, problems: Iterable[Problem], stamp: str) -> Snapshot:
        """Return what was known before config.toml vanished, with why nothing of it may be trusted now."""
        every = tuple(dict.fromkeys((*self.problems, *problems)))
        record = approvals.stamp(self.config.folder)
        return replace(self, problems=every, fingerprint=stamp, record=record, _wrong={})

    def event_of(self, post: Post) -> CampaignEvent | None:
        """Return the event that the post is placed relative to."""
        return _anchor(post, self.campaign)

    def has(self, configured: Configured) -> bool:
        """Return whether a channel works here, as it was loaded: its options may be others by now, of the same form."""
        found = self.registry.channels.get(configured.name)
        return found is not None and found.channel is configured.channel

    def target(self, key: Key) -> Target:
        """Return the target of a delivery. Raises `NotFound`."""
        if not self._targets:
            self._targets.update({(target.channel, target.name): target for target in self.registry.targets()})
        found = self._targets.get((key.channel, key.target))
        if found is None:
            raise NotFound(
                _("the channel {channel} has no target {target} now").format(channel=key.channel, target=key.target)
            )
        return found

    def context(self, channel: str) -> RenderContext[Any]:
        """Return what a channel's pure steps may know."""
        if channel not in self._contexts:
            from scheduler.channels.channel import RenderContext

            found = self.registry.channels[channel]
            forms = self.forms if found.speaks else None
            content = self.config.folder / "content"
            self._contexts[channel] = RenderContext(found.options, self.config.zone, content, forms, self._elements)
        return self._contexts[channel]

    def _elements(self, item: Item) -> tuple[FeedElement, ...]:
        if not self.hooks.names("feed_elements"):
            return ()
        from scheduler.channels.feeding import feed_elements

        return feed_elements(self.hooks, item)

    def _plan_for(self, channel: str) -> PlanValues:
        if channel not in self._plans:
            from scheduler.channels.item import PlanValues

            configured = self.registry.channels[channel]
            self._plans[channel] = PlanValues(self.campaign.plan, configured.channel.uses, configured.plugin)
        return self._plans[channel]

    def item(self, key: Key, publish_at: datetime) -> Item:
        """Put together what is to be said for one delivery. Raises `NotFound` or `ValueError`."""
        from scheduler.channels.item import Item

        post = self.campaign.posts.get(key.post)
        if post is None:
            raise NotFound(_("the post {post} is not there now").format(post=key.post))
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
            plan=self._plan_for(key.channel),
            link=post.link,
            event=CampaignEvent(event.id, event.title, event.start, event.end, place=event.place) if event else None,
            media=tuple(self._media(post)),
            message_class=post.message_class,
            audiences=tuple(sorted(with_parts(post.audiences, plan))),
            areas=tuple(sorted(post.areas)),
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
        if not post.media:
            return []
        from mimetypes import guess_type

        from scheduler.channels.item import MediaFile

        folder = self.config.folder / "content" / "media"
        return [
            MediaFile(m.file, m.digest, guess_type(m.file)[0] or "application/octet-stream", m.alt, folder / m.file)
            for m in post.media
        ]


def read_snapshot(
    folder: Path,
    plugins: Plugins | None = None,
    known: Callable[[], Mapping[str, Coverage]] = dict,
    *,
    ahead: bool = False,
) -> Snapshot:
    """Read the whole campaign folder. Raises `CampaignInvalid` only where config.toml cannot be read at all.

    Plugins are loaded where ``plugins`` are not given, or config.toml asks for others by now; ``ahead`` of them no
    channel works yet. ``known`` tells the coverage of channels as last seen whole, so that one broken channel does not
    undo the approvals of posts that go out on others too. A channel with an error in its part of config.toml is left
    out: what it would do, and whom it would reach, cannot be trusted.
    """
    stamp = fingerprint(folder)
    config, problems = load_config(folder)
    if not ahead and (plugins is None or (config.parsed and _others(config, plugins))):
        plugins = _loaded(folder, config)
    registry = build(config, plugins) if plugins else Registry({}, (), ())
    if plugins and plugins.changed and config.parsed:  # found only now, since their options were read
        plugins = _loaded(folder, config)
        registry = build(config, plugins)
    names = {name: [target.name for target in c.targets] for name, c in config.channels.items()}
    campaign = read_campaign(folder, config, names)
    registry = registry.without(_broken((*problems, *campaign.problems)))
    forms, unheard = _spoken(plugins, config, campaign)
    coverage = {name: each.coverage(forms) for name, each in registry.channels.items()}
    if not config.channels.keys() <= coverage.keys():
        coverage = {**known(), **coverage}
    record = approvals.stamp(folder)
    digests = {post.id: digest_of(post, campaign, config, coverage) for post in campaign.posts.values()}
    decided, torn = decisions(folder, campaign, digests)
    altered = plugins.altered if plugins else ()
    old = [overtaken(each) for each in registry.plugins if each.name in altered and not each.error]
    every = (*problems, *registry.problems, *campaign.problems, *torn, *unheard, *old)
    return Snapshot(
        config,
        campaign,
        plugins,
        registry,
        every,
        coverage,
        MappingProxyType(digests),
        decided["approved"],
        stamp,
        record,
        decided["returned"],
        forms=forms,
        altered=altered,
    )


def _loaded(folder: Path, config: Config) -> Plugins:
    from scheduler.channels.loader import load_plugins

    return load_plugins(folder, config.plugins, told=config.parsed)


def _spoken(
    plugins: Plugins | None, config: Config, campaign: Campaign
) -> tuple[Mapping[str, Mapping[str, str]], list[Problem]]:
    """Return how plugins have words read out, in each language of the campaign, and what is wrong with it."""
    if plugins is None or not plugins.hooks.names("spoken_forms"):
        return {}, []
    from scheduler.channels.speaking import spoken_forms

    targets = (target for channel in config.channels.values() for target in channel.targets)
    plan = campaign.plan
    return spoken_forms(plugins, filter(None, (plan.language, *plan.languages, *(each.language for each in targets))))


def _others(config: Config, plugins: Plugins) -> bool:
    """Whether config.toml, which can be read, asks for others than were loaded, or one has changed."""
    return not plugins.told or plugins.changed or plugins.wishes != config.plugins or _lacking(config, plugins)


def _lacking(config: Config, plugins: Plugins) -> bool:
    """Whether config.toml names a channel that no plugin brought, and there are others by now."""
    from scheduler.channels.loader import outgrown

    wanted = (each.name for each in config.channels.values() if each.enabled)
    return any(name not in plugins.channels for name in wanted) and outgrown(plugins, config.folder)


def decisions(
    folder: Path, campaign: Campaign, digests: Mapping[str, str]
) -> tuple[dict[str, Mapping[str, Approval]], list[Problem]]:
    """Return what stands on the posts by these digests, verdict → post → decision, and what is wrong in the record."""
    standing, torn = approvals.read_standing(folder, approvers(campaign))
    found: dict[str, dict[str, Approval]] = {"approved": {}, "returned": {}}
    for post, digest in digests.items():
        decision = standing.get(post, {}).get(digest)
        if decision is not None:
            found[decision.verdict][post] = decision
    return {verdict: MappingProxyType(each) for verdict, each in found.items()}, torn


def approvers(campaign: Campaign) -> set[str] | None:
    """Return who may approve, or ``None`` where the plan cannot say, and everything waits for that."""
    if any(each.file == PLAN_FILE and each.severity is Severity.ERROR for each in campaign.problems):
        return None
    return {person.id for person in campaign.plan.people.values() if "approve" in person.roles}


def _for_all(error: Problem) -> bool:
    return error.file == CONFIG and error.key in _FOR_ALL


def _broken(problems: Iterable[Problem]) -> set[str]:
    errors = [each for each in problems if each.file == CONFIG and each.severity is Severity.ERROR]
    return {each.key.split(".")[1] for each in errors if each.key.startswith("channels.")}


def digest_of(post: Post, campaign: Campaign, config: Config, coverage: Mapping[str, Coverage]) -> str:
    """Return the digest that an approval of the post names."""
    return content_digest(post, campaign.plan, _anchor(post, campaign), coverage, config.zone.key)


def covered_of(post: Post, campaign: Campaign, config: Config, coverage: Mapping[str, Coverage]) -> dict[str, Any]:
    """Return what an approval of the post covers, in values of JSON."""
    return content(post, campaign.plan, _anchor(post, campaign), coverage, config.zone.key)


def _anchor(post: Post, campaign: Campaign) -> CampaignEvent | None:
    return campaign.events.get(post.placement.event) if post.placement.event else None
