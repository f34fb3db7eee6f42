"""Opening a plugin in a process of its own."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scheduler.channels.isolated.pool import Pool
from scheduler.channels.isolated.process import ProcessEnded
from scheduler.channels.isolated.proxy import channel
from scheduler.channels.isolated.sheets import PluginSheet, Wanted
from scheduler.ground.text import _

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.channels.finding import Candidate


LEAST = 64 << 20
"""Bytes: what a plugin may take that is small, with Python and Loa's part in its process."""
_OUT_OF_MEMORY = ("MemoryError", "can't start new thread", "Cannot allocate memory")


def opened(
    candidate: Candidate, folder: Path | None, seconds: float, memory: int | None
) -> tuple[PluginSheet, list[Any], Pool]:
    """Return what a plugin says of itself, its channels, and its processes; none of its code runs in this one."""
    wanted = Wanted(
        folder=str(folder.absolute()) if folder else "",
        name=candidate.name,
        source=candidate.source,
        seconds=seconds,
        memory=memory,
        level=logging.getLogger("loa.channel").getEffectiveLevel(),
        path=tuple(sys.path),
    )
    pool = Pool(wanted)
    try:
        sheet = pool.describe()
    except ProcessEnded as error:
        late = _("it did not load in its own process within {seconds:.0f} seconds, or not at all: {why}")
        why = _explained(late.format(seconds=seconds, why=error), memory)
        return PluginSheet((), why, candidate.version, (), ""), [], pool
    if sheet.error:
        return replace(sheet, error=_explained(sheet.error, memory)), [], pool
    return sheet, [channel(each, pool) for each in sheet.channels], pool


def _explained(why: str, memory: int | None) -> str:
    """Return why a plugin does not load; where its limit of memory may be the reason, with what to set."""
    if memory is None or not (memory < LEAST or any(each in why for each in _OUT_OF_MEMORY)):
        return why
    text = _('it may take {given:g} MB, which is too little to load it: set memory = "{more:.0f} MB" or more ({why})')
    more = LEAST if memory < LEAST else 2 * memory
    return text.format(given=round(memory / (1 << 20), 1), more=more / (1 << 20), why=why)
