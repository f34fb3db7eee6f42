"""The channels and the plugins as two lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.ground.text import _
from scheduler.tui.condition import condition
from scheduler.tui.widgets.lines import Cell
from scheduler.tui.words import Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scheduler.channels.loader import PluginStatus
    from scheduler.engine.looks.channel_views import IdleChannel
    from scheduler.engine.looks.status import ChannelStatus

NAME = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a channel that works, one that does not, or a plugin."""

    cells: tuple[Cell, ...]
    channel: ChannelStatus | None = None
    idle: IdleChannel | None = None
    plugin: PluginStatus | None = None

    def about(self) -> str:
        """Return what identifies the thing."""
        if self.plugin is not None:
            return f"plugin {self.plugin.name} {self.plugin.source}"
        return self.name

    @property
    def name(self) -> str:
        """The name of the channel or plugin."""
        thing = self.channel or self.idle or self.plugin
        return thing.name if thing else ""


def channel_row(status: ChannelStatus, now: datetime, name_of: Callable[[str], str]) -> Row:
    """Return a channel's row: whether it works, in a few words."""
    symbol, tone, words = condition(status, now, name_of)
    cells = (Cell(symbol, tone, 1), Cell(status.name, Tone.PLAIN, NAME, channel=status.name), Cell(words, _calm(tone)))
    return Row(cells, channel=status)


def idle_row(idle: IdleChannel) -> Row:
    """Return the row of a channel that does not work here."""
    words = idle.problems[0].message if idle.problems else _("switched off in config.toml")
    symbol, tone = ("✗", Tone.BAD) if idle.problems else ("○", Tone.QUIET)
    return Row((Cell(symbol, tone, 1), Cell(idle.name, Tone.PLAIN, NAME), Cell(words, tone)), idle=idle)


def plugin_row(plugin: PluginStatus) -> Row:
    """Return a plugin's row: its version, why it did not load, or that it is switched off."""
    symbol, tone = ("✗", Tone.BAD) if plugin.error else ("✓", Tone.GOOD) if plugin.enabled else ("○", Tone.QUIET)
    wrong = _("did not load: {error}").format(error=plugin.error)
    facts = (plugin.version, plugin.source, "" if plugin.enabled else _("switched off"))
    words = wrong if plugin.error else " · ".join(each for each in facts if each)
    cells = (
        Cell(symbol, tone, 1),
        Cell(plugin.name, Tone.PLAIN, NAME),
        Cell(words, tone if plugin.error else Tone.QUIET),
    )
    return Row(cells, plugin=plugin)


def _calm(tone: Tone) -> Tone:
    return Tone.PLAIN if tone is Tone.GOOD else tone
