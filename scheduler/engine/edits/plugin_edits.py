"""What people change about plugins in config.toml: switched on or off, and a channel's table added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.channels.finding import candidates, naming
from scheduler.channels.loader import unknown_plugin
from scheduler.engine.edits.record import Edit, Recording, edit_of
from scheduler.ground.lifecycle import EDITABLE
from scheduler.ground.text import N_
from scheduler.plan.config import FILE
from scheduler.plan.config_writing import with_flag, with_tables
from scheduler.plan.writing import read_bytes
from scheduler.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scheduler.channels.loader import PluginStatus


@dataclass(frozen=True, slots=True)
class Concerned:
    """A plugin, and how many deliveries wait on each channel of config.toml that it brings.

    Of one that is not loaded nobody knows its channels: they are those that no plugin brings now, and that its file
    names.
    """

    plugin: PluginStatus
    waiting: Mapping[str, int]


class PluginEdits(Recording):
    """What one person changes about the plugins of one campaign folder."""

    def concerned(self, name: str) -> Concerned:
        """Return what hangs on a plugin. Raises `NotFound` with the nearest name."""
        self._refresh()
        snapshot = self._core.snapshot
        every = {each.name: each for each in reversed(snapshot.registry.plugins)}
        if name not in every:
            raise unknown_plugin(name, every)
        status = every[name]
        wanted = [each.name for each in snapshot.config.channels.values() if each.enabled]
        brought = {channel for each in every.values() for channel in each.channels}
        waiting = self._waiting()
        if status.enabled and not status.error:
            names = [channel for channel in wanted if channel in status.channels]
        else:
            idle = [channel for channel in wanted if channel not in brought]
            names = [channel for channel in idle if channel in self._named(name, idle)]
        return Concerned(status, {channel: waiting.get(channel, 0) for channel in names})

    def _named(self, plugin: str, channels: list[str]) -> set[str]:
        """Return which of these channels the main file of a plugin names, without importing it."""
        file = next((each for each in candidates(self._core.folder) if each.name == plugin), None)
        return {each for each in channels if file is not None and naming(file, each)}

    def switch_plugin(self, name: str, *, on: bool) -> Edit:
        """Say in config.toml whether a plugin is used. Raises `NotFound`, `CampaignInvalid` with nothing written."""
        self.concerned(name)
        what = N_("plugin {plugin}: switched on") if on else N_("plugin {plugin}: switched off")
        return self._config(lambda data: with_flag(data, ("plugins", name), "enabled", on), what, {"plugin": name})

    def add_channel(self, channel: str, tables: str) -> Edit:
        """Add a channel's tables at the end of config.toml. Raises `CampaignInvalid` with nothing written."""
        what = N_("channel {channel}: switched on")
        return self._config(lambda data: with_tables(data, tables), what, {"channel": channel})

    def _config(self, change: Callable[[bytes], bytes], what: str, said: Mapping[str, str]) -> Edit:
        before = read_bytes(self._core.folder / FILE)
        written = self._record().write(FILE, before, change(before), what, said)
        self.sync()
        return edit_of(written)

    def _waiting(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for (channel, state), number in deliveries.states(self._core.store.read()).items():
            if state in EDITABLE:
                found[channel] = found.get(channel, 0) + number
        return found
