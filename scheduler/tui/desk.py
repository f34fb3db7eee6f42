"""The engine as screens use it: reading on one thread, changing on another, long labour on a third."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.engine import Engine

T = TypeVar("T")


class Desk:
    """Three threads, so that neither a slow preview nor an act on very many delays a stop."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = ThreadPoolExecutor(1, "loa-read")
        self._acting = ThreadPoolExecutor(1, "loa-act")
        self._labouring = ThreadPoolExecutor(1, "loa-labour")

    async def read(self, job: Callable[[Engine], T]) -> T:
        """Run a read away from the screen. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, job, self.engine)

    async def act(self, job: Callable[[Engine], T]) -> T:
        """Run a change away from the screen. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._acting, job, self.engine)

    async def labour(self, job: Callable[[Engine], T]) -> T:
        """Run a change that takes long, and lets others write meanwhile. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._labouring, job, self.engine)

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        for pool in (self._reading, self._acting, self._labouring):
            pool.shutdown(wait=True, cancel_futures=True)
