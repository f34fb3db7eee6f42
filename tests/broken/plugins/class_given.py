"""Its hook returns the class of a channel."""

# loads: TypeError: register_channels returned the class Broken, not an object made of it: return [Broken()]

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "class-given"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> Any:
    return [Broken]
