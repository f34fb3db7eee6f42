"""Days, months and hours as a Vietnamese text writes them, put into words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scheduler.api import N_

from . import numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from .said import Said

    Unclear = Callable[[re.Match[str], str], str]

_DAY_WORD = r"(?:(?P<lead>[Nn]gày|[Mm]ùng|[Mm]ồng)\s+)?"
_DATISH = re.compile(r"(?:ngày|mùng|mồng|sáng|trưa|chiều|tối|đêm|hôm|lễ|Lao động|(?:[Tt]hứ \w+|[Cc]hủ [Nn]hật),?)\s*$")
_NUMBERED = re.compile(r"\b(?:số|nhà|hẻm|ngõ|ngách|kiệt|lô|thửa|đường|mã|t[ỷỉ] lệ|t[ỷỉ] số)\s*$", re.IGNORECASE)
"""What makes of figures with a slash or a colon a number in a street, of a paper, or a ratio."""
_WEEK = (24, 7)

SPAN = re.compile(r"(?<=/\d{4})\s?[-–—]\s?(?=\d{1,2}/)")
ISO_DATE = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
DATE = re.compile(
    _DAY_WORD + r"(?<![\d/.])(?P<day>\d{1,2})(?P<sep>[/.-])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4})(?!\d)"
)
DAYS = re.compile(
    _DAY_WORD + r"(?<![\d/.,])(?P<first>\d{1,2})\s?[-–—]\s?(?P<day>\d{1,2})/(?P<month>\d{1,2})"
    r"(?:/(?P<year>\d{4}))?(?![\d/])"
)
FROM_TO = re.compile(
    r"(?P<from>\b[Tt]ừ )(?P<day>\d{1,2})/(?P<month>\d{1,2})(?P<to> đến )(?P<last>\d{1,2})/(?P<until>\d{1,2})(?![\d/])"
)
DAY_RANGE = re.compile(r"(?<![\d/])(?P<lead>[Nn]gày\s+)(?P<day>\d{1,2})-(?P<month>\d{1,2})(?![\d/-])")
QUARTER = re.compile(r"(?P<lead>\b[Qq]uý )(?P<quarter>[1-4]|IV|I{1,3})/(?P<year>\d{4})(?![\d/])")
MONTH = re.compile(
    r"(?:(?P<lead>[Tt]háng)\s+(?P<led>\d{1,2})[/-]|(?<![\d/])(?P<month>\d{1,2})/)(?P<year>\d{4})(?!\d|/)"
)
DAY = re.compile(_DAY_WORD + r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\d/])")
HOUR = re.compile(r"(?<![\w:.,])(?P<hour>\d{1,2})(?:(?P<mark>[hg])(?P<minute>\d{2})?|:(?P<colon>[0-5]\d))(?![\w:])")

_NO_DATE = N_("{0!r} is not a date: write out what is said")
_EITHER = N_("{0!r} can be a date or a fraction: write 'ngày' before a date")


class Dates:
    """Reads days, months and hours; what is unclear goes to ``unclear``."""

    def __init__(self, said: Said, unclear: Unclear, *, south: bool) -> None:
        self._said, self._unclear, self._south = said, unclear, south

    def rules(self) -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]:
        """Return the rules in the order in which they read."""
        return [
            (SPAN, lambda found: self._said.gap(found.group(), "đến")),
            (ISO_DATE, self._date),
            (DAYS, self._days),
            (DATE, self._date),
            (DAY_RANGE, self._day_range),
            (QUARTER, self._quarter),
            (MONTH, self._month),
            (FROM_TO, self._from_to),
            (DAY, self._day),
        ]

    def hour(self, found: re.Match[str]) -> str:
        """Read ``7h``, ``7h30``, ``7g30`` or ``07:30``."""
        minute = int(found["minute"] or found["colon"] or 0)
        if found["colon"] and _NUMBERED.search(found.string[: found.start()]):
            return self._unclear(found, N_("{0!r} can be an hour or a ratio: write out what is said"))
        if found["mark"] == "g" and not found["minute"]:
            return self._unclear(found, N_("{0!r} can be an hour or grams: write it out"))
        if int(found["hour"]) > 24 or minute > 59:
            return self._unclear(found, N_("{0!r} is not an hour"))
        rest = f" {self._say(minute)} phút" if minute else ""
        return self._said.word(found.group(), f"{self._say(int(found['hour']))} giờ{rest}")

    def _say(self, number: int) -> str:
        return numbers.cardinal(number, south=self._south)

    def _date(self, found: re.Match[str]) -> str:
        day, month = int(found["day"]), int(found["month"])
        if not _is_day(day, month):
            return self._unclear(found, _NO_DATE)
        lead = found.groupdict().get("lead") or "ngày"
        return self._said.word(found.group(), f"{lead} {self._day_month(day, month)}{self._year(found)}")

    def _year(self, found: re.Match[str]) -> str:
        return f" năm {self._say(int(found['year']))}" if found["year"] else ""

    def _day_month(self, day: int, month: int) -> str:
        return f"{self._say(day)} tháng {numbers.month(month)}"

    def _days(self, found: re.Match[str]) -> str:
        first, day, month = int(found["first"]), int(found["day"]), int(found["month"])
        if not (first < day and _is_day(first, month) and _is_day(day, month)):
            return self._unclear(found, _NO_DATE)
        if not found["year"] and not self._told(found, day, month):
            return self._unclear(found, _EITHER)
        lead = found["lead"] or "ngày"
        spoken = f"{lead} {self._say(first)} đến ngày {self._day_month(day, month)}{self._year(found)}"
        return self._said.word(found.group(), spoken)

    def _day_range(self, found: re.Match[str]) -> str:
        if _is_day(int(found["day"]), int(found["month"])):
            return self._unclear(found, N_("{0!r} can be one day or several: write it out"))
        return found.group()

    def _quarter(self, found: re.Match[str]) -> str:
        number = {"I": 1, "II": 2, "III": 3, "IV": 4}.get(found["quarter"]) or int(found["quarter"])
        return self._said.word(found.group(), f"{found['lead']}{numbers.month(number)}{self._year(found)}")

    def _month(self, found: re.Match[str]) -> str:
        month, year = int(found["led"] or found["month"]), int(found["year"])
        if not 1 <= month <= 12:
            return self._unclear(found, N_("{0!r} is not a month"))
        lead = found["lead"]
        if not 1900 <= year < 2100 or (not lead and (year % 100 == 0 or self._numbered(found))):
            return self._unclear(found, N_("{0!r} can be a month or a ratio: write 'tháng' before a month"))
        return self._said.word(found.group(), f"{lead or 'tháng'} {numbers.month(month)}{self._year(found)}")

    def _from_to(self, found: re.Match[str]) -> str:
        """Read both where one of them can only be a day: ``từ 1/5 đến 30/6``."""
        ends = [(int(found["day"]), int(found["month"])), (int(found["last"]), int(found["until"]))]
        if not all(_is_day(*end) for end in ends) or not any(_certain(*end) for end in ends):
            return found.group()
        first, last = (f"ngày {self._day_month(*end)}" for end in ends)
        return self._said.word(found.group(), f"{found['from']}{first}{found['to']}{last}")

    def _day(self, found: re.Match[str]) -> str:
        day, month = int(found["day"]), int(found["month"])
        if not _is_day(day, month):
            return self._unclear(found, _NO_DATE)
        if not self._told(found, day, month):
            return self._unclear(found, _EITHER)
        return self._said.word(found.group(), f"{found['lead'] or 'ngày'} {self._day_month(day, month)}")

    def _told(self, found: re.Match[str], day: int, month: int) -> bool:
        """Whether the words before it, or the figures themselves, say that it is a day."""
        if found["lead"] or _DATISH.search(self._before(found)):
            return True
        return _certain(day, month) and not self._numbered(found)

    def _numbered(self, found: re.Match[str]) -> bool:
        return _NUMBERED.search(self._before(found)) is not None

    def _before(self, found: re.Match[str]) -> str:
        return self._said.spoken(found.string[: found.start()])


def _certain(day: int, month: int) -> bool:
    return day > month and (day, month) != _WEEK


def _is_day(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= (29 if month == 2 else 30 if month in {4, 6, 9, 11} else 31)
