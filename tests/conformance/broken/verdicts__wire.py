"""A board that takes a line and breaks off counts as not told."""

from __future__ import annotations

from typing import Any

from scheduler.api import OutcomeUnknown, Receipt, Rendered, TemporaryFailure, hookimpl
from tests.conformance.sound.board import Board


class Broken(Board):
    def say(self, board: Any, rendered: Rendered, context: Any) -> Receipt:
        try:
            return super().say(board, rendered, context)
        except OutcomeUnknown as error:
            raise TemporaryFailure(str(error)) from error


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
