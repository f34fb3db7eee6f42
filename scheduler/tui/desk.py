"""The engine as screens use it: reading on one thread, changing on another, never on the screen's own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.engine import Engine

T = TypeVar("T")


class Desk:
    """Two threads, so that a slow preview never delays a stop, and the database sees two connections only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = ThreadPoolExecutor(1, "loa-read")
        self._acting = ThreadPoolExecutor(1, "loa-act")

    async def read(self, job: Callable[[Engine], T]) -> T:
        """Run a read away from the screen. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, job, self.engine)

    async def act(self, job: Callable[[Engine], T]) -> T:
        """Run a change away from the screen. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._acting, job, self.engine)

    def close(self) -> None:
        """End both threads; what has not begun is dropped."""
        for pool in (self._reading, self._acting):
            pool.shutdown(wait=True, cancel_futures=True)
