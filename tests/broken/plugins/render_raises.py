"""Its render raises."""

# check: plugin render_raises: KeyError: 'slogan' (plugins/render_raises.py:18)
# ends: failed: plugin render_raises: KeyError: 'slogan'

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "render-raises"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": {}["slogan"]}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
