"""It breaks where the gateway is down."""

from __future__ import annotations

from typing import Any

from scheduler.api import Health, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def probe(self, context: Any) -> Health:
        answer = context.http.get(context.options.site, headers=self.headers(context))
        return Health(answer.is_success, str(answer.status_code))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
