"""It goes on although the call was given up."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from scheduler.api import Receipt, Rendered, TemporaryFailure, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        headers = self.keyed(context)
        with suppress(TemporaryFailure):
            context.no_return()
        return self.send(rendered, headers, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
