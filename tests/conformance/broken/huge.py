"""It goes through the words one inside the other."""

from __future__ import annotations

from typing import Any

from scheduler.api import Rendered, hookimpl
from tests.conformance.sound.files import Files


def last(words: list[str]) -> str:
    return words[0] if len(words) == 1 else last(words[1:])


class Broken(Files):
    def render(self, item: Any, context: Any) -> Rendered:
        made = super().render(item, context)
        return Rendered({**made.body, "last": last(["", *item.text.split()])}, made.text)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
