"""Its payload is huge."""

# check: more than 64 MB to be sent at once: 66.8 MB
# ends: failed: more than 64 MB to be sent at once: 66.8 MB

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "huge"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": "x" * 70_000_000}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
