"""Its check raises."""

# check: plugin check_raises: ZeroDivisionError: division by zero (plugins/check_raises.py:21)
# ends: failed: plugin check_raises: ZeroDivisionError: division by zero

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "check-raises"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def check(self, rendered: Rendered, context: Any) -> Any:
        return [len(rendered.text) / 0]

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
