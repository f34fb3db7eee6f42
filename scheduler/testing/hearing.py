"""What the host gives a call, overheard: the real context and surroundings, with the outside played."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.engine.delivering.context import CallContext, Surroundings
from scheduler.testing.wire import speaks

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    import httpx2

    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.testing.outside import Outside
    from scheduler.testing.wire import Wire


class Around(Surroundings):
    """Surroundings whose HTTP client meets the scripted outside, and whose outer paths lie in the trial's folder."""

    def __init__(
        self, core: Core, configured: Configured, outside: Outside, wire: Wire, *, in_world: bool = False
    ) -> None:
        super().__init__(core, configured)
        self.played, self.wire, self.in_world = outside, wire, in_world
        self.devices: frozenset[str] = frozenset()
        self.met: Callable[[], None] = lambda: None
        self.passing: Callable[[], None] = lambda: None
        self.asked_for: list[Path] = []
        self.said: list[str] = []
        self._listener = _Listener(self.said)
        self.log.filters.insert(0, self._listener)
        logging.getLogger().addHandler(self._listener.handler)

    @property
    def http(self) -> httpx2.Client:
        """The client for this channel's calls."""
        self.met()
        if self.core.rehearsal:
            return super().http
        if self._http is None:
            import httpx2

            limit = self.configured.config.time_limit.total_seconds()
            self._http = httpx2.Client(timeout=min(limit, 30.0), transport=self.played, trust_env=False)
        return self._http

    def connect(self, host: str, port: int, *, tls: bool) -> socket.socket:
        """Open a connection: to a world on this machine, where one is given, or to the channel's own stand-in."""
        self.met()
        if self.core.rehearsal or self.in_world or not speaks(self.configured.channel):
            return super().connect(host, port, tls=tls)
        return self.wire.connect(self.configured.channel, host, port, self.configured.config.time_limit.total_seconds())

    def secure(self, connection: socket.socket, host: str) -> socket.socket:
        """Go on with TLS on an open connection, where a world is at its other end."""
        played = not self.in_world and speaks(self.configured.channel)
        return connection if played else super().secure(connection, host)

    @property
    def out(self) -> Path:
        """The channel's own folder."""
        self.met()
        return super().out

    def outside(self, path: str) -> Path:
        """Return where a path of the options lies: below the trial's folder, unless it is a device of the world's."""
        self.met()
        if path in self.devices:
            return Path(path)
        given = Path(path).expanduser()
        place = self.core.folder.joinpath(*[part for part in given.parts if part not in (given.anchor, "..")])
        self.asked_for.append(place)
        return place

    def close(self) -> None:
        """Close the client, and listen no more."""
        super().close()
        self.log.removeFilter(self._listener)
        logging.getLogger().removeHandler(self._listener.handler)


class _Listener(logging.Filter):
    """Hears every record before anything in it is masked."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said
        self.handler = logging.NullHandler()
        self.handler.handle = self.filter  # type: ignore[method-assign]

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record's words; let it pass."""
        words = record.getMessage()
        if record.exc_info:
            words += "\n" + logging.Formatter().formatException(record.exc_info)
        self.said.append(words)
        return True


class Heard(CallContext):
    """The real context of a call, which keeps what the channel told it."""

    __slots__ = ("checkpoints", "passed")

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.checkpoints: list[dict[str, Any]] = []
        self.passed = 0

    def checkpoint(self, data: Mapping[str, Any]) -> None:
        """Keep ``data``, here and on disk."""
        self.checkpoints.append(dict(data))
        super().checkpoint(data)

    def no_return(self) -> None:
        """Say, on disk, that from now on a crash means unknown."""
        super().no_return()
        self.passed += 1
        if isinstance(self._around, Around):
            self._around.passing()
