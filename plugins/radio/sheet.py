"""The script sheet: what a station gets for one item, how it is stored, and how it looks as plain text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

NAME = "KỊCH BẢN PHÁT THANH"
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
BLANK = "……………………………………"
SAID = ("greeting", "lines", "message", "contact", "sign_off")
"""The parts of a sheet that are said after the tune, in their order."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to be said or, where it is not ``spoken``, a direction to those who air it."""

    text: str
    spoken: bool = True

    def shown(self) -> str:
        """Return it as it is printed: a direction in brackets."""
        return self.text if self.spoken else f"[{self.text}]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, in words. Lengths are whole seconds; ``slot`` is 0 where the station has none.

    ``at`` is the time of airing in ISO 8601, ``air`` the same as a person reads it, in the campaign's zone.
    """

    station: str
    programme: str
    at: str
    air: str
    slot: int
    title: str
    planned: int
    reader: str
    tune: str
    tune_seconds: int
    greeting: tuple[Line, ...]
    lines: tuple[Line, ...]
    message: tuple[Line, ...]
    contact: tuple[Line, ...]
    sign_off: tuple[Line, ...]
    approved_by: str
    notes: tuple[str, ...] = ()

    def facts(self) -> list[tuple[str, str]]:
        """Return the labelled lines of the head that say something."""
        facts = [
            ("Đài", self.station),
            ("Chương trình", self.programme),
            ("Phát sóng", self.air),
            ("Thời lượng", self.length()),
            ("Người đọc", self.reader or BLANK),
            ("Người duyệt", self.approved_by or BLANK),
        ]
        return [(label, value) for label, value in facts if value]

    def length(self) -> str:
        """Say the planned length, what it leaves out, and how it lies in the slot."""
        directed = any(not line.spoken for line in self.said())
        planned = f"{spell(self.planned)} (dự kiến{', chưa kể phần phát theo chỉ dẫn' if directed else ''})"
        if not self.slot:
            return planned
        left = self.slot - self.planned
        fits = f"còn {spell(left)}" if left >= 0 else f"QUÁ {spell(-left)}"
        return f"{planned} trong khung {spell(self.slot)}, {fits}"

    def said(self) -> Iterator[Line]:
        """Yield what is said after the tune, in its order, with the directions in it."""
        for part in SAID:
            yield from getattr(self, part)

    def parts(self) -> list[tuple[str, tuple[Line, ...]]]:
        """Return the parts in the order in which they are heard, each with its label, or ""."""
        tune = Line(f"{self.tune}, {spell(self.tune_seconds)}", spoken=False)
        parts = [
            ("", (tune,) if self.tune else ()),
            ("Lời chào", self.greeting),
            ("Nội dung", self.lines),
            ("Thông điệp (đọc hai lần)", self.message),
            ("Liên hệ", self.contact),
            ("Lời kết", self.sign_off),
        ]
        return [(label, lines) for label, lines in parts if lines]


def plain(sheet: Sheet) -> dict[str, Any]:
    """Return the sheet in values of JSON."""
    return {name: [*value] if isinstance(value, tuple) else value for name, value in asdict(sheet).items()}


def restored(values: Mapping[str, Any]) -> Sheet:
    """Return the sheet that was made `plain`."""
    said = {part: tuple(Line(**each) for each in values[part]) for part in SAID}
    return Sheet(**{**values, **said, "notes": tuple(values["notes"])})


def text(sheet: Sheet) -> str:
    """Return the sheet as plain text, with one sentence a line."""
    width = max(len(label) for label, _ in sheet.facts()) + 2
    head = [f"{label + ':':<{width}}{value}" for label, value in sheet.facts()]
    rows = [NAME, "", sheet.title, "", *head]
    if sheet.notes:
        rows += ["", *(f"* {note}" for note in sheet.notes)]
    for label, lines in sheet.parts():
        rows += ["", f"--- {label}", ""] if label else [""]
        rows += [line.shown() for line in lines]
    return "\n".join(rows) + "\n"


def spell(seconds: int) -> str:
    """Return a length as people write it."""
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes} phút"] * (minutes > 0) + [f"{rest} giây"] * (rest > 0 or minutes == 0)
    return " ".join(parts)


def airing(at: datetime) -> str:
    """Return a local time as the head of a sheet shows it."""
    day = f"{WEEKDAYS[at.weekday()]}, ngày {at.day} tháng {at.month} năm {at.year}"
    return f"{at.hour} giờ{f' {at.minute:02}' if at.minute else ''}, {day}"
