"""Waiting in a test until the app has done all that it has to do, and no longer.

Textual's own way is to sleep until the process has used no time for 20 ms, twice for each key.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from textual._context import active_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from textual.screen import Screen

LOOK = 0.002
STANDSTILL = 0.02
LONGEST = 0.25
"""Threads are looked at every `LOOK` seconds; for those that stand still, or take so long, nobody waits."""


class Loop(asyncio.SelectorEventLoop):
    """An event loop that can say whether anything is left to be done before the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self._abroad = 0

    @property
    def ready(self) -> bool:
        """Whether something waits to be run now."""
        return bool(self._ready)  # type: ignore[attr-defined]

    @property
    def waits(self) -> bool:
        """Whether a thread has yet to answer."""
        return self._abroad > 0

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Run something on a thread, and count it until it has answered."""
        future = super().run_in_executor(executor, func, *args)
        self._abroad += 1
        future.add_done_callback(self._home)
        return future

    def _home(self, _: asyncio.Future[Any]) -> None:
        self._abroad -= 1


async def at_rest(_: float = 0) -> None:
    """Wait until the app before which one sits has done and drawn everything."""
    app, loop, end = active_app.get(), asyncio.get_running_loop(), time.monotonic() + LONGEST
    assert isinstance(loop, Loop)
    while True:
        await quiet(loop, end)
        if time.monotonic() > end:
            return
        if app._batch_count:
            await asyncio.sleep(LOOK)
        elif app._screen_stack and undrawn(app.screen):
            app.screen._on_timer_update()
        else:
            return


async def quiet(loop: Loop, end: float) -> None:
    """Wait until nothing is to be run, and no thread is at work for somebody here; not beyond ``end``."""
    while True:
        await asyncio.sleep(0)
        if time.monotonic() > end:
            return
        if not loop.ready and (not loop.waits or await stands_still(loop)):
            return


async def stands_still(loop: Loop) -> bool:
    """Whether threads are waited for that do nothing: they wait themselves, perhaps for this test."""
    until, cpu = time.monotonic() + STANDSTILL, time.process_time()
    while time.monotonic() < until:
        await asyncio.sleep(LOOK)
        if not loop.waits:
            return False
    return time.process_time() - cpu < STANDSTILL / 5


def undrawn(screen: Screen[Any]) -> bool:
    """Whether something has changed that is not on the screen yet."""
    return screen.is_running and bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )
