"""Acts on channels: pause, resume, ask one whether it would work, and try it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.engine.acts.acting import Acting
from scheduler.engine.daemon.probing import probe
from scheduler.engine.daemon.trying import try_out
from scheduler.ground.errors import NotFound
from scheduler.ground.text import _
from scheduler.store import moves, settings

if TYPE_CHECKING:
    from scheduler.channels.channel import Receipt
    from scheduler.channels.registry import Configured
    from scheduler.ground.model import Health, Target


class ChannelActs(Acting):
    """What is done to channels."""

    def pause(self, channel: str, reason: str = "") -> None:
        """Let nothing go out on one channel until it is resumed."""
        self._switch(channel, self._by, reason)

    def resume(self, channel: str) -> None:
        """Take a pause back."""
        self._switch(channel, None, "")

    def probe(self, channel: str, target: str | None = None) -> Health:
        """Ask a channel whether it would work now, and keep its answers; return the worst of its targets'."""
        configured = self._channel(channel)
        return probe(self._core, configured, _chosen(configured, target))

    def try_out(self, channel: str, target: str | None = None, to: str = "") -> Receipt:
        """Send a test on a channel that can, where the public does not meet it, and return its proof.

        Raises `NotAllowed` where it cannot, or nothing may go out now; `LoaError` where it was not sent.
        """
        configured = self._channel(channel)
        return try_out(self._core, configured, _chosen(configured, target)[0], to, self._actor())

    def _switch(self, channel: str, by: str | None, reason: str) -> None:
        self._channel(channel)
        now = self._core.clock.now()
        with self._core.store.write() as connection:
            settings.pause(connection, channel, by, reason, now)
            moves.note(connection, now, "pause" if by else "resume", channel, self._by, reason)
        self._core.wake()

    def _channel(self, channel: str) -> Configured:
        channels = self._core.snapshot.registry.channels
        if channel not in channels:
            raise NotFound.named(_("there is no channel {name!r}"), channel, channels)
        return channels[channel]


def _chosen(configured: Configured, target: str | None) -> list[Target]:
    found = [each for each in configured.targets if target in (None, each.name)]
    if not found:
        names = [each.name for each in configured.targets]
        raise NotFound.named(_("there is no target {name!r} on this channel"), target or "", names)
    return found
