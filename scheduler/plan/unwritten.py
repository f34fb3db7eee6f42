"""The campaign as it would be with other texts in some of its files: read like any other, with nothing written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from scheduler.ground.problem import Severity
from scheduler.plan.campaign import EVENTS, POSTS, stem
from scheduler.plan.content import read_event
from scheduler.plan.known import Known
from scheduler.plan.plan import read_plan
from scheduler.plan.posts import read_post

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.ground.model import CampaignEvent, Post
    from scheduler.plan.campaign import Campaign
    from scheduler.plan.config import Config
    from scheduler.plan.content import Entry


@dataclass(frozen=True, slots=True)
class _Events:
    """The events as they would be, which files of them were read, and the ids whose event is another by that."""

    known: Known
    read: list[Entry[CampaignEvent]]
    events: dict[str, CampaignEvent]
    changed: set[str]


def with_texts(
    campaign: Campaign, config: Config, targets: Mapping[str, Sequence[str]], texts: Mapping[str, bytes | None]
) -> Campaign:
    """Return the campaign as it would be with ``texts``, by path; ``None`` stands for a file that is not there.

    Only these are read, and the posts placed on an event among them; so an id that would stand twice is not noticed.
    ``targets`` is as in `read_campaign`.
    """
    plan = read_plan(campaign.folder, targets)
    found = _events(campaign, Known.of(plan, targets, told=config.parsed), texts)
    tied = {post.path for post in campaign.posts.values() if post.placement.event in found.changed} - texts.keys()
    given = [path for path, data in texts.items() if data is not None and path.startswith(f"{POSTS}/")]
    entries = [read_post(campaign.folder, path, found.known, texts.get(path)) for path in sorted({*given, *tied})]
    anew = {*texts, *tied}
    posts = {name: post for name, post in campaign.posts.items() if post.path not in anew}
    failed = {each.id for each in entries if each.id and (each.failed or each.tied or not plan.sound)}
    problems = [each for each in campaign.problems if each.file not in anew]
    problems += chain.from_iterable([*(each.problems for each in found.read), *(each.problems for each in entries)])
    return replace(
        campaign,
        posts=_sorted(posts | {each.id: each.value for each in entries if each.value}),
        events=MappingProxyType(dict(sorted(found.events.items()))),
        problems=tuple(sorted(problems, key=lambda each: (each.file, each.line or 0))),
        invalid=frozenset((campaign.invalid - (campaign.posts.keys() - posts.keys())) | failed),
        unreadable=frozenset((campaign.unreadable - anew) | {each.path for each in entries if not each.id}),
        torn=MappingProxyType(
            {name: path for name, path in campaign.torn.items() if path not in anew}
            | {each.id or stem(each.path): each.path for each in entries if each.value is None}
        ),
    )


def _events(campaign: Campaign, known: Known, texts: Mapping[str, bytes | None]) -> _Events:
    events = {name: event for name, event in campaign.events.items() if event.path not in texts}
    read = [
        read_event(campaign.folder, path, known, data)
        for path, data in sorted(texts.items())
        if data is not None and path.startswith(f"{EVENTS}/")
    ]
    named = {each.id: each.value for each in read if each.id}
    changed = {*named, *(campaign.events.keys() - events.keys())}
    broken = any(p.file.startswith(f"{EVENTS}/") and p.severity is Severity.ERROR for p in campaign.problems)
    known = replace(known, events={**events, **named}, all_events=not broken and all(each.id for each in read))
    return _Events(known, read, events | {name: event for name, event in named.items() if event}, changed)


def _sorted(posts: Mapping[str, Post]) -> Mapping[str, Post]:
    return MappingProxyType(dict(sorted(posts.items())))
