"""It takes what should end it for a failure, and tries again."""

# ends: unknown: no answer within 1 seconds

from __future__ import annotations

import time
from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "deaf"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        while True:
            try:
                time.sleep(0.01)
                if context.cancelled():
                    raise KeyboardInterrupt
            except BaseException:
                continue


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
