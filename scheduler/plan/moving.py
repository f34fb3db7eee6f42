"""How a placement is written anew when somebody moves a post or an event, or leaves an occurrence out.

Each function returns the front-matter keys that change, as `scheduler.plan.writing.set_keys` takes them. Times are
local and naive, as in files. What a post hangs on stays: one that is placed relative to an event still is, by another
offset.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.ground.text import _
from scheduler.plan.durations import format_duration
from scheduler.plan.ical import expand
from scheduler.plan.rule import shifted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import time
    from zoneinfo import ZoneInfo

    from scheduler.ground.model import CampaignEvent, Placement

Keys = dict[str, "str | None"]

_DAY = timedelta(days=1)
_PROVED = timedelta(days=800)
"""So far a rule that was shifted is compared with what it was, day by day."""


def event_keys(event: CampaignEvent, start: datetime, *, has_end: bool) -> Keys:
    """Return the keys of an event that begins at ``start`` and lasts as long as before; ``has_end``: its file says."""
    end = event.end + (start - event.start)
    return {"start": spelt(start), **({"end": spelt(end)} if has_end else {})}


def single_keys(placement: Placement, event: CampaignEvent | None, at: datetime, zone: ZoneInfo) -> Keys:
    """Return the keys of a post that is published once, and now at ``at``."""
    keys: Keys = {"moved": None} if placement.moved else {}
    if placement.times:
        keys["times"] = _listed([f"{at:%H:%M}"])
    return {**keys, **_base_keys(placement, event, at, zone)}


def occurrence_keys(placement: Placement, recurrence: str, original: datetime, at: datetime) -> Keys:
    """Return the keys that take one occurrence to ``at``; ``original`` is where it stands by itself."""
    moved = dict(placement.moved)
    moved.pop(recurrence, None)
    return {"moved": _table(moved if at == original else {**moved, recurrence: at})}


def series_keys(
    placement: Placement, event: CampaignEvent | None, first: datetime, at: datetime, zone: ZoneInfo
) -> Keys:
    """Return the keys that take a whole series from ``first``, its first time, to ``at``, and all else by as much.

    Raises `ValueError` where its rule or its hours cannot be moved so.
    """
    days, by = at.date() - first.date(), at - first
    clock = by - days
    keys = _base_keys(placement, event, _base(placement, at), zone)
    if placement.times:
        keys["times"] = _listed([_shifted_hour(each, clock) for each in placement.times])
    if placement.repeat:
        keys["repeat"] = _shifted_rule(placement.repeat, first, at, zone)
    if placement.skipped:
        skipped = (each + (by if isinstance(each, datetime) else days) for each in placement.skipped)
        keys["except"] = _listed(_day_or_time(each) for each in skipped)
    if placement.also:
        keys["also"] = _listed(spelt(each + by) for each in placement.also)
    if placement.moved:
        keys["moved"] = _table({_renamed(name, days): at + by for name, at in placement.moved})
    return keys


def skip_keys(placement: Placement, recurrence: str, original: datetime, base: Mapping[str, datetime]) -> Keys:
    """Return the keys that leave one occurrence out. ``base`` are the ones that no ``also`` gives."""
    keys: Keys = {}
    if recurrence in dict(placement.moved):
        keys["moved"] = _table({name: at for name, at in placement.moved if name != recurrence})
    if original in base.values():
        alone = sum(each.date() == original.date() for each in base.values()) == 1
        keys["except"] = _listed(map(_day_or_time, (*placement.skipped, original.date() if alone else original)))
    else:
        keys["also"] = _listed(spelt(each) for each in placement.also if each != original) or None
    return keys


def unskip_keys(placement: Placement, original: datetime, base: Mapping[str, datetime]) -> Keys:
    """Return the keys that take an occurrence in again that ``except`` leaves out; ``base`` has it, as all others.

    Where ``except`` names its whole day, the others of that day stay left out. Raises `ValueError` where it is not
    left out.
    """
    kept: list[date | datetime] = []
    for each in placement.skipped:
        if isinstance(each, datetime) or each != original.date():
            kept += [each] if each != original else []
        else:
            kept += [other for other in base.values() if other.date() == each and other != original]
    if kept == list(placement.skipped):
        raise ValueError(_("it is not left out by `except`"))
    return {"except": _listed(map(_day_or_time, kept)) or None}


def spelt(when: datetime) -> str:
    """Return a local time as files have it. Raises `ValueError` for an aware one."""
    if when.tzinfo is not None:
        raise ValueError(_("times in files are local and naive"))
    return f"{when:%Y-%m-%d %H:%M:%S}" if when.second else f"{when:%Y-%m-%d %H:%M}"


def _base_keys(placement: Placement, event: CampaignEvent | None, at: datetime, zone: ZoneInfo) -> Keys:
    """Return the keys that say where a post begins."""
    if event is None:
        return {"at": spelt(at)}
    anchor = event.end if placement.anchor == "end" else event.start
    if placement.time is not None:
        return {"offset": _span(at.date() - anchor.date()), "time": f"{at:%H:%M}"}
    if placement.times:
        return {"offset": _span(at.date() - anchor.date())}
    return {"offset": _span(_passed(at, anchor, zone))}


def _base(placement: Placement, at: datetime) -> datetime:
    """Return where a series begins once it is moved; where its hours stand in ``times``, that of ``at`` stays."""
    return datetime.combine(at.date(), placement.at.time()) if placement.times and placement.at else at


def _passed(at: datetime, anchor: datetime, zone: ZoneInfo) -> timedelta:
    """Return how far ``at`` is from ``anchor``: days of the calendar, then hours that pass."""
    if at.time() == anchor.time():
        return at.date() - anchor.date()
    days = timedelta(days=int((at - anchor) / _DAY))
    near = anchor + days
    return days + (at.replace(tzinfo=zone).astimezone(UTC) - near.replace(tzinfo=zone).astimezone(UTC))


def _span(length: timedelta) -> str | None:
    if not length:
        return None
    return ("+" if length > timedelta() else "") + format_duration(length)


def _shifted_rule(repeat: str, first: datetime, at: datetime, zone: ZoneInfo) -> str:
    """Return the rule of a series that begins at ``at``; all that it hit is moved likewise."""
    rule = shifted(repeat, at.date() - first.date())
    before = [each + (at - first) for each in expand(repeat, first, first + _PROVED, zone)]
    if before != list(expand(rule, at, at + _PROVED, zone)):
        raise ValueError(_("the rule {rule} cannot be moved as a whole: edit `repeat` by hand").format(rule=rule))
    return rule


def _shifted_hour(hour: time, by: timedelta) -> str:
    day = date(2000, 1, 1)
    moved = datetime.combine(day, hour) + by
    if moved.date() != day:
        raise ValueError(_("one of its hours would fall on another day: edit `times` by hand"))
    return f"{moved:%H:%M}"


def _renamed(recurrence: str, days: timedelta) -> str:
    return f"{date.fromisoformat(recurrence[:8]) + days:%Y%m%d}{recurrence[8:]}"


def _day_or_time(each: date | datetime) -> str:
    return spelt(each) if isinstance(each, datetime) else each.isoformat()


def _listed(values: Iterable[str]) -> str:
    found = [f'"{each}"' if ":" in each else each for each in values]
    return f"[{', '.join(found)}]" if found else ""


def _table(values: Mapping[str, datetime]) -> str | None:
    pairs = [f'{name}: "{spelt(at)}"' for name, at in values.items()]
    return f"{{{', '.join(pairs)}}}" if pairs else None
