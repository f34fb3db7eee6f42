"""The file has the name of the day: two posts of one day are one file."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def file_name(self, context: Any) -> str:
        return f"{context.key.recurrence}_{context.key.target}_{context.key.action}.txt"


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
