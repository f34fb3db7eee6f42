"""The words around a script, in the languages that a sheet can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """What a sheet says of a script. ``facts`` label its head, ``parts`` what is said after the tune, in order."""

    name: str
    facts: tuple[str, ...]
    parts: tuple[str, ...]
    tune: str
    minutes: str
    seconds: str
    planned: str
    directed: str
    slot: str
    left: str
    over: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    air: str
    revised: str
    unread: str

    def spell(self, seconds: int) -> str:
        """Return a length as people write it."""
        minutes, rest = divmod(seconds, 60)
        parts = [self.minutes.format(minutes)] * (minutes > 0)
        return " ".join(parts + [self.seconds.format(rest)] * (rest > 0 or minutes == 0))

    def airing(self, at: datetime) -> str:
        """Return a local time as the head of a sheet shows it."""
        return self.air.format(
            at=at,
            minute=f" {at.minute:02}" if at.minute else "",
            weekday=self.weekdays[at.weekday()],
            month=self.months[at.month - 1],
        )


VIETNAMESE = Frame(
    name="KỊCH BẢN PHÁT THANH",
    facts=("Đài", "Chương trình", "Phát sóng", "Thời lượng", "Người đọc", "Người duyệt"),
    parts=("Lời chào", "Nội dung", "Thông điệp (đọc hai lần)", "Liên hệ", "Lời kết"),
    tune="Nhạc hiệu chương trình",
    minutes="{} phút",
    seconds="{} giây",
    planned="{} (dự kiến{})",
    directed=", chưa kể phần phát theo chỉ dẫn",
    slot="{} trong khung {}, {}",
    left="còn {}",
    over="QUÁ {}",
    weekdays=("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    months=tuple(f"tháng {month}" for month in range(1, 13)),
    air="{at.hour} giờ{minute}, {weekday}, ngày {at.day} {month} năm {at.year}",
    revised="BẢN SỬA: thay cho bản đã gửi trước.",
    unread="{}: lời văn giữ nguyên như bài gốc, chữ số và chữ viết tắt chưa được viết thành lời; thời lượng chỉ là ước "
    "tính.",
)
ENGLISH = Frame(
    name="RADIO SCRIPT",
    facts=("Station", "Programme", "On air", "Length", "Read by", "Approved by"),
    parts=("Greeting", "Text", "Message (read it twice)", "Contact", "Sign-off"),
    tune="Signature tune",
    minutes="{} min",
    seconds="{} s",
    planned="{} (estimated{})",
    directed=", without what is played by direction",
    slot="{} in a slot of {}, {}",
    left="{} left",
    over="{} OVER",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    air="{at:%H:%M}, {weekday}, {at.day} {month} {at.year}",
    revised="REVISED: this replaces what was sent before.",
    unread="{}: figures and abbreviations stand as they were written; the length is an estimate.",
)


def frame(language: str) -> Frame:
    """Return the words for a text in ``language``: English for English, Vietnamese for every other."""
    return ENGLISH if language.partition("-")[0] == "en" else VIETNAMESE
