"""When a recurrence rule of RFC 5545, section 3.3.10, hits.

All times are local and naive, in the campaign's zone; the hour is that of the start. Nothing here scans
without an end: the calendar repeats itself after 400 years, so a rule that hit no day for that long
never will.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.plan.rule import read_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.plan.rule import Rule

# Periods after which each frequency has met every day of the 400-year cycle.
_CYCLE = {"DAILY": 146_097, "WEEKLY": 20_871, "MONTHLY": 4_800, "YEARLY": 400}


def parse_rule(text: str) -> None:
    """Check the RRULE ``text``. Raises `ValueError` with one line that says what is wrong.

    A leading ``RRULE:`` and lower case are allowed. Refused are frequencies below a day, ``BYHOUR``
    and finer (a post lists its hours in ``times``), and what RFC 5545 forbids.
    """
    read_rule(text)


def expand(rule: str, start: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Return the times of ``rule`` from ``start`` to ``until``, both included, in order.

    All are local and naive. ``start`` is always the first of them and counts for ``COUNT``, whether or
    not the rule would hit it. ``UNTIL`` as a date includes that whole day; one in UTC is compared by
    way of ``zone``. Raises `ValueError` as `parse_rule` does, at the call.
    """
    return _times(read_rule(rule), start, until, zone)


def _times(rule: Rule, start: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    if start > until:
        return
    yield start
    hour = start.time().replace(fold=0)
    left = None if rule.count is None else rule.count - 1
    if left == 0:
        return
    for day in _days(rule, start.date(), until.date()):
        when = datetime.combine(day, hour)
        if when <= start:
            continue
        if when > until or _over(rule.until, when, zone):
            return
        yield when
        left = None if left is None else left - 1
        if left == 0:
            return


def _over(end: datetime | None, when: datetime, zone: ZoneInfo) -> bool:
    if end is None:
        return False
    return when > end if end.tzinfo is None else when.replace(tzinfo=zone) > end


def _days(rule: Rule, start: date, until: date) -> Iterator[date]:
    """Yield the days that the rule hits, from the period of ``start`` to that of ``until``."""
    hits = _matcher(rule, start)
    barren = 0
    for days in _periods(rule, start):
        if days[0] > until or barren >= _CYCLE[rule.freq]:
            return
        found = [day for day in days if hits(day)]
        if rule.positions:
            found = _picked(found, rule.positions)
        barren = 0 if found else barren + 1
        yield from found


def _picked(days: Sequence[date], positions: frozenset[int]) -> list[date]:
    return [day for index, day in enumerate(days) if index + 1 in positions or index - len(days) in positions]


def _periods(rule: Rule, start: date) -> Iterator[list[date]]:
    """Yield the days of each period that the rule looks at, until dates run out after the year 9999."""
    try:
        first = _first_period(rule, start)
        while True:
            yield _period(first, rule.freq)
            first = _step(first, rule)
    except (OverflowError, ValueError):
        return


def _first_period(rule: Rule, start: date) -> date:
    if rule.freq == "WEEKLY":
        return start - timedelta(days=(start.weekday() - rule.week_start) % 7)
    if rule.freq == "MONTHLY":
        return start.replace(day=1)
    return start.replace(month=1, day=1) if rule.freq == "YEARLY" else start


def _period(first: date, freq: str) -> list[date]:
    if freq == "MONTHLY":
        length = monthrange(first.year, first.month)[1]
    else:
        length = {"DAILY": 1, "WEEKLY": 7, "YEARLY": 365 + isleap(first.year)}[freq]
    begin = first.toordinal()
    return [date.fromordinal(day) for day in range(begin, min(begin + length, date.max.toordinal() + 1))]


def _step(first: date, rule: Rule) -> date:
    if rule.freq == "YEARLY":
        return first.replace(year=first.year + rule.interval)
    if rule.freq == "MONTHLY":
        years, month = divmod(first.month - 1 + rule.interval, 12)
        return first.replace(year=first.year + years, month=month + 1)
    return first + timedelta(days=rule.interval * (7 if rule.freq == "WEEKLY" else 1))


def _matcher(rule: Rule, start: date) -> Callable[[date], bool]:
    """Return the test that a day of a period must pass; what the rule leaves open, ``start`` says."""
    months, monthdays, weekdays = rule.months, rule.monthdays, rule.weekdays
    if not (monthdays or rule.yeardays or weekdays):
        if rule.freq == "WEEKLY" or rule.weeks:
            weekdays = frozenset({(0, start.weekday())})
        elif rule.freq != "DAILY":
            monthdays = frozenset({start.day})
            if rule.freq == "YEARLY":
                months = months or frozenset({start.month})
    within_month = rule.freq == "MONTHLY" or bool(rule.months)
    tests: list[Callable[[date], bool]] = []
    if months:
        tests.append(lambda day: day.month in months)
    if monthdays:
        tests.append(lambda day: _in_month(day, monthdays))
    if weekdays:
        tests.append(lambda day: _on_weekday(day, weekdays, within_month=within_month))
    if rule.yeardays:
        tests.append(lambda day: _in_year(day, rule.yeardays))
    if rule.weeks:
        tests.append(lambda day: _in_week(day, rule.weeks, rule.week_start))
    return lambda day: all(test(day) for test in tests)


def _in_month(day: date, wanted: frozenset[int]) -> bool:
    return day.day in wanted or day.day - monthrange(day.year, day.month)[1] - 1 in wanted


def _in_year(day: date, wanted: frozenset[int]) -> bool:
    number = day.timetuple().tm_yday
    return number in wanted or number - 366 - isleap(day.year) in wanted


def _on_weekday(day: date, wanted: frozenset[tuple[int, int]], *, within_month: bool) -> bool:
    weekday = day.weekday()
    if (0, weekday) in wanted:
        return True
    if within_month:
        number, length = day.day, monthrange(day.year, day.month)[1]
    else:
        number, length = day.timetuple().tm_yday, 365 + isleap(day.year)
    from_front, from_back = (number - 1) // 7 + 1, -((length - number) // 7) - 1
    return (from_front, weekday) in wanted or (from_back, weekday) in wanted


def _first_week(year: int, week_start: int) -> int:
    """Return the ordinal of the day on which week 1 begins: the first with four days in the year.

    Counted without `date`, for the neighbours of the years 1 and 9999.
    """
    past = year - 1
    fourth = past * 365 + past // 4 - past // 100 + past // 400 + 4
    return fourth - ((fourth + 6) % 7 - week_start) % 7


def _in_week(day: date, wanted: frozenset[int], week_start: int) -> bool:
    ordinal, year = day.toordinal(), day.year
    if ordinal < _first_week(year, week_start):
        year -= 1
    elif ordinal >= _first_week(year + 1, week_start):
        year += 1
    begin, end = _first_week(year, week_start), _first_week(year + 1, week_start)
    number = (ordinal - begin) // 7 + 1
    return number in wanted or number - (end - begin) // 7 - 1 in wanted
