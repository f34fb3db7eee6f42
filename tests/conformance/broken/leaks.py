"""The answer of the gateway, which repeats what it was sent, becomes the reason."""

from __future__ import annotations

from typing import Any

from scheduler.api import PermanentFailure, Receipt, hookimpl
from tests.conformance.sound.post import Post


class Broken(Post):
    def receipt(self, answer: Any) -> Receipt:
        if answer.is_client_error and answer.status_code != 429:
            raise PermanentFailure(f"refused: {answer.text}")
        return super().receipt(answer)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
