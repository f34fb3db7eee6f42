"""Its cuts lie beyond the text."""

from __future__ import annotations

from typing import Any

from scheduler.api import Passage, Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def show(self, item: Any, rendered: Rendered, context: Any) -> Any:
        return [Passage(rendered.text, cuts=(99_999,))]


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
