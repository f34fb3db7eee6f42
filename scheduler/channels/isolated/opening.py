"""Opening a plugin in a process of its own."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from scheduler.channels.isolated.pool import Pool
from scheduler.channels.isolated.process import ProcessEnded
from scheduler.channels.isolated.proxy import channel
from scheduler.channels.isolated.sheets import PluginSheet, Wanted
from scheduler.ground.text import _

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.channels.finding import Candidate


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
        return PluginSheet((), late.format(seconds=seconds, why=error), candidate.version, (), ""), [], pool
    if sheet.error:
        return sheet, [], pool
    return sheet, [channel(each, pool) for each in sheet.channels], pool
