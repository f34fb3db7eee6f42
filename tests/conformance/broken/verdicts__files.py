"""A folder that cannot be written ends in an OSError."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def write(self, name: str, text: str, context: Any) -> Receipt:
        (context.out / name).write_text(text, encoding="utf-8")
        return Receipt(name, handed=True)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
