"""The Vietnamese lunar calendar: which day of which lunar month a date is.

After Hồ Ngọc Đức, "Thuật toán tính âm lịch" (2004): months begin on the day of the new moon, month 11 holds the winter
solstice, a month without a principal term is a leap month; all reckoned at UTC+7, the law in Viet Nam since 1968. So it
differs from the Chinese calendar in some years (1985, 2007, 2030). Moon and sun after Meeus, "Astronomical Algorithms".
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

_ZONE = 7 / 24
_MONTH = 29.530588853
_FIRST_MOON = 2415021.076998695
"""The new moon of 1 January 1900, as a Julian day."""
_TO_JULIAN = 1721425
"""What makes the number of a Julian day out of `date.toordinal`."""


class Lunar(NamedTuple):
    """A day of the lunar calendar; ``leap`` where its month is the second of that number."""

    day: int
    month: int
    year: int
    leap: bool = False


@lru_cache(maxsize=4096)
def lunar(day: date) -> Lunar:
    """Return a date from 1968 on in the lunar calendar."""
    number = day.toordinal() + _TO_JULIAN
    count = int((number - _FIRST_MOON) / _MONTH)
    start = _new_moon(count + 1)
    if start > number:
        start = _new_moon(count)
    first, last, year = _eleventh(day.year), _eleventh(day.year), day.year
    if first >= start:
        first = _eleventh(day.year - 1)
    else:
        last, year = _eleventh(day.year + 1), day.year + 1
    months = (start - first) // 29
    month, leap = months + 11, False
    if last - first > 365:
        extra = _leap_month(first)
        if months >= extra:
            month, leap = months + 10, months == extra
    month = (month - 1) % 12 + 1
    return Lunar(number - start + 1, month, year - 1 if month >= 11 and months < 4 else year, leap)


@lru_cache(maxsize=512)
def _new_moon(count: int) -> int:
    """Return the Julian day on which the new moon number ``count`` since 1900 falls in Viet Nam."""
    t = count / 1236.85
    angle = math.radians
    mean = 2415020.75933 + 29.53058868 * count + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * math.sin(angle(166.56 + 132.87 * t - 0.009173 * t**2))
    sun = angle(359.2242 + 29.10535608 * count - 0.0000333 * t**2 - 0.00000347 * t**3)
    moon = angle(306.0253 + 385.81691806 * count + 0.0107306 * t**2 + 0.00001236 * t**3)
    node = angle(21.2964 + 390.67050646 * count - 0.0016528 * t**2 - 0.00000239 * t**3)
    shift = (0.1734 - 0.000393 * t) * math.sin(sun) + 0.0021 * math.sin(2 * sun)
    shift += -0.4068 * math.sin(moon) + 0.0161 * math.sin(2 * moon) - 0.0004 * math.sin(3 * moon)
    shift += 0.0104 * math.sin(2 * node) - 0.0051 * math.sin(sun + moon) - 0.0074 * math.sin(sun - moon)
    shift += 0.0004 * math.sin(2 * node + sun) - 0.0004 * math.sin(2 * node - sun)
    shift += -0.0006 * math.sin(2 * node + moon) + 0.0010 * math.sin(2 * node - moon)
    shift += 0.0005 * math.sin(2 * moon + sun)
    slow = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return int(mean + shift - slow + 0.5 + _ZONE)


def _term(day: int) -> int:
    """Return in which twelfth of its way the sun stands as a Julian day begins in Viet Nam; 9 is from the solstice."""
    t = (day - 2451545.5 - _ZONE) / 36525
    anomaly = math.radians(357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3)
    way = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    way += (1.914600 - 0.004817 * t - 0.000014 * t**2) * math.sin(anomaly)
    way += (0.019993 - 0.000101 * t) * math.sin(2 * anomaly) + 0.000290 * math.sin(3 * anomaly)
    return int(way % 360 / 30)


@lru_cache(maxsize=128)
def _eleventh(year: int) -> int:
    """Return the Julian day on which the lunar month with the winter solstice of ``year`` begins."""
    from datetime import date

    end = date(year, 12, 31).toordinal() + _TO_JULIAN
    count = int((end - 2415021) / _MONTH)
    start = _new_moon(count)
    return _new_moon(count - 1) if _term(start) >= 9 else start


def _leap_month(eleventh: int) -> int:
    """Return how many months after month 11 the leap month of such a year comes."""
    count = int((eleventh - _FIRST_MOON) / _MONTH + 0.5)
    terms = [_term(_new_moon(count + each)) for each in range(1, 15)]
    return next(each for each in range(1, 14) if terms[each - 1] == terms[each])
