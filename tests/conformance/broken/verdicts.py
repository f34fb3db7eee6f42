"""A time-out after sending counts as not sent: it would go out twice."""

from __future__ import annotations

from typing import Any

from scheduler.api import OutcomeUnknown, Receipt, Rendered, TemporaryFailure, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def send(self, rendered: Rendered, headers: dict[str, str], context: Any) -> Receipt:
        try:
            return super().send(rendered, headers, context)
        except OutcomeUnknown as error:
            raise TemporaryFailure(str(error)) from error


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
