"""When a post is published, as its front matter says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from scheduler.ground.model import Placement
from scheduler.ground.text import _
from scheduler.plan.values import (
    Wrong,
    as_date_or_moment,
    as_duration,
    as_line,
    as_moment,
    as_time,
    in_range,
    one_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.ground.model import CampaignEvent
    from scheduler.plan.fields import Fields
    from scheduler.plan.known import Known

_DAY = timedelta(days=1)
_RECURRENCE = re.compile(r"[0-9]{8}(?:-[1-9][0-9]{0,3})?")


def read_placement(fields: Fields, known: Known, *, draft: bool) -> Placement:
    """Return the placement; every contradiction in it is reported once. A draft may stand nowhere yet."""
    placement = Placement(
        at=fields.read("at", as_moment, None),
        repeat=fields.read("repeat", as_rule, ""),
        times=fields.each("times", as_time),
        skipped=fields.each("except", as_date_or_moment),
        also=fields.each("also", as_moment),
        moved=_moved(fields.table("moved")),
        event=fields.read("event", known.event, ""),
        offset=fields.read("offset", as_duration(None), timedelta()),
        anchor=fields.read("anchor", one_of("start", "end"), "start"),
        time=fields.read("time", as_time, None),
    )
    _check(fields, draft=draft)
    if placement.time is not None and placement.offset % _DAY:
        fields.error(_("with `time` the offset counts whole days"), "offset")
    return placement


def _moved(table: Fields) -> tuple[tuple[str, datetime], ...]:
    names = [name for name in table.names() if table.named(name, as_recurrence)]
    found = ((name, table.read(name, as_moment, None)) for name in names)
    return tuple((name, at) for name, at in found if at is not None)


def as_recurrence(value: object) -> str:
    """Convert the name of an occurrence: the date it was first planned for, and a number where a day has several."""
    text = as_line(value)
    try:
        if not _RECURRENCE.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text[:8])
    except ValueError:
        raise Wrong(_("{text!r} names no occurrence: write its first date, like 20210503").format(text=text)) from None
    in_range(day)
    return text


def _check(fields: Fields, *, draft: bool) -> None:
    at, event = fields.has("at"), fields.has("event")
    counted = next((key for key in ("repeat", "times", "except", "also", "moved") if fields.has(key)), "")
    relative = next((key for key in ("offset", "anchor", "time") if fields.has(key)), "")
    if at and event:
        fields.error(_("stands beside `at`; a post has exactly one of them"), "event")
    elif event and fields.has("repeat"):
        fields.error(_("needs `at`: what is placed relative to an event does not repeat"), "repeat")
    elif relative and not event:
        fields.error(_("needs `event`"), relative)
    elif counted and not at and not event:
        fields.error(_("needs `at`"), counted)
    elif not at and not event and draft:
        fields.warning(_("is not placed yet: it has neither `at` nor `event`"), "at")
    elif not at and not event:
        fields.error(_("a post needs `at` or `event`"), "at")


def own_dates(placement: Placement, event: CampaignEvent | None) -> list[date]:
    """Return the local dates that the placement names itself, without those that a rule adds."""
    dates = [each.date() for each in (*placement.also, *dict(placement.moved).values())]
    if placement.at is not None:
        dates.insert(0, placement.at.date())
    elif event is not None:
        anchor = event.end if placement.anchor == "end" else event.start
        dates.insert(0, (anchor + placement.offset).date())
    return sorted(set(dates))


def as_rule(value: object) -> str:
    """Convert a recurrence rule of RFC 5545, section 3.3.10."""
    from scheduler.plan.ical import parse_rule

    text = as_line(value)
    try:
        parse_rule(text)
    except ValueError as error:
        raise Wrong(str(error)) from None
    return text
