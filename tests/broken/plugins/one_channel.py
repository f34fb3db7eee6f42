"""Its hook returns a channel, and not a list of them."""

# loads: TypeError: register_channels returned Broken, and must return a list of channels: return [Broken()]

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "one-channel"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> Any:
    return Broken()
