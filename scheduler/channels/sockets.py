"""Connections of channels, by HTTP or without: to the outside, or in a rehearsal to the channel's own stand-in."""

from __future__ import annotations

import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import StandsIn, StandsInSocket
from scheduler.ground.borrowed import system
from scheduler.ground.errors import TemporaryFailure
from scheduler.ground.text import N_, _

if TYPE_CHECKING:
    import httpx2

    from scheduler.channels.channel import Channel

SECONDS = 10.0
"""How long either end of a rehearsed connection waits for the other."""
log = logging.getLogger("loa.engine")


def client(channel: Channel[Any], seconds: float, *, rehearsal: bool) -> httpx2.Client:
    """Return a channel's client, whose every wait ends after ``seconds``; in a rehearsal nothing leaves the machine."""
    import httpx2

    if not rehearsal:
        return httpx2.Client(timeout=seconds)

    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(N_("nothing leaves the machine in a rehearsal"), request=request)

    answers = channel.stand_in() if isinstance(channel, StandsIn) else refuse
    return httpx2.Client(timeout=seconds, transport=httpx2.MockTransport(answers), trust_env=False)


def reach(host: str, port: int, seconds: float, *, tls: bool) -> socket.socket:
    """Open a connection whose every wait ends after ``seconds``. Raises `TemporaryFailure`."""
    connection = None
    try:
        connection = socket.create_connection((host, port), timeout=seconds)
        return _with_tls(connection, host) if tls else connection
    except OSError as error:
        if connection is not None:
            connection.close()
        said = _("{host}:{port} cannot be reached: {why}").format(host=host, port=port, why=system(error))
        raise TemporaryFailure(said) from error


def secured(connection: socket.socket, host: str) -> socket.socket:
    """Return the connection with TLS; closed where ``host`` does not prove itself. Raises `TemporaryFailure`."""
    try:
        return _with_tls(connection, host)
    except OSError as error:
        connection.close()
        said = _("{host} does not prove that it is itself: {why}").format(host=host, why=system(error))
        raise TemporaryFailure(said) from error


def _with_tls(connection: socket.socket, host: str) -> socket.socket:
    import ssl

    return ssl.create_default_context().wrap_socket(connection, server_hostname=host)


def rehearsed(channel: Channel[Any], host: str, port: int) -> socket.socket:
    """Return a connection to the channel's stand-in, which answers in a thread. Raises `TemporaryFailure`."""
    if not isinstance(channel, StandsInSocket):
        raise TemporaryFailure(N_("nothing leaves the machine in a rehearsal"))
    ours, theirs = socket.socketpair()
    for each in (ours, theirs):
        each.settimeout(SECONDS)

    def answer() -> None:
        with theirs:
            try:
                channel.stand_in_socket(theirs, host, port)
            except OSError:
                pass  # its other end has gone
            except Exception:
                log.exception(_("the stand-in of channel %s broke"), channel.name)

    threading.Thread(target=answer, name="loa-stand-in", daemon=True).start()
    return ours
