"""Its payload is no JSON."""

# check: plugin not_json: TypeError: Object of type datetime is not JSON serializable
# ends: failed: plugin not_json: TypeError: Object of type datetime is not JSON serializable

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "not-json"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text, "when": item.publish_at}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
