"""The public holidays of Viet Nam, on which a campaign seldom wants to speak.

After article 112 of the Labour Code (Law 45/2019/QH14). Not in it is what the government sets anew each year: days free
beside Tết and 2 September, and days off in lieu. They belong into the plan as events with ``outside: true``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from scheduler.ground.text import N_
from scheduler.plan.lunar import lunar

_SOLAR = {
    (1, 1): N_("New Year"),
    (30, 4): N_("Liberation Day"),
    (1, 5): N_("Labour Day"),
    (2, 9): N_("National Day"),
}
_LUNAR = {
    (1, 1): N_("Tết"),
    (2, 1): N_("Tết, second day"),
    (3, 1): N_("Tết, third day"),
    (10, 3): N_("Hùng Kings' Day"),
}
_EVE = N_("Tết's eve")
_DAY = timedelta(days=1)


class Holiday(NamedTuple):
    """A public holiday; its name is a sentence of the catalogue."""

    day: date
    name: str


def holidays(start: date, end: date) -> list[Holiday]:
    """Return the public holidays from ``start`` (included) to ``end`` (excluded)."""
    days = [start + number * _DAY for number in range((end - start).days)]
    return [Holiday(day, name) for day in days if (name := _name(day))]


def _name(day: date) -> str:
    moon = lunar(day)
    if moon.month == 12 and lunar(day + _DAY).month == 1:
        return _EVE
    feast = "" if moon.leap else _LUNAR.get((moon.day, moon.month), "")
    return feast or _SOLAR.get((day.day, day.month), "")
