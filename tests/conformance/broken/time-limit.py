"""It waits for the gateway as long as that takes."""

from __future__ import annotations

from typing import Any

import httpx2

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def send(self, rendered: Rendered, headers: dict[str, str], context: Any) -> Receipt:
        context.http.timeout = httpx2.Timeout(None)
        return super().send(rendered, headers, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
