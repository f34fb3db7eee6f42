"""It does not find what it has sent."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def find(self, context: Any, key: str) -> Any:
        return super().find(context, key.upper())


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
