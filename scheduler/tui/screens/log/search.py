"""The log's filter: words, and ``after:10/05/2021 before:…`` as in the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.engine.looks.logbook import Level, Wanted
from scheduler.tui.screens.queue.search import day_of, key_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

KEYS = ("after", "before")
REACH = 50_000
"""In so many lines, the newest, words are looked for: more would keep a key waiting. ``before:`` leads further back."""


def parse(typed: str, level: Level, zone: ZoneInfo) -> tuple[Wanted, str]:
    """Return what ``typed`` asks for from a level up, and one line about what was not understood, or ""."""
    words: list[str] = []
    asked: dict[str, str] = {}
    troubles: list[str] = []
    for token in typed.split():
        key, colon, value = token.partition(":")
        if colon and (known := key_of(key)) in KEYS:
            asked[known] = value
        else:
            words.append(token)
    start, end = (day_of(asked.get(key, ""), zone, troubles) for key in KEYS)
    return Wanted(level, " ".join(words), start, end, reach=REACH if words else None), "; ".join(troubles)
