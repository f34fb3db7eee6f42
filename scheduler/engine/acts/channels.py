"""Acts on channels: pause, resume, and ask one whether it would work."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Health, Probes
from scheduler.engine.acts.acting import Acting
from scheduler.engine.calls import Caller, Overtime, Raised
from scheduler.engine.context import CallContext, Surroundings
from scheduler.ground.delivery import Key
from scheduler.ground.errors import NotFound
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.store import moves, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.channels.registry import Configured


class ChannelActs(Acting):
    """What is done to channels."""

    def pause(self, channel: str, reason: str = "") -> None:
        """Let nothing go out on one channel until it is resumed."""
        self._switch(channel, self._by, reason)

    def resume(self, channel: str) -> None:
        """Take a pause back."""
        self._switch(channel, None, "")

    def probe(self, channel: str, target: str | None = None) -> Health:
        """Ask a channel whether it would work now."""
        configured = self._channel(channel)
        if not isinstance(configured.channel, Probes):
            return Health(ok=True, detail=_("this channel has nothing to test"))
        chosen = [each for each in configured.targets if target in (None, each.name)]
        if not chosen:
            names = [each.name for each in configured.targets]
            raise NotFound.named(_("there is no target {name!r} on this channel"), target or "", names)
        limit, now = configured.config.time_limit, self._core.clock.now()
        around = Surroundings(self._core, configured)
        context = CallContext(around, Key("", "", channel, chosen[0].name), 1, chosen[0], now, now + limit)
        caller = Caller(f"loa-probe-{channel}")
        answer = caller.run([partial(configured.channel.probe, context)], limit.total_seconds())[0]
        caller.close()
        around.close()
        return _health(answer, configured, self._core.redactor.text)

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


def _health(answer: Any, configured: Configured, clean: Callable[[str], str]) -> Health:
    if isinstance(answer, Health):
        return Health(answer.ok, clean(answer.detail), answer.until)
    if isinstance(answer, Overtime):
        return Health(ok=False, detail=_("no answer in time"))
    if isinstance(answer, Raised):
        return Health(ok=False, detail=clean(f"{type(answer.error).__name__}: {said(answer.error)}"))
    return Health(
        ok=False,
        detail=_("plugin {name}: probe returned {kind}").format(name=configured.plugin, kind=type(answer).__name__),
    )
