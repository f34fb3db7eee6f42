"""The date of the sheet is that of the day on which it is rendered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from scheduler.api import Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def render(self, item: Any, context: Any) -> Rendered:
        made = super().render(item, context)
        text = f"{made.text}in ngày {datetime.now(UTC):%d/%m/%Y}\n"
        return Rendered({"text": text}, text, figures=made.figures)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
