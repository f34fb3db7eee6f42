"""Its deliver returns no receipt."""

# ends: unknown: plugin nonsense: deliver returned bool, not Receipt

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "nonsense"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return bool(rendered.text)  # type: ignore[return-value]


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
