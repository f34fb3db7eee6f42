"""The gateway is given the key without the round: a requeue would be taken for what it had."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def keyed(self, context: Any) -> dict[str, str]:
        return self.headers(context) | {"Idempotency-Key": str(context.key)}

    def find(self, context: Any, key: str) -> Any:
        return super().find(context, key.rpartition("/")[0])


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
