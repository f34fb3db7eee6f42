"""Finding what is to be tried: a plugin by its name, or a file or folder that is not installed yet."""

from __future__ import annotations

import sys
import tomllib
from functools import partial
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.channels.finding import Candidate, candidates, import_file
from scheduler.channels.installed import GROUP
from scheduler.channels.loader import load_alone
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.problem import Severity
from scheduler.ground.text import _
from scheduler.plan.config import FILE as CONFIG
from scheduler.plan.config import load_config
from scheduler.plan.lines import read_toml
from scheduler.plan.source import Report
from scheduler.testing.setting import Setting, from_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from scheduler.channels.channel import Channel
    from scheduler.channels.loader import Plugins
    from scheduler.ground.problem import Problem
    from scheduler.testing.hooked import Hooked

_BELOW = ("src", "")
PROJECT = "pyproject.toml"


def settings_of(wanted: str, folder: Path | None = None, options: Path | None = None) -> list[Setting]:
    """Return a setting for each channel that a plugin brings, none for one that brings only other hooks.

    ``wanted`` is its name, or a path; ``folder`` is the campaign folder, if there is one, whose config.toml says with
    what its channels are tried. ``options`` is a file that says it in its stead. Raises `LoaError`.
    """
    plugins, name = _loaded(wanted, folder)
    channels = [channel for channel, _plugin in plugins.channels.values()]
    for each in channels:
        _free(each.name, name, folder)
    if not channels and not plugins.statuses[0].hooks:
        raise LoaError(
            _("plugin {name} implements no hook: is @hookimpl missing above its functions?").format(name=name)
        )
    return [_setting(each, name, options, folder).complete() for each in channels]


def hooked_of(wanted: str, folder: Path | None = None, taken: Collection[str] = ()) -> Hooked | None:
    """Return a plugin to be tried for its hooks, ``None`` where it brings channels only. Raises `LoaError`."""
    from scheduler.channels import hookspecs
    from scheduler.testing.hooked import Hooked

    plugins, _name = _loaded(wanted, folder)
    beside = vars(hookspecs).keys() & set(plugins.statuses[0].hooks) - {"register_channels"}
    return Hooked(plugins, taken) if beside else None


def _loaded(wanted: str, folder: Path | None) -> tuple[Plugins, str]:
    found = list(_candidates(wanted, folder))
    names = [each.name for each in found]
    candidate = next((each for each in found if each.name == wanted or each.source.startswith("path:")), None)
    if candidate is None:
        every = _("give a path, or one of these: {names}").format(names=", ".join(dict.fromkeys(names)))
        raise NotFound.named(_("there is no plugin {name!r}"), wanted, names, every)
    plugins = load_alone(candidate)
    (status,) = plugins.statuses
    if status.error:
        raise LoaError(_("plugin {name} did not load: {why}").format(name=status.name, why=status.error))
    return plugins, status.name


def _free(channel: str, plugin: str, folder: Path | None) -> None:
    """Raise `LoaError` where another plugin is called as the channel: its table in config.toml is of that one."""
    names = {plugin, plugin.replace("_", "-")}
    others = [] if channel in names else [each.name for each in candidates(folder)]
    for other in others:
        if other.replace("_", "-") == channel:
            taken = _("the channel name {name!r} is taken by plugin {plugin!r}").format(name=channel, plugin=other)
            raise LoaError(_("plugin {name} did not load: {why}").format(name=plugin, why=taken))


def _candidates(wanted: str, folder: Path | None) -> Iterable[Candidate]:
    path = Path(wanted).expanduser()
    if not path.exists() or (path.name == wanted and path.suffix != ".py" and not _is_plugin(path)):
        return candidates(folder)
    place = path.resolve()
    if (place / PROJECT).is_file():
        return _projects(place)
    file = place / "__init__.py" if place.is_dir() else place
    if not file.is_file():
        raise NotFound(_("{path} is no plugin: it has neither __init__.py nor pyproject.toml").format(path=wanted))
    return [Candidate(place.stem, f"path: {wanted}", partial(import_file, place.stem, file), partial(Path, file))]


def _is_plugin(path: Path) -> bool:
    return any((path / name).is_file() for name in ("__init__.py", PROJECT))


def _projects(place: Path) -> list[Candidate]:
    """Return the plugins that a project's entry points name, as an installation would bring them."""
    table = tomllib.loads((place / PROJECT).read_text(encoding="utf-8"))
    points = table.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if not points:
        raise NotFound(
            _("{path} names no plugin: its pyproject.toml has no entry point {group}").format(path=place, group=GROUP)
        )
    sys.path[:0] = [
        str(place / part) for part in _BELOW if (place / part).is_dir() and str(place / part) not in sys.path
    ]
    return [
        Candidate(name, f"path: {place.name}", EntryPoint(name, value, GROUP).load, lambda: None)
        for name, value in points.items()
    ]


def _setting(channel: Channel[Any], plugin: str, options: Path | None, folder: Path | None) -> Setting:
    if options is not None:
        return _from_file(channel, plugin, options)
    if folder is None or not (folder / CONFIG).is_file():
        return Setting(channel, plugin=plugin)
    config, problems = load_config(folder)
    tables = (f"channels.{channel.name}", f"plugins.{plugin}")
    wrong = [each for each in problems if not config.parsed or ".".join(each.key.split(".")[:2]) in tables]
    _none(channel, [each for each in wrong if each.severity is Severity.ERROR])
    wanted = config.channels.get(channel.name)
    if wanted is None:
        return Setting(channel, plugin=plugin)
    targets = [
        {**each.settings, "name": each.name, "title": each.title, "language": each.language or None}
        for each in wanted.targets
    ]
    more: dict[str, Any] = {"plugin": plugin, "source": CONFIG, "lines": wanted.lines}
    return Setting(channel, dict(wanted.options), targets, files=folder / "content", **more)


def _from_file(channel: Channel[Any], plugin: str, file: Path) -> Setting:
    """Return the setting of a file of options: the channel's own table in it, or all of it. Raises `LoaError`."""
    report = Report(str(file))
    try:
        read = read_toml(file.read_text(encoding="utf-8"), report)
    except (OSError, ValueError) as error:
        raise LoaError(f"{file}: {error}") from None
    _none(channel, report.problems)
    values, spans = read or ({}, {})
    own = values.get(channel.name)
    head, table = (f"{channel.name}.", own) if isinstance(own, dict) else ("", values)
    lines = {".".join(map(str, path)): span.line for path, span in spans.items()}
    lines = {key.removeprefix(head): line for key, line in lines.items() if key.startswith(head)} | {
        "": lines.get(channel.name, 1)
    }
    return from_table(channel, table, plugin=plugin, source=str(file), lines=lines)


def _none(channel: Channel[Any], wrong: Iterable[Problem]) -> None:
    """Raise `LoaError` with what is wrong, where something is."""
    if words := "; ".join(map(str, wrong)):
        raise LoaError(_("{channel} cannot be tried: {why}").format(channel=channel.name, why=words))
