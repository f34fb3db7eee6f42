"""Terminals of all kinds and sizes: on each the screens open, can be walked through, and are left."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.tui import journey
from tests.tui.test_losing import SCREENS
from tests.tui.test_terminal import SOON, restored, start
from tests.tui.test_tmux import fresh, needed, window
from tests.tui.tmux import Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.tui.test_terminal import Terminal

__all__ = ["fresh", "start", "window"]

pytestmark = needed

MANY_COLOURS = re.compile(rb"\x1b\[[0-9;]*[34]8[;:][25][;:]")
SOME_COLOURS = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
FEW = {"TERM": "linux", "COLORTERM": ""}
TERMINALS = {
    "linux": FEW,
    "xterm-16color": {"TERM": "xterm-16color", "COLORTERM": ""},
    "vt100": {"TERM": "vt100", "COLORTERM": ""},
    "xterm": {"TERM": "xterm", "COLORTERM": ""},
    "screen": {"TERM": "screen-256color", "COLORTERM": ""},
    "no-colour": {"TERM": "xterm-256color", "NO_COLOR": "1"},
    "no-colour-linux": {"TERM": "linux", "COLORTERM": "", "NO_COLOR": "1"},
}
SIXTEEN = ("linux", "xterm-16color", "vt100")


@pytest.mark.parametrize("name", TERMINALS)
def test_every_screen_opens_on_it_in_the_colours_that_it_has(start: Callable[..., Terminal], name: str) -> None:
    terminal = start(**TERMINALS[name])
    for screen in (*SCREENS[1:], "1"):
        since = len(terminal.output)
        terminal.press(screen)
        terminal.says("Leave", since=since)
    terminal.press("q")
    assert terminal.ends(SOON) == 0
    assert restored(terminal)
    shown = bytes(terminal.output)
    if name in SIXTEEN:
        assert not MANY_COLOURS.search(shown)
    if "NO_COLOR" in TERMINALS[name]:
        assert not MANY_COLOURS.search(shown)
        assert not SOME_COLOURS.search(shown)
    else:
        assert SOME_COLOURS.search(shown) or MANY_COLOURS.search(shown)


@pytest.mark.parametrize("size", [(40, 10), (56, 14), (80, 24), (200, 60), (300, 100)])
async def test_every_screen_opens_in_it(window: Callable[..., Window], fresh: Path, size: tuple[int, int]) -> None:
    screens = window(fresh, size)
    await screens.says("not armed" if size >= (80, 24) else f"This terminal has {size[0]}×{size[1]}")
    before = ""
    for screen in (*SCREENS[1:], "1"):
        await screens.keys(screen)
        if size[1] >= 14:
            await screens.until(partial(another, screens, before), f"screen {screen}")
            before = screens.screen
    assert not screens.over
    await screens.keys("q")
    await screens.until(lambda: screens.over, "the end", SOON)


async def test_on_one_that_cannot_move_its_cursor_loa_writes_its_help(tmp_path: Path, fresh: Path) -> None:
    screens = Window(tmp_path, ["env", "TERM=dumb", *journey.LOA, "-C", str(fresh)], (100, 60))
    try:
        await screens.until(lambda: screens.over, "the end", SOON)
        assert "public-information campaign" in screens.screen
    finally:
        screens.close()


async def test_it_follows_every_size_that_it_is_given(window: Callable[..., Window], fresh: Path) -> None:
    screens = window(fresh, (100, 30))
    await screens.says("not armed")
    for key in SCREENS:
        await screens.keys(key)
        for size in ((40, 10), (300, 100), (80, 24), (1, 1), (20, 200), (120, 40)):
            screens.resize(*size)
        await screens.until(lambda: "Leave" in screens.screen.split("\n")[39], "the keys at the foot")
    await screens.keys("q")
    await screens.until(lambda: screens.over, "the end", SOON)


def another(screens: Window, before: str) -> bool:
    """Whether the screen shows something else by now."""
    return screens.screen != before
