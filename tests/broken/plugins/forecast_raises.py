"""Its forecast raises."""

# ends: sent
# check: plugin forecast_raises: KeyError: 'units' (plugins/forecast_raises.py:21)

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "forecast-raises"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def forecast(self, rendered: Rendered, context: Any) -> Any:
        return rendered.figures["units"]

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
