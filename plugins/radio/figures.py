"""Every form in which a Vietnamese text writes figures, put into words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from scheduler.api import N_

from . import numbers
from .dates import HOUR, Dates
from .remarks import Remark
from .said import GAP, WORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from .said import Said

_UNITS = {
    "km": "ki-lô-mét",
    "km2": "ki-lô-mét vuông",
    "km²": "ki-lô-mét vuông",
    "km/h": "ki-lô-mét một giờ",
    "kg": "ki-lô-gam",
    "mg": "mi-li-gam",
    "ml": "mi-li-lít",
    "cm": "xăng-ti-mét",
    "mm": "mi-li-mét",
    "m2": "mét vuông",
    "m²": "mét vuông",
    "m3": "mét khối",
    "m³": "mét khối",
    "m": "mét",
    "ha": "héc-ta",
    "kWh": "ki-lô-oát giờ",
    "°C": "độ C",
    "°": "độ",
    "%": "phần trăm",
    "‰": "phần nghìn",
}
_ROMAN = {"I": 1, "V": 5, "X": 10}
_HEADS = "quý|chương|mục|phần|khoá|khóa|kỳ|đợt|thế kỷ|thứ|hạng|loại|cấp|bậc|khu|nhóm|vùng|đại hội|lần"
_SIZED = r"\d[\d.,]*(?:[hg:]\d{0,2}|\s?%|đ)?"
_END = ".,:;!?…\"'“”‘’()[]«»–—-"
"""Marks that are heard as a pause, or not at all."""

PHONE = re.compile(
    r"(?<![\d.,])(?:(?:\+84|0)(?:[ .-]?\d){8,10}|\(0\d{1,3}\)(?:[ .-]?\d){6,8}|1[89]00(?:[ .-]?\d){4,6})(?![\d])"
)
SHORT_PHONE = re.compile(
    r"(?P<lead>\b(?:tổng đài|đường dây nóng|điện thoại|số máy|gọi)\s+(?:số\s+)?)(?P<digits>\d{3,8})(?!\w|[.,]\d)",
    re.IGNORECASE,
)
RANGE = re.compile(rf"(?<![\w.,/]){_SIZED}(?:\s?[-–—]\s?{_SIZED})+(?![\d/])")
DASH = re.compile(r"\s?[-–—]\s?")
MONEY = re.compile(
    r"(?P<space>(?<=\d)\s?|(?:(?<=nghìn)|(?<=ngàn)|(?<=triệu)|(?<=tỷ)|(?<=tỉ))\s)(?P<money>đ|₫|VNĐ|VND|vnđ)(?!\w)"
)
UNIT = re.compile(rf"(?<=\d)\s?(?P<unit>{'|'.join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))})(?!\w)")
EACH = re.compile(rf"(?:(?<=[\w%])|(?<={WORD}))\s?/\s?(?=(?:tháng|năm|ngày|giờ|tuần|quý|lần|người|hộ)\b)")
NAMED = re.compile(r"(?P<lead>\b(?:[Tt]háng|[Tt]hứ|[Qq]uý)\s+)(?P<number>\d{1,2})(?![\w.,/]\d|\w)")
ROMAN = re.compile(
    rf"(?P<lead>\b(?i:{_HEADS})\s+)(?P<first>[IVX]+\b)(?P<more>(?:(?:, | và | đến |\s?[-–—]\s?)[IVX]+\b)*)(?![./]\w)"
)
ROMANS = re.compile(r"(?<![\w./])[IVX]+(?:(?:, ?| và |\s?[-–—]\s?)[IVX]+)*(?![\w./])")
SPACED = re.compile(r"(?<![\w.,])\d+(?: \d{3})+(?![\w.,]?\d)")
SIGNED = re.compile(r"(?<![\w.,/)])[-−–+]\d[\d.,]*")
TIMES = re.compile(r"\d[\d.,]*\s?[xX×]\s?\d[\d.,]*")
SLASHED = re.compile(r"\d+(?:/\d+)+")
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
ZERO = re.compile(r"0\d")
_CLOCKED = re.compile(r"\b(?:ngày|tháng|mùng|mồng|lúc|giờ|phút|năm|thứ)\s+$", re.IGNORECASE)
_COUNTED = re.compile(rf"\s?[^\W\d_A-ZĐ]|{WORD}")
_NUMBERED = re.compile(r"\b(?:số|mã|phòng|nhà|lô|thửa)\s+$", re.IGNORECASE)
SLASH = re.compile(r"\S*[/\\]\S*")
JOINED = re.compile(
    rf"[^\s{GAP[1:-1]}]*(?:[^\W_]{WORD}|{WORD}[^\W_]|(?:[^\W_]|{WORD})[.:_](?:[^\W_]|{WORD}))[^\s{GAP[1:-1]}]*"
)
CHUNK = re.compile(rf"[^\s{GAP[1:-1]}]+")


class Figures:
    """Reads the figures of one text in one dialect.

    Rules run in order: what one has put into words, none reads again.
    """

    def __init__(self, said: Said, *, south: bool = False) -> None:
        self._said, self._south = said, south
        self.problems: list[Remark] = []
        dates = Dates(said, self._unclear, south=south)
        self._rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (PHONE, self._phone),
            (SHORT_PHONE, self._short_phone),
            *dates.rules(),
            (SPACED, lambda found: self._unclear(found, N_("{0!r} can be one number or several: write 1.000"))),
            (TIMES, lambda found: self._unclear(found, N_("{0!r} can be a product or a size: write out what is said"))),
            (RANGE, self._range),
            (SIGNED, lambda found: self._unclear(found, N_("{0!r} has a sign before it: write out what is said"))),
            (HOUR, dates.hour),
            (MONEY, lambda found: found["space"] + said.word(found["money"], " đồng")),
            (UNIT, lambda found: said.word(found.group(), f" {_UNITS[found['unit']]}")),
            (EACH, lambda found: said.gap(found.group(), "mỗi")),
            (NAMED, self._named),
            (ROMAN, self._roman),
            (ROMANS, self._romans),
            (SLASHED, lambda found: self._unclear(found, N_("{0!r} is not a date: write out what is said"))),
            (NUMBER, self._number),
            (SLASH, lambda found: self._unclear(found, N_("{0!r} has a slash: write it out"))),
            (JOINED, self._joined),
            (CHUNK, self._signs),
        )

    def read(self, text: str) -> str:
        """Return ``text`` with signs for what was put into words, and gather what can be read in several ways."""
        for pattern, spoken in self._rules:
            text = pattern.sub(spoken, text)
        return text

    def _say(self, number: int) -> str:
        return numbers.cardinal(number, south=self._south)

    def _unclear(self, found: re.Match[str], why: str) -> str:
        typed = self._said.typed(found.group())
        self.problems.append(Remark(why, (typed.strip().strip(_END.replace("-", "")),)))
        return self._said.word(typed, typed)

    def _phone(self, found: re.Match[str]) -> str:
        groups = re.findall(r"\d+", re.sub(r"^\+84[ .-]?", "0", found.group()))
        if len(groups) == 1:
            (whole,) = groups
            groups = [whole[:4], *(whole[at : at + 3] for at in range(4, len(whole), 3))]
        return self._said.word(found.group(), ", ".join(numbers.digits(group) for group in groups))

    def _short_phone(self, found: re.Match[str]) -> str:
        return found["lead"] + self._said.word(found["digits"], numbers.digits(found["digits"]))

    def _range(self, found: re.Match[str]) -> str:
        """Read what grows, or a span of hours; anything else is a score, a code or a mistake."""
        first, *more = DASH.split(found.group())
        hours = re.search(r"[hg:]", found.group())
        if len(more) > 1 or not (hours or _size(first) < _size(more[0])):
            return self._unclear(found, N_("{0!r} is no range from less to more: write out what is said"))
        return first + self._said.gap(found.group()[len(first) : -len(more[0])], "đến") + more[0]

    def _named(self, found: re.Match[str]) -> str:
        number, lead = int(found["number"]), found["lead"]
        word = lead.strip().lower()
        if word == "tháng" and not 1 <= number <= 12:
            return found.group()
        spoken = numbers.ordinal(number) if word == "thứ" else numbers.month(number)
        return lead + self._said.word(found["number"], spoken)

    def _roman(self, found: re.Match[str]) -> str:
        head = found["lead"].strip().lower()

        def spoken(each: re.Match[str]) -> str:
            value = _roman(each.group())
            if value is None:
                return self._unclear(each, N_("{0!r} is no Roman numeral: write it out"))
            special = {"thứ": numbers.ordinal, "quý": numbers.month}.get(head, self._say)
            return self._said.word(each.group(), special(value))

        more = DASH.sub(lambda each: self._said.gap(each.group(), "đến"), found["more"])
        return found["lead"] + re.sub("[IVX]+", spoken, found["first"] + more)

    def _romans(self, found: re.Match[str]) -> str:
        return self._unclear(found, N_("{0!r} can be Roman numerals or letters: write out what is said"))

    def _number(self, found: re.Match[str]) -> str:
        text = found.group()
        if ZERO.fullmatch(text):
            before = self._said.spoken(found.string[: found.start()])
            counts = _COUNTED.match(found.string, found.end()) and not _NUMBERED.search(before)
            if not counts and not _CLOCKED.search(before):
                return self._unclear(found, N_("{0!r} can be said with its zero or without: write it out"))
            return self._said.word(text, self._say(int(text)))
        spoken = self._plain(text)
        if spoken is None:
            return self._unclear(found, N_("{0!r} can be read in more than one way: 1.000 groups, 1,5 is a decimal"))
        return self._said.word(text, spoken)

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

    def _joined(self, found: re.Match[str]) -> str:
        said = N_("{0!r} runs figures, letters or signs together: write out what is said, or list it in abbreviations")
        return self._unclear(found, said)

    def _signs(self, found: re.Match[str]) -> str:
        """Report what is no letter, no mark and not yet in words, as § or +."""
        if all(_silent(each) for each in found.group()):
            return found.group()
        return self._unclear(found, N_("{0!r} has a sign that is not read aloud: write out what is said"))


def _silent(character: str) -> bool:
    return character in _END or unicodedata.category(character)[0] in "LMZC"


def _size(text: str) -> float:
    digits = re.sub(r"[^\d,]", "", text).strip(",").split(",")
    return float(f"{digits[0] or 0}.{''.join(digits[1:]) or 0}")


def _roman(text: str) -> int | None:
    """Return the value of a numeral that is written as the Romans are said to have, up to 39."""
    values = [_ROMAN[each] for each in text]
    value = sum(-each if each < following else each for each, following in zip(values, [*values[1:], 0], strict=True))
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return value if 0 < value < 40 and text == "X" * (value // 10) + ones[value % 10] else None
