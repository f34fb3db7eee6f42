"""Its number is a hash, which differs from one process to the next."""

from __future__ import annotations

from typing import Any

from scheduler.api import Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def render(self, item: Any, context: Any) -> Rendered:
        made = super().render(item, context)
        return Rendered({**made.body, "number": hash(item.title)}, made.text)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
