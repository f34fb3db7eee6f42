"""It leaves threads behind that never end, and that a program waits for at its end."""

# ends: sent
# says: ended, though a plugin has left threads that do not end

from __future__ import annotations

import concurrent.futures
import threading
from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "threads"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def __init__(self) -> None:
        self.pool = concurrent.futures.ThreadPoolExecutor()
        self.pool.submit(threading.Event().wait)
        threading.Thread(target=threading.Event().wait, daemon=False).start()

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        for _ in range(20):
            threading.Thread(target=threading.Event().wait, daemon=False).start()
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
