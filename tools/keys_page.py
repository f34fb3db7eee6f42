"""The guide's table of keys: ``python -m tools.keys_page`` writes ``docs/vi/phim.md`` from the table of actions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.ground.text import use
from scheduler.tui.action import Scope
from scheduler.tui.keys import ACTIONS, typed

if TYPE_CHECKING:
    from scheduler.tui.action import Action

PAGE = Path(__file__).resolve().parent.parent / "docs" / "vi" / "phim.md"
HEAD = """\
# Bảng phím

<!-- made by: python -m tools.keys_page -->

Trên màn hình, `^s` là <kbd>Ctrl+S</kbd>, `⇧→` là <kbd>Shift+→</kbd>, `␣` là phím cách, `⏎` là <kbd>Enter</kbd>.
Chữ hoa là kèm <kbd>Shift</kbd>: <kbd>N</kbd> là Shift và n. Bảng này ghi các phím sẵn có; `loa keys` liệt kê những
phím đang dùng, kể cả phím bạn tự đặt ở mục `[keys]` trong [config.toml](../config.md).

Ở đâu cũng vậy: mũi tên (hoặc <kbd>j</kbd> <kbd>k</kbd>), <kbd>PgUp</kbd>, <kbd>PgDn</kbd>, <kbd>Home</kbd>,
<kbd>End</kbd> để đi trong danh sách, <kbd>Tab</kbd> để sang phần khác, <kbd>Enter</kbd> để mở hoặc nhận,
<kbd>Esc</kbd> để quay lại hoặc thôi.
"""
TITLES = {
    Scope.EVERYWHERE: "Ở mọi màn hình",
    Scope.DELIVERY: "Trên một lượt gửi: Hôm nay, Hàng đợi, và khi đã mở lượt ấy",
    Scope.SHEET: "Khi đã mở một lượt gửi: người nhận",
    Scope.TODAY: "Hôm nay",
    Scope.CALENDAR: "Lịch",
    Scope.QUEUE: "Hàng đợi",
    Scope.POSTS: "Bài viết",
    Scope.EDITOR: "Khi đang viết một bài",
    Scope.APPROVALS: "Duyệt",
    Scope.CHANNELS: "Kênh",
    Scope.COVERAGE: "Độ phủ",
    Scope.REHEARSAL: "Diễn tập",
    Scope.LOG: "Nhật ký",
    Scope.PANELS: "Trang thêm (khi có phần mở rộng mang trang đến)",
}
NAMES = {
    "ctrl": "Ctrl", "shift": "Shift", "alt": "Alt", "left": "←", "right": "→", "up": "↑", "down": "↓",
    "enter": "Enter", "escape": "Esc", "space": "Space", "tab": "Tab", "home": "Home",
}  # fmt: skip


def pressed(key: str) -> str:
    """Return a key of Textual's as a reader of the guide presses it: ``Ctrl+S``, ``Shift+→``, ``/``, ``N``."""
    *modifiers, base = key.split("+")
    name = NAMES.get(base) or typed(base) or base.upper()
    return "+".join((*(NAMES[each] for each in modifiers), name.upper() if modifiers else name))


def page() -> str:
    """Return the whole page, in Vietnamese."""
    use("vi")
    parts = [HEAD]
    for scope, title in TITLES.items():
        rows = [_row(action) for action in ACTIONS if action.scope is scope]
        parts.append("\n".join((f"## {title}", "", "| phím | tên | việc | lệnh |", "|---|---|---|---|", *rows, "")))
    return "\n".join(parts)


def _row(action: Action) -> str:
    keys = " ".join(f"<kbd>{pressed(key)}</kbd>" for key in action.key.split(","))
    command = f"`{action.command}`" if action.command else ""
    return f"| {keys} | {action.label()} | {action.help()} | {command} |".replace("  |", " |")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
