"""The screens in tmux: a real terminal, real keys, and an engine of one's own, from a new folder to what was sent."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.lock import running
from scheduler.ground.lifecycle import State
from tests.tui import journey
from tests.tui.tmux import TMUX, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

needed = [
    pytest.mark.service,
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed: make services"),
]
pytestmark = needed


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A campaign folder as `loa init` makes it; an engine that was left running in it is ended."""
    folder = journey.new_folder(tmp_path / "campaign")
    yield folder
    journey.end_engine(folder)


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Callable[..., Window]]:
    """Open windows with `loa` in them."""
    opened: list[Window] = []

    def make(folder: Path, size: tuple[int, int] = (100, 30), **environment: str) -> Window:
        place = tmp_path / f"server-{len(opened)}"
        place.mkdir()
        opened.append(Window(place, [*journey.LOA, "-C", str(folder)], size, **environment))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


async def test_a_new_post_is_written_approved_and_sent(window: Callable[..., Window], fresh: Path) -> None:
    screens = window(fresh)
    await journey.send_a_post(screens)
    assert journey.outcome(fresh) == {"fanpage": State.HANDED, "rss": State.SENT}
    assert journey.TITLE in journey.feed(fresh)
    assert journey.TEXT in journey.feed(fresh)
    assert unicodedata.is_normalized("NFC", (fresh / "content" / "posts" / f"{journey.POST}.md").read_text("utf-8"))
    engine = journey.engine_of(fresh)
    await screens.keys("q")
    await screens.until(lambda: screens.over, "the end")
    os.kill(engine, 0)
    assert running(fresh / "var")
