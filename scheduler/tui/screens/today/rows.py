"""The rows of Today: what each says, and what it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import State
from scheduler.ground.text import _, many
from scheduler.tui.condition import ailing, condition
from scheduler.tui.widgets.lines import Cell
from scheduler.tui.words import SYMBOLS, TONES, Tone, countdown, reason, short, span, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.engine.looks.status import ChannelStatus
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.problem import Problem
    from scheduler.tui.screens.today.board import Returned, Waiting

_STATE, _WHEN, _CHANNEL = 13, 11, 10


@dataclass(frozen=True, slots=True)
class Row:
    """A row, with the one thing that it is about. ``query`` is a filter of the queue, where it stands for several."""

    cells: tuple[Cell, ...]
    delivery: Delivery | None = None
    post: str = ""
    channel: ChannelStatus | None = None
    query: str = ""
    error: str = ""
    orphans: tuple[str, ...] = ()

    @property
    def leads(self) -> bool:
        """Return whether opening it leads somewhere else than to one delivery."""
        return bool(self.post or self.query or self.error or self.orphans)

    @property
    def post_shown(self) -> str:
        """Return the post that it is about, or ""."""
        return self.delivery.key.post if self.delivery else self.post

    def about(self) -> tuple[int | None, str, str, str]:
        """Return what identifies the thing."""
        return (
            self.delivery.id if self.delivery else None,
            self.post,
            self.channel.name if self.channel else "",
            self.error,
        )


def grouped(deliveries: Iterable[Delivery]) -> list[list[Delivery]]:
    """Put together what stands in a row and differs only in its target."""
    return [list(group) for _kind, group in groupby(deliveries, _kind_of)]


def _kind_of(delivery: Delivery) -> tuple[object, ...]:
    key = delivery.key
    when = delivery.due_at, delivery.next_at
    return key.post, key.recurrence, key.channel, key.action, delivery.state, *when, delivery.reason


def went_together(gone: Iterable[tuple[Delivery, datetime]]) -> list[tuple[list[Delivery], datetime]]:
    """Put together what went out in the same minute and differs only in its target; each with when it did."""
    minutes = groupby(gone, lambda row: (row[1].replace(second=0, microsecond=0), *_kind_of(row[0])[:5]))
    found = [list(group) for _kind, group in minutes]
    return [([row for row, _at in group], group[0][1]) for group in found]


def left(moment: datetime, now: datetime) -> str:
    """Return a countdown that ticks: within the last hour, minutes and seconds."""
    seconds = int((moment - now).total_seconds())
    return f"{seconds // 60:02}:{seconds % 60:02}" if 0 < seconds < 3600 else countdown(moment, now)


def delivery_row(
    group: Sequence[Delivery],
    now: datetime,
    zone: ZoneInfo,
    *,
    urgent: bool = False,
    counted: bool = False,
    at: datetime | None = None,
    fault: str = "",
) -> Row:
    """Return the row of a group: with the reason where it needs a person, with a countdown where it is next.

    The time is when it is due; of what is over, ``at``, when it went out; and of what is tried again, when that is.
    ``fault`` says for which errors it waits.
    """
    delivery, several = group[0], len(group) > 1
    said = _why(delivery, now, fault) if urgent else ""
    state = Cell(f"{SYMBOLS[delivery.state]} {word(delivery.state)}", TONES[delivery.state], _STATE)
    first = Cell(left(delivery.next_at or delivery.due_at, now), Tone.LIVE, _STATE) if counted else state
    when = at or (counted and delivery.next_at) or delivery.due_at
    channel = f"{delivery.key.channel} ×{len(group)}" if several else delivery.key.channel
    return Row(
        (
            first,
            Cell(short(when, zone), Tone.PLAIN, _WHEN),
            Cell(channel, Tone.QUIET, _CHANNEL, channel=delivery.key.channel),
            Cell(delivery.heading, why=said),
        ),
        delivery=delivery,
        query=_query(delivery, zone) if several else "",
    )


def _why(delivery: Delivery, now: datetime, fault: str) -> str:
    if delivery.state is State.HANDED:
        return _("not confirmed, {span} ago").format(span=span(now - delivery.publish_at))
    return reason(delivery.reason, delivery.holds, fault)


def _query(delivery: Delivery, zone: ZoneInfo) -> str:
    on = f"{delivery.due_at.astimezone(zone):%Y-%m-%d}"
    return f"post:{delivery.key.post} channel:{delivery.key.channel} state:{delivery.state} after:{on}"


def error_row(problem: Problem) -> Row:
    """Return the row of an error in a file."""
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    text = ": ".join(part for part in (where, problem.key, problem.message) if part)
    return Row((Cell("✗ " + _("error"), Tone.BAD, _STATE), Cell(text)), error=str(problem))


def waiting_row(waiting: Waiting, zone: ZoneInfo) -> Row:
    """Return the row of a post that waits for approval."""
    return Row(
        (
            Cell("‖ " + _("to approve"), Tone.WARN, _STATE),
            Cell(short(waiting.first, zone), Tone.PLAIN, _WHEN),
            Cell(f"×{waiting.number}", Tone.QUIET, _CHANNEL),
            Cell(waiting.title),
        ),
        post=waiting.post,
    )


def orphans_row(posts: tuple[str, ...]) -> Row:
    """Return the row of the drafts of posts that are gone."""
    said = many("%d draft of a post that is gone", "%d drafts of posts that are gone", len(posts))
    return Row((Cell("✎ " + _("draft"), Tone.WARN, _STATE), Cell(f"{said}: {', '.join(posts)}")), orphans=posts)


def returned_row(returned: Returned, name_of: Callable[[str], str]) -> Row:
    """Return the row of a post that was sent back."""
    return Row(
        (
            Cell("↩ " + _("sent back"), Tone.WARN, _STATE),
            Cell(returned.title, why=f"{name_of(returned.by)}: {returned.why}"),
        ),
        post=returned.post,
    )


def dying_row(channel: ChannelStatus, now: datetime, zone: ZoneInfo) -> Row:
    """Return the row of a channel whose token dies, or that says that it would not work."""
    sign, tone = ("!", Tone.WARN) if channel.health and channel.health.ok else ("✗", Tone.BAD)
    until = channel.health.until if channel.health else None
    return Row(
        (
            Cell(f"{sign} {channel.name}", tone, _STATE),
            Cell(short(until, zone) if until else "—", Tone.PLAIN, _WHEN),
            Cell(ailing(channel.health, now)),
        ),
        channel=channel,
        query=f"channel:{channel.name}",
    )


def channel_row(channel: ChannelStatus, now: datetime, zone: ZoneInfo, name_of: Callable[[str], str]) -> Row:
    """Return a channel's row: can it send, what did it do last, what is next."""
    symbol, tone, health = condition(channel, now, name_of)
    return Row(
        (
            Cell(f"{symbol} {channel.name}", tone, _STATE),
            Cell(_next(channel.next_at, now, zone), Tone.PLAIN, _WHEN),
            Cell(health, tone if tone is not Tone.GOOD else Tone.PLAIN),
        ),
        channel=channel,
        query=f"channel:{channel.name}",
    )


def _next(moment: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    if moment is None:
        return "—"
    return short(moment, zone) if moment >= now else _("now")
