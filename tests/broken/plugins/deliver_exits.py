"""Its deliver ends the program, or so it thinks."""

# ends: unknown: plugin deliver_exits: SystemExit: 3

from __future__ import annotations

import sys
from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "deliver-exits"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        sys.exit(3)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
