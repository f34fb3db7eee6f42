"""It keeps a checkpoint of a test, behind which there is no attempt."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def try_out(self, text: str, to: str, context: Any) -> Receipt:
        context.checkpoint({"to": to})
        return super().try_out(text, to, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
