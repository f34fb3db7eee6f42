"""The pictures of the screens: ``python -m tools.screenshots [NAME…]`` makes ``docs/screenshots/`` anew.

They show the example campaign as `loa demo` opens it, on the morning of 10 May 2021 by a simulated clock, with the
trouble that a picture needs brought about on the way. Vietnamese for `docs/vi`, and those of `IN_ENGLISH` in English.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.widgets import Input, TextArea

from scheduler.engine.rehearsing.rehearsal import COPY, stand_at
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import _, use
from scheduler.store.deliveries import Query
from tests.tui import campaign
from tests.tui.screen import Seat, seated
from tools.picture import picture

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scheduler.engine.engine import Engine

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "docs" / "screenshots"
SIZE = (120, 34)
IN_ENGLISH = ("today", "calendar-move", "posts")
CHANGES = {
    "Bà con có thể đóng ba tháng": "Bà con có thể đóng hằng tháng, ba tháng",
    "đến ủy ban nhân dân xã, điểm bưu điện": "đến trụ sở ủy ban nhân dân xã, điểm Bưu điện",
}
ACCENTED = {
    "Thang 5 la Thang van dong BHXH toan dan. BHXH la dau tu cho tuong lai.": "Tháng 5: Tháng vận động BHXH toàn dân.",
    "Hoi BHXH tu nguyen tai co quan BHXH huyen, Buu dien. So LDTBXH": "Hỏi BHXH tự nguyện ở Bưu điện. Sở LĐTBXH",
}


async def today(seat: Seat) -> None:
    await seat.settle()


async def light(seat: Seat) -> None:
    seat.app.choose_theme("loa-light")
    await calendar_week(seat)


async def calendar(seat: Seat) -> None:
    await go(seat, "2")


async def calendar_week(seat: Seat) -> None:
    await go(seat, "2", "w", "down")


async def calendar_move(seat: Seat) -> None:
    await go(seat, "2", "right", "right", "shift+right")
    await seat.settle()


async def queue(seat: Seat) -> None:
    await go(seat, "3", "slash")
    await seat.type("state:missed,failed")
    await seat.press("enter", "home", "down", "space", "space", "space")


async def delivery(seat: Seat) -> None:
    await go(seat, "3", "slash")
    await seat.type("state:unknown")
    await seat.press("enter", "enter")


async def posts(seat: Seat) -> None:
    await show_post(seat, "sms-bhxh-tu-nguyen")


async def posts_radio(seat: Seat) -> None:
    await show_post(seat, "ra-quan-phat-thanh")


async def posts_page(seat: Seat) -> None:
    await show_post(seat, "thu-tu-hoi-dap")


async def editor(seat: Seat) -> None:
    await show_post(seat, "ra-quan-thu-moi")
    await seat.press("e")
    area = seat.app.screen.query_one(TextArea)
    area.cursor_blink = False
    line = next(n for n, each in enumerate(area.text.splitlines()) if each.startswith("channels"))
    area.move_cursor((line, len(area.text.splitlines()[line]) - 1))
    await seat.press("backspace")
    await seat.pilot.pause(1)
    await seat.settle()


async def form(seat: Seat) -> None:
    await seat.press("N")
    await seat.pilot.pause(0.3)
    await seat.type("Hỏi đáp ở chợ Phan Rang")
    await seat.settle()


async def approvals(seat: Seat) -> None:
    await go(seat, "5")


async def channels(seat: Seat) -> None:
    await go(seat, "6", "down")


async def coverage(seat: Seat) -> None:
    await go(seat, "7", "n")


async def rehearsal(seat: Seat) -> None:
    await go(seat, "8", "P")
    while getattr(seat.app.screen, "summary", None) is None:
        await seat.pilot.pause(0.2)
    await seat.press(*["down"] * 13)


async def log(seat: Seat) -> None:
    await go(seat, "9")


async def stopped(seat: Seat) -> None:
    seat.app.desk.engine.act.stop("sai số điện thoại trong tin nhắn")
    seat.app.renew_all()
    await go(seat, "3")


async def help_(seat: Seat) -> None:
    await go(seat, "3", "f1")


async def palette(seat: Seat) -> None:
    await seat.press("ctrl+p")
    await seat.type("hoi dap")
    await seat.pilot.pause(1)


SCENES: dict[str, Callable[[Seat], Awaitable[None]]] = {
    "today": today, "calendar": calendar, "calendar-move": calendar_move, "queue": queue, "delivery": delivery,
    "posts": posts, "posts-radio": posts_radio, "posts-page": posts_page, "editor": editor, "form": form,
    "approvals": approvals, "channels": channels, "coverage": coverage, "rehearsal": rehearsal, "log": log,
    "stopped": stopped, "help": help_, "palette": palette, "light": light,
}  # fmt: skip


async def go(seat: Seat, screen: str, *keys: str) -> None:
    """Go to a screen by its key, and press more there."""
    await seat.press(screen)
    await seat.settle()
    for key in keys:
        await seat.press(key)


async def show_post(seat: Seat, identity: str) -> None:
    """Go to one post."""
    seat.app.go("posts", identity)
    await seat.pilot.pause(0.3)
    await seat.settle()


def stage(language: str, place: Path) -> None:
    """Play the example below ``place`` as it would stand that morning, with one call lost and one text changed."""
    use(language)
    engine = stand_at(ROOT, place, campaign.START, campaign.MORNING, person="giam-doc")
    rows = {(row.key.post, row.key.channel): row for row in engine.look.deliveries(Query())}
    lost, failed = rows["sms-bhxh-tu-nguyen", "sms"], rows["ra-quan-tin-nhanh", "rss"]
    campaign.lose(engine, lost, Event.LOSE, State.UNKNOWN, _("no answer in time"))
    campaign.lose(engine, failed, Event.REFUSE, State.FAILED, "var/public: No space left on device")
    engine.close()
    change(place, "12-phat-thanh-nong-dan-ninh-son", CHANGES)
    with campaign.reopen(place, place) as engine:
        engine.act.sync()


def change(place: Path, name: str, changes: dict[str, str]) -> None:
    """Let a text be written anew, so that it waits for approval."""
    file = place / COPY / "content" / "posts" / "2021-05" / f"{name}.md"
    text = file.read_text("utf-8")
    for before, after in changes.items():
        if before not in text:
            raise SystemExit(f"{file.name} does not say {before!r} any more: choose other words to change")
        text = text.replace(before, after)
    file.write_text(text, "utf-8")


def accent(place: Path) -> None:
    """Let a text message be written with its accents, so that both ways stand side by side."""
    change(place, "10-tin-nhan-bhxh-tu-nguyen", ACCENTED)


def forget(place: Path) -> None:
    """Take the posts away that reach one audience by text message, so that the coverage has a gap."""
    for name in ("05/20-sms-kiem-tra-qua-trinh-dong", "06/16-hoi-dap-sap-bat-dau", "06/30-tin-nhan-cam-on"):
        (place / COPY / "content" / "posts" / f"2021-{name}.md").unlink()


BEFORE = {"posts": accent, "coverage": forget}
"""What is changed in the campaign before a picture is taken."""


async def taken(engine: Engine, name: str) -> str:
    """Return the picture of one scene."""
    async with seated(engine, SIZE) as seat:
        for field in seat.app.screen.query(Input):
            field.cursor_blink = False
        await SCENES[name](seat)
        await seat.settle()
        seat.app.clear_notifications()
        await seat.pilot.pause()
        return picture(seat.app, f"Loa: {name}")


def take(name: str, language: str, staged: Path) -> str:
    """Return the picture of one scene, from a copy of the stage that was set in that language."""
    use(language)
    with tempfile.TemporaryDirectory() as folder:
        out = shutil.copytree(staged, Path(folder) / "var")
        BEFORE.get(name, lambda _: None)(out)
        with campaign.reopen(out, out) as engine:
            return asyncio.run(taken(engine, name))


def wanted() -> list[tuple[str, str]]:
    """Return language and name of each picture that there shall be."""
    return [("vi", name) for name in SCENES] + [("en", name) for name in IN_ENGLISH]


def file_of(language: str, name: str) -> Path:
    """Return where a picture is kept."""
    return PLACE / language / f"{name}.svg"


def main(names: list[str]) -> None:
    """Make the pictures that are named, or all."""
    for name in ("NO_COLOR", "COLORFGBG", "LOA_AS", "LOA_LANG"):
        os.environ.pop(name, None)
    os.environ["COLORTERM"] = "truecolor"
    kept = {file_of(*each) for each in wanted()}
    for file in PLACE.rglob("*.svg"):
        if file not in kept:
            file.unlink()
    for spoken in ("vi", "en"):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "stage"
            stage(spoken, place)
            for language, name in wanted():
                if language == spoken and (name in names or not names):
                    file_of(language, name).parent.mkdir(parents=True, exist_ok=True)
                    file_of(language, name).write_text(take(name, language, place), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
