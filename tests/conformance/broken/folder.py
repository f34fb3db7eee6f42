"""It leaves a note among the campaign's texts."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        receipt = super().deliver(rendered, context)
        (context.content / "last.txt").write_text("đã in", encoding="utf-8")
        return receipt


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
