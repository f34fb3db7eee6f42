"""Finding and loading plugins. One that fails is named with its reason, and the rest works.

Plugins come from three places, in this order: those shipped with Loa, installed distributions (entry points of the
group ``loa.plugins``), and the campaign folder's own ``plugins/``. A name that is taken is a failure of the later one.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
import types
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pluggy

from scheduler import __version__
from scheduler.channels import hookspecs
from scheduler.channels.channel import Bulk, Kind, LooksUp
from scheduler.channels.item import PLAN_VALUES
from scheduler.channels.options import Options
from scheduler.ground.lifecycle import Late
from scheduler.ground.said import said
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.metadata import EntryPoint

    from scheduler.channels.channel import Channel

PACKAGE = "loa_plugins"
GROUP = "loa.plugins"
LOAD_SECONDS = 10.0
_REQUIRED = ("render", "check", "forecast", "idempotent", "deliver")
_ATTRIBUTES = {
    "name": str,
    "kind": Kind,
    "uses": tuple,
    "lead": timedelta,
    "late": Late,
    "grace": timedelta,
    "staged": bool,
}
_MODELS = ("options", "target_options")
_WHOLE = "__loa_file__"
"""Set on a module once it has been run to its end; one that hangs or failed is no plugin."""


@dataclass(frozen=True, slots=True)
class PluginStatus:
    """A plugin that was found: where it came from, what it brought, and why it did not load.

    ``version`` is what its distribution, or its ``__version__``, says, "" where nobody says one; ``hooks`` are those
    that it implements.
    """

    name: str
    source: str
    channels: tuple[str, ...] = ()
    error: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()


@dataclass(slots=True)
class Plugins:
    """All that was found. ``channels`` maps a channel's name to its object and the plugin that brought it."""

    statuses: list[PluginStatus] = field(default_factory=list)
    channels: dict[str, tuple[Channel[Any], str]] = field(default_factory=dict)


def shipped_folder() -> Path:
    """Return where the channels that ship with Loa are: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "plugins"


def load_plugins(folder: Path | None = None, *, seconds: float = LOAD_SECONDS) -> Plugins:
    """Load every plugin that there is for the campaign in ``folder``; nothing that one of them does can stop this."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    found = Plugins()
    for each in _candidates(folder):
        if any(status.name == each.name for status in found.statuses):
            taken = _("the name {name!r} is taken by another plugin").format(name=each.name)
            found.statuses.append(PluginStatus(each.name, each.source, error=taken, version=each.version))
            continue
        found.statuses.append(_admit(manager, found.channels, each, seconds))
    return found


def _admit(
    manager: pluggy.PluginManager,
    channels: dict[str, tuple[Channel[Any], str]],
    candidate: _Candidate,
    seconds: float,
) -> PluginStatus:
    name, source = candidate.name, candidate.source
    plugin, error = _guarded(candidate.load, seconds)
    if error:
        return PluginStatus(name, source, error=error, version=candidate.version)
    version = candidate.version or str(getattr(plugin, "__version__", ""))
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except Exception as problem:  # noqa: BLE001 - pluggy looks at every attribute of the plugin, which may raise anything
        if manager.has_plugin(name):
            manager.unregister(name=name)
        return PluginStatus(name, source, error=_one_line(problem), version=version)
    hooks = tuple(sorted(caller.name for caller in manager.get_hookcallers(plugin) or ()))
    brought, error = _guarded(lambda: _channels_of(manager, plugin), seconds)
    error = error or _taken([channel.name for channel in brought], channels)
    if error:
        manager.unregister(name=name)
        return PluginStatus(name, source, (), error, version, hooks)
    channels.update({channel.name: (channel, name) for channel in brought})
    return PluginStatus(name, source, tuple(channel.name for channel in brought), "", version, hooks)


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
            brought.extend(_checked(each) for each in answer)
    return brought


def _checked(channel: Any) -> Channel[Any]:
    name = getattr(channel, "name", None)
    missing = [each for each in (*_ATTRIBUTES, *_MODELS, *_REQUIRED) if not hasattr(channel, each)]
    if (
        isinstance(channel, type)
        or not isinstance(name, str)
        or not name.replace("-", "").isalnum()
        or name != name.lower()
    ):
        raise TypeError(
            _("register_channels returned {channel!r}, which is no channel with a lower-case name").format(
                channel=channel
            )
        )
    if missing:
        raise TypeError(_("channel {name!r} lacks {names}").format(name=name, names=", ".join(missing)))
    not_callable = [each for each in _REQUIRED if not callable(getattr(channel, each))]
    if not_callable:
        raise TypeError(
            _("channel {name!r}: {names} cannot be called").format(name=name, names=", ".join(not_callable))
        )
    for attribute, kind in _wrong(channel):
        raise TypeError(
            _("channel {name!r}: {attribute} must be {kind}").format(name=name, attribute=attribute, kind=kind)
        )
    checked: Channel[Any] = channel
    return checked


def _wrong(channel: Any) -> Iterator[tuple[str, str]]:
    """Yield which attributes are not of their kind, and the kind, so that nothing stumbles over them later."""
    for attribute, kind in _ATTRIBUTES.items():
        if not isinstance(getattr(channel, attribute), kind):
            yield attribute, kind.__name__
    for attribute in _MODELS:
        model = getattr(channel, attribute)
        if not (isinstance(model, type) and issubclass(model, Options)):
            yield attribute, "a class derived from Options"
    if isinstance(channel.uses, tuple) and not PLAN_VALUES.issuperset(map(str, channel.uses)):
        yield "uses", _("names of values of the plan: {names}").format(names=", ".join(sorted(PLAN_VALUES)))
    size, wait = getattr(channel, "batch_size", 1), getattr(channel, "settle_after", timedelta())
    if isinstance(channel, Bulk) and not (isinstance(size, int) and size > 0):
        yield "batch_size", "a number above 0"
    if isinstance(channel, LooksUp) and not isinstance(wait, timedelta):
        yield "settle_after", "timedelta"


def _guarded(work: Callable[[], Any], seconds: float) -> tuple[Any, str]:
    """Run a plugin's code with a time limit; return its result, or its error in one line."""
    outcome: list[Any] = [None, ""]

    def run() -> None:
        try:
            outcome[0] = work()
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
            outcome[1] = _one_line(error)

    thread = threading.Thread(target=run, name="loa-plugin-load", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return None, _("did not load within {seconds:.0f} seconds").format(seconds=seconds)
    return outcome[0], outcome[1]


def _one_line(error: BaseException) -> str:
    text = " ".join(said(error).split())
    where = ""
    trace = error.__traceback__
    while trace is not None:
        where = f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {text}{where}" if text else f"{type(error).__name__}{where}"


class _Candidate(NamedTuple):
    name: str
    source: str
    load: Callable[[], object]
    version: str = ""


def _candidates(folder: Path | None) -> Iterator[_Candidate]:
    shipped = shipped_folder()
    yield from _in_folder(shipped, "shipped", __version__)
    for point in _entry_points():
        yield _Candidate(point.name, f"installed: {point.value}", point.load, point.dist.version if point.dist else "")
    own = folder / "plugins" if folder else None
    if own is not None and own.is_dir() and own.resolve() != shipped.resolve():
        yield from _in_folder(own, "plugins")


def _in_folder(folder: Path, label: str, version: str = "") -> Iterator[_Candidate]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        file = path / "__init__.py" if path.is_dir() else path
        if file.suffix == ".py" and file.is_file():
            yield _Candidate(path.stem, f"{label}/{path.name}", partial(_import, path.stem, file), version)


def _import(name: str, file: Path) -> object:
    """Import a plugin's file, or folder, as ``loa_plugins.<name>``, so that it can import its own parts."""
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE)
        package.__path__ = []
        sys.modules[PACKAGE] = package
    full = f"{PACKAGE}.{name}"
    for module in [each for each in sys.modules if each == full or each.startswith(f"{full}.")]:
        if getattr(sys.modules.get(full), _WHOLE, None) == str(file):
            return sys.modules[full]
        del sys.modules[module]
    search = [str(file.parent)] if file.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(full, file, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise ImportError(_("{file} cannot be imported").format(file=file.name))
    module_object = importlib.util.module_from_spec(spec)
    sys.modules[full] = module_object
    try:
        spec.loader.exec_module(module_object)
    except BaseException:
        sys.modules.pop(full, None)
        raise
    setattr(module_object, _WHOLE, str(file))
    return module_object


def _entry_points() -> Iterable[EntryPoint]:
    from importlib.metadata import entry_points

    return sorted(entry_points(group=GROUP), key=lambda point: point.name)
