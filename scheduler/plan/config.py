"""How a campaign folder works: ``config.toml`` as typed values. Every key is in docs/config.md."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scheduler.ground.errors import CampaignInvalid
from scheduler.ground.lifecycle import Late
from scheduler.ground.problem import Problem
from scheduler.ground.text import _
from scheduler.plan.config_values import ZONE, Rate, as_address, as_rate, as_secret, as_size, as_webhook, as_zone
from scheduler.plan.durations import format_duration
from scheduler.plan.fields import Fields
from scheduler.plan.lines import read_toml
from scheduler.plan.source import Report, read_source
from scheduler.plan.values import (
    as_choice,
    as_count,
    as_duration,
    as_flag,
    as_id,
    as_line,
    as_path,
    one_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "config.toml"
COLOURS = ("auto", "dark", "light", "16")
"""What ``[screen] theme`` may say; ``auto`` is what fits the terminal."""
_NONE: Mapping[str, Any] = MappingProxyType({})
_LONG = timedelta(days=400)
_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Retry:
    """The back-off: ``first``, then doubled up to ``most``; over after ``give_up`` or ``attempts``."""

    first: timedelta = timedelta(seconds=30)
    most: timedelta = timedelta(hours=1)
    give_up: timedelta = timedelta(days=1)
    attempts: int = 10


@dataclass(frozen=True, slots=True)
class Breaker:
    """After ``failures`` in a row the channel rests for ``pause``."""

    failures: int = 5
    pause: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TargetConfig:
    """One target of a channel; ``settings`` are the keys that only the channel knows."""

    name: str
    title: str = ""
    areas: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    language: str = ""
    settings: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    line: int = 1


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """One channel; ``None`` means as the channel itself says.

    ``options`` are the keys that only the channel knows. ``lines`` is from a dotted key below
    the channel's table, list elements numbered from 0 (``targets.0.slot``), to its line.
    """

    name: str
    enabled: bool = True
    lead: timedelta | None = None
    late: Late | None = None
    grace: timedelta | None = None
    rate: Rate | None = None
    workers: int = 1
    time_limit: timedelta = timedelta(seconds=60)
    retry: Retry = Retry()
    breaker: Breaker = Breaker()
    options: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    targets: tuple[TargetConfig, ...] = ()
    lines: Mapping[str, int] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class PluginConfig:
    """What ``[plugins.NAME]`` says: whether it is used, and whether in a process of its own.

    ``memory`` is what such a process may take, in bytes; ``None`` means as much as the machine has.
    """

    enabled: bool = True
    isolated: bool = False
    memory: int | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Email:
    """Where alerts are mailed. ``password`` is a reference to a secret, as written, or ``None``."""

    to: tuple[str, ...] = ()
    sender: str = ""
    host: str = "localhost"
    port: int = 25
    starttls: bool = False
    user: str = ""
    password: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Who hears of a failure outside the terminal; ``webhook`` is an address or a reference to a secret."""

    command: str = ""
    webhook: str | Mapping[str, Any] = ""
    email: Email | None = None


@dataclass(frozen=True, slots=True)
class KeyWish:
    """The keys that somebody wants for one action of the screens, as written; which there are, the screens know."""

    action: str
    keys: tuple[str, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """``config.toml`` of one campaign folder. ``keep`` is how long finished payloads stay.

    ``theme`` and ``keys`` are what the screens begin with. ``parsed`` is false where the file could not be taken apart
    at all: which channels it names is not known then.
    """

    folder: Path
    zone: ZoneInfo
    language: str = "vi"
    horizon: timedelta = timedelta(days=400)
    poll: timedelta = timedelta(seconds=5)
    keep: timedelta = timedelta(days=400)
    alert: Alert = Alert()
    channels: Mapping[str, ChannelConfig] = field(default_factory=lambda: _NONE)
    theme: str = "auto"
    keys: tuple[KeyWish, ...] = ()
    plugins: Mapping[str, PluginConfig] = field(default_factory=lambda: _NONE)
    parsed: bool = True


def load_config(folder: Path) -> tuple[Config, list[Problem]]:
    """Read ``config.toml`` of ``folder``: the best that can be made of it, and what is wrong.

    A bad value has its default in the result. Raises `CampaignInvalid` where there is no file.
    """
    if not os.path.isfile(folder / FILE):  # noqa: PTH113 - Path raises where a folder is closed
        missing = _("there is no {file} in this folder; `loa init` makes a campaign folder").format(file=FILE)
        raise CampaignInvalid([Problem(missing, FILE)])
    report = Report(FILE)
    source = read_source(folder, FILE, report)
    parsed = read_toml(source.text, report) if source else None
    config = _config(folder, Fields(*(parsed or ({}, {})), report))
    return replace(config, parsed=parsed is not None), report.problems


def _config(folder: Path, fields: Fields) -> Config:
    zone = fields.read("zone", as_zone, ZoneInfo(ZONE))
    language = fields.read("language", one_of("vi", "en"), "vi")
    plan = fields.table("plan")
    horizon = plan.read("horizon", as_duration(timedelta(days=1)), _LONG)
    engine = fields.table("engine")
    poll = engine.read("poll", as_duration(_MOMENT), timedelta(seconds=5))
    keep = engine.read("keep", as_duration(), _LONG)
    alert = _alert(fields.table("alert"))
    tables = fields.table("channels")
    channels = MappingProxyType({name: _channel(name, tables.table(name)) for name in tables.names()})
    screen = fields.table("screen")
    theme = screen.read("theme", one_of(*COLOURS), "auto")
    keys = tuple(_keys(fields.table("keys")))
    wishes = fields.table("plugins")
    plugins = MappingProxyType({name: _plugin(wishes.table(name)) for name in wishes.rest()})
    for table in (plan, engine, screen, fields):
        table.finish()
    return Config(folder, zone, language, horizon, poll, keep, alert, channels, theme, keys, plugins)


def _plugin(fields: Fields) -> PluginConfig:
    plugin = PluginConfig(
        enabled=fields.read("enabled", as_flag, True),
        isolated=fields.read("isolated", as_flag, False),
        memory=fields.read("memory", as_size, None),
        line=fields.line(),
    )
    fields.finish()
    return plugin


def _keys(fields: Fields, scope: str = "") -> Iterator[KeyWish]:
    for name, value in fields.rest().items():
        if isinstance(value, dict) and not scope:
            yield from _keys(fields.table(name), name)
            continue
        wanted = fields.each(name, as_line) if isinstance(value, list) else (fields.read(name, as_line, ""),)
        if keys := tuple(filter(None, wanted)):
            yield KeyWish(f"{scope}.{name}".lstrip("."), keys, fields.line(name))
        elif value in ("", []):
            fields.error(_("names no key"), name)


def _alert(fields: Fields) -> Alert:
    command = fields.read("command", as_line, "")
    nowhere: str | Mapping[str, Any] = ""
    webhook = fields.read("webhook", as_webhook, nowhere)
    email = _email(fields.table("email")) if fields.has("email") else None
    fields.finish()
    return Alert(command, webhook, email)


def _email(fields: Fields) -> Email:
    to = fields.each("to", as_address)
    if not to and not fields.has("to"):
        fields.error(_("is missing"), "to")
    email = Email(
        to=to,
        sender=fields.required("from", as_address, ""),
        host=fields.read("host", as_line, "localhost"),
        port=fields.read("port", as_count(1, 65535), 25),
        starttls=fields.read("starttls", as_flag, False),
        user=fields.read("user", as_line, ""),
        password=fields.read("password", as_secret, None),
    )
    fields.finish()
    return email


def _channel(name: str, fields: Fields) -> ChannelConfig:
    retry, breaker = fields.table("retry"), fields.table("breaker")
    lines = fields.lines()
    targets = _targets(fields)
    channel = ChannelConfig(
        name=name,
        enabled=fields.read("enabled", as_flag, True),
        lead=fields.read("lead", as_duration(), None),
        late=fields.read("late", as_choice(Late), None),
        grace=fields.read("grace", as_duration(), None),
        rate=fields.read("rate", as_rate, None),
        workers=fields.read("workers", as_count(1, 64), 1),
        time_limit=fields.read("time_limit", as_duration(_MOMENT), timedelta(seconds=60)),
        retry=_retry(retry),
        breaker=_breaker(breaker),
        targets=targets,
        options=MappingProxyType(fields.rest()),
        lines=MappingProxyType(lines),
    )
    for table in (retry, breaker):
        table.finish()
    return channel


def _retry(fields: Fields) -> Retry:
    usual = Retry()
    retry = Retry(
        first=fields.read("first", as_duration(_MOMENT), usual.first),
        most=fields.read("most", as_duration(_MOMENT), usual.most),
        give_up=fields.read("give_up", as_duration(_MOMENT), usual.give_up),
        attempts=fields.read("attempts", as_count(1, 1000), usual.attempts),
    )
    if retry.most < retry.first and fields.has("most"):
        fields.error(_("is shorter than `first`, {length}").format(length=format_duration(retry.first)), "most")
    elif retry.most < retry.first:
        fields.error(_("is longer than `most`, {length}").format(length=format_duration(retry.most)), "first")
    return retry


def _breaker(fields: Fields) -> Breaker:
    usual = Breaker()
    return Breaker(
        failures=fields.read("failures", as_count(1, 1000), usual.failures),
        pause=fields.read("pause", as_duration(_MOMENT), usual.pause),
    )


def _targets(fields: Fields) -> tuple[TargetConfig, ...]:
    found: dict[str, TargetConfig] = {}
    for table in fields.tables("targets", "name"):
        name = table.required("name", as_id, "")
        target = TargetConfig(
            name=name,
            title=table.read("title", as_line, name),
            areas=table.each("areas", as_id),
            audiences=table.each("audiences", as_id),
            language=table.read("language", as_id, ""),
            settings=_settings(table),
            line=table.line() or 1,
        )
        if name in found:
            table.error(_("is already the name of the target in line {line}").format(line=found[name].line), "name")
        elif name:
            found[name] = target
    return tuple(found.values())


def _settings(table: Fields) -> Mapping[str, Any]:
    # Contact lists are the campaign's own files, whichever channel reads them.
    if isinstance(table.value("list"), str):
        table.check("list", as_path)
    return MappingProxyType(table.rest())
