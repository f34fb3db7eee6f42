"""All that is known of one channel or plugin, as lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.ground.lifecycle import State
from scheduler.ground.text import _
from scheduler.tui.condition import DYING, condition
from scheduler.tui.keys import BY_ID, spelled
from scheduler.tui.widgets.pieces import STYLES
from scheduler.tui.words import SYMBOLS, TONES, Tone, minute, number, until, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.channels.loader import PluginStatus
    from scheduler.engine.looks.channel_views import IdleChannel, OptionRow
    from scheduler.engine.looks.status import ChannelStatus
    from scheduler.store.health import Probed

LABEL = 13


@dataclass(frozen=True, slots=True)
class Reader:
    """How it is read: the moment, the zone, people's names, and whether every option is wanted."""

    now: datetime
    zone: ZoneInfo
    name_of: Callable[[str], str]
    every: bool = False

    def at(self, moment: datetime) -> str:
        """Return a moment, and how long ago it was or will be."""
        return f"{minute(moment, self.zone)}, {until(moment, self.now)}"


def channel_lines(status: ChannelStatus, options: Sequence[OptionRow], reader: Reader, width: int) -> list[Content]:
    """Return what is known of a channel that works here."""
    symbol, tone, words = condition(status, reader.now, reader.name_of)
    plugin = _("plugin {name}").format(name=status.plugin)
    found = [
        *Content.styled(status.title, "bold").wrap(width),
        *Content.styled(f"{symbol} {words}", STYLES[tone]).wrap(width),
        Content(""),
        *_fact(_("Kind"), f"{_(str(status.kind))} · {plugin}", width),
        *_pace(status, width),
        *_times(status, reader, width),
        *_counts(status, width),
    ]
    targets = [line for each in status.targets for line in _target(status, each.name, each.title, reader, width)]
    found += [Content(""), _title(_("Targets")), *targets]
    return [*found, Content(""), *_options(options, reader, width)]


def _pace(status: ChannelStatus, width: int) -> list[Content]:
    if status.rate is None:
        return _fact(_("Rate"), _("no limit"), width, "$quiet")
    text = _("{used} of {rate} used just now").format(used=number(status.used), rate=status.rate)
    return _fact(_("Rate"), text, width, "$warning" if status.used >= status.rate.count else "")


def _times(status: ChannelStatus, reader: Reader, width: int) -> list[Content]:
    found: list[Content] = []
    if status.last_success_at:
        found += _fact(_("Last sent"), reader.at(status.last_success_at), width)
    if status.last_error and status.last_error_at:
        older = status.last_success_at is not None and status.last_success_at > status.last_error_at
        text = f"{reader.at(status.last_error_at)}: {_(status.last_error)}"
        found += _fact(_("Last error"), text, width, "$quiet" if older else "$error")
    if status.failures:
        rest = _("rests until {time}").format(time=minute(status.open_until, reader.zone)) if status.open_until else ""
        text = " · ".join(each for each in (_("{n} in a row").format(n=status.failures), rest) if each)
        found += _fact(_("Failures"), text, width, "$error")
    if status.paused_by and status.paused_at:
        found += _fact(_("Paused"), reader.at(status.paused_at), width, "$warning")
    if status.next_at:
        found += _fact(_("Next"), reader.at(status.next_at), width)
    return found


def _counts(status: ChannelStatus, width: int) -> list[Content]:
    parts = [
        Content.styled(f"{SYMBOLS[state]} {word(state)} {number(status.counts[state])}", STYLES[TONES[state]])
        for state in State
        if status.counts.get(state)
    ]
    return _row(_("Deliveries"), Content("   ").join(parts), width) if parts else []


def _target(status: ChannelStatus, name: str, title: str, reader: Reader, width: int) -> list[Content]:
    """Return a target with what it last answered."""
    probed = next((each for each in status.probed if each.target == name), None)
    head = Content.assemble((name, "bold"), f"  {title}" if title else "")
    return [*_hanging("  ", head, width), *(_hanging("    ", _answer(probed, reader), width) if probed else [])]


def _answer(probed: Probed, reader: Reader) -> Content:
    health = probed.health
    tone = Tone.GOOD if health.ok else Tone.BAD
    asked = _("asked {ago}").format(ago=until(probed.at, reader.now))
    parts = [Content.styled(f"{'✓' if health.ok else '✗'} {health.detail or _('ok')}", STYLES[tone])]
    if health.until:
        style = "$warning" if health.until - reader.now <= DYING else ""
        parts.append(Content.styled(_("runs out {time}").format(time=reader.at(health.until)), style))
    return Content(" · ").join((*parts, Content.styled(asked, "$quiet")))


def _options(options: Sequence[OptionRow], reader: Reader, width: int) -> list[Content]:
    shown = [each for each in options if reader.every or each.source]
    written = _("What config.toml says ({key}: every option)").format(key=spelled(BY_ID["all_options"]))
    title = _("Options in force") if reader.every else written
    if not shown:
        return [_title(title), Content.styled("  " + _("nothing: all is as by default"), "$quiet")]
    widest = min(max(len(each.key) for each in shown), max(12, width // 2))
    return [_title(title), *(line for each in shown for line in _option(each, widest, width))]


def _option(each: OptionRow, widest: int, width: int) -> list[Content]:
    key = Content.styled(f"  {each.key:<{widest}}  ", "$quiet")
    value = Content(each.value or _("(nothing)"))
    tail = each.source.rpartition(":")[2] if each.source else ""
    line = _("line {number}").format(number=tail) if tail.isdecimal() else ""
    where = Content.styled(f"  {line}".rstrip(), "$quiet")
    if each.source and each.default and each.default != each.value:
        where += Content.styled("  " + _("by default {value}").format(value=each.default), "$quiet")
    if not each.source:
        value = value.stylize("$quiet")
    if each.wrong:
        value += Content.styled(f"  ✗ {each.wrong}", "bold $error")
    first, *more = (value + where).wrap(max(8, width - key.cell_length)) or [Content("")]
    return [key + first, *(Content(" " * key.cell_length) + line for line in more)]


def idle_lines(idle: IdleChannel, width: int) -> list[Content]:
    """Return why a channel does not work here."""
    found = [Content.styled(idle.name, "bold")]
    if not idle.problems:
        return found + Content(_("It is switched off in config.toml: enabled = false.")).wrap(width)
    found += Content.styled(_("It does not work here; its deliveries are held."), "$error").wrap(width)
    return found + [line for each in idle.problems for line in _hanging("✗ ", Content(str(each)), width)]


def plugin_lines(plugin: PluginStatus, width: int) -> list[Content]:
    """Return what is known of a plugin."""
    found = [Content.styled(plugin.name, "bold")]
    if plugin.error:
        found += Content.styled(_("It did not load: {why}").format(why=plugin.error), "bold $error").wrap(width)
    if not plugin.enabled:
        found += Content(_("`loa plugins enable {plugin}` switches it on").format(plugin=plugin.name)).wrap(width)
    found.append(Content(""))
    facts: Iterable[tuple[str, str]] = (
        (_("Version"), plugin.version),
        (_("Contract"), plugin.contract),
        (_("From"), plugin.source),
        (_("Channels"), ", ".join(plugin.channels)),
        (_("Hooks"), ", ".join(plugin.hooks)),
    )
    return found + [line for name, value in facts if value for line in _fact(name, value, width)]


def _title(text: str) -> Content:
    return Content.styled(text, "bold $primary")


def _fact(name: str, value: str, width: int, style: str = "") -> list[Content]:
    return _row(name, Content.styled(value, style), width)


def _row(name: str, value: Content, width: int) -> list[Content]:
    label = Content.styled(f"{name:<{LABEL}} ", "$quiet")
    first, *more = value.wrap(max(8, width - label.cell_length)) or [Content("")]
    return [label + first, *(Content(" " * label.cell_length) + line for line in more)]


def _hanging(lead: str, text: Content, width: int) -> list[Content]:
    first, *more = text.wrap(max(8, width - len(lead))) or [Content("")]
    return [Content(lead) + first, *(Content(" " * len(lead)) + line for line in more)]
