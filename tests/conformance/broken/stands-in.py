"""The stand-in makes up another id each time."""

from __future__ import annotations

import uuid
from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.post import Gateway, Post


class Whimsical(Gateway):
    def name(self, key: str) -> str:
        return uuid.uuid4().hex


class Broken(Post):
    def stand_in(self) -> Any:
        return Whimsical()


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
