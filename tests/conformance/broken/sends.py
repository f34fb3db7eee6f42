"""It forgets to return its receipt."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def write(self, name: str, text: str, context: Any) -> Any:
        super().write(name, text, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
