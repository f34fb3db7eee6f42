"""Loading plugins. One that fails is named with its reason, and the rest works.

A name that is taken is a failure of the later one. What `[plugins.NAME]` of config.toml switches off is not imported.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from scheduler.channels import contract, hookspecs
from scheduler.channels.finding import SHIPPED, candidates, imported, stamp
from scheduler.channels.fitting import fitting
from scheduler.channels.hooks import Hooks, guarded, one_line
from scheduler.ground.errors import NotFound
from scheduler.ground.problem import nearest
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scheduler.channels.channel import Channel
    from scheduler.channels.finding import Candidate
    from scheduler.channels.isolated.pool import Pool
    from scheduler.plan.config import PluginConfig

LOAD_SECONDS = 10.0
_CHANNELS = "register_channels"


@dataclass(frozen=True, slots=True)
class PluginStatus:
    """A plugin that was found: where it came from, what it brought, and why it did not load.

    ``version`` is what its distribution, or its ``__version__``, says, and ``contract`` what it was written for, each
    "" where nobody says one; ``hooks`` are those that it implements. One that is not ``enabled`` was not imported.
    ``unasked`` are hooks that it implements and nobody asks, since it runs in a process of its own.
    """

    name: str
    source: str
    channels: tuple[str, ...] = ()
    error: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()
    contract: str = ""
    enabled: bool = True
    unasked: tuple[str, ...] = ()


def unknown_plugin(name: str, statuses: Mapping[str, PluginStatus]) -> NotFound:
    """Return that there is no such plugin: with the one whose channel has that name, or the nearest."""
    for each in statuses.values():
        if name in each.channels:
            said = _("there is no plugin {name!r}: that is a channel of plugin {plugin}")
            return NotFound(said.format(name=name, plugin=each.name))
    return NotFound.named(_("there is no plugin {name!r}"), name, statuses, ", ".join(sorted(statuses)))


@dataclass(slots=True)
class Plugins:
    """All that was found. ``channels`` maps a channel's name to its object and the plugin that brought it.

    ``wishes`` are those of config.toml that they were loaded by; ``told`` is false where they could not be read.
    ``apart`` are the processes of those that have their own, ``stamps`` the main file of each with the stamp of its
    code as it runs for Loa.
    """

    statuses: list[PluginStatus] = field(default_factory=list)
    channels: dict[str, tuple[Channel[Any], str]] = field(default_factory=dict)
    hooks: Hooks = field(default_factory=lambda: Hooks(_manager()))
    wishes: Mapping[str, PluginConfig] = field(default_factory=dict)
    told: bool = True
    apart: list[Pool] = field(default_factory=list)
    stamps: dict[str, tuple[Path, str]] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether one has another version by now that is taken up by itself: of those apart, or that did not load."""
        failed = [each.name for each in self.statuses if each.error]
        return any(each.changed for each in self.apart) or any(self._is_altered(each) for each in failed)

    @property
    def altered(self) -> tuple[str, ...]:
        """Those of which there is other code by now than what runs here."""
        return tuple(filter(self._is_altered, self.stamps))

    def _is_altered(self, name: str) -> bool:
        file, mark = self.stamps.get(name, (None, ""))
        return file is not None and _marked(file) != mark

    @property
    def outdated(self) -> bool:
        """Whether it is time to read again what they have a part in."""
        return self.changed or any(each.outdated for each in self.apart)

    def retire(self) -> None:
        """Keep no process of theirs beyond the calls that are under way: others have taken their place."""
        for each in self.apart:
            each.retire()


def load_plugins(
    folder: Path | None = None,
    wishes: Mapping[str, PluginConfig] | None = None,
    *,
    seconds: float = LOAD_SECONDS,
    only: Callable[[Candidate], bool] = lambda candidate: True,
    told: bool = True,
) -> Plugins:
    """Load every plugin that there is for the campaign in ``folder``; nothing that one of them does can stop this.

    ``wishes`` are the campaign's own for each plugin, by name. Where not all are wanted, ``only`` says which. Where the
    wishes could not be read, they are not ``told``: any might be switched off, so only those shipped with Loa are.
    """
    found = Plugins(wishes=wishes or {}, told=told)
    for each in filter(only, candidates(folder)):
        status = PluginStatus(each.name, each.source, version=each.version)
        wish = found.wishes.get(each.name)
        if any(other.name == each.name for other in found.statuses):
            taken = _("the name {name!r} is taken by another plugin").format(name=each.name)
            status = replace(status, error=taken)
        elif not told and not each.source.startswith(SHIPPED):
            unknown = _("it is not loaded, since config.toml cannot be read, which may switch it off")
            status = replace(status, error=unknown)
        elif wish is not None and not wish.enabled:
            status = replace(status, enabled=False)
        else:
            admit = partial(_admit_apart, folder) if wish is not None and wish.isolated else _admit
            status = _admitted(admit, found, each, status, seconds)
        found.statuses.append(status)
    return found


def _marked(file: Path | None) -> str:
    try:
        return stamp(file) if file is not None else ""
    except OSError:
        return ""


def load_alone(candidate: Candidate, *, seconds: float = LOAD_SECONDS) -> Plugins:
    """Load one plugin and no other, so that nothing of it is taken by another's name."""
    found = Plugins()
    status = PluginStatus(candidate.name, candidate.source, version=candidate.version)
    found.statuses.append(_admitted(_admit, found, candidate, status, seconds))
    return found


def outgrown(plugins: Plugins, folder: Path) -> bool:
    """Return whether other plugins are there by now than those that were loaded."""
    importlib.invalidate_caches()
    return [each[:2] for each in candidates(folder)] != [(each.name, each.source) for each in plugins.statuses]


class _Manager(pluggy.PluginManager):
    """Looks for the hooks of a module among its functions only, in a quarter of the time."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        """Return what marks a function as a hook, ``None`` for all else."""
        if isinstance(plugin, ModuleType) and not isinstance(vars(plugin).get(name), FunctionType):
            return None
        return super().parse_hookimpl_opts(plugin, name)


def _manager() -> pluggy.PluginManager:
    manager = _Manager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def _admitted(
    admit: Callable[[Plugins, Candidate, PluginStatus, float], PluginStatus],
    found: Plugins,
    candidate: Candidate,
    status: PluginStatus,
    seconds: float,
) -> PluginStatus:
    """Admit a plugin; whatever goes wrong with it is its own error, until its code is another."""
    tried = _marked(candidate.file())
    try:
        status = admit(found, candidate, status, seconds)
    except Exception as problem:  # noqa: BLE001 - one plugin never stops the others
        if found.hooks.manager.has_plugin(candidate.name):
            found.hooks.manager.unregister(name=candidate.name)
        status = replace(status, error=one_line(problem))
    if status.error and (file := candidate.file()) is not None:
        found.stamps[candidate.name] = (file, tried)
    return status


def _admit(found: Plugins, candidate: Candidate, status: PluginStatus, seconds: float) -> PluginStatus:
    manager, name = found.hooks.manager, candidate.name
    late = _("did not load within {seconds:.0f} seconds")
    loaded, error = guarded(partial(_loaded, candidate), seconds, late)
    plugin, wanted, version = loaded or (None, _stated(candidate), "")
    status = replace(status, contract=wanted if isinstance(wanted, str) else "")
    error = contract.misfit(wanted) or error
    with suppress(OSError):
        if (file := candidate.file()) is not None:
            found.stamps[name] = (file, imported(file))
    if error:
        return replace(status, error=error)
    status = replace(status, version=status.version or version)
    try:
        manager.register(plugin, name)
    except Exception as problem:  # noqa: BLE001 - pluggy looks at every attribute of the plugin, which may raise anything
        if manager.has_plugin(name):
            manager.unregister(name=name)
        return replace(status, error=_foreign(plugin) or one_line(problem))
    callers = manager.get_hookcallers(plugin) or ()
    status = replace(status, hooks=tuple(sorted(caller.name for caller in callers)))
    error = _misspelt(callers)
    brought, error = ([], error) if error else guarded(lambda: _channels_of(manager, plugin), seconds, late)
    error = error or _taken([channel.name for channel in brought], found.channels)
    if error:
        manager.unregister(name=name)
        return replace(status, error=error)
    found.channels.update({channel.name: (channel, name) for channel in brought})
    return replace(status, channels=tuple(channel.name for channel in brought))


def _foreign(plugin: object) -> str:
    """Return which parameter of a hook's implementation the hook does not have, or ""."""
    for hook, spec in vars(hookspecs).items():
        function = getattr(plugin, hook, None) if hasattr(spec, "loa_spec") else None
        if isinstance(function, FunctionType) and hasattr(function, "loa_impl"):
            known = list(inspect.signature(spec).parameters)
            for name in inspect.signature(function).parameters:
                if name not in known:
                    text = _("{hook} has no parameter {name!r}: it has {known}")
                    return text.format(hook=hook, name=name, known=", ".join(known) or _("none"))
    return ""


def _misspelt(callers: Iterable[pluggy.HookCaller]) -> str:
    for name in (each.name for each in callers if not each.has_spec()):
        hint = nearest(name, (each for each in vars(hookspecs) if hasattr(getattr(hookspecs, each), "loa_spec")))
        return _("there is no hook {name!r}").format(name=name) + (f" ({hint})" if hint else "")
    return ""


def _admit_apart(
    folder: Path | None, found: Plugins, candidate: Candidate, status: PluginStatus, seconds: float
) -> PluginStatus:
    """Admit the channels of a plugin that runs in a process of its own; its other hooks are not asked."""
    from scheduler.channels.isolated.opening import opened

    sheet, channels, pool = opened(candidate, folder, seconds, found.wishes[candidate.name].memory)
    version = status.version or sheet.version
    asked, unasked = [tuple(each for each in sheet.hooks if (each == _CHANNELS) is own) for own in (True, False)]
    status = replace(status, version=version, contract=sheet.contract, hooks=asked, unasked=unasked)
    error = sheet.error or _taken([channel.name for channel in channels], found.channels)
    if error:
        return replace(status, error=error)
    found.apart.append(pool)
    if (file := candidate.file()) is not None and sheet.stamp:
        found.stamps[candidate.name] = (file, sheet.stamp)
    found.channels.update({channel.name: (channel, candidate.name) for channel in channels})
    return replace(status, channels=tuple(channel.name for channel in channels))


def _loaded(candidate: Candidate) -> tuple[object, object, str]:
    """Return a plugin, what it was written for, and its version: a module may compute these, and fail at it."""
    plugin = candidate.load()
    return plugin, getattr(plugin, contract.ATTRIBUTE, None), str(getattr(plugin, "__version__", ""))


def _stated(candidate: Candidate) -> object:
    """Return what the file of a plugin that failed says it was written for: that may be why it failed."""
    file = candidate.file()
    return contract.stated(file) if file is not None else None


def _taken(names: list[str], channels: dict[str, tuple[Channel[Any], str]]) -> str:
    for number, name in enumerate(names):
        if name in channels:
            return _("the channel name {name!r} is taken by plugin {plugin!r}").format(
                name=name, plugin=channels[name][1]
            )
        if name in names[:number]:
            return _("the channel name {name!r} is taken by another channel of the same plugin").format(name=name)
    return ""


def _channels_of(manager: pluggy.PluginManager, plugin: object) -> list[Channel[Any]]:
    """Call one plugin's hook directly, so that it answers for itself alone."""
    brought: list[Channel[Any]] = []
    for implementation in manager.hook.register_channels.get_hookimpls():
        if implementation.plugin is plugin:
            answer: Any = implementation.function()
            if not isinstance(answer, Iterable):
                text = _("register_channels returned {kind}, and must return a list of channels: return [{wanted}]")
                wanted = "…" if answer is None else f"{type(answer).__name__}()"
                raise TypeError(text.format(kind=type(answer).__name__, wanted=wanted))
            brought.extend(fitting(each) for each in answer)
    return brought
