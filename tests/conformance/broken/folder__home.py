"""It keeps a file in the home of whoever runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        (Path.home() / ".loa-sheets").write_text(rendered.text, encoding="utf-8")
        return super().deliver(rendered, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
