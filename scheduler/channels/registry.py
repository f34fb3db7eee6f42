"""The channels of one campaign folder: what config.toml asks for, met by what the plugins bring."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scheduler.channels.giving_up import give_up
from scheduler.ground.borrowed import complaint
from scheduler.ground.errors import PluginError
from scheduler.ground.model import Target
from scheduler.ground.problem import Problem, Severity, nearest
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.plan.digest import Coverage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import timedelta

    from scheduler.channels.channel import Channel
    from scheduler.channels.loader import Plugins, PluginStatus
    from scheduler.channels.options import Options
    from scheduler.ground.lifecycle import Late
    from scheduler.plan.config import ChannelConfig, Config, TargetConfig

FILE = "config.toml"
SECONDS = 5.0
"""How long the validators of one table of options may take."""
_hung: WeakKeyDictionary[type[Options], set[str]] = WeakKeyDictionary()
"""What has hung, which is not waited for again at each reading: what was given, by the model."""
_NONE: Mapping[str, Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Configured:
    """A channel that is switched on here, with its validated options and targets."""

    name: str
    channel: Channel[Any]
    plugin: str
    config: ChannelConfig
    options: Options
    targets: tuple[Target, ...]
    lead: timedelta
    late: Late
    grace: timedelta

    @property
    def title(self) -> str:
        """What the channel is called, in the language in use; its name where its plugin gives it no title."""
        return _(self.channel.title) or self.name

    @property
    def speaks(self) -> bool:
        """Whether its texts are read out by the rules of plugins."""
        return bool(getattr(self.channel, "speaks", False))

    def coverage(self, forms: Mapping[str, Mapping[str, str]] = _NONE) -> Coverage:
        """Return what an approval covers of the channel: what says something about what goes out, or to whom.

        ``forms`` are how plugins have words read out, by language.
        """
        targets = (replace(each, settings=_spoken(each.settings)) for each in self.targets)
        heard = forms if self.speaks else _NONE
        return Coverage(_spoken(self.options), tuple(sorted(self.channel.uses)), tuple(targets), heard)


@dataclass(frozen=True, slots=True)
class Registry:
    """Every channel that works here, every plugin that was found, and what is wrong with either."""

    channels: Mapping[str, Configured]
    plugins: tuple[PluginStatus, ...]
    problems: tuple[Problem, ...]

    def targets(self) -> Iterator[Target]:
        """Yield every target of every channel."""
        for configured in self.channels.values():
            yield from configured.targets

    def without(self, names: Collection[str]) -> Registry:
        """Return the registry less those channels."""
        return replace(self, channels={name: each for name, each in self.channels.items() if name not in names})


def _spoken(options: Options) -> dict[str, Any]:
    return options.model_dump(mode="json", exclude=set(options.operational), warnings=False)


def build(config: Config, plugins: Plugins) -> Registry:
    """Meet config's channels with the plugins' channels; what does not fit is a problem and is left out."""
    problems = [
        Problem(_("plugin {name} did not load: {why}").format(name=status.name, why=status.error), file=status.source)
        for status in plugins.statuses
        if status.error
    ]
    problems += [*_unknown(config, plugins), *_idle(plugins), *_unasked(config, plugins)]
    channels = {}
    for name, wanted in config.channels.items():
        if not wanted.enabled:
            continue
        if name not in plugins.channels:
            line, hint = wanted.lines.get(""), _missing(name, plugins)
            problems.append(Problem(_("no plugin brings this channel"), FILE, line, f"channels.{name}", hint=hint))
            continue
        configured = _configure(wanted, *plugins.channels[name], problems)
        if configured is not None:
            channels[name] = configured
    return Registry(channels, tuple(plugins.statuses), tuple(problems))


def _unknown(config: Config, plugins: Plugins) -> Iterator[Problem]:
    """Yield a warning for each plugin that config.toml has wishes for, and that is not there."""
    names = [each.name for each in plugins.statuses]
    for name, wish in config.plugins.items():
        if name not in names and plugins.told:
            bringing = plugins.channels[name][1] if name in plugins.channels else ""
            hint = _("the channel {channel} is of plugin {plugin}").format(channel=name, plugin=bringing)
            text = _("there is no plugin {name!r}, so what is wanted of it counts for nothing").format(name=name)
            warning, found = Severity.WARNING, hint if bringing else nearest(name, names)
            yield Problem(text, FILE, wish.line, f"plugins.{name}", severity=warning, hint=found)


def _idle(plugins: Plugins) -> Iterator[Problem]:
    """Yield a warning for each plugin that can be asked for nothing."""
    for each in plugins.statuses:
        if each.enabled and not each.error and not (each.hooks or each.unasked):
            text = _("plugin {name} implements no hook: is @hookimpl missing above its register_channels?")
            yield Problem(text.format(name=each.name), file=each.source, severity=Severity.WARNING)


def _unasked(config: Config, plugins: Plugins) -> Iterator[Problem]:
    """Yield a warning for each plugin in a process of its own that has hooks which nobody asks there."""
    for each in filter(lambda status: status.unasked, plugins.statuses):
        wish = config.plugins.get(each.name)
        text = _("it runs in a process of its own, where only channels are: {hooks} of it count for nothing")
        line, key = wish.line if wish else None, f"plugins.{each.name}.isolated"
        yield Problem(text.format(hooks=", ".join(each.unasked)), FILE, line, key, severity=Severity.WARNING)


def switched_off(channel: str, plugins: Plugins | None) -> str:
    """Return which plugin that is switched off may be the one that brings a channel, and the way back; or ""."""
    if plugins is None or channel in plugins.channels:
        return ""
    off = [each.name for each in plugins.statuses if not each.enabled]
    if not off:
        return ""
    likely = [each for each in off if _named_alike(each, channel)] or off
    if len(likely) == 1:
        return _("plugin {plugin} is switched off: `loa plugins enable {plugin}`").format(plugin=likely[0])
    return _("switched off are {plugins}: `loa plugins enable NAME`").format(plugins=", ".join(likely))


def _missing(channel: str, plugins: Plugins) -> str:
    """Return what may be meant by a channel that no plugin brings: one that failed, of another name, or that is off."""
    off = switched_off(channel, plugins)
    failed = [each.name for each in plugins.statuses if each.error]
    if likely := [each for each in failed if _named_alike(each, channel)] or ([] if off else failed):
        return _("did not load: {names}").format(names=", ".join(likely))
    alike = off and any(_named_alike(each.name, channel) for each in plugins.statuses)
    hints = ("" if alike else nearest(channel, plugins.channels), off)
    every = _("channels here: {names}").format(names=", ".join(sorted(plugins.channels)))
    return " ".join(filter(None, hints)) or every


def _named_alike(plugin: str, channel: str) -> bool:
    return plugin.replace("_", "-") == channel


def _configure(wanted: ChannelConfig, channel: Channel[Any], plugin: str, problems: list[Problem]) -> Configured | None:
    before = len(problems)
    options = _validate(channel.options, wanted.options, f"channels.{wanted.name}", wanted.lines, plugin, problems)
    targets = []
    for target in wanted.targets:
        where = f"channels.{wanted.name}.targets.{target.name}"
        lines = _lines(wanted, target)
        settings = _validate(channel.target_options, target.settings, where, lines, plugin, problems)
        targets.append(
            Target(
                wanted.name,
                target.name,
                target.title,
                tuple(sorted(target.areas)),
                tuple(sorted(target.audiences)),
                target.language,
                settings,
            )
        )
    if len(problems) > before or options is None:
        return None
    problems += _unfit_defaults(wanted, channel, plugin)
    return Configured(
        wanted.name,
        channel,
        plugin,
        wanted,
        options,
        tuple(targets),
        channel.lead if wanted.lead is None else wanted.lead,
        wanted.late or channel.late,
        channel.grace if wanted.grace is None else wanted.grace,
    )


def _lines(wanted: ChannelConfig, target: TargetConfig) -> dict[str, int]:
    """Return the lines of a target's keys, its own under ""."""
    place = next((key for key, line in wanted.lines.items() if line == target.line and key.count(".") == 1), "")
    head = f"{place}."
    return {key.removeprefix(head): line for key, line in wanted.lines.items() if key.startswith(head)} | {
        "": target.line
    }


def line_of(lines: Mapping[str, int], key: str) -> int | None:
    """Return the line of a dotted key, or of the nearest table above it that has one."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)


def _unfit_defaults(wanted: ChannelConfig, channel: Channel[Any], plugin: str) -> Iterator[Problem]:
    """Yield a warning for each default in force here that is not of its own type: that is the plugin's mistake."""
    where = f"channels.{wanted.name}"
    from scheduler.channels.fitting import misfits

    first = wanted.targets[0].settings if wanted.targets else {}
    parts = ((channel.options, wanted.options, where), (channel.target_options, first, f"{where}.targets"))
    for model, given, place in parts:
        for key, why in misfits(model):
            if key not in given:
                text = _("the default that plugin {plugin} has for it is no value of it: {why}; give the key here")
                text = text.format(plugin=plugin, why=why)
                yield Problem(text, FILE, wanted.lines.get(""), f"{place}.{key}", severity=Severity.WARNING)


def _in_time(model: type[Options], raw: dict[str, Any], plugin: str) -> Options:
    """Return validated options. Raises what a validator raises, and `PluginError` for one that hangs, or has hung."""
    told, late = repr(raw), _("its options were not checked within {seconds:g} seconds").format(seconds=SECONDS)
    if told in _hung.get(model, ()):
        raise PluginError(plugin, late)
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(model.model_validate(raw))
        except BaseException as error:  # noqa: BLE001 - as above
            outcome.append(error)

    thread = threading.Thread(target=run, name="loa-options", daemon=True)
    thread.start()
    thread.join(SECONDS)
    if thread.is_alive():
        give_up(thread)
        _hung.setdefault(model, set()).add(told)
        raise PluginError(plugin, late)
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    found: Options = outcome[0]
    return found


def _validate(
    model: type[Options],
    raw: Mapping[str, Any],
    where: str,
    lines: Mapping[str, int],
    plugin: str,
    problems: list[Problem],
) -> Options | None:
    from pydantic import ValidationError

    try:
        return _in_time(model, dict(raw), plugin)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        if not isinstance(error, ValidationError):
            words = said(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {said(error)}"
            problems.append(Problem(words, FILE, lines.get(""), where))
            return None
        for each in error.errors(include_url=False, include_input=False):
            key = ".".join(str(part) for part in each["loc"])
            first = str(each["loc"][0]) if each["loc"] else ""
            unknown = each["type"] == "extra_forbidden"
            message = _("unknown key") if unknown else complaint(each)
            hint = nearest(first, model.model_fields) if unknown else ""
            problems.append(Problem(message, FILE, line_of(lines, key), f"{where}.{key}", hint=hint))
        return None
