"""Its lateness is a word and not a rule."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    late: Any = "ask"


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
