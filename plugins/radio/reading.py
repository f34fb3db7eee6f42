"""Vietnamese text as it is read aloud: no figures, no abbreviations, no slashes.

What cannot be read in one way only is left as it stands and reported, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.api import N_

from .abbreviations import AMBIGUOUS, SPOKEN
from .figures import Figures
from .remarks import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…]\s+)[\"“(]*$")
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?(?P<host>(?:[a-z0-9-]+\.)+(?:vn|com|net|org|edu|info))(?P<path>/\S*\w)?"
)
_DOCUMENT = re.compile(
    r"(?<![\w/])(?P<number>\d+)(?:/(?P<year>\d{4}))?"
    r"(?:/[A-ZĐ]{2,}\w*|-[A-ZĐ]{2,}/[A-ZĐ]{2,})(?:[-–][A-ZĐ][\w&]*)*"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made readable: ``problems`` could not be read, ``remarks`` are hard to hear."""

    text: str
    problems: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Reader:
    """Reads text aloud by one table of abbreviations and one dialect.

    ``abbreviations`` add to the built-in table and override it; one that is listed as itself is
    read as it stands.
    """

    def __init__(self, abbreviations: Mapping[str, str], *, south: bool = False) -> None:
        self._spoken = {**SPOKEN, **abbreviations}
        keys = sorted(self._spoken, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, keys))})(?!\w)")
        self._listed = {word for said in abbreviations.values() for word in _WORD.findall(said)}
        self._figures = Figures(south=south)

    def read(self, text: str) -> Reading:
        """Return ``text`` as it is spoken, in NFC."""
        text, remarks = _addresses(unicodedata.normalize("NFC", text))
        text = _DOCUMENT.sub(self._document, text)
        text = self._pattern.sub(self._abbreviation, text).replace("&", " và ")
        text, problems = self._figures.read(text)
        text = re.sub(r" {2,}", " ", text)
        return Reading(text, (*problems, *self._unread(text)), remarks)

    def _document(self, found: re.Match[str]) -> str:
        year = f" năm {found['year']}" if found["year"] else ""
        return f"{found['number']}{year}"

    def _abbreviation(self, found: re.Match[str]) -> str:
        said = self._spoken[found.group()]
        if _SENTENCE_START.search(found.string[: found.start()]):
            return said[:1].upper() + said[1:]
        return said

    def _unread(self, text: str) -> Iterator[Remark]:
        for word in dict.fromkeys(_WORD.findall(text)):
            if sum(letter.isupper() for letter in word) < 2 or word in self._listed:
                continue
            if meanings := AMBIGUOUS.get(word):
                yield Remark(
                    N_("{0} can mean {1}, or {2}: write it out, or list it in abbreviations"), (word, *meanings)
                )
            else:
                yield Remark(N_("{0} is no known abbreviation: write it out, or list it in abbreviations"), (word,))


def _addresses(text: str) -> tuple[str, tuple[Remark, ...]]:
    remarks = []

    def spoken(found: re.Match[str]) -> str:
        remarks.append(Remark(N_("the address {0} is hard to catch by ear"), (found.group(),)))
        return found["host"].replace(".", " chấm ")

    text = re.sub(r"(?<=[\w.])@(?=[\w-]+\.)", " a còng ", text)
    return _ADDRESS.sub(spoken, text), tuple(remarks)
