"""Taking a post back: off the page by its id, or by a note in its folder for the person who pastes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scheduler.api import PermanentFailure, Receipt, _

from . import package
from .graph import Gone

if TYPE_CHECKING:
    from scheduler.api import DeliverContext, Sent

    from .graph import Graph

_POST = re.compile(r"[0-9]+(_[0-9]+)?")


def on_the_page(sent: Sent) -> bool:
    """Whether a call of Loa's own put it on the page, so that its id is known."""
    return bool(_POST.fullmatch(sent.receipt.id)) and "files" not in sent.receipt.detail


def remove(sent: Sent, graph: Graph) -> Receipt:
    """Delete the post, or find it gone. Raises verdicts.

    Facebook gives one answer for a post that is gone and for a token that does not see it: that the token still sees
    the page tells them apart.
    """
    post, link = sent.receipt.id, sent.receipt.link
    try:
        answer = graph.remove(post)
    except Gone:
        graph.page()
        return Receipt(post, link, {"gone_before": True})
    if answer.get("success") is not True:
        raise PermanentFailure(_("Facebook did not remove the post: remove it by hand on the page"))
    return Receipt(post, link)


def note(sent: Sent, context: DeliverContext[Any]) -> Receipt:
    """Put into the folder of the package, in place of how to paste it, how to take it down. Raises `OSError`."""
    when = sent.published_at.astimezone(context.zone)
    where = sent.receipt.link or str(sent.receipt.detail.get("evidence") or "")
    lines = [
        "GỠ BÀI NÀY KHỎI TRANG",
        "",
        f"Trang:     {context.target.title or context.target.name}",
        f"Bài:       {sent.title}",
        f"Giờ đăng:  {when:%H:%M} ngày {when:%d/%m/%Y}",
        f"Mã bài:    {sent.key}",
        *([f"Địa chỉ:   {where}"] if where else []),
        "",
        "1. Nếu bài chưa được dán lên trang: đừng dán nữa.",
        "2. Nếu bài đã đăng: mở bài trên trang, chọn xóa, rồi tải lại trang để chắc là bài không còn.",
        "3. Xác nhận trong Loa, ghi rõ ai đã gỡ và lúc nào.",
    ]
    return package.replace_readme(sent.key, "\n".join(lines) + "\n", context.out)
