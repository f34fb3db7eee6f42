"""What the gateway answers is read without care."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def receipt(self, answer: Any) -> Receipt:
        if answer.is_success:
            return Receipt(str(answer.json()["id"]))
        return super().receipt(answer)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
