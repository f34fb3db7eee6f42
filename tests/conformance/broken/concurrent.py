"""What belongs to one call stands on the channel."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    text = ""

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        self.text = rendered.text
        return self.write(self.file_name(context), f"{context.out.name}\n{self.text}", context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
