"""From an item to its sheet: what is said, in words, and how long it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from scheduler.api import N_

from .frame import frame
from .reading import Reader, replaced
from .remarks import Remark
from .sheet import Line, Sheet
from .speech import blocks, clean, sentences, syllables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.api import Item

    from .frame import Frame
    from .options import RadioOptions, RadioTarget

READ = "vi"
"""The language whose figures and abbreviations are put into words."""
_NONE: Mapping[str, str] = MappingProxyType({})
_ADDRESSED = ("Thưa ", "Kính thưa ", "Kính chào ", "Xin chào ", "Chào ")


@dataclass(frozen=True, slots=True)
class Script:
    """A sheet, with what could not be read in it and what is hard to hear."""

    sheet: Sheet
    problems: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()


class _Voice:
    """Puts one item's texts into words, and gathers what went wrong."""

    def __init__(self, options: RadioOptions, forms: Mapping[str, str], *, read: bool) -> None:
        south = options.dialect == "south"
        self._reader = Reader({**forms, **options.abbreviations}, south=south) if read else None
        self._forms = forms
        self.problems: dict[Remark, None] = {}
        self.remarks: dict[Remark, None] = {}

    def say(self, text: str) -> str:
        if self._reader is None:
            return replaced(text, self._forms)
        reading = self._reader.read(text)
        self.problems |= dict.fromkeys(reading.problems)
        self.remarks |= dict.fromkeys(reading.remarks)
        return reading.text

    def lines(self, markdown: str) -> tuple[Line, ...]:
        """Return what is said, a sentence each; a direction stays whole and as it is written."""
        lines: list[Line] = []
        for block in blocks(markdown):
            if block.spoken:
                lines += map(Line, sentences(self.say(block.text)))
            else:
                lines.append(Line(block.text, spoken=False))
        return tuple(lines)


def write(item: Item, options: RadioOptions, zone: ZoneInfo, forms: Mapping[str, str] = _NONE) -> Script:
    """Return the script of ``item``; ``forms`` are words with what is said for them, which the options override.

    Texts in other languages than Vietnamese stay as they are but for these, without a frame.
    """
    station: RadioTarget = item.target.settings
    voice = _Voice(options, forms, read=item.language == READ)
    local = item.publish_at.astimezone(zone)
    framed = item.language == READ
    lines = voice.lines(item.text)
    message = voice.lines(item.plan.message) * 2 if framed else ()
    greeting = () if not framed or _addressed(lines) else voice.lines(options.greeting)
    contact = voice.lines(station.contact or options.contact) if framed else ()
    sign_off = voice.lines(options.sign_off) if framed else ()
    words = frame(item.language)
    tune = words.tune if options.tune is None else options.tune
    seconds = int(options.tune_length.total_seconds()) if tune else 0
    sheet = Sheet(
        station=item.target.title or item.target.name,
        programme=station.programme or options.programme or item.plan.title,
        at=item.publish_at.isoformat(),
        air=words.airing(local),
        slot=int(station.slot.total_seconds()) if station.slot else 0,
        title=voice.say(clean(item.title)),
        planned=seconds,
        reader=station.reader or options.reader,
        tune=tune,
        tune_seconds=seconds,
        greeting=greeting,
        lines=lines,
        message=message,
        contact=contact,
        sign_off=sign_off,
        approved_by=item.approved_by,
        notes=tuple(_notes(item, words)),
        language=item.language,
    )
    said = sum(syllables(line.text) for line in sheet.said() if line.spoken)
    sheet = replace(sheet, planned=seconds + math.ceil(said * 60 / options.syllables_per_minute))
    remarks = [*voice.remarks, *_off_hours(station, local)]
    return Script(sheet, tuple(voice.problems), tuple(remarks))


def _addressed(lines: Iterable[Line]) -> bool:
    first = next((line.text for line in lines if line.spoken), "")
    return first.startswith(_ADDRESSED)


def _notes(item: Item, words: Frame) -> list[str]:
    notes = []
    if item.key.action != "publish":
        notes.append(words.revised)
    if item.language != READ:
        notes.append(words.unread.format(item.plan.languages.get(item.language, item.language)))
    return notes


def _off_hours(station: RadioTarget, local: datetime) -> list[Remark]:
    at = local.time().replace(second=0, microsecond=0)
    if not station.times or at in station.times:
        return []
    hours = ", ".join(f"{each:%H:%M}" for each in station.times)
    said = N_("{0} is none of the hours at which the station airs: {1}")
    return [Remark(said, (f"{at:%H:%M}", hours))]
