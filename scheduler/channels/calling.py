"""What a call of a channel is given: the one way in which a plugin meets time, disk, network and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import logging
    import socket
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    import httpx2

    from scheduler.channels.options import Options, Secret
    from scheduler.ground.clock import Clock
    from scheduler.ground.delivery import Key
    from scheduler.ground.model import Target

OptionsOut_co = TypeVar("OptionsOut_co", bound="Options", covariant=True)


class DeliverContext(Protocol[OptionsOut_co]):
    """What a call may use. There is no store in it, and no other clock."""

    @property
    def key(self) -> Key:
        """The delivery's key, which goes with every call to the outside."""

    @property
    def round(self) -> int:
        """The round, raised only by a requeue."""

    @property
    def options(self) -> OptionsOut_co:
        """The channel's validated options."""

    @property
    def target(self) -> Target:
        """Whom it reaches."""

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's time zone."""

    @property
    def content(self) -> Path:
        """The folder of the campaign's texts."""

    @property
    def publish_at(self) -> datetime:
        """When the public meets it (aware, in UTC)."""

    @property
    def deadline(self) -> datetime:
        """When the host gives the call up (aware, in UTC)."""

    @property
    def clock(self) -> Clock:
        """The only clock of a call."""

    @property
    def out(self) -> Path:
        """The channel's own output folder."""

    @property
    def log(self) -> logging.Logger:
        """A logger that masks secrets."""

    @property
    def previous(self) -> Mapping[str, Any] | None:
        """The newest checkpoint that an earlier attempt of the same delivery left."""

    @property
    def http(self) -> httpx2.Client:
        """A client with time limits set; in a rehearsal nothing leaves the machine through it."""

    def connect(self, host: str, port: int, *, tls: bool = False) -> socket.socket:
        """Open a connection, for what is no HTTP. Close it (``with``); each wait on it ends with the time limit.

        With ``tls`` the other side must prove that it is ``host``. In a rehearsal nothing leaves the machine: the
        channel's own `StandsInSocket` is at the other end, without TLS. A call that is given up has its connections
        cut. Raises `TemporaryFailure` where nobody is reached: nothing has gone out then.
        """

    def secure(self, connection: socket.socket, host: str) -> socket.socket:
        """Go on with TLS on an open connection, as STARTTLS asks for; go on with what it returns, and close that.

        The other side must prove that it is ``host``. In a rehearsal the connection is returned as it is. Raises
        `TemporaryFailure`, and closes the connection, where that fails.
        """

    @property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal. Only for what a person should be told, never for another path."""

    def cancelled(self) -> bool:
        """Whether the call should end early: the engine stops, or its time is over."""

    def outside(self, path: str) -> Path:
        """Return where a path of the options lies; in a rehearsal it is moved below the rehearsal's own folder."""

    def reveal(self, secret: Secret) -> str:
        """Return a secret's value, which is masked in the log from now on."""

    def checkpoint(self, data: Mapping[str, Any]) -> None:
        """Keep ``data`` on disk for a later attempt or look-up, before going on."""

    def no_return(self) -> None:
        """Say, on disk, that from now on a crash means unknown; a `staged` channel must.

        Raises `TemporaryFailure` once the call has been given up, so that nothing goes out after that.
        """

    def taken(self, receipt_id: str) -> bool:
        """Whether another delivery of this channel already holds that receipt."""
