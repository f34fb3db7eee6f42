"""Its deliver never ends, and does not hear that it should."""

# ends: unknown: no answer within 1 seconds

from __future__ import annotations

import threading
from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "deliver-hangs"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        threading.Event().wait()
        raise AssertionError


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
