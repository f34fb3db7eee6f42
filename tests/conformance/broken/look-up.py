"""Whatever goes wrong while it asks, it says that nothing is there."""

from __future__ import annotations

from typing import Any

from scheduler.api import Absent, CannotTell, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def look_up(self, call: Any, context: Any) -> Any:
        found = super().look_up(call, context)
        return Absent() if isinstance(found, CannotTell) else found


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
