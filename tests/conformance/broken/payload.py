"""It sends what it rendered last for that key, and not what it is given."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def render(self, item: Any, context: Any) -> Rendered:
        made = super().render(item, context)
        self.texts[str(item.key)] = made.text
        return made

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        text = self.texts.get(str(context.key), rendered.text)
        return self.write(self.file_name(context), text, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
