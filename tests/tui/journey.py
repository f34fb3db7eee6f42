"""The way of one post through the screens, from a new folder to what was sent; written once for every terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from scheduler.engine.engine import Engine
from scheduler.engine.lock import running
from scheduler.ground.lifecycle import State
from scheduler.store import settings
from scheduler.store.deliveries import Query
from tests.tui import bursts

if TYPE_CHECKING:
    from pathlib import Path

LOA = (sys.executable, "-m", "scheduler", "--lang", "en")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TITLE = "Bảo hiểm xã hội tự nguyện"
TEXT = "Người nông dân đóng hôm nay, có lương hưu ngày mai."
POST = "bao-hiem-xa-hoi-tu-nguyen"
AHEAD = timedelta(seconds=6)
"""So long before it is due the post is saved; what is approved later than that goes out at once."""
SECONDS = 10.0


class Window(Protocol):
    """What a person has before them: keys by tmux's names, bursts of an input method, and what can be read."""

    async def keys(self, *names: str) -> None:
        """Press keys, all at once."""

    async def type(self, burst: str) -> None:
        """Send what an input method sends."""

    async def says(self, part: str) -> None:
        """Wait until ``part`` can be read."""


def new_folder(folder: Path, *options: str) -> Path:
    """Make a new campaign folder as a person does, with `loa init`."""
    subprocess.run([*LOA, "init", str(folder), *options], check=True, capture_output=True)
    return folder


async def send_a_post(window: Window) -> None:
    """Arm the folder, start an engine, write a new post, approve it, and see it sent."""
    await window.says("not armed")
    await window.keys("A")
    await window.says("Arm this folder?")
    await window.keys("Enter")
    await window.says("Armed: ")
    await window.keys("E")
    await window.says("An engine runs in the background.")
    await write(window)
    await window.keys("5")
    await window.says("first due")
    await window.keys("a")
    await window.says("Approve this text as it stands?")
    await window.keys("Enter")
    await window.says("1 text approved.")
    await window.keys("3")
    await window.says("5 deliveries")
    await window.says("✓ sent")
    await window.says("◐ handed")
    await window.keys("1")
    await window.says("Went out · 2")


async def write(window: Window) -> None:
    """Write a new post for the fanpage and the feed, and set in its text the second at which it is due."""
    await window.keys("N")
    await window.says("Title")
    for word in TITLE.split():
        for burst in (*bursts.keys(word, "telex"), *([] if TITLE.endswith(word) else [" "])):
            await window.type(burst)
    await window.says(POST)
    await window.keys("Tab", "Tab", "Tab", "Tab")
    minute = datetime.now(ZONE) + timedelta(minutes=2)
    await window.type(f"{minute:%d/%m/%Y %H:%M}")
    await window.keys("Tab", "Tab", "Tab", "Space", "F2")
    await window.says("status: draft")
    await window.type(bursts.sent(TEXT, "telex"))
    await window.says("● not saved")
    await window.keys("C-Home", *["Down"] * 5, "End")
    due = f"{datetime.now(ZONE) + AHEAD:%Y-%m-%d %H:%M:%S}"
    await window.type("⌫" * len(f"{minute:%Y-%m-%d %H:%M}") + due)
    await window.says(due)
    await window.keys("F4")
    await window.keys("F2")
    await window.says("✓ saved")
    await window.keys("Escape")
    await window.says("Went out")


def outcome(folder: Path) -> dict[str, State]:
    """Return the states of the post's deliveries, by channel, as the store has them."""
    with Engine.open(folder) as engine:
        return {each.key.channel: each.state for each in engine.look.deliveries(Query(posts=(POST,)))}


def feed(folder: Path) -> str:
    """Return the feed that was written."""
    return (folder / "var" / "public" / "feed.xml").read_text(encoding="utf-8")


def engine_of(folder: Path) -> int:
    """Return the process of the folder's newest engine; 0 where there never was one."""
    with Engine.open(folder, rehearsal=True, var=folder / "var") as engine:
        row = settings.last_engine(engine.store.read())
        return row.pid if row else 0


def end_engine(folder: Path) -> None:
    """End the engine that was left running, if any."""
    if not running(folder / "var"):
        return
    os.kill(engine_of(folder), signal.SIGTERM)
    end = time.monotonic() + SECONDS
    while running(folder / "var"):
        assert time.monotonic() < end, "the engine does not end"
        time.sleep(0.02)
