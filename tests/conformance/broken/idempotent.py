"""It says that it can be done again, and writes a line into a list each time."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        receipt = super().deliver(rendered, context)
        with (context.out / "list.txt").open("a", encoding="utf-8") as file:
            file.write(f"{receipt.id}\n")
        return receipt


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
