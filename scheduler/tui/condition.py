"""How a channel is, in a sign and a few words; the same on every screen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import State
from scheduler.ground.text import _, many
from scheduler.tui.words import Tone, roughly, span, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scheduler.engine.looks.status import ChannelStatus
    from scheduler.ground.model import Health

DYING = timedelta(days=14)
"""How long before a channel's token dies a person should hear of it."""


def ailing(health: Health | None, now: datetime) -> str:
    """Say what a channel answered when it was asked, where that was no good; "" where it was, or nothing is known."""
    if health is None:
        return ""
    if not health.ok:
        return _("would not work: {why}").format(why=health.detail)
    if health.until is None or health.until - now > DYING:
        return ""
    if health.until <= now:
        return _("its token has run out: renew it")
    return _("token ends in {span}: renew it").format(span=span(roughly(health.until, now) - now))


def condition(channel: ChannelStatus, now: datetime, name_of: Callable[[str], str]) -> tuple[str, Tone, str]:
    """Return a channel's sign, tone and condition in words: what keeps it from working first."""
    error = _(channel.last_error) if channel.last_error else ""
    if channel.paused_by:
        why = f": {channel.pause_reason}" if channel.pause_reason else ""
        return "‖", Tone.WARN, _("paused by {who}").format(who=name_of(channel.paused_by)) + why
    if channel.open_until and channel.open_until > now:
        return "✗", Tone.BAD, _("rests after failures: {error}").format(error=error)
    if words := ailing(channel.health, now):
        return ("!", Tone.WARN, words) if channel.health and channel.health.ok else ("✗", Tone.BAD, words)
    if channel.failures:
        return "!", Tone.WARN, _("failing: {error}").format(error=error)
    if failed := channel.counts.get(State.FAILED, 0):
        return "!", Tone.WARN, many("%d failed", "%d failed", failed)
    if channel.last_success_at:
        return "✓", Tone.GOOD, _("works, sent {ago}").format(ago=until(roughly(channel.last_success_at, now), now))
    return "○", Tone.QUIET, _("nothing sent yet")
