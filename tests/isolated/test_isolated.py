"""Plugins in processes of their own: what they do to their process happens to nothing else."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.campaign import NOON, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Folder

MINUTE = timedelta(minutes=1)


def went(folder: Folder, channel: str) -> list[str]:
    """Return who has tried what, as the channel itself wrote it down."""
    file = folder.path / "var" / "out" / channel / "went"
    return file.read_text().splitlines() if file.exists() else []


def pids(channel: Any) -> list[int]:
    """Return the processes that a channel has."""
    return [each._process.pid for each in channel._pool._all]


def sent(hard: Callable[..., Folder], channel: str, text: str, **more: Any) -> Desk:
    """Have one post delivered, as far as it goes."""
    folder = hard(channel, **more)
    folder.post(at=NOON + MINUTE, text=text)
    desk = Desk(folder)
    desk._replan()
    desk.at(NOON + MINUTE).run()
    return desk


def test_it_is_delivered_from_a_process_of_its_own(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "sure", "Xin chào.")
    row = desk.row(channel="sure")
    assert row.state.value == "sent", row.reason
    assert row.receipt is not None
    assert row.receipt["detail"]["pid"] != os.getpid()
    assert not [name for name in sys.modules if name == "loa_plugins.hard"]


def test_a_process_that_is_killed_is_started_anew(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "sure", "Một.")
    first = pids(desk.executor("sure").lane.configured.channel)
    for each in first:
        os.kill(each, signal.SIGKILL)
    desk.folder.post("hai", at=NOON + 2 * MINUTE, text="Hai.")
    desk.at(NOON + 2 * MINUTE)
    desk.engine.refresh()
    desk._replan()
    desk.run()
    assert desk.row("hai", "sure").state.value == "sent"
    assert pids(desk.executor("sure").lane.configured.channel) != first
    assert [line.split()[-1] for line in went(desk.folder, "sure")] == ["Một.", "Hai."]
