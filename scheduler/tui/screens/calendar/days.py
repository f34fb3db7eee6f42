"""The days of the calendar: what stands on each by local time, also where a move that is not confirmed yet puts it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import State
from scheduler.ground.text import _
from scheduler.tui.words import SYMBOLS, TONES, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from scheduler.engine.looks.agenda import Agenda, Collision, Gap, Showing
    from scheduler.ground.model import CampaignEvent

DAY = timedelta(days=1)
_WHOLE = timedelta(hours=20)
_TELLING = (
    State.UNKNOWN,
    State.FAILED,
    State.MISSED,
    State.HELD,
    State.RETRYING,
    State.SENDING,
    State.HANDED,
    State.SCHEDULED,
    State.SENT,
    State.CANCELLED,
)
"""Of several states of one post the first of these is shown."""


@dataclass(frozen=True, slots=True)
class Item:
    """A post or an event on the calendar; times are local and naive.

    ``channels`` are a post's, or those of the posts that an event places. ``ghost`` is where a move would put it,
    ``left`` where it stands until then.
    """

    id: str
    title: str
    start: datetime
    end: datetime
    showing: Showing | None = None
    event: CampaignEvent | None = None
    channels: tuple[str, ...] = ()
    collisions: tuple[Collision, ...] = ()
    ghost: bool = False
    left: bool = False

    @property
    def outside(self) -> bool:
        """Whether it is an event that others organise."""
        return self.event is not None and self.event.outside

    @property
    def whole(self) -> bool:
        """Whether it takes up whole days, and no hour."""
        return self.event is not None and self.end - self.start >= _WHOLE

    @property
    def post(self) -> str:
        """The post's id, or "" for an event."""
        return self.showing.post if self.showing else ""

    def sign(self) -> tuple[str, Tone]:
        """Return its symbol and tone: of a post how it stands, of an event whose it is."""
        if self.showing is None:
            return ("◇", Tone.QUIET) if self.outside else ("◆", Tone.STRONG)
        if self.showing.draft:
            return "·", Tone.QUIET
        state = next((each for each in _TELLING if each in self.showing.states), State.SCHEDULED)
        return SYMBOLS[state], TONES[state]


@dataclass(frozen=True, slots=True)
class Days:
    """What is known of a span of days."""

    agenda: Agenda
    items: Mapping[date, tuple[Item, ...]]
    holidays: Mapping[date, str]

    def on(self, day: date) -> tuple[Item, ...]:
        """Return what stands on a day: whole days first, then by time."""
        return self.items.get(day, ())

    def item(self, day: date, name: str) -> Item | None:
        """Return the item of that name on a day, or the day's first."""
        found = [each for each in self.on(day) if not each.left]
        return next((each for each in found if each.id == name), found[0] if found else None)

    def empty(self, day: date) -> bool:
        """Whether a workstream runs on a day on which nothing is published or happens."""
        return day in self.agenda.empty and not any(not each.outside and not each.left for each in self.on(day))

    def met(self) -> list[tuple[Item, Item]]:
        """Return what would go where a move puts it just when something else goes on one of its channels."""
        return [
            (ghost, other)
            for each in self.items.values()
            for ghost in each
            for other in each
            if ghost.ghost and not other.ghost and not other.left and _meet(ghost, other)
        ]

    def feasts(self) -> list[tuple[Item, str]]:
        """Return what a move puts on a holiday, or on a day of an outside event, with the name of that."""
        found: list[tuple[Item, str]] = []
        for day, items in self.items.items():
            names = [each.title for each in items if each.outside]
            names += [_(self.holidays[day])] if day in self.holidays else []
            found += [(each, name) for each in items if each.ghost for name in names]
        return found

    def gaps(self, day: date) -> list[Gap]:
        """Return the workstreams that say nothing around a day."""
        return [each for each in self.agenda.gaps if each.start <= day <= each.end]


def days_of(
    agenda: Agenda, zone: ZoneInfo, moved: Mapping[str, datetime] | None = None, moving: Item | None = None
) -> Days:
    """Return the days of an agenda.

    ``moved`` is from the id of an item to where a move would put it; ``moving`` is the item that is being moved, which
    may come from days that are not in the agenda.
    """
    moved = moved or {}
    found: dict[date, list[Item]] = {}
    items = list(_items(agenda, zone))
    if moving is not None and all(each.id != moving.id for each in items):
        items.append(moving)
    for item in items:
        for each in _placed(item, moved.get(item.id)):
            for day in _days(each):
                found.setdefault(day, []).append(each)
    sorted_items = {day: tuple(sorted(each, key=_order)) for day, each in found.items()}
    return Days(agenda, sorted_items, {each.day: each.name for each in agenda.holidays})


def _items(agenda: Agenda, zone: ZoneInfo) -> Iterator[Item]:
    clashes: dict[tuple[str, str], list[Collision]] = {}
    for each in agenda.collisions:
        clashes.setdefault(each.first, []).append(each)
        clashes.setdefault(each.second, []).append(each)
    told: dict[str, dict[str, None]] = {}
    for showing in agenda.showings:
        told.setdefault(showing.event, {}).update(dict.fromkeys(showing.channels))
    for event in agenda.events:
        channels = tuple(told.get(event.id, ()))
        yield Item(f"event:{event.id}", event.title, event.start, event.end, event=event, channels=channels)
    for showing in agenda.showings:
        at = showing.publish_at.astimezone(zone).replace(tzinfo=None)
        collisions = tuple(clashes.get((showing.post, showing.recurrence), ()))
        name = item_id(showing.post, showing.recurrence)
        yield Item(name, showing.title, at, at, showing, channels=tuple(showing.channels), collisions=collisions)


def _meet(one: Item, other: Item) -> bool:
    if one.showing is None or other.showing is None or one.start != other.start:
        return False
    return other.showing.goes and not one.showing.channels.keys().isdisjoint(other.showing.channels)


def item_id(post: str, recurrence: str) -> str:
    """Return the id of an occurrence's item."""
    return f"{post}/{recurrence}"


def _placed(item: Item, start: datetime | None) -> Iterator[Item]:
    if start is None or start == item.start:
        yield item
    else:
        yield replace(item, left=True)
        yield replace(item, start=start, end=start + (item.end - item.start), ghost=True, collisions=())


def _days(item: Item) -> Iterator[date]:
    first, last = item.start.date(), item.end.date()
    if item.end > item.start and item.end.time() == time():
        last -= DAY
    for number in range(max(0, (last - first).days) + 1):
        yield first + number * DAY


def _order(item: Item) -> tuple[bool, datetime, bool, str]:
    return not item.whole, item.start, item.event is None, item.id


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - day.weekday() * DAY


def month(day: date, step: int = 0) -> date:
    """Return the first day of a day's month, or of one so many months on."""
    count = day.year * 12 + day.month - 1 + step
    return date(count // 12, count % 12 + 1, 1)


def same_day(day: date, step: int) -> date:
    """Return the same day of another month, or the last day of that where it is too short."""
    last = month(day, step + 1) - DAY
    return last.replace(day=min(day.day, last.day))


def weeks(day: date) -> list[date]:
    """Return the Mondays of the weeks that a day's month touches."""
    first, after = monday(month(day)), month(day, 1)
    return [first + number * 7 * DAY for number in range((after - first + 6 * DAY) // (7 * DAY))]


def span(day: date) -> tuple[date, date]:
    """Return the days that are read around a day: the whole weeks of its month."""
    found = weeks(day)
    return found[0], found[-1] + 7 * DAY
