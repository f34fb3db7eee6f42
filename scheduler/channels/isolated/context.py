"""In the plugin's process: what a call is given. What is Loa's (the store, secrets, the log) Loa is asked for."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.channels import sockets
from scheduler.ground.clock import SystemClock

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    import httpx2

    from scheduler.channels.channel import Channel
    from scheduler.channels.isolated.child import Server
    from scheduler.channels.isolated.wire import Told
    from scheduler.channels.options import Secret
    from scheduler.ground.clock import Clock

_clients: dict[tuple[str, float, bool], httpx2.Client] = {}


class AskedClock:
    """Loa's clock, where that is not the machine's: a rehearsal steps it."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def now(self) -> datetime:
        """Return Loa's time, aware, in UTC."""
        found: datetime = self._ask("now")
        return found

    def elapsed(self) -> float:
        """Return seconds on a clock that never steps."""
        return float(self._ask("elapsed"))

    def wait(self, condition: threading.Condition, until: datetime) -> None:
        """Let Loa's time go on until ``until``."""
        self.sleep(until - self.now())

    def sleep(self, duration: timedelta) -> None:
        """Let ``duration`` pass."""
        self._ask("sleep", max(duration, timedelta()))


class Context:
    """The `DeliverContext` of one call."""

    def __init__(self, server: Server, channel: Channel[Any], told: Told) -> None:
        self._server = server
        self._channel = channel
        self._patience = told.patience
        self.over = False
        self.key = told.key
        self.round = told.round
        self.options = told.options
        self.target = told.target
        self.zone = told.zone
        self.content = told.content
        self.publish_at = told.publish_at
        self.deadline = told.deadline
        self.previous = told.previous
        self.rehearsal = told.rehearsal
        self.clock: Clock = SystemClock() if told.real else AskedClock(self._ask)
        self.log = logging.getLogger(f"loa.channel.{channel.name}")

    def _ask(self, name: str, *given: Any) -> Any:
        return self._server.ask(self, name, *given)

    @property
    def out(self) -> Path:
        """The channel's own output folder."""
        found: Path = self._ask("out")
        return found

    @property
    def http(self) -> httpx2.Client:
        """A client with time limits set; in a rehearsal nothing leaves the machine through it."""
        key = (self._channel.name, self._patience, self.rehearsal)
        if key not in _clients:
            _clients[key] = sockets.client(self._channel, self._patience, rehearsal=self.rehearsal)
        return _clients[key]

    def connect(self, host: str, port: int, *, tls: bool = False) -> socket.socket:
        """Open a connection; in a rehearsal to the channel's own stand-in. Raises `TemporaryFailure`."""
        if self.rehearsal:
            return sockets.rehearsed(self._channel, host, port)
        return sockets.reach(host, port, self._patience, tls=tls)

    def secure(self, connection: socket.socket, host: str) -> socket.socket:
        """Go on with TLS on an open connection; in a rehearsal without. Raises `TemporaryFailure`."""
        return connection if self.rehearsal else sockets.secured(connection, host)

    def cancelled(self) -> bool:
        """Whether the call should end early."""
        return bool(self._ask("cancelled"))

    def outside(self, path: str) -> Path:
        """Return where a path of the options lies."""
        found: Path = self._ask("outside", path)
        return found

    def reveal(self, secret: Secret) -> str:
        """Return a secret's value, which Loa masks in its log from now on."""
        return str(self._ask("reveal", secret))

    def checkpoint(self, data: Mapping[str, Any]) -> None:
        """Keep ``data`` on disk before going on."""
        self._ask("checkpoint", dict(data))

    def no_return(self) -> None:
        """Say, on disk, that from now on a crash means unknown."""
        self._ask("no_return")

    def taken(self, receipt_id: str) -> bool:
        """Whether another delivery of this channel already holds that receipt."""
        return bool(self._ask("taken", receipt_id))
