"""Where the cursor of the calendar goes: from day to day, and from item to item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.tui.screens.calendar.cells import Spot
from scheduler.tui.screens.calendar.days import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from scheduler.tui.screens.calendar.days import Days


def within(days: Days, spot: Spot, step: int) -> Spot:
    """Return the next item of the same day, or the one before; at the end the same."""
    names = [each.id for each in days.on(spot.day) if not each.left]
    if spot.item not in names:
        return spot
    place = max(0, min(names.index(spot.item) + step, len(names) - 1))
    return Spot(spot.day, names[place])


def onward(days: Days, spot: Spot, step: int, *, empty: bool) -> Spot:
    """Return the next item on this day or a later one (earlier for -1); ``empty``: days without any count too."""
    found = list(_spots(days, empty=empty))
    places = [number for number, each in enumerate(found) if each == spot]
    if places:
        place = places[0] + step
        return found[place] if 0 <= place < len(found) else spot
    later = [each for each in found if (each.day > spot.day if step > 0 else each.day < spot.day)]
    return (later[0] if step > 0 else later[-1]) if later else spot


def _spots(days: Days, *, empty: bool) -> Iterator[Spot]:
    day = days.agenda.start
    while day < days.agenda.end:
        names = [each.id for each in days.on(day) if not each.left]
        if names or empty:
            yield from (Spot(day, name) for name in names or [""])
        day += DAY


def troubles(days: Days) -> list[Spot]:
    """Return what collides, and the empty days of a workstream, by day."""
    found: list[Spot] = []
    day: date = days.agenda.start
    while day < days.agenda.end:
        found += [Spot(day, each.id) for each in days.on(day) if each.collisions]
        if days.empty(day):
            found.append(Spot(day))
        day += DAY
    return found


def next_trouble(days: Days, spot: Spot) -> Spot | None:
    """Return the next trouble after the cursor, or the first where that was the last."""
    found = troubles(days)
    if spot in found:
        return found[(found.index(spot) + 1) % len(found)]
    return next((each for each in found if each.day > spot.day), found[0] if found else None)
