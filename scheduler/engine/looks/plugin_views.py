"""All that is known of one plugin: where it is from, what it brings, what its channels take, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.channels.loader import unknown_plugin
from scheduler.channels.overtaken import remedy
from scheduler.engine.daemon.loaded import behind
from scheduler.ground.text import _
from scheduler.plan.config import PluginConfig
from scheduler.store import health
from scheduler.store.health import worst

if TYPE_CHECKING:
    from scheduler.channels.channel import Channel, Kind
    from scheduler.channels.described import Described
    from scheduler.channels.loader import PluginStatus
    from scheduler.engine.core import Core
    from scheduler.store.health import Probed


@dataclass(frozen=True, slots=True)
class Brought:
    """A channel that a plugin brings. ``works`` is whether config.toml has it and it works here.

    ``options`` are the keys of its table, ``settings`` those of its targets. ``probed`` is what it last said of its
    health, the worst of its targets; ``None`` where it was never asked.
    """

    name: str
    title: str
    kind: Kind
    works: bool
    options: tuple[Described, ...]
    settings: tuple[Described, ...]
    probed: Probed | None


@dataclass(frozen=True, slots=True)
class PluginSheet:
    """A plugin with its channels, where it is loaded. ``isolated`` and ``memory`` (bytes) are as config.toml says.

    ``step`` is what to do where it does not work, or "". ``behind`` is whether an engine at work runs other code of it
    than what is there now.
    """

    status: PluginStatus
    isolated: bool
    memory: int | None
    channels: tuple[Brought, ...]
    step: str
    behind: bool


def sheet(core: Core, name: str) -> PluginSheet:
    """Return what is known of a plugin. Raises `NotFound` with the nearest name."""
    statuses = {each.name: each for each in reversed(core.snapshot.registry.plugins)}
    if name not in statuses:
        raise unknown_plugin(name, statuses)
    return _sheet(core, statuses[name])


def sheets(core: Core) -> list[PluginSheet]:
    """Return what is known of every plugin, in the order in which they were found."""
    return [_sheet(core, each) for each in core.snapshot.registry.plugins]


def _sheet(core: Core, status: PluginStatus) -> PluginSheet:
    snapshot = core.snapshot
    wish = snapshot.config.plugins.get(status.name) or PluginConfig()
    loaded = snapshot.plugins.channels if snapshot.plugins else {}
    answers = health.every(core.store.read()) if status.channels else {}
    brought = []
    for name in status.channels:
        configured = snapshot.registry.channels.get(name)
        targets = {target.name for target in configured.targets} if configured else set()
        probed = [each for target, each in answers.get(name, {}).items() if target in targets]
        brought.append(_brought(loaded[name][0], probed, works=configured is not None))
    old = behind(core, status.name)
    step = next_step(status) or (remedy(status) if old else "")
    return PluginSheet(status, wish.isolated, wish.memory, tuple(brought), step, old)


def _brought(channel: Channel[Any], probed: list[Probed], *, works: bool) -> Brought:
    from scheduler.channels.described import described

    title = _(channel.title) if channel.title else channel.name
    options, settings = described(channel.options), described(channel.target_options)
    kept = worst(probed) if probed else None
    return Brought(channel.name, title, channel.kind, works, tuple(options), tuple(settings), kept)


def next_step(status: PluginStatus) -> str:
    """Return what to do about a plugin that does not work, or is switched off; "" about one that works."""
    if not status.enabled:
        return _("`loa plugins enable {plugin}` switches it on").format(plugin=status.name)
    if not status.error:
        return ""
    if status.source.startswith("installed"):
        step = _("install another version, or take it out: `loa plugins uninstall {plugin}`")
    elif status.source.startswith("shipped"):
        step = _("it ships with Loa: install Loa anew, or switch it off: `loa plugins disable {plugin}`")
    else:
        step = _("mend {file}, or switch it off: `loa plugins disable {plugin}`")
    return step.format(plugin=status.name, file=status.source)
