"""It writes its headers into the log."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def send(self, rendered: Rendered, headers: dict[str, str], context: Any) -> Receipt:
        context.log.warning("posting with %s", headers)
        return super().send(rendered, headers, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
