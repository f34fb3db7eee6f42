"""Its deliver raises, on a route that is not idempotent."""

# ends: unknown: plugin deliver_raises: ConnectionResetError: the modem is gone

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "deliver-raises"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        raise ConnectionResetError("the modem is gone")


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
