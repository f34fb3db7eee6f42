"""How states, times and spans are written on the screen. Nothing here reads a clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from scheduler.ground.delivery import held_by
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from zoneinfo import ZoneInfo


class Tone(StrEnum):
    """What a piece of text means; the theme gives it its colour."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    LIVE = "live"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


SYMBOLS = {
    State.HELD: "‖",
    State.SCHEDULED: "○",
    State.SENDING: "►",
    State.RETRYING: "↻",
    State.UNKNOWN: "?",
    State.HANDED: "◐",
    State.SENT: "✓",
    State.FAILED: "✗",
    State.MISSED: "–",
    State.CANCELLED: "∅",
}

TONES = {
    State.HELD: Tone.WARN,
    State.SCHEDULED: Tone.PLAIN,
    State.SENDING: Tone.LIVE,
    State.RETRYING: Tone.WARN,
    State.UNKNOWN: Tone.BAD,
    State.HANDED: Tone.LIVE,
    State.SENT: Tone.GOOD,
    State.FAILED: Tone.BAD,
    State.MISSED: Tone.QUIET,
    State.CANCELLED: Tone.QUIET,
}


def word(state: State) -> str:
    """Return the state's word in the language of the screen."""
    return _(state.value)


def reason(text: str, holds: Iterable[Hold] = (), fault: str = "") -> str:
    """Return the reason to show: what holds it says more than the word of the last move; ``fault`` whose errors do."""
    return held_by(holds, fault) or _(text)


def day(moment: datetime, zone: ZoneInfo) -> str:
    """Return a date as people in Viet Nam write it."""
    return moment.astimezone(zone).strftime("%d/%m/%Y")


def minute(moment: datetime, zone: ZoneInfo) -> str:
    """Return date and time, 24 hours."""
    return moment.astimezone(zone).strftime("%d/%m/%Y %H:%M")


def second(moment: datetime, zone: ZoneInfo) -> str:
    """Return date and time to the second."""
    return moment.astimezone(zone).strftime("%d/%m/%Y %H:%M:%S")


def short(moment: datetime, zone: ZoneInfo) -> str:
    """Return day, month and time, for narrow columns."""
    return moment.astimezone(zone).strftime("%d/%m %H:%M")


def weekday(moment: datetime, zone: ZoneInfo) -> str:
    """Return the day of the week, in short."""
    return weekday_of(moment.astimezone(zone))


def weekday_of(day: date) -> str:
    """Return the day of the week of a local date, in short."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[day.weekday()]


def span(length: timedelta) -> str:
    """Return a length of time in its two largest units, or seconds below a minute."""
    seconds = max(0, int(length.total_seconds()))
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if days:
        parts = [_("{n} d").format(n=days), _("{n} h").format(n=hours) if hours else ""]
    elif hours:
        parts = [_("{n} h").format(n=hours), _("{n} min").format(n=minutes) if minutes else ""]
    elif minutes:
        parts = [_("{n} min").format(n=minutes)]
    else:
        parts = [_("{n} s").format(n=seconds)]
    return " ".join(part for part in parts if part)


def until(moment: datetime, now: datetime) -> str:
    """Return how long it is until ``moment``, or since."""
    if abs(moment - now) < timedelta(seconds=1):
        return _("just now")
    if moment >= now:
        return _("in {span}").format(span=span(moment - now))
    return _("{span} ago").format(span=span(now - moment))


def roughly(moment: datetime, now: datetime) -> datetime:
    """Return ``moment`` brought nearer to ``now``, so that the time between is of one unit: days, hours or minutes."""
    length = abs(moment - now)
    units = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))
    rest = next((length % unit for unit in units if length >= unit), timedelta())
    return moment - rest if moment >= now else moment + rest


def countdown(moment: datetime, now: datetime) -> str:
    """Return how long it is until ``moment``, in few cells; how late it is, once that has come."""
    if moment > now:
        return span(moment - now)
    return _("now") if now - moment < timedelta(minutes=1) else _("late {span}").format(span=span(now - moment))


def number(value: int) -> str:
    """Return a whole number with its thousands apart, as in Viet Nam."""
    return f"{value:,}".replace(",", ".")
