"""Its render never ends."""

# check: plugin render_hangs: no answer within 1 seconds
# ends: failed: plugin render_hangs: render did not end within 1 seconds

from __future__ import annotations

import threading
from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "render-hangs"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        threading.Event().wait()
        raise AssertionError

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
