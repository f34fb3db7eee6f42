"""What a station gets when a script is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .frame import VIETNAMESE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.api import Sent, Target


def notice(sent: Sent, station: Target, zone: ZoneInfo) -> str:
    """Return the notice, as plain text."""
    rows = [
        "THU HỒI: KHÔNG PHÁT BÀI NÀY NỮA",
        "",
        f"Đài:        {station.title or station.name}",
        f"Bài:        {sent.title}",
        f"Phát sóng:  {VIETNAMESE.airing(sent.published_at.astimezone(zone))}",
        f"Tệp đã gửi: {sent.receipt.id or '(không rõ)'}",
        f"Mã bài:     {sent.key}",
        "",
        "Nếu bài chưa phát: xin bỏ bài khỏi chương trình và hủy bản đã nhận.",
        "Nếu bài đã phát: xin không phát lại, và cho cơ quan gửi bài biết bài đã phát những lúc nào.",
    ]
    return "\n".join(rows) + "\n"
