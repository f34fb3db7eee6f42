"""When things are due. The only place that resolves times, and that names occurrences.

Placements are local and naive, as written; what leaves here is aware, in UTC. A local time that a change
of clocks skips moves forward by the gap, one that it repeats is the first of the two (RFC 5545, section
3.3.5). Days of an offset are days of the calendar, its hours are hours that pass.

How occurrences are named
-------------------------
A name must survive edits, for what was delivered under it must not go out under another. So it comes
from the day and from the place in the file, never from the hour:

- An occurrence of the rule is named by its local date, ``20210503``. With several ``times``, the first
  of the list *as written* has the plain date, the second ``20210503-2``, and so on. Another hour in the
  same place, or one more at the end, renames nothing; the list need not be sorted. (A name made of the
  hour would make a changed hour a new occurrence, sent twice; a rank by time would swap two names.)
- An ``also`` takes the lowest number that is free on its day, in the order written. ``except`` frees the
  number, so an ``except`` and an ``also`` on one day are the move of an occurrence, which keeps its name.
- ``except`` removes what the rule gives, by day or by time; an ``also`` that stands in the file always
  counts.
- An occurrence that ``moved`` names keeps its name and its number, whatever time stands there.
- A post placed once keeps the name it was first planned under, whichever day it moves to: its `Pin`.
  Made recurring, the occurrence numbered first on the pinned day keeps that name. It is taken then:
  where the date of another occurrence would give the same, that one gets the next free number.
- A pin whose name is that of its own day adds nothing once the post recurs, and is dropped: reduced to
  one date again, the post goes by that date, which is the name that this occurrence had meanwhile.

What a list cannot tell apart: taking the first of several hours off the list looks like a change of its
hour. The numbers behind it move up; nothing is sent twice by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from scheduler.ground.lifecycle import Late
from scheduler.ground.model import Occurrence
from scheduler.ground.problem import nearest
from scheduler.ground.text import _
from scheduler.plan.ical import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from scheduler.ground.model import CampaignEvent, Placement, Post

PROMPT = timedelta(minutes=1)
"""So much after its time is not late: an engine claims what is due a little after it."""
_DAY = timedelta(days=1)
_LAST = datetime.combine(date.max, time.max)
REACH = timedelta(days=1830)
"""How far beyond what is looked at, or beyond its post's first time, an occurrence may lie that is moved by itself."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The name under which a post placed once was first planned, and the local day it falls on now."""

    recurrence: str
    day: date


@dataclass(frozen=True, slots=True)
class Due:
    """When a delivery goes out; all aware, in UTC."""

    due_at: datetime
    publish_at: datetime
    expires_at: datetime
    late: Late


class _Slot(NamedTuple):
    """An occurrence before it has a name: its number on its day, and its local time."""

    number: int
    when: datetime

    @property
    def natural(self) -> str:
        return _name(self.when.date(), self.number)


def occurrences(
    post: Post,
    events: Mapping[str, CampaignEvent],
    zone: ZoneInfo,
    until: datetime,
    pin: Pin | None = None,
) -> list[Occurrence]:
    """Return all occurrences of ``post`` from its first up to ``until`` (aware, included), by time.

    A draft has none. Two that fall on the same moment are one, under the lower number. Names do not
    depend on ``until``. Raises `ValueError` where the event is unknown, the rule is wrong, or nothing
    says when.
    """
    if post.draft:
        return []
    moved = dict(post.placement.moved)
    found: dict[datetime, Occurrence] = {}
    for name, slot in sorted(_named(post.placement, events, zone, until, pin), key=lambda each: each[1].number):
        moment = _resolve(moved.get(name, slot.when), zone)
        if moment <= until:
            found.setdefault(moment, Occurrence(post.id, name, moment))
    return [found[moment] for moment in sorted(found)]


def originals(
    post: Post, events: Mapping[str, CampaignEvent], zone: ZoneInfo, until: datetime, pin: Pin | None = None
) -> dict[str, datetime]:
    """Return, by recurrence, when each occurrence up to the end of ``until`` would be, had none been moved by itself.

    Local and naive, by time. Drafts have them too. Raises `ValueError` as `occurrences` does.
    """
    found = {name: slot.when for name, slot in _named(post.placement, events, zone, until, pin)}
    return dict(sorted(found.items(), key=lambda each: each[1]))


def begins(placement: Placement, events: Mapping[str, CampaignEvent], zone: ZoneInfo) -> datetime:
    """Return the first time that a placement gives by itself, local and naive. Raises `ValueError` as `occurrences`."""
    base = _base(placement, events, zone)
    return datetime.combine(base.date(), min(placement.times)) if placement.times else base


def _named(
    placement: Placement, events: Mapping[str, CampaignEvent], zone: ZoneInfo, until: datetime, pin: Pin | None
) -> list[tuple[str, _Slot]]:
    """Return every occurrence with its name: up to ``until``, and those that are moved to before it.

    A name that lies further away than `REACH` is that of none: who mistypes a year makes nobody count up to it.
    """
    end = _end_of_day(until, zone)
    ends = [datetime.combine(date.fromisoformat(name[:8]), time.max) for name, _at in placement.moved]
    if pin and ends:
        ends.append(datetime.combine(pin.day, time.max))
    first = max(end, _base(placement, events, zone))
    reach = first + REACH if first < _LAST - REACH else _LAST
    slots = _slots(placement, events, zone, min(max([end, *ends]), reach))
    if pin and single(placement):
        pin = Pin(pin.recurrence, slots[0].when.date()) if slots else pin
    return list(zip(_names(slots, pin), slots, strict=True))


def pin_of(post: Post, events: Mapping[str, CampaignEvent], zone: ZoneInfo, pin: Pin | None) -> Pin | None:
    """Return the pin to keep for ``post``, given the one kept so far.

    For a post placed once: its name, the natural one where it had none yet, with the day it falls on
    now. For a recurring post: ``pin`` while it still says more than the date. A draft, and a post whose
    one occurrence is excepted, change nothing. Raises `ValueError` as `occurrences` does.
    """
    if post.draft:
        return pin
    if not single(post.placement):
        return None if pin is None or pin.recurrence == _name(pin.day, 1) else pin
    slots = _slots(post.placement, events, zone, _LAST)
    if not slots:
        return pin
    return Pin(pin.recurrence if pin else slots[0].natural, slots[0].when.date())


def due(occurrence: Occurrence, lead: timedelta, late: Late, grace: timedelta) -> Due:
    """Return when ``occurrence`` is due: its publication less ``lead``; it expires ``grace`` after it.

    What is not to go out late has no grace but the `PROMPT` that every engine needs; none has less.
    """
    publish = occurrence.publish_at
    return Due(publish - lead, publish, publish + (PROMPT if late is Late.SKIP else max(grace, PROMPT)), late)


def window_of_event(event: CampaignEvent, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the start and end of ``event``, aware, in UTC."""
    return _resolve(event.start, zone), _resolve(event.end, zone)


def single(placement: Placement) -> bool:
    """Whether a post is published once."""
    return not placement.repeat and not placement.also and len(placement.times) < 2


def _slots(placement: Placement, events: Mapping[str, CampaignEvent], zone: ZoneInfo, until: datetime) -> list[_Slot]:
    """Return what falls up to ``until`` (local, naive), unsorted, each time once, numbered by day."""
    first = _base(placement, events, zone)
    starts = [datetime.combine(first.date(), hour) for hour in placement.times] or [first]
    taken: dict[date, set[int]] = {}
    slots: dict[datetime, _Slot] = {}

    def take(number: int, when: datetime) -> None:
        taken.setdefault(when.date(), set()).add(number)
        slots[when] = _Slot(number, when)

    for number, start in enumerate(starts, 1):
        for when in _series(placement, start, until, zone):
            if when not in slots and not _skipped(when, placement.skipped):
                take(number, when)
    for when in placement.also:
        if when not in slots and when <= until:
            take(_free(taken.get(when.date(), ())), when)
    return list(slots.values())


def _series(placement: Placement, start: datetime, until: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    if placement.repeat:
        return expand(placement.repeat, start, until, zone)
    return (start,) if start <= until else ()


def _skipped(when: datetime, skipped: Iterable[date | datetime]) -> bool:
    return any(when == each if isinstance(each, datetime) else when.date() == each for each in skipped)


def _free(taken: Iterable[int], first: int = 1) -> int:
    used = frozenset(taken)
    return next(number for number in count(first) if number not in used)


def _names(slots: list[_Slot], pin: Pin | None) -> list[str]:
    """Return the name of each slot. The pinned day's first has the pin's, which nobody else may have."""
    if pin is None:
        return [slot.natural for slot in slots]
    names = []
    for slot in slots:
        name = slot.natural
        if slot.number == 1 and slot.when.date() == pin.day:
            name = pin.recurrence
        elif name == pin.recurrence:
            day = slot.when.date()
            name = _name(day, _free((each.number for each in slots if each.when.date() == day), 2))
        names.append(name)
    return names


def _name(day: date, number: int) -> str:
    stem = f"{day.year:04}{day.month:02}{day.day:02}"
    return stem if number == 1 else f"{stem}-{number}"


def _base(placement: Placement, events: Mapping[str, CampaignEvent], zone: ZoneInfo) -> datetime:
    """Return the local time that everything counts from: ``at``, or the event's with the offset."""
    if not placement.event:
        if placement.at is None:
            raise ValueError(_("a post needs `at` or `event`"))
        return placement.at
    event = events.get(placement.event)
    if event is None:
        hint = nearest(placement.event, events)
        raise ValueError(_("unknown event {name!r}").format(name=placement.event) + (f"; {hint}" if hint else ""))
    anchor = event.end if placement.anchor == "end" else event.start
    return _offset(anchor, placement.offset, placement.time, zone)


def _offset(anchor: datetime, offset: timedelta, hour: time | None, zone: ZoneInfo) -> datetime:
    sign = -1 if offset < timedelta() else 1
    days, rest = divmod(abs(offset), _DAY)
    moved = anchor + sign * days * _DAY
    if hour is not None:
        return datetime.combine(moved.date(), hour)
    if not rest:
        return moved
    # The fold stays with the naive time, so that the second of two equal hours is not taken for the first.
    return (_resolve(moved, zone) + sign * rest).astimezone(zone).replace(tzinfo=None)


def _resolve(when: datetime, zone: ZoneInfo) -> datetime:
    return when.replace(tzinfo=zone).astimezone(UTC)


def _end_of_day(until: datetime, zone: ZoneInfo) -> datetime:
    """Return the end of the local day after ``until``: whole days are numbered, whatever the hour."""
    try:
        return datetime.combine(until.astimezone(zone).date() + _DAY, time.max)
    except OverflowError:
        return _LAST
