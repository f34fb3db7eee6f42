"""A refusal is taken for a success."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def receipt(self, answer: Any) -> Receipt:
        if answer.status_code == 403:
            return Receipt("sent")
        return super().receipt(answer)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
