"""Times as people write and read them on a command line: local to the campaign's zone."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import click

from scheduler.ground.text import _

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FORM = "2021-05-03 05:30, 03/05/2021 05:30, 2021-05-03, 05:30, now, +2h, tomorrow 17:00"
FIRST_YEAR, LAST_YEAR = 1900, 2200
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LOCAL = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_RELATIVE = re.compile(r"[+-]|now$", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})(?::(?=\d)|h)(\d{2})?(?::(\d{2}))?")


def read(text: str, zone: ZoneInfo, now: datetime, *, whole_day_ends: bool = False) -> datetime:
    """Return the aware time that ``text`` means; a bare day is its first moment.

    With ``whole_day_ends`` a bare day is the first moment of the next one, so that ``--to 2021-06-30`` takes in
    all of 30 June. Raises `ValueError` with a sentence that says the forms.
    """
    words = text.strip().lower().replace("t", " ", 1).split() if _ISO.match(text.strip()) else text.lower().split()
    local = now.astimezone(zone)
    if words == ["now"]:
        return local
    if text.strip()[:1] in ("+", "-"):
        from scheduler.plan.durations import parse_duration

        return (now + parse_duration(text)).astimezone(zone)
    day, hour = _parts(words, local)
    if day is None and hour is None:
        raise ValueError(_("{text!r} is not a time; write {forms}").format(text=text, forms=FORM))
    day = local if day is None else day
    if hour is None:
        day, hour = (day + timedelta(days=1) if whole_day_ends else day), time()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(_("{text!r} is too far away").format(text=text))
    return datetime.combine(day.date(), hour, tzinfo=zone)


def after(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the first moment after what ``text`` names as the last: after that minute, or that whole day."""
    end = read(text, zone, now, whole_day_ends=True)
    minute = end == read(text, zone, now) and not end.second and _RELATIVE.match(text.strip()) is None
    return end + timedelta(minutes=1) if minute else end


def _parts(words: list[str], local: datetime) -> tuple[datetime | None, time | None]:
    day = _day(words[0], local) if words else None
    rest = words[1:] if day is not None else words
    if len(rest) > 1 or not words:
        return None, None
    hour = _hour(rest[0]) if rest else None
    return (None, None) if rest and hour is None else (day, hour)


def _day(word: str, local: datetime) -> datetime | None:
    if word in _DAYS:
        return local + timedelta(days=_DAYS[word])
    iso, other = _ISO.fullmatch(word), _LOCAL.fullmatch(word)
    numbers = iso.groups() if iso else tuple(reversed(other.groups())) if other else None
    try:
        if numbers is None:
            return None
        year, month, date = map(int, numbers)
        return datetime(year, month, date, tzinfo=local.tzinfo)
    except ValueError:
        return None


def _hour(word: str) -> time | None:
    found = _HOUR.fullmatch(word)
    try:
        return time(int(found[1]), int(found[2] or 0), int(found[3] or 0)) if found else None
    except ValueError:
        return None


class Moment(click.ParamType[str]):
    """A time argument. It stays text until the campaign's zone is known: call `read` on it then."""

    name = "time"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return the word that stands for it in help."""
        return "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what no zone could make a time of."""
        from zoneinfo import ZoneInfo

        try:
            read(str(value), ZoneInfo("UTC"), datetime(2021, 5, 10, tzinfo=ZoneInfo("UTC")))
        except (ValueError, OverflowError) as error:
            self.fail(str(error), param, ctx)
        return str(value)


MOMENT = Moment()


def show(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return ``03/05/2021 05:30`` in ``zone``; for ``None``, nothing."""
    return "" if moment is None else moment.astimezone(zone).strftime("%d/%m/%Y %H:%M")


def show_local(moment: datetime) -> str:
    """Return ``03/05/2021 05:30`` for a naive local time, as events have them."""
    return moment.strftime("%d/%m/%Y %H:%M")


def iso(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """Return ISO 8601 with the zone's offset, to the second or, where there are fractions, to the microsecond."""
    return None if moment is None else moment.astimezone(zone).isoformat()


def weekday(moment: datetime, zone: ZoneInfo) -> str:
    """Return the day of the week, in short."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[moment.astimezone(zone).weekday()]
