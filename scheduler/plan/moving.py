"""How a placement is written anew when somebody moves a post or an event: which keys change, and to what.

Times are local and naive, as in files. What a post hangs on stays: one that is placed relative to an event still is,
by another offset.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from scheduler.ground.text import _
from scheduler.plan.durations import format_duration

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.ground.model import CampaignEvent, Placement

Keys = dict[str, "str | None"]
"""Front-matter keys with their new values, as `scheduler.plan.writing.set_keys` takes them."""


def event_keys(event: CampaignEvent, start: datetime, *, has_end: bool) -> Keys:
    """Return the keys of an event that begins at ``start`` and lasts as long as before; ``has_end``: its file says."""
    end = event.end + (start - event.start)
    return {"start": spelt(start), **({"end": spelt(end)} if has_end else {})}


def single_keys(placement: Placement, event: CampaignEvent | None, at: datetime, zone: ZoneInfo) -> Keys:
    """Return the keys of a post that is published once, and now at ``at``."""
    times = {"times": f"[{at:%H:%M}]"} if placement.times else {}
    if event is None:
        return {"at": spelt(at), **times}
    anchor = event.end if placement.anchor == "end" else event.start
    if placement.time is not None:
        return {"offset": span(_whole_days(at, anchor)), "time": f"{at:%H:%M}", **times}
    if times:
        return {"offset": span(_whole_days(at, anchor)), **times}
    return {"offset": span(_passed(at, anchor, zone))}


def spelt(when: datetime) -> str:
    """Return a local time as files have it. Raises `ValueError` for an aware one."""
    if when.tzinfo is not None:
        raise ValueError(_("times in files are local and naive"))
    return f"{when:%Y-%m-%d %H:%M:%S}" if when.second else f"{when:%Y-%m-%d %H:%M}"


def span(length: timedelta) -> str | None:
    """Return an offset as files have it; one of nothing is left out."""
    if not length:
        return None
    return ("+" if length > timedelta() else "") + format_duration(length)


def _whole_days(at: datetime, anchor: datetime) -> timedelta:
    return at.date() - anchor.date()


def _passed(at: datetime, anchor: datetime, zone: ZoneInfo) -> timedelta:
    """Return how far ``at`` is from ``anchor``: days of the calendar, and hours that pass."""
    if at.time() == anchor.time():
        return _whole_days(at, anchor)
    return at.replace(tzinfo=zone).astimezone(UTC) - anchor.replace(tzinfo=zone).astimezone(UTC)
