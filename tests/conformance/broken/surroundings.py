"""It works from its own folder, and leaves the whole process there."""

from __future__ import annotations

import os
import socket
from typing import Any

from scheduler.api import Receipt, Rendered, hookimpl
from tests.conformance.sound.files import Files


class Broken(Files):
    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        os.environ["TZ"] = "America/New_York"
        socket.setdefaulttimeout(5)
        os.umask(0o027)
        receipt = super().deliver(rendered, context)
        os.chdir(context.out)
        return receipt


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
