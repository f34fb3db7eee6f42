"""Nobody can tell by its title what it is: it has none."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    title = ""


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
