"""A validator that looks a name up in a table without asking whether it is there."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator

from scheduler.api import hookimpl
from tests.conformance.sound.files import Files, Settings


class Rooms(Settings):
    room: str = "hall"

    @field_validator("room")
    @classmethod
    def _known(cls, value: str) -> str:
        return {"hall": "hall", "yard": "yard"}[value]


class Broken(Files):
    options = Rooms


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
