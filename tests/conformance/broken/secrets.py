"""A password that stands in config.toml."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.files import Files, Settings


class Open(Settings):
    password: str = ""


class Broken(Files):
    options = Open


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
