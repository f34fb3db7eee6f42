"""Options that take whatever is written."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from scheduler.api import hookimpl
from tests.conformance.sound.files import Files, Settings


class Loose(Settings):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Broken(Files):
    options = Loose


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
