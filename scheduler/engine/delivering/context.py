"""What the host gives a channel's call: the one way in which a plugin meets time, disk, network and secrets."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.channels import sockets
from scheduler.ground.errors import LoaError, PluginError, TemporaryFailure
from scheduler.ground.text import N_, _
from scheduler.store import attempts, batches, deliveries, settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import httpx2

    from scheduler.channels.options import Options, Secret
    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.ground.clock import Clock
    from scheduler.ground.delivery import Key
    from scheduler.ground.model import Target


class Surroundings:
    """What all calls of one channel share: its output folder, its log, its HTTP client."""

    def __init__(self, core: Core, configured: Configured) -> None:
        self.core = core
        self.configured = configured
        self.content = core.folder / "content"
        self.zone = core.snapshot.config.zone
        self.log = logging.getLogger(f"loa.channel.{configured.name}")
        if core.redactor not in self.log.filters:
            self.log.addFilter(core.redactor)
        self._out: Path | None = None
        self._http: httpx2.Client | None = None

    @property
    def out(self) -> Path:
        """The channel's own folder below ``var/out``, made when first asked for."""
        if self._out is None:
            out = self.core.var / "out" / self.configured.name
            out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            out.mkdir(exist_ok=True)
            self._out = out
        return self._out

    def outside(self, path: str) -> Path:
        """Return where a path of the options lies: below the campaign folder, or a rehearsal's own, unless absolute."""
        given = Path(path).expanduser()
        if not self.core.rehearsal:
            return given if given.is_absolute() else self.core.folder / given
        parts = [part for part in given.parts if part not in (given.anchor, "..")]
        return self.core.var.joinpath(*(parts[1:] if parts[:1] == ["var"] else parts))

    @property
    def http(self) -> httpx2.Client:
        """The client for this channel's calls; in a rehearsal nothing leaves the machine through it."""
        if self._http is None:
            self._http = sockets.client(self.configured.channel, self.patience, rehearsal=self.core.rehearsal)
        return self._http

    @property
    def patience(self) -> float:
        """How many seconds each wait on a connection may take."""
        return min(self.configured.config.time_limit.total_seconds(), 30.0)

    def connect(self, host: str, port: int, *, tls: bool) -> socket.socket:
        """Open a connection; in a rehearsal to the channel's own stand-in. Raises `TemporaryFailure`."""
        if self.core.rehearsal:
            return sockets.rehearsed(self.configured.channel, host, port)
        return sockets.reach(host, port, self.patience, tls=tls)

    def secure(self, connection: socket.socket, host: str) -> socket.socket:
        """Go on with TLS on an open connection; in a rehearsal without. Raises `TemporaryFailure`."""
        return connection if self.core.rehearsal else sockets.secured(connection, host)

    def close(self) -> None:
        """Close the HTTP client."""
        if self._http is not None:
            self._http.close()


class CallContext:
    """The `DeliverContext` of one call."""

    __slots__ = (
        "_around",
        "_batch",
        "_given_up",
        "_lock",
        "_open",
        "_returned",
        "attempt",
        "deadline",
        "delivery",
        "key",
        "previous",
        "publish_at",
        "round",
        "target",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - what a call is for, said once
        self,
        around: Surroundings,
        key: Key,
        round: int,
        target: Target,
        publish_at: datetime,
        deadline: datetime,
        delivery: int = 0,
        attempt: int = 0,
        previous: Mapping[str, Any] | None = None,
    ) -> None:
        self._around = around
        self.key = key
        self.round = round
        self.target = target
        self.publish_at = publish_at
        self.deadline = deadline
        self.delivery = delivery
        self.attempt = attempt
        self.previous = previous
        self._lock = threading.Lock()
        self._returned = True
        self._given_up = False
        self._batch: int | None = None
        self._open: list[socket.socket] = []

    @property
    def options(self) -> Options:
        """The channel's validated options."""
        return self._around.configured.options

    @property
    def zone(self) -> Any:
        """The campaign's time zone."""
        return self._around.zone

    @property
    def content(self) -> Path:
        """The folder of the campaign's texts."""
        return self._around.content

    @property
    def clock(self) -> Clock:
        """The engine's clock."""
        return self._around.core.clock

    @property
    def out(self) -> Path:
        """The channel's own output folder."""
        return self._around.out

    @property
    def log(self) -> logging.Logger:
        """The channel's logger; secrets are masked in it."""
        return self._around.log

    @property
    def http(self) -> httpx2.Client:
        """The channel's HTTP client."""
        return self._around.http

    def connect(self, host: str, port: int, *, tls: bool = False) -> socket.socket:
        """Open a connection, which is cut when the call is given up. Raises `TemporaryFailure`."""
        return self._kept(self._around.connect(host, port, tls=tls))

    def secure(self, connection: socket.socket, host: str) -> socket.socket:
        """Go on with TLS on an open connection, which is cut when the call is given up. Raises `TemporaryFailure`."""
        return self._kept(self._around.secure(connection, host))

    def _kept(self, connection: socket.socket) -> socket.socket:
        with self._lock:
            self._open = [each for each in self._open if each.fileno() >= 0] + [connection]
            late = self._given_up
        if late:
            connection.close()
            raise TemporaryFailure(N_("the call was given up before its point of no return"))
        return connection

    @property
    def patience(self) -> float:
        """How many seconds each wait on a connection may take."""
        return self._around.patience

    @property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal."""
        return self._around.core.rehearsal

    def cancelled(self) -> bool:
        """Whether the call should end early."""
        return self._given_up or self._around.core.stopping.is_set()

    def outside(self, path: str) -> Path:
        """Return where a path of the options lies."""
        return self._around.outside(path)

    def reveal(self, secret: Secret) -> str:
        """Return a secret's value and mask it in every log from now on.

        Raises `TemporaryFailure` where it is not there, or was left out of config.toml: nothing has gone out then, and
        somebody may still provide it.
        """
        if secret is None:  # an option that may be left out, and was: in a rehearsal it has to show as well
            raise TemporaryFailure(_("config.toml does not say where a secret stands that is needed here"))
        if self.rehearsal:
            return "rehearsal"
        try:
            value = secret.resolve(self._around.core.folder)
        except LoaError as error:
            raise TemporaryFailure(str(error)) from None
        self._around.core.redactor.learn(value)
        return value

    def checkpoint(self, data: Mapping[str, Any]) -> None:
        """Keep ``data`` on disk before going on."""
        clean = self._around.core.redactor.value(dict(data))
        with self._around.core.store.write() as connection:
            attempts.checkpoint(connection, self._recorded(), clean)
            if self._batch is not None:
                batches.checkpoint(connection, self._batch, clean)

    def no_return(self) -> None:
        """Say, on disk, that from now on a crash means unknown.

        Raises `TemporaryFailure` once the call was given up, and `StaleEpoch` once a newer engine has taken over,
        which may do it again: in both cases nothing may go out any more.
        """
        core = self._around.core
        with self._lock:
            if self._given_up:
                raise TemporaryFailure(N_("the call was given up before its point of no return"))
            attempt = self._recorded()
            with core.store.write() as connection:
                settings.check_epoch(connection, core.epoch)
                attempts.no_return(connection, attempt)
            self._returned = False

    def taken(self, receipt_id: str) -> bool:
        """Whether another delivery of this channel already holds that receipt."""
        connection = self._around.core.store.read()
        return deliveries.receipt_taken(connection, self.key.channel, receipt_id, self.delivery)

    def give_up(self) -> bool:
        """Tell the call that nobody waits for it any more; return whether it can still be taken back."""
        with self._lock:
            self._given_up = True
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            return self._returned

    @property
    def returnable(self) -> bool:
        """Whether the call has not passed its point of no return."""
        return self._returned

    def next_batch(self, batch: int | None = None) -> None:
        """Begin another batch of the same attempt, which has a point of no return and a checkpoint of its own."""
        self._returned = True
        self._batch = batch

    def _recorded(self) -> int:
        if not self.attempt:
            raise PluginError(self._around.configured.plugin, _("only deliver may use checkpoint and no_return"))
        return self.attempt
