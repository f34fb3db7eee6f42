"""It tries the board again and again, and asks nobody whether it should."""

from __future__ import annotations

from threading import Event
from typing import Any

from scheduler.api import OutcomeUnknown, Receipt, Rendered, hookimpl
from tests.conformance.sound.board import Board


class Broken(Board):
    def say(self, board: Any, rendered: Rendered, context: Any) -> Receipt:
        try:
            return super().say(board, rendered, context)
        except OutcomeUnknown:
            Event().wait(3)
            raise


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
