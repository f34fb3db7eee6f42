"""The script sheet: what a station gets for one item, and how it looks as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

HEADING = "KỊCH BẢN PHÁT THANH"
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
BLANK = "……………………………………"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, in words. Lengths are whole seconds; ``slot`` is 0 where the station has none.

    Each of ``greeting``, ``lines``, ``message``, ``contact`` and ``sign_off`` is said a line at a
    time.
    """

    station: str
    programme: str
    air: str
    slot: int
    title: str
    planned: int
    reader: str
    tune: str
    tune_seconds: int
    greeting: tuple[str, ...]
    lines: tuple[str, ...]
    message: tuple[str, ...]
    contact: tuple[str, ...]
    sign_off: tuple[str, ...]
    approved_by: str
    notes: tuple[str, ...] = ()

    def facts(self) -> list[tuple[str, str]]:
        """Return the labelled lines of the head."""
        return [
            ("Đài", self.station),
            ("Chương trình", self.programme),
            ("Phát sóng", self.air),
            ("Thời lượng", self.length()),
            ("Người đọc", self.reader or BLANK),
            ("Người duyệt", self.approved_by or BLANK),
        ]

    def length(self) -> str:
        """Say the planned length, and how it lies in the slot."""
        planned = f"{spell(self.planned)} (dự kiến)"
        if not self.slot:
            return planned
        left = self.slot - self.planned
        fits = f"còn {spell(left)}" if left >= 0 else f"QUÁ {spell(-left)}"
        return f"{planned} trong khung {spell(self.slot)}, {fits}"

    def parts(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return the parts in the order in which they are heard, each with its label, or ""."""
        parts = [
            ("", (f"[{self.tune}, {spell(self.tune_seconds)}]",) if self.tune else ()),
            ("Lời chào", self.greeting),
            ("Nội dung", self.lines),
            ("Thông điệp (đọc hai lần)", self.message),
            ("Liên hệ", self.contact),
            ("Lời kết", self.sign_off),
        ]
        return [(label, lines) for label, lines in parts if lines]


def text(sheet: Sheet) -> str:
    """Return the sheet as plain text, with one sentence a line."""
    width = max(len(label) for label, _ in sheet.facts()) + 2
    head = [f"{label + ':':<{width}}{value}" for label, value in sheet.facts() if value]
    rows = [HEADING, "", sheet.title, "", *head]
    if sheet.notes:
        rows += ["", *(f"* {note}" for note in sheet.notes)]
    for label, lines in sheet.parts():
        rows += ["", f"--- {label}", "", *lines] if label else ["", *lines]
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
