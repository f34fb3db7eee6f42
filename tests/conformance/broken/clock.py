"""The file has the day of the call in its name."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def file_name(self, context: Any) -> str:
        return f"{context.clock.now():%Y%m%d}_{super().file_name(context)}"


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
