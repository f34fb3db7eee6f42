"""Lengths of time as people write them: ``2d``, ``-1d 2h``, ``+30m``, ``90s``, ``1w``, ``250ms``."""

from __future__ import annotations

import re
from datetime import timedelta

from scheduler.ground.text import N_, _

LONGEST = timedelta(days=36500)
"""No length goes beyond a century, so that adding one to a date cannot overflow."""

_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_ORDER = tuple(_UNITS)
_WHOLE = re.compile(r"\s*([+-]?)((?:\s*[0-9]{1,12}\s*[a-z]+)+)\s*")
_PART = re.compile(r"([0-9]+)\s*([a-z]+)")
_FORM = N_("write a number and a unit (w, d, h, m, s), for example 2d, 1d 2h, 30m")


def parse_duration(text: str) -> timedelta:
    """Return the length that ``text`` spells.

    Parts go from the largest unit to the smallest, each unit once; a sign in front counts for the
    whole, so ``-1d 2h`` is 26 hours back. Raises `ValueError` with a message that says the form.
    """
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        raise ValueError(_("{text!r} is not a length of time; {form}").format(text=text, form=_(_FORM)))
    total = timedelta()
    last = -1
    for number, unit in _PART.findall(whole[2]):
        if unit not in _UNITS:
            raise ValueError(
                _("{text!r} has no unit that Loa knows: {unit!r}; {form}").format(text=text, unit=unit, form=_(_FORM))
            )
        rank = _ORDER.index(unit)
        if rank <= last:
            raise ValueError(_("{text!r} goes from large units to small ones, each of them once").format(text=text))
        last = rank
        if int(number) > LONGEST / _UNITS[unit]:
            raise ValueError(_("{text!r} is longer than a century").format(text=text))
        total += int(number) * _UNITS[unit]
    if total > LONGEST:
        raise ValueError(_("{text!r} is longer than a century").format(text=text))
    return -total if whole[1] == "-" else total


def format_duration(value: timedelta) -> str:
    """Spell ``value`` in days and smaller units, rounded to milliseconds: ``-1d 2h``, ``0s``.

    `parse_duration` reads it back to the same value.
    """
    left = round(abs(value) / _UNITS["ms"]) * _UNITS["ms"]
    sign = "-" if value < timedelta() and left else ""
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, left = divmod(left, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return sign + (" ".join(parts) or "0s")
