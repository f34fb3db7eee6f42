"""Driving the app in a test: it waits until what was asked for has been read and drawn."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scheduler.tui.app import LoaApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from scheduler.engine.engine import Engine

PATIENCE = 10.0


class Seat:
    """A person before the screen."""

    def __init__(self, app: LoaApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    def line(self, part: str) -> str:
        """Return the first line that has ``part``."""
        return next((line for line in self.text.splitlines() if part in line), "")

    @property
    def messages(self) -> list[str]:
        """What was said in passing, the newest last."""
        return [note.message for note in self.app._notifications]

    async def press(self, *keys: str) -> None:
        """Press keys, and let everything that follows from them happen."""
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        await self.press(*("space" if each == " " else each for each in text))

    async def settle(self) -> None:
        """Wait until nothing is being read."""
        await self.until(lambda: not self.app.taking_keys and (self.app.frame is None or self.app.frame.at_rest))
        await self.pilot.pause()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.pilot.pause()
                if true():
                    return
                await asyncio.sleep(0.01)

    async def says(self, part: str) -> None:
        """Wait until the screen shows ``part``."""
        try:
            await self.until(lambda: part in self.text)
        except TimeoutError:
            raise AssertionError(f"{part!r} never came:\n{self.text}") from None


@asynccontextmanager
async def seated(engine: Engine, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Seat]:
    """Open the screens on an engine."""
    app = LoaApp(engine)
    async with app.run_test(size=size, notifications=True) as pilot:
        seat = Seat(app, pilot)
        await seat.until(lambda: app.frame is not None and app.frame.at_rest)
        await seat.settle()
        yield seat
