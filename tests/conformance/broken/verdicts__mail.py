"""A letter counts as taken once it was told, whatever the post office answers."""

from __future__ import annotations

from typing import Any

from scheduler.api import OutcomeUnknown, hookimpl
from tests.conformance.sound.mail import Mail


class Broken(Mail):
    def turn(self, office: Any, words: str, otherwise: type[Exception]) -> str:
        try:
            return super().turn(office, words, otherwise)
        except OutcomeUnknown:
            return words.split()[1]


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
