"""What is in force on a channel: every option with its value, where that came from, and what it is by default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from scheduler.channels.options import Options, Secret
from scheduler.engine.redaction import MASK
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.problem import Severity
from scheduler.ground.text import _
from scheduler.plan.config import FILE, ChannelConfig
from scheduler.plan.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.ground.problem import Problem

HOST = ("lead", "late", "grace", "rate", "workers", "time_limit")
"""The options that every channel has, as Loa itself knows them."""

PARTS = {"retry": ("first", "most", "give_up", "attempts"), "breaker": ("failures", "pause")}


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option as it is in force. ``source`` is the line of config.toml that says it, or "" for the default.

    Of a secret, ``value`` says where it stands and never what it is; ``wrong`` says why it cannot be had.
    """

    key: str
    value: str
    kind: str
    default: str
    source: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class IdleChannel:
    """A channel that config.toml names and that does not work here; without ``problems`` it is switched off."""

    name: str
    problems: tuple[Problem, ...] = ()


def idle(core: Core) -> list[IdleChannel]:
    """Return the channels that do not work here, with why not."""
    snapshot = core.snapshot
    found = []
    for name, wanted in snapshot.config.channels.items():
        if name in snapshot.registry.channels:
            continue
        errors = tuple(
            each
            for each in snapshot.problems
            if each.severity is Severity.ERROR
            and (each.key == f"channels.{name}" or each.key.startswith(f"channels.{name}."))
        )
        found.append(IdleChannel(name, errors if wanted.enabled else ()))
    return found


def configured(core: Core, channel: str) -> Configured:
    """Return a channel that works here. Raises `NotFound`."""
    channels = core.snapshot.registry.channels
    if channel not in channels:
        raise NotFound.named(_("there is no channel {name!r}"), channel, channels)
    return channels[channel]


def options(core: Core, channel: str) -> list[OptionRow]:
    """Return the options of a channel: those of every channel, its own, and those of each target. Raises `NotFound`."""
    found = configured(core, channel)
    rows = [*_host(found), *_of_model(found.options, found.config.options, found.config.lines, "", core)]
    for number, target in enumerate(found.targets):
        written = found.config.targets[number]
        lines = {f"targets.{target.name}.{key}": written.line for key in written.settings}
        lines |= {
            f"targets.{target.name}.{key.removeprefix(f'targets.{number}.')}": line
            for key, line in found.config.lines.items()
            if key.startswith(f"targets.{number}.")
        }
        rows += _of_model(target.settings, written.settings, lines, f"targets.{target.name}.", core)
    return [_clean(row, core) for row in rows]


def _clean(row: OptionRow, core: Core) -> OptionRow:
    text = core.redactor.text
    return OptionRow(row.key, text(row.value), row.kind, text(row.default), row.source, text(row.wrong))


def _host(found: Configured) -> Iterator[OptionRow]:
    """Yield what Loa itself knows of each channel; where config.toml is silent, the channel's own word counts."""
    config, fresh = found.config, ChannelConfig(found.name)
    for key in HOST:
        value = getattr(found, key) if key in ("lead", "late", "grace") else getattr(config, key)
        default = getattr(found.channel, key) if key in ("lead", "late", "grace") else getattr(fresh, key)
        yield OptionRow(key, _said(value), _kind(value), _said(default), _source(config.lines, key))
    for part, keys in PARTS.items():
        for key in keys:
            value, default = getattr(getattr(config, part), key), getattr(getattr(fresh, part), key)
            name = f"{part}.{key}"
            yield OptionRow(name, _said(value), _kind(value), _said(default), _source(config.lines, name))


def _of_model(
    model: Any, written: Mapping[str, Any], lines: Mapping[str, int], prefix: str, core: Core
) -> Iterator[OptionRow]:
    if not isinstance(model, Options):
        return
    for key, field in type(model).model_fields.items():
        value = getattr(model, key)
        default = "" if field.is_required() else _said(field.get_default(call_default_factory=True))
        name = prefix + key
        source = (_source(lines, name) or FILE) if key in written else ""
        if isinstance(value, Secret):
            yield OptionRow(name, _masked(value), "secret", default, source, _missing(value, core.folder))
        else:
            yield OptionRow(name, _said(value), _kind(value), default, source)


def _source(lines: Mapping[str, int], key: str) -> str:
    line = lines.get(key)
    return f"{FILE}:{line}" if line else ""


def _masked(secret: Secret) -> str:
    if secret.env is not None:
        where = _("environment variable {name}").format(name=secret.env)
    elif secret.file is not None:
        where = _("file {name}").format(name=secret.file)
    else:
        where = _("credential {name}").format(name=secret.credential)
    return f"{MASK} {where}"


def _missing(secret: Secret, folder: Path) -> str:
    try:
        secret.resolve(folder)
    except LoaError as error:
        return str(error)
    return ""


def _kind(value: Any) -> str:
    if isinstance(value, timedelta):
        return "duration"
    if isinstance(value, Enum):
        return "choice"
    return {"bool": "yes or no", "int": "number", "float": "number", "str": "text", "NoneType": ""}.get(
        type(value).__name__, type(value).__name__.lower()
    )


def _said(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(_said(each) for each in value)
    return str(value.value if isinstance(value, Enum) else value)
