"""It says that it is staged, and calls no_return() once all is done."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        receipt = self.send(rendered, self.keyed(context), context)
        context.no_return()
        return receipt


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
