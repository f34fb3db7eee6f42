"""It promises that it can be done again, and breaks on what is gone."""

from __future__ import annotations

from typing import Any

from scheduler.api import Receipt, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def withdraw(self, sent: Any, context: Any) -> Receipt:
        if (context.out / self.file_name(context)).exists():
            raise KeyError(sent.key)
        return super().withdraw(sent, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
