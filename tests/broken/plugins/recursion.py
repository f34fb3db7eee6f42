"""Its render calls itself for ever."""

# check: plugin recursion: RecursionError: maximum recursion depth exceeded (plugins/recursion.py:18)
# ends: failed: plugin recursion: RecursionError: maximum recursion depth exceeded

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "recursion"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return self.render(item, context)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
