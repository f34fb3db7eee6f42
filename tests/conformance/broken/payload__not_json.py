"""Its body holds what JSON cannot: after a crash the numbers have become texts."""

from __future__ import annotations

from typing import Any

from scheduler.api import Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def render(self, item: Any, context: Any) -> Rendered:
        made = super().render(item, context)
        return Rendered({**made.body, "days": {1: "one", 2: "two"}}, made.text)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
