"""The rows of Today: what each says, and what it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import State
from scheduler.ground.text import _, many
from scheduler.tui.lines import Cell
from scheduler.tui.words import SYMBOLS, TONES, Tone, reason, short, until, word

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.engine.views import ChannelStatus
    from scheduler.ground.delivery import Delivery
    from scheduler.tui.board import Waiting

_STATE, _WHEN, _CHANNEL = 12, 11, 8


@dataclass(frozen=True, slots=True)
class Row:
    """A row, with the one thing that it is about."""

    cells: tuple[Cell, ...]
    delivery: Delivery | None = None
    post: str = ""
    channel: ChannelStatus | None = None

    def same(self, other: Row) -> bool:
        """Return whether both are about the same thing."""
        return self.about() == other.about()

    def about(self) -> tuple[int | None, str, str]:
        """Return what identifies the thing."""
        return (
            self.delivery.id if self.delivery else None,
            self.post,
            self.channel.name if self.channel else "",
        )


def delivery_row(
    delivery: Delivery, now: datetime, zone: ZoneInfo, *, urgent: bool = False, counted: bool = False
) -> Row:
    """Return a delivery's row: with the reason where it needs a person, with a countdown where it is next."""
    said = reason(delivery.reason, delivery.holds) if urgent else ""
    when = Cell(short(delivery.due_at, zone), Tone.PLAIN, _WHEN)
    state = Cell(f"{SYMBOLS[delivery.state]} {word(delivery.state)}", TONES[delivery.state], _STATE)
    first = Cell(until(delivery.next_at or delivery.due_at, now), Tone.LIVE, _STATE) if counted else state
    title = f"{delivery.title} — {said}" if said else delivery.title
    return Row((first, when, Cell(delivery.key.channel, Tone.QUIET, _CHANNEL), Cell(title)), delivery=delivery)


def waiting_row(waiting: Waiting, zone: ZoneInfo) -> Row:
    """Return the row of a post that waits for approval."""
    number = many("%d delivery", "%d deliveries", waiting.number)
    return Row(
        (
            Cell("‖ " + _("to approve"), Tone.WARN, _STATE),
            Cell(short(waiting.first, zone), Tone.PLAIN, _WHEN),
            Cell(f"{waiting.title} — {number}"),
        ),
        post=waiting.post,
    )


def channel_row(channel: ChannelStatus, now: datetime, zone: ZoneInfo) -> Row:
    """Return a channel's row: can it send, what did it do last, what is next."""
    symbol, tone, health = condition(channel, now)
    return Row(
        (
            Cell(f"{symbol} {channel.name}", tone, _STATE),
            Cell(short(channel.next_at, zone) if channel.next_at else "—", Tone.PLAIN, _WHEN),
            Cell(health, tone if tone is not Tone.GOOD else Tone.PLAIN),
        ),
        channel=channel,
    )


def condition(channel: ChannelStatus, now: datetime) -> tuple[str, Tone, str]:
    """Return a channel's symbol, tone and condition in words."""
    failed = channel.counts.get(State.FAILED, 0)
    if channel.paused_by:
        why = f": {channel.pause_reason}" if channel.pause_reason else ""
        return "‖", Tone.WARN, _("paused by {who}").format(who=channel.paused_by) + why
    if channel.open_until and channel.open_until > now:
        return "✗", Tone.BAD, _("rests after failures: {error}").format(error=channel.last_error or "")
    if channel.failures:
        return "!", Tone.WARN, _("failing: {error}").format(error=channel.last_error or "")
    if failed:
        return "!", Tone.WARN, many("%d failed", "%d failed", failed)
    if channel.last_success_at:
        return "✓", Tone.GOOD, _("works, last {ago}").format(ago=until(channel.last_success_at, now))
    return "○", Tone.QUIET, _("nothing sent yet")
