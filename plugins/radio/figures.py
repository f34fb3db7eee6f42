"""Every form in which a Vietnamese text writes figures, put into words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scheduler.api import N_

from . import numbers
from .remarks import Remark

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY_WORD = r"(?:(?P<lead>[Nn]gày|[Mm]ùng|[Mm]ồng)\s+)?"
_DATISH = re.compile(
    r"(?:ngày|mùng|mồng|sáng|trưa|chiều|tối|đêm|hôm|từ|đến|trước|sau|qua|lễ|Lao động|"
    r"[Tt]hứ \w+|[Cc]hủ [Nn]hật|,)\s*$"
)
_UNITS = {
    "km": "ki-lô-mét",
    "km2": "ki-lô-mét vuông",
    "km²": "ki-lô-mét vuông",
    "kg": "ki-lô-gam",
    "cm": "xăng-ti-mét",
    "mm": "mi-li-mét",
    "m2": "mét vuông",
    "m²": "mét vuông",
    "m": "mét",
    "ha": "héc-ta",
    "°C": "độ C",
}
_HIDDEN = {ord(each): 0xE000 + ord(each) for each in "0123456789/\\.,-:%"}
_SHOWN = {hidden: shown for shown, hidden in _HIDDEN.items()}
"""What is unclear is hidden from the rules that follow."""
_ROMAN = {"I": 1, "V": 5, "X": 10}

SPAN = re.compile(r"(?<=/\d{4})\s?[-–—]\s?(?=\d{1,2}/)")
ISO_DATE = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
DATE = re.compile(
    _DAY_WORD + r"(?<![\d/.])(?P<day>\d{1,2})(?P<sep>[/.-])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4})(?!\d)"
)
DAY_RANGE = re.compile(r"(?<![\d/])(?P<lead>[Nn]gày\s+)(?P<day>\d{1,2})-(?P<month>\d{1,2})(?![\d/-])")
MONTH = re.compile(r"(?:(?P<lead>[Tt]háng)\s+)?(?<![\d/])(?P<month>\d{1,2})/(?P<year>\d{4})(?!\d)")
DAY = re.compile(_DAY_WORD + r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\d/])")
PHONE = re.compile(r"(?<![\d.,])(?:(?:\+84|0)(?:[ .-]?\d){8,10}|1[89]00(?:[ .-]?\d){4,6})(?![\d])")
SHORT_PHONE = re.compile(
    r"(?P<lead>\b(?:tổng đài|đường dây nóng|điện thoại|số máy|gọi)\s+(?:số\s+)?)(?P<digits>\d{3,8})(?!\w)",
    re.IGNORECASE,
)
HOUR = re.compile(r"(?<![\w:.,])(?P<hour>\d{1,2})(?:[hg](?P<minute>\d{2})?|:(?P<colon>[0-5]\d))(?![\w:])")
RANGE = re.compile(r"(?:(?<=\d)|(?<=\d[%hgđ]))\s?[-–—]\s?(?=\d)")
MONEY = re.compile(r"(?<=\d)\s?(?:đ|₫|VNĐ|VND|vnđ)(?!\w)")
UNIT = re.compile(rf"(?<=\d)\s?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?!\w)")
EACH = re.compile(r"(?<=[\w%])\s?/\s?(?=(?:tháng|năm|ngày|giờ|tuần|quý|lần|người|hộ)\b)")
NAMED = re.compile(r"(?P<lead>\b(?:[Tt]háng|[Tt]hứ|[Qq]uý)\s+)(?P<number>\d{1,2})(?![\w.,/]\d|\w)")
ROMAN = re.compile(
    r"(?P<lead>\b(?:quý|chương|mục|phần|khoá|khóa|kỳ|đợt|thế kỷ|thứ)\s+)(?P<roman>[IVX]+)\b",
    re.IGNORECASE,
)
SLASHED = re.compile(r"\d+(?:/\d+)+")
SLASH = re.compile(r"\S*[/\\]\S*")
NUMBER = re.compile(r"(?P<before>[^\W\d_])?(?P<number>\d[\d.,]*\d|\d)(?P<after>[^\W\d_])?")


class Figures:
    """Reads figures in one dialect.

    Rules run in order: what one has put into words, none reads again.
    """

    def __init__(self, *, south: bool = False) -> None:
        self._south = south
        self._rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (PHONE, _phone),
            (SHORT_PHONE, lambda found: found["lead"] + numbers.digits(found["digits"])),
            (SPAN, lambda found: " đến "),
            (ISO_DATE, self._date),
            (DATE, self._date),
            (DAY_RANGE, self._day_range),
            (RANGE, lambda found: " đến "),
            (MONTH, self._month),
            (DAY, self._day),
            (HOUR, self._hour),
            (MONEY, lambda found: " đồng"),
            (UNIT, lambda found: f" {_UNITS[found['unit']]}"),
            (EACH, lambda found: " mỗi "),
            (re.compile(r"(?<=\d)\s?%"), lambda found: " phần trăm"),
            (re.compile(r"(?<=\d)\s?‰"), lambda found: " phần nghìn"),
            (NAMED, self._named),
            (ROMAN, self._roman),
            (SLASHED, lambda found: self._unclear(found, N_("{0!r} is not a date"))),
            (NUMBER, self._number),
            (SLASH, lambda found: self._unclear(found, N_("{0!r} has a slash: write it out"))),
        )
        self._problems: list[Remark] = []

    def read(self, text: str) -> tuple[str, tuple[Remark, ...]]:
        """Return ``text`` in words, and what in it can be read in more than one way."""
        self._problems = []
        for pattern, spoken in self._rules:
            text = pattern.sub(spoken, text)
        return text.translate(_SHOWN), tuple(self._problems)

    def _say(self, number: int) -> str:
        return numbers.cardinal(number, south=self._south)

    def _unclear(self, found: re.Match[str], why: str) -> str:
        self._problems.append(Remark(why, (found.group().strip(),)))
        return found.group().translate(_HIDDEN)

    def _date(self, found: re.Match[str]) -> str:
        day, month = int(found["day"]), int(found["month"])
        if not _is_day(day, month):
            return self._unclear(found, N_("{0!r} is not a date"))
        lead = found.groupdict().get("lead") or "ngày"
        return f"{lead} {self._day_month(day, month)} năm {self._say(int(found['year']))}"

    def _day_month(self, day: int, month: int) -> str:
        return f"{self._say(day)} tháng {numbers.month(month)}"

    def _day_range(self, found: re.Match[str]) -> str:
        if _is_day(int(found["day"]), int(found["month"])):
            return self._unclear(found, N_("{0!r} can be one day or several: write it out"))
        return found.group()

    def _month(self, found: re.Match[str]) -> str:
        if not 1 <= int(found["month"]) <= 12:
            return self._unclear(found, N_("{0!r} is not a month"))
        lead = found["lead"] or "tháng"
        return f"{lead} {numbers.month(int(found['month']))} năm {self._say(int(found['year']))}"

    def _day(self, found: re.Match[str]) -> str:
        day, month = int(found["day"]), int(found["month"])
        told = found["lead"] or _DATISH.search(found.string[: found.start()])
        if not _is_day(day, month):
            return self._unclear(found, N_("{0!r} is not a date"))
        if not told and (day < month or (day, month) == (24, 7)):
            return self._unclear(found, N_("{0!r} can be a date or a fraction: write 'ngày' before a date"))
        return f"{found['lead'] or 'ngày'} {self._day_month(day, month)}"

    def _hour(self, found: re.Match[str]) -> str:
        minute = int(found["minute"] or found["colon"] or 0)
        if int(found["hour"]) > 24 or minute > 59:
            return self._unclear(found, N_("{0!r} is not an hour"))
        rest = f" {self._say(minute)} phút" if minute else ""
        return f"{self._say(int(found['hour']))} giờ{rest}"

    def _named(self, found: re.Match[str]) -> str:
        number, lead = int(found["number"]), found["lead"]
        word = lead.strip().lower()
        if word == "tháng" and not 1 <= number <= 12:
            return found.group()
        return lead + (numbers.ordinal(number) if word == "thứ" else numbers.month(number))

    def _roman(self, found: re.Match[str]) -> str:
        values = [_ROMAN[each] for each in found["roman"].upper()]
        value = sum(
            -each if each < following else each for each, following in zip(values, [*values[1:], 0], strict=True)
        )
        spoken = numbers.ordinal(value) if found["lead"].strip().lower() == "thứ" else self._say(value)
        return found["lead"] + spoken

    def _number(self, found: re.Match[str]) -> str:
        spoken = self._plain(found["number"])
        if spoken is None:
            return self._unclear(found, N_("{0!r} can be read in more than one way: 1.000 groups, 1,5 is a decimal"))
        before = f"{found['before']} " if found["before"] else ""
        after = f" {found['after']}" if found["after"] else ""
        return before + spoken + after

    def _plain(self, text: str) -> str | None:
        if re.fullmatch(r"\d+", text):
            if len(text) > 15 or (len(text) > 1 and text.startswith("0")):
                return numbers.digits(text)
            return self._say(int(text))
        whole, _, fraction = text.partition(",")
        grouped = re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+", whole)
        if not grouped and (not whole.isdecimal() or (len(fraction) == 3 and whole != "0")):
            return None
        whole = whole.replace(".", "")
        if not fraction:
            return self._say(int(whole)) if grouped else None
        return numbers.decimal(whole, fraction, south=self._south) if fraction.isdecimal() else None


def _phone(found: re.Match[str]) -> str:
    groups = re.findall(r"\d+", re.sub(r"^\+84[ .-]?", "0", found.group()))
    if len(groups) == 1:
        (whole,) = groups
        groups = [whole[:4], *(whole[at : at + 3] for at in range(4, len(whole), 3))]
    return ", ".join(numbers.digits(group) for group in groups)


def _is_day(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= (29 if month == 2 else 30 if month in {4, 6, 9, 11} else 31)
