"""It asks the network while it renders."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from scheduler.api import Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def render(self, item: Any, context: Any) -> Rendered:
        with suppress(OSError):
            socket.create_connection(("192.0.2.1", 80), timeout=0.1).close()
        return super().render(item, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
