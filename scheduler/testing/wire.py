"""The other end of `context.connect`, played: the channel's own stand-in, overheard and broken off."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scheduler.channels import sockets
from scheduler.channels.channel import StandsInSocket
from scheduler.ground.errors import TemporaryFailure
from scheduler.ground.text import N_, _
from scheduler.testing.setting import DOWN, HANGS

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 65536


@dataclass
class Said:
    """What a channel said on one connection."""

    place: str
    words: bytearray = field(default_factory=bytearray)


@dataclass
class Wire:
    """Every connection of a trial. ``conduct`` is ``down``, ``hangs`` or ""; ``breaks_at`` is a reply, counted from 1.

    In place of that reply the connection breaks: what was said has been taken, and nobody hears so.
    """

    conduct: str = ""
    breaks_at: int = 0
    said: list[Said] = field(default_factory=list)
    replies: int = 0
    called: int = 0
    _open: list[socket.socket] = field(default_factory=list)

    def connect(self, channel: Any, host: str, port: int, seconds: float) -> socket.socket:
        """Return a connection, as `sockets.reach` does. Raises `TemporaryFailure` where nobody is reached."""
        self.called += 1
        if self.conduct == DOWN:
            raise TemporaryFailure(
                _("{host}:{port} cannot be reached: {why}").format(host=host, port=port, why="refused")
            )
        ours, theirs = socket.socketpair()
        ours.settimeout(seconds)
        theirs.settimeout(None)
        self._open += [ours, theirs]
        if self.conduct == HANGS:
            return ours
        said = Said(f"{host}:{port}")
        self.said.append(said)
        inner = sockets.rehearsed(channel, host, port)
        self._open.append(inner)
        self._pump(theirs, inner, said.words.extend)
        self._pump(inner, theirs, self._reply)
        return ours

    def _reply(self, words: bytes) -> None:
        self.replies += 1
        if self.breaks_at and self.replies >= self.breaks_at:
            raise ConnectionResetError(N_("the connection breaks here"))

    def _pump(self, source: socket.socket, drain: socket.socket, heard: Callable[[bytes], None]) -> None:
        def work() -> None:
            with suppress(OSError):
                while words := source.recv(AT_ONCE):
                    heard(words)
                    drain.sendall(words)
            for each in (source, drain):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

        threading.Thread(target=work, name="loa-kit-wire", daemon=True).start()

    def close(self) -> None:
        """Cut every connection."""
        for each in self._open:
            each.close()


def speaks(channel: object) -> bool:
    """Return whether a channel plays its own outside on a connection."""
    return isinstance(channel, StandsInSocket)
