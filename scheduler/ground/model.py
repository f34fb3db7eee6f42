"""What a campaign is made of: the plan, its posts and events, and when they fall.

All values are frozen. Local times stand only in `Placement` and `Event`, as they were written; everything
that says when something happens is aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.ground.lifecycle import Late

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Workstream:
    """A part of the campaign with its dates, both included."""

    id: str
    title: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom the campaign speaks to; ``parts`` are audiences within it."""

    id: str
    title: str
    slogan: str = ""
    parts: tuple[Audience, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A district or city, its languages, and the dates between which it exists."""

    id: str
    title: str
    languages: tuple[str, ...] = ()
    remote: bool = False
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """An office with duties in the campaign."""

    id: str
    title: str
    area: str = ""
    duties: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who drafts, reviews or approves; ``logins`` are the system users who are this person."""

    id: str
    name: str
    unit: str = ""
    roles: frozenset[str] = frozenset()
    logins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that holds between two dates, with its source."""

    id: str
    text: str
    source: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A line of the budget, in đồng; ``None`` where the amount is not yet fixed."""

    line: str
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the campaign wants. Mappings are from id to value, in the order of the file."""

    id: str
    title: str
    year: int
    theme: str = ""
    message: str = ""
    number: str = ""
    issued: date | None = None
    basis: tuple[str, ...] = ()
    language: str = "vi"
    approval_required: bool = False
    languages: Mapping[str, str] = field(default_factory=lambda: _NONE)
    workstreams: Mapping[str, Workstream] = field(default_factory=lambda: _NONE)
    audiences: Mapping[str, Audience] = field(default_factory=lambda: _NONE)
    areas: Mapping[str, Area] = field(default_factory=lambda: _NONE)
    units: Mapping[str, Unit] = field(default_factory=lambda: _NONE)
    people: Mapping[str, Person] = field(default_factory=lambda: _NONE)
    facts: Mapping[str, Fact] = field(default_factory=lambda: _NONE)
    budget: tuple[BudgetLine, ...] = ()

    @property
    def slogans(self) -> dict[str, str]:
        """Return the slogan of each audience and part, by id."""
        found = {}
        for audience in self.audiences.values():
            for each in (audience, *audience.parts):
                found[each.id] = each.slogan
        return found

    def parts_of(self, audience: str) -> frozenset[str]:
        """Return the id itself, and those of its parts where it has any."""
        whole = self.audiences.get(audience)
        return frozenset({audience, *(part.id for part in whole.parts)} if whole else {audience})


@dataclass(frozen=True, slots=True)
class Placement:
    """When a post is published, as written: local times of the campaign's zone, all naive.

    ``moved`` has the recurrence of each occurrence that was moved by itself, with its time.
    """

    at: datetime | None = None
    repeat: str = ""
    times: tuple[time, ...] = ()
    skipped: tuple[date | datetime, ...] = ()
    also: tuple[datetime, ...] = ()
    moved: tuple[tuple[str, datetime], ...] = ()
    event: str = ""
    offset: timedelta = timedelta()
    anchor: str = "start"
    time: time | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """The text of a post for some channels, languages, areas or audiences; an empty set means any."""

    text: str
    title: str = ""
    channels: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or recording below ``content/media``: its path there, its SHA-256 and its text alternative."""

    file: str
    digest: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One Markdown file below ``content/posts``. ``path`` is relative to the campaign folder.

    ``body_line`` is the line of the file, from 1, on which ``body`` begins.
    """

    id: str
    title: str
    body: str
    placement: Placement
    path: str = ""
    summary: str = ""
    workstream: str = ""
    variants: tuple[Variant, ...] = ()
    audiences: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    late: Late | None = None
    grace: timedelta | None = None
    message_class: str = "policy_notice"
    link: str = ""
    media: tuple[Media, ...] = ()
    unit: str = ""
    author: str = ""
    facts: tuple[str, ...] = ()
    draft: bool = False
    source_digest: str = ""
    body_line: int = 1


@dataclass(frozen=True, slots=True)
class CampaignEvent:
    """One Markdown file below ``content/events``; ``start`` and ``end`` are local and naive, as written."""

    id: str
    title: str
    start: datetime
    end: datetime
    path: str = ""
    place: str = ""
    workstream: str = ""
    body: str = ""
    areas: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    unit: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A post at one time. ``recurrence`` is its original local date (``20210503``, ``20210503-2``)."""

    post: str
    recurrence: str
    publish_at: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a channel reaches: a station, a page, a list, a feed. Empty tuples mean everywhere, everyone.

    ``settings`` is the channel's own typed model of the remaining keys.
    """

    channel: str
    name: str
    title: str = ""
    areas: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    language: str = ""
    settings: Any = None


@dataclass(frozen=True, slots=True)
class Health:
    """What a channel answers when it is asked whether it would work.

    ``until`` is when what it checked (a token, a balance) runs out.
    """

    ok: bool
    detail: str = ""
    until: datetime | None = None
