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
from .said import Said, bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…]\s+)[\"“(]*$")
_AND_SO_ON = re.compile(r"(?<!\w)(?:v\.v|vv)(?:\.{3}|…|\.)?(?!\w)(?P<end>(?=\s+[^\W\d_a-zđ]))?")
_HOST = r"(?:[A-Za-z0-9-]+\.)+(?:vn|com|net|org|edu|info)(?![\w-])"
_ADDRESS = re.compile(
    rf"(?:https?://)?(?P<said>(?:[\w.+-]+@{_HOST})|(?:www\.)?(?P<host>{_HOST}))(?P<path>(?:[:/?#]\S*[\w/])?)",
)
_DOCUMENT = re.compile(
    r"(?<![\w/])(?P<number>\d+)(?:/(?P<year>\d{4}))?"
    r"(?P<kind>/[A-ZĐ]{2,}\w*|-[A-ZĐ]{2,}/[A-ZĐ]{2,})(?P<more>(?:[-–][A-ZĐ][\w&]*)*)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made readable: ``problems`` could not be read, ``remarks`` are hard to hear."""

    text: str
    problems: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()


def replaced(text: str, forms: Mapping[str, str]) -> str:
    """Return ``text`` with what is said for the words in ``forms``, and otherwise as it stands."""
    if not forms:
        return text
    keys = sorted(forms, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(_bounded, keys))})")
    return pattern.sub(lambda found: forms[found.group()], text)


class Reader:
    """Reads text aloud by one table of abbreviations and one dialect.

    ``abbreviations`` add to the built-in table and override it; one that is listed as itself is
    read as it stands.
    """

    def __init__(self, abbreviations: Mapping[str, str], *, south: bool = False) -> None:
        self._spoken = {**SPOKEN, **abbreviations}
        keys = sorted(self._spoken, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(_bounded, keys))})")
        self._south = south

    def read(self, text: str) -> Reading:
        """Return ``text`` as it is spoken, in NFC."""
        return _Pass(self._spoken, self._pattern, south=self._south).read(text)


class _Pass:
    """The reading of one text."""

    def __init__(self, spoken: Mapping[str, str], pattern: re.Pattern[str], *, south: bool) -> None:
        self._table, self._pattern = spoken, pattern
        self._said = Said()
        self._figures = Figures(self._said, south=south)
        self._problems: list[Remark] = []
        self._remarks: list[Remark] = []

    def read(self, text: str) -> Reading:
        text = bare(unicodedata.normalize("NFC", text))
        text = _ADDRESS.sub(self._address, text)
        text = _DOCUMENT.sub(self._document, text)
        text = self._pattern.sub(self._abbreviation, text)
        text = _AND_SO_ON.sub(lambda found: self._said.word(found.group(), _dotted(found)), text)
        text = re.sub(r"(?<=\s)&(?=\s)", lambda found: self._said.gap(found.group(), "và"), text)
        text = self._figures.read(text)
        problems = (*self._problems, *self._figures.problems, *_unread(text))
        text = re.sub(r" {2,}", " ", self._said.spoken(text))
        return Reading(text, problems, tuple(self._remarks))

    def _document(self, found: re.Match[str]) -> str:
        """Read number and year; the letters of a decree repeat what its name says, those of a party paper name who."""
        typed = found.group()
        if not found["kind"].startswith("/") or "-TW" in typed or "-TU" in typed:
            said = N_("{0!r} names who issued it in letters: write what is said, as in 'số 12 của Ban Bí thư'")
            self._problems.append(Remark(said, (typed,)))
            return self._said.word(typed, typed)
        year = f" năm {found['year']}" if found["year"] else ""
        return f"{found['number']}{year}"

    def _abbreviation(self, found: re.Match[str]) -> str:
        said = self._table[found.group()]
        if _SENTENCE_START.search(found.string[: found.start()]):
            said = said[:1].upper() + said[1:]
        glued = found.group().endswith(".") and found.string[found.end() : found.end() + 1].isalpha()
        return self._said.gap(found.group(), said) if glued else self._said.word(found.group(), said)

    def _address(self, found: re.Match[str]) -> str:
        said, typed = (found["host"] or found["said"]).lower(), found.group()
        if re.search(r"[\d_+-]", said):
            why = N_("the address {0!r} has signs that are said in several ways: write it as it is said")
            self._problems.append(Remark(why, (typed,)))
            return self._said.word(typed, typed)
        if found["path"].strip("/"):
            self._remarks.append(Remark(N_("the address {0} is hard to catch by ear: only {1} is said"), (typed, said)))
        else:
            self._remarks.append(Remark(N_("the address {0} is hard to catch by ear"), (typed,)))
        return self._said.word(typed, said.replace("@", " a còng ").replace(".", " chấm "))


def _bounded(key: str) -> str:
    """Return a pattern for one abbreviation: a point at its end may be followed by a name without a space."""
    after = r"(?!\d|[a-zđ])" if key.endswith(".") else r"(?!\w|\.\w)"
    return re.escape(key) + after


def _dotted(found: re.Match[str]) -> str:
    return "vân vân." if found["end"] is not None else "vân vân"


def _unread(text: str) -> Iterator[Remark]:
    for word in dict.fromkeys(_WORD.findall(text)):
        if sum(letter.isupper() for letter in word) < 2:
            continue
        if meanings := AMBIGUOUS.get(word):
            yield Remark(N_("{0} can mean {1}, or {2}: write it out, or list it in abbreviations"), (word, *meanings))
        else:
            yield Remark(N_("{0} is no known abbreviation: write it out, or list it in abbreviations"), (word,))
