"""What ``[channels.radio]`` and its targets say in config.toml."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from scheduler.api import Options, _

_DURATION = re.compile(r"(?:(\d+)h)?\s*(?:(\d+)m(?:in)?)?\s*(?:(\d+)s)?")


def duration(written: object) -> object:
    """Return ``3m``, ``90s`` or ``1m 30s`` as a duration. Raises `ValueError`."""
    if not isinstance(written, str):
        return written
    found = _DURATION.fullmatch(written.strip())
    if found is None or not any(found.groups()):
        raise ValueError(_("write a length as 3m, 90s or 1m 30s"))
    hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


Length = Annotated[timedelta, BeforeValidator(duration), Field(ge=timedelta())]


class RadioOptions(Options):
    """How scripts are written and how fast they are read.

    ``tune_length`` counts towards the slot; without a ``tune`` it is that of the programme, and "" is none.
    """

    syllables_per_minute: int = Field(default=180, ge=100, le=350)
    abbreviations: dict[str, str] = Field(default_factory=dict)
    dialect: Literal["north", "south"] = "north"
    programme: str = ""
    reader: str = ""
    tune: str | None = None
    tune_length: Length = timedelta(seconds=10)
    greeting: str = "Kính thưa quý vị và bà con."
    contact: str = ""
    sign_off: str = "Cảm ơn quý vị và bà con đã lắng nghe."


class RadioTarget(Options):
    """A station.

    ``slot`` is the time it has for the item, ``times`` are the hours at which it airs.

    ``confirm`` says that a person must confirm the airing; without it a script that lies in its
    folder is done.
    """

    slot: Length | None = None
    times: tuple[time, ...] = ()
    programme: str = ""
    reader: str = ""
    contact: str = ""
    confirm: bool = False
