"""The script sheet: what a station gets for one item, how it is stored, and how it looks as plain text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .frame import Frame, frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BLANK = "……………………………………"
SAID = ("greeting", "lines", "message", "contact", "sign_off")
"""The parts of a sheet that are said after the tune, in their order."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to be said or, where it is not ``spoken``, a direction to those who air it."""

    text: str
    spoken: bool = True

    def shown(self) -> str:
        """Return it as it is printed: a direction in brackets."""
        return self.text if self.spoken else f"[{self.text}]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, in words. Lengths are whole seconds; ``slot`` is 0 where the station has none.

    ``at`` is the time of airing in ISO 8601, ``air`` the same as a person reads it, in the campaign's zone.
    """

    station: str
    programme: str
    at: str
    air: str
    slot: int
    title: str
    planned: int
    reader: str
    tune: str
    tune_seconds: int
    greeting: tuple[Line, ...]
    lines: tuple[Line, ...]
    message: tuple[Line, ...]
    contact: tuple[Line, ...]
    sign_off: tuple[Line, ...]
    approved_by: str
    notes: tuple[str, ...] = ()
    language: str = "vi"

    @property
    def frame(self) -> Frame:
        """The words around what is said, in the language of the text where there are any."""
        return frame(self.language)

    def facts(self) -> list[tuple[str, str]]:
        """Return the labelled lines of the head that say something."""
        reader, approver = self.reader or BLANK, self.approved_by or BLANK
        values = (self.station, self.programme, self.air, self.length(), reader, approver)
        facts = zip(self.frame.facts, values, strict=True)
        return [(label, value) for label, value in facts if value]

    def length(self) -> str:
        """Say the planned length, what it leaves out, and how it lies in the slot."""
        words = self.frame
        directed = any(not line.spoken for line in self.said())
        planned = words.planned.format(words.spell(self.planned), words.directed if directed else "")
        if not self.slot:
            return planned
        left = self.slot - self.planned
        fits = (words.left if left >= 0 else words.over).format(words.spell(abs(left)))
        return words.slot.format(planned, words.spell(self.slot), fits)

    def said(self) -> Iterator[Line]:
        """Yield what is said after the tune, in its order, with the directions in it."""
        for part in SAID:
            yield from getattr(self, part)

    def parts(self) -> list[tuple[str, tuple[Line, ...]]]:
        """Return the parts in the order in which they are heard, each with its label, or ""."""
        tune = Line(f"{self.tune}, {self.frame.spell(self.tune_seconds)}", spoken=False)
        said = (getattr(self, part) for part in SAID)
        parts = [("", (tune,) if self.tune else ()), *zip(self.frame.parts, said, strict=True)]
        return [(label, lines) for label, lines in parts if lines]


def plain(sheet: Sheet) -> dict[str, Any]:
    """Return the sheet in values of JSON."""
    return {name: [*value] if isinstance(value, tuple) else value for name, value in asdict(sheet).items()}


def restored(values: Mapping[str, Any]) -> Sheet:
    """Return the sheet that was made `plain`."""
    said = {part: tuple(Line(**each) for each in values[part]) for part in SAID}
    return Sheet(**{**values, **said, "notes": tuple(values["notes"])})


def text(sheet: Sheet) -> str:
    """Return the sheet as plain text, with one sentence a line."""
    return "\n".join([*head(sheet), "", *spoken(sheet)]) + "\n"


def head(sheet: Sheet) -> list[str]:
    """Return the lines above what is heard: what sheet it is, for whom, when and how long."""
    width = max(len(label) for label, _ in sheet.facts()) + 2
    facts = [f"{label + ':':<{width}}{value}" for label, value in sheet.facts()]
    notes = ["", *(f"* {note}" for note in sheet.notes)] if sheet.notes else []
    return [sheet.frame.name, "", sheet.title, "", *facts, *notes]


def spoken(sheet: Sheet) -> list[str]:
    """Return the lines of what is heard, each part below its label."""
    rows: list[str] = []
    for label, lines in sheet.parts():
        rows += ([""] if rows else []) + ([f"--- {label}", ""] if label else [])
        rows += [line.shown() for line in lines]
    return rows
