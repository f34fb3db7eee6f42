"""It makes the whole list at once."""

from __future__ import annotations

from typing import Any

from scheduler.api import Rendered, hookimpl
from tests.conformance.sound.many import Many


class Broken(Many):
    def recipients(self, rendered: Rendered, target: Any, context: Any) -> Any:
        return list(super().recipients(rendered, target, context))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
