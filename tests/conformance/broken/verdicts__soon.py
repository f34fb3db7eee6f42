"""It does not wait for as long as it is asked to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from scheduler.api import Receipt, TemporaryFailure, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def receipt(self, answer: Any) -> Receipt:
        if answer.status_code == 429:
            raise TemporaryFailure("busy", retry_after=timedelta(seconds=1))
        return super().receipt(answer)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
