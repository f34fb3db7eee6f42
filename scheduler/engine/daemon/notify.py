"""Telling systemd that the service is ready, alive, or stopping (sd_notify(3))."""

from __future__ import annotations

import logging
import os
import socket

from scheduler.ground.borrowed import system
from scheduler.ground.text import _

log = logging.getLogger("loa.engine")


def notify(state: str) -> None:
    """Send ``state`` (``READY=1``, ``WATCHDOG=1``, ``STATUS=…``) to the service manager, where there is one.

    One that has gone, or whose address was inherited, is logged and stops nothing.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(address)
            channel.sendall(state.encode())
    except OSError as error:
        log.warning(_("the service manager cannot be told: %s"), system(error))
