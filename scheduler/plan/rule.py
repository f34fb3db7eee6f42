"""One RRULE of RFC 5545, section 3.3.10, read from its text into a value.

Accepted are the frequencies from ``DAILY`` to ``YEARLY`` with every part that picks days. Refused are
finer frequencies, ``BYHOUR`` and finer (a post lists its hours in ``times``), and what the RFC forbids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from scheduler.ground.problem import nearest
from scheduler.ground.text import _

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TOO_FINE = ("SECONDLY", "MINUTELY", "HOURLY")
_HOURS = ("BYSECOND", "BYMINUTE", "BYHOUR")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LIMITS = {"BYMONTH": 12, "BYWEEKNO": 53, "BYYEARDAY": 366, "BYMONTHDAY": 31, "BYSETPOS": 366}
_PARTS = ("FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "WKST", *_LIMITS)
_FORBIDDEN = (
    ("BYMONTHDAY", ("WEEKLY",)),
    ("BYYEARDAY", ("DAILY", "WEEKLY", "MONTHLY")),
    ("BYWEEKNO", ("DAILY", "WEEKLY", "MONTHLY")),
)
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_BYDAY = re.compile(r"([+-]?\d{1,2})?([A-Z]{2})")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; empty sets leave a part open.

    ``until`` is the last moment included: naive where it was written in local time or as a date, aware
    where it ends in ``Z``. ``weekdays`` are pairs of an ordinal (0: every) and a weekday, Monday being 0.
    """

    freq: str
    interval: int
    count: int | None
    until: datetime | None
    months: frozenset[int]
    weeks: frozenset[int]
    yeardays: frozenset[int]
    monthdays: frozenset[int]
    weekdays: frozenset[tuple[int, int]]
    positions: frozenset[int]
    week_start: int


@lru_cache(maxsize=512)
def read_rule(text: str) -> Rule:
    """Return the rule that ``text`` spells; a leading ``RRULE:`` and lower case are allowed.

    Raises `ValueError` with one line that says what is wrong.
    """
    values = _split(text)
    freq = _freq(values)
    _agree(freq, values)
    numbers = {name: _numbers(name, values.get(name, "")) for name in _LIMITS}
    return Rule(
        freq=freq,
        interval=_positive("INTERVAL", values.get("INTERVAL", "1")),
        count=_positive("COUNT", values["COUNT"]) if "COUNT" in values else None,
        until=_until(values["UNTIL"]) if "UNTIL" in values else None,
        months=numbers["BYMONTH"],
        weeks=numbers["BYWEEKNO"],
        yeardays=numbers["BYYEARDAY"],
        monthdays=numbers["BYMONTHDAY"],
        weekdays=_weekdays(values.get("BYDAY", ""), freq, values),
        positions=numbers["BYSETPOS"],
        week_start=_weekday("WKST", values.get("WKST", "MO")),
    )


def shifted(text: str, by: timedelta) -> str:
    """Return the rule with all that it hits so many whole days later, as far as a rule can say that.

    Weekdays turn along, and so does its end. Raises `ValueError` where it picks days in another way than by weekdays.
    """
    days, values = by.days, _split(text)
    if not days:
        return text
    others = [name for name in values if name.startswith("BY") and name != "BYDAY"]
    if others or (values["FREQ"] not in ("DAILY", "WEEKLY") and "BYDAY" in values):
        raise ValueError(_("the rule {rule} names its days itself: edit `repeat` by hand").format(rule=text))
    if "BYDAY" in values:
        turned = (_WEEKDAYS[(_weekday("BYDAY", each.strip()) + days) % 7] for each in values["BYDAY"].split(","))
        values["BYDAY"] = ",".join(turned)
        if values.get("INTERVAL", "1") != "1":
            values["WKST"] = _WEEKDAYS[(_weekday("WKST", values.get("WKST", "MO")) + days) % 7]
    if "UNTIL" in values:
        end = date.fromisoformat(values["UNTIL"][:8]) + by
        values["UNTIL"] = f"{end:%Y%m%d}{values['UNTIL'][8:]}"
    return ";".join(f"{name}={value}" for name, value in values.items())


def _split(text: str) -> dict[str, str]:
    rule = text.strip().upper().removeprefix("RRULE:")
    if not rule:
        raise ValueError(_("the rule is empty; it starts with FREQ=, for example FREQ=WEEKLY;BYDAY=MO"))
    values: dict[str, str] = {}
    for part in rule.split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            raise ValueError(_("{part!r} is not a part of a rule; write NAME=VALUE").format(part=part.strip()))
        if name in _HOURS:
            raise ValueError(_("{name} is not supported; list the hours of a day in `times`").format(name=name))
        if name not in _PARTS:
            raise ValueError(_unknown(_("unknown part {name!r} of a rule").format(name=name), name, _PARTS))
        if name in values:
            raise ValueError(_("{name} stands in the rule twice").format(name=name))
        values[name] = value
    return values


def _unknown(message: str, name: str, valid: tuple[str, ...]) -> str:
    hint = nearest(name, valid)
    return (
        f"{message}; {hint}"
        if hint
        else _("{message}; valid are {names}").format(message=message, names=", ".join(valid))
    )


def _freq(values: dict[str, str]) -> str:
    freq = values.get("FREQ")
    if freq is None:
        raise ValueError(_("the rule has no FREQ; add FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"))
    if freq in _TOO_FINE:
        raise ValueError(
            _("FREQ={freq} is not supported; DAILY is the finest, with `times` for hours").format(freq=freq)
        )
    if freq not in _FREQUENCIES:
        raise ValueError(_unknown(_("unknown FREQ={freq}").format(freq=freq), freq, _FREQUENCIES))
    return freq


def _agree(freq: str, values: dict[str, str]) -> None:
    """Refuse parts that do not go together."""
    if "COUNT" in values and "UNTIL" in values:
        raise ValueError(_("a rule ends by COUNT or by UNTIL, not by both"))
    for name, frequencies in _FORBIDDEN:
        if name in values and freq in frequencies:
            raise ValueError(_("{name} does not go with FREQ={freq}").format(name=name, freq=freq))
    picks = {name for name in values if name.startswith("BY")}
    if picks == {"BYSETPOS"}:
        raise ValueError(_("BYSETPOS picks among days that another BY… part names; there is none"))


def _positive(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) == 0:
        raise ValueError(
            _("{name}={value} must be a whole number from 1 to 999999999").format(name=name, value=_short(value))
        )
    return int(value)


def _numbers(name: str, value: str) -> frozenset[int]:
    if not value:
        return frozenset()
    limit = _LIMITS[name]
    lowest = 1 if name == "BYMONTH" else -limit
    found = set()
    for piece in value.split(","):
        number = int(piece) if re.fullmatch(r"\s*[+-]?[0-9]{1,3}\s*", piece) else 0
        if number == 0 or not lowest <= number <= limit:
            negative = "" if name == "BYMONTH" else _(", or -1 to -{limit} from the end").format(limit=limit)
            raise ValueError(
                _("{name}={value} must be from 1 to {limit}{negative}").format(
                    name=name, value=_short(piece), limit=limit, negative=negative
                )
            )
        found.add(number)
    return frozenset(found)


def _weekdays(value: str, freq: str, values: dict[str, str]) -> frozenset[tuple[int, int]]:
    if not value:
        return frozenset()
    found = set()
    for piece in value.split(","):
        match = _BYDAY.fullmatch(piece.strip())
        if match is None:
            raise ValueError(_("BYDAY={value} must be weekdays such as MO, or 1MO, -1FR").format(value=_short(piece)))
        ordinal = int(match[1] or 0)
        if match[1]:
            _check_ordinal(piece.strip(), ordinal, freq, values)
        found.add((ordinal, _weekday("BYDAY", match[2])))
    return frozenset(found)


def _check_ordinal(piece: str, ordinal: int, freq: str, values: dict[str, str]) -> None:
    if freq not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in values:
        raise ValueError(
            _("BYDAY={piece} counts within a month or year; with this rule write the weekday alone").format(piece=piece)
        )
    highest = 5 if freq == "MONTHLY" or "BYMONTH" in values else 53
    if ordinal == 0 or abs(ordinal) > highest:
        raise ValueError(
            _("BYDAY={piece} must count from 1 to {highest}, or from -1 to -{highest}").format(
                piece=piece, highest=highest
            )
        )


def _weekday(name: str, value: str) -> int:
    if value not in _WEEKDAYS:
        raise ValueError(
            _("{name}={value} must be one of {names}").format(
                name=name, value=_short(value), names=", ".join(_WEEKDAYS)
            )
        )
    return _WEEKDAYS.index(value)


def _until(value: str) -> datetime:
    match = _UNTIL.fullmatch(value)
    try:
        if match is None:
            raise ValueError
        day = date.fromisoformat(match[1])
        if match[2] is None:
            return datetime.combine(day, time.max)
        moment = datetime.combine(day, time.fromisoformat(match[2]))
    except ValueError:
        raise ValueError(
            _("UNTIL={value} must be a date, or a date with a time: 20210531, 20210531T170000").format(
                value=_short(value)
            )
        ) from None
    return moment.replace(tzinfo=UTC) if match[3] else moment


def _short(value: str) -> str:
    return value if len(value) <= 30 else f"{value[:30]}…"
