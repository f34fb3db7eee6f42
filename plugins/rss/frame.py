"""The words around a text, in the languages that a page can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page says beside its text; times are given in the campaign's zone."""

    language: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    month: str
    more: str
    every: str
    follow: str
    none: str
    withdrawn: str
    withdrawn_more: str

    def date(self, when: datetime) -> str:
        """Return a day as people write it."""
        return self.day.format(when=when, day=self.days[when.weekday()], month=self.months[when.month - 1])

    def heading(self, year: int, month: int) -> str:
        """Return a month as the head of a list."""
        return self.month.format(self.months[month - 1], year)


VIETNAMESE = Frame(
    language="vi",
    days=("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    months=tuple(f"Tháng {month}" for month in range(1, 13)),
    day="{day}, {when:%d/%m/%Y}",
    month="{} năm {}",
    more="Tìm hiểu thêm",
    every="Tất cả bài viết",
    follow="Theo dõi qua RSS",
    none="Chưa có bài nào.",
    withdrawn="Bài viết đã được gỡ",
    withdrawn_more="Bài viết ở địa chỉ này đã được cơ quan phát hành gỡ xuống và không còn giá trị.",
)
ENGLISH = Frame(
    language="en",
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    day="{day}, {when.day} {month} {when.year}",
    month="{} {}",
    more="Read more",
    every="All posts",
    follow="Follow by RSS",
    none="There is no post yet.",
    withdrawn="This post has been withdrawn",
    withdrawn_more="The post at this address was taken back by its publisher and is no longer valid.",
)
_FRAMES = {each.language: each for each in (VIETNAMESE, ENGLISH)}


def frame(*languages: str) -> Frame:
    """Return the words for the first of ``languages`` that has them, else the Vietnamese ones."""
    known = (_FRAMES.get(each.partition("-")[0]) for each in languages)
    return next((each for each in known if each), VIETNAMESE)
