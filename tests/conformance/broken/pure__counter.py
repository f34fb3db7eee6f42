"""Each sheet is numbered by how many were rendered before."""

from __future__ import annotations

from typing import Any

from scheduler.api import Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    count = 0

    def render(self, item: Any, context: Any) -> Rendered:
        self.count += 1
        made = super().render(item, context)
        return Rendered({**made.body, "number": self.count}, made.text)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
