"""What was withdrawn still stands in the picture."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.picture import Picture


class Broken(Picture):
    def draw(self, shown: dict[str, Any], each: Any) -> None:
        shown[str(each.key)] = dict(each.rendered.body)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
