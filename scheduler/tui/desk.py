"""The engine as screens use it: reading, changing, long labour and stopping, each on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.engine import Engine

T = TypeVar("T")


class Desk:
    """Four threads, so that neither a slow preview nor an act that waits or takes long delays a stop.

    What plugins may hang in has a thread of its own each time (`aside`), so that it delays nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = ThreadPoolExecutor(1, "loa-read")
        self._acting = ThreadPoolExecutor(1, "loa-act")
        self._labouring = ThreadPoolExecutor(1, "loa-labour")
        self._stopping = ThreadPoolExecutor(1, "loa-stop")

    async def read(self, job: Callable[[Engine], T]) -> T:
        """Run a read away from the screen. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._equipped, job)

    async def act(self, job: Callable[[Engine], T]) -> T:
        """Run a change away from the screen. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._acting, self._equipped, job)

    async def labour(self, job: Callable[[Engine], T]) -> T:
        """Run a change that takes long, and lets others write meanwhile. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._labouring, self._equipped, job)

    async def at_once(self, job: Callable[[Engine], T]) -> T:
        """Stop, or lift a stop, beside whatever else is under way. Raises what ``job`` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._stopping, job, self.engine)

    async def aside(self, job: Callable[[Engine], T]) -> T:
        """Run a read that may hang, on a thread that nobody waits for at the end. Raises what ``job`` raises."""
        found: Future[T] = Future()

        def run() -> None:
            try:
                found.set_result(self._equipped(job))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                found.set_exception(error)

        threading.Thread(target=run, name="loa-aside", daemon=True).start()
        return await asyncio.shield(asyncio.wrap_future(found))

    def _equipped(self, job: Callable[[Engine], T]) -> T:
        self.engine.equip()
        return job(self.engine)

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        for pool in (self._reading, self._acting, self._labouring, self._stopping):
            pool.shutdown(wait=True, cancel_futures=True)
