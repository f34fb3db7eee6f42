"""It sends the rest of a batch that was stopped."""

from __future__ import annotations

from typing import Any

from scheduler.api import OutcomeUnknown, Rendered, TemporaryFailure, hookimpl
from tests.conformance.sound.many import Many


class Broken(Many):
    def deliver_batch(self, rendered: Rendered, messages: Any, context: Any) -> list[Any]:
        answers: list[Any] = []
        for each in messages:
            unheard = any(isinstance(other, OutcomeUnknown) for other in answers)
            answers.append(TemporaryFailure("after it") if unheard else self.one(rendered, each, Deaf(context)))
        return answers


class Deaf:
    def __init__(self, context: Any) -> None:
        self.context = context

    def __getattr__(self, name: str) -> Any:
        return (lambda: False) if name == "cancelled" else getattr(self.context, name)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
