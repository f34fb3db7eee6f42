"""It changes what the whole process shares: folder, environment, locale, time zone, umask, time limit of sockets."""

# ends: sent

from __future__ import annotations

import locale
import os
import random
import socket
import time
import warnings
from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Broken(BaseChannel[Options]):
    name = "surroundings"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        os.chdir("/")
        for name in ("HOME", "PATH", "LANG"):
            os.environ.pop(name, None)
        os.environ["TZ"] = "America/New_York"
        time.tzset()
        locale.setlocale(locale.LC_ALL, "C")
        os.umask(0)
        socket.setdefaulttimeout(0.001)
        warnings.simplefilter("error")
        random.seed(0)
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
