"""A move that is thought about: where it would put an item, what goes along, what stays, what needs approval again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _, many
from scheduler.store.deliveries import Query
from scheduler.tui.screens.calendar.days import item_id
from scheduler.tui.screens.calendar.panel import labelled
from scheduler.tui.words import minute, weekday, weekday_of, word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from scheduler.engine.edits.record import Edit
    from scheduler.engine.engine import Engine
    from scheduler.engine.planning.foresight import Moved, Moving
    from scheduler.ground.delivery import Delivery
    from scheduler.tui.screens.calendar.days import Days, Item

_NAMED = 6


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a move would do; ``trouble`` is why it cannot be done.

    ``along`` is what really moves along, with something that has not gone out; ``falls`` is how many approvals fall.
    """

    moving: Moving | None = None
    along: tuple[Moved, ...] = ()
    falls: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Ghost:
    """An item on its way to ``start`` (local, naive); ``foresight`` is ``None`` until it has been worked out."""

    item: Item
    start: datetime
    foresight: Foresight | None = None

    def by(self, step: timedelta) -> Ghost:
        """Return it moved further; what that would do is not known yet."""
        return replace(self, start=self.start + step, foresight=None)

    def moved(self, zone: ZoneInfo) -> dict[str, datetime]:
        """Return where each item would stand, by id; times are local and naive."""
        found = {
            item_id(each.post, each.recurrence): each.after.astimezone(zone).replace(tzinfo=None)
            for each in (self.foresight.along if self.foresight else ())
            if each.after is not None
        }
        return {**found, self.item.id: self.start}


def foresee(engine: Engine, ghost: Ghost) -> Foresight:
    """Work out what the move would do; nothing is written."""
    item = ghost.item
    try:
        if item.event is not None:
            moving = engine.edit.foresee_event(item.event.id, ghost.start)
        else:
            moving = engine.edit.foresee_post(item.post, ghost.start, _recurrence(item))
    except LoaError as error:
        return Foresight(trouble=str(error))
    return Foresight(moving, _along(engine, moving), len(moving.reapproval), moving.refused)


def _along(engine: Engine, moving: Moving) -> tuple[Moved, ...]:
    """Return what moves along, without that of which every delivery stays as it is."""
    stuck = Counter((each.key.post, each.key.recurrence) for each in moving.stays)
    if not stuck:
        return moving.along
    rows = engine.look.deliveries(Query(posts=tuple({post for post, _recurrence in stuck})))
    every = Counter((each.key.post, each.key.recurrence) for each in rows)
    return tuple(m for m in moving.along if not 0 < every[m.post, m.recurrence] <= stuck[m.post, m.recurrence])


def carry(engine: Engine, ghost: Ghost) -> Edit:
    """Move the item. Raises `LoaError`."""
    item = ghost.item
    if item.event is not None:
        return engine.edit.move_event(item.event.id, ghost.start)
    return engine.edit.move_post(item.post, ghost.start, _recurrence(item))


def _recurrence(item: Item) -> str | None:
    """Return which of its times is meant, where the post has several."""
    return item.showing.recurrence if item.showing and item.showing.several else None


def told(ghost: Ghost, days: Days, zone: ZoneInfo) -> Content:
    """Return the move in words: before and after, what it meets, what goes along, what stays, what falls."""
    item, seen = ghost.item, ghost.foresight
    rows = [
        Content.styled(item.title, "bold"),
        labelled(_("From"), _local(item.start)),
        labelled(_("To"), _local(ghost.start), "bold $accent"),
    ]
    for moved, other in days.met():
        words = _("{title}: at the same time as {other}")
        rows.append(Content.styled(f"! {words.format(title=moved.title, other=other.title)}", "$error"))
    for moved, name in days.feasts():
        words = _("{title}: falls on {name}")
        rows.append(Content.styled(f"! {words.format(title=moved.title, name=name)}", "$warning"))
    if seen is None:
        rows.append(Content.styled(_("working out what this does…"), "$quiet"))
    elif seen.trouble:
        rows += [Content(""), Content.styled(f"✗ {seen.trouble}", "bold $error")]
    else:
        rows += _effects(seen, zone)
    return Content("\n").join(rows)


def _local(moment: datetime) -> str:
    return f"{weekday_of(moment)} {moment:%d/%m/%Y %H:%M}"


def _effects(seen: Foresight, zone: ZoneInfo) -> list[Content]:
    moving = seen.moving
    if moving is None:
        return []
    along = [_moved(each, zone) for each in seen.along]
    stays = [Content.styled(each, "$quiet") for each in _as_they_are(moving.stays)]
    rows = _part(many("%d post moves along", "%d posts move along", len(along)), "bold $primary", along)
    rows += _part(_("Stays as it is"), "bold $primary", stays)
    if seen.falls:
        rows += [Content(""), Content.styled(f"! {falls(seen.falls)}", "bold $warning")]
    rows += [Content.styled(f"! {each.message}", "$warning") for each in moving.problems]
    return rows


def falls(number: int) -> str:
    """Say that approvals fall."""
    return many("%d approval falls: it has to be given again", "%d approvals fall: they have to be given again", number)


def _moved(each: Moved, zone: ZoneInfo) -> Content:
    when = f"{weekday(each.after, zone)} {minute(each.after, zone)}" if each.after else _("not any more")
    return Content.assemble((when, "$accent"), f"  {each.title}")


def _as_they_are(stays: Iterable[Delivery]) -> list[str]:
    counts = Counter((each.title, each.key.channel, each.state) for each in stays)
    words = _("{channel} ×{number} {state}: {title}")
    return [
        words.format(channel=channel, number=number, state=word(state), title=title)
        for (title, channel, state), number in counts.items()
    ]


def _part(title: str, style: str, rows: list[Content]) -> list[Content]:
    if not rows:
        return []
    found = [Content(""), Content.styled(title, style), *rows[:_NAMED]]
    if len(rows) > _NAMED:
        found.append(Content.styled(many("and %d more", "and %d more", len(rows) - _NAMED), "$quiet"))
    return found
