"""What differs between two versions of a post: its front matter key by key, its text word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from scheduler.plan.frontmatter import read_matter
from scheduler.plan.source import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


class About(StrEnum):
    """What a key of the front matter is about, in the order in which people look."""

    TIME = "time"
    CHANNELS = "channels"
    AUDIENCES = "audiences"
    OTHER = "other"


_ABOUT = {
    **dict.fromkeys(
        ("at", "repeat", "times", "except", "also", "event", "offset", "anchor", "time", "late", "grace"), About.TIME
    ),
    "channels": About.CHANNELS,
    "audiences": About.AUDIENCES,
    "areas": About.AUDIENCES,
    "languages": About.AUDIENCES,
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A key whose value differs; ``None`` where it was not there, or is not there now."""

    about: About
    key: str
    before: str | None
    after: str | None


class Side(StrEnum):
    """Where a line stands: in both versions, only in the earlier, only in the later."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


class Piece(NamedTuple):
    """A part of a line; ``differs`` where the other version does not have it."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text, in pieces."""

    side: Side
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The line as a whole."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Differing:
    """All that differs between two sources; ``lines`` is the whole text, with what both have."""

    keys: tuple[Changed, ...]
    lines: tuple[Line, ...]


def differing(before: str, after: str) -> Differing:
    """Compare two versions of a post's file. Where a front matter cannot be read, it is compared as text."""
    one, two = read_matter(before, Report("")), read_matter(after, Report(""))
    if one is None or two is None:
        return Differing((), tuple(_lines(before.splitlines(), after.splitlines())))
    lines = _lines(one.body.strip("\n").splitlines(), two.body.strip("\n").splitlines())
    return Differing(tuple(keys_differing(one.values, two.values)), tuple(lines))


def keys_differing(before: Mapping[str, object], after: Mapping[str, object]) -> list[Changed]:
    """Return the keys of two front matters whose values differ, by what they are about."""
    found = [
        Changed(_ABOUT.get(key, About.OTHER), key, _spoken(before.get(key)), _spoken(after.get(key)))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]
    order = list(About)
    return sorted(found, key=lambda each: order.index(each.about))


def _spoken(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_spoken(each)}" if each else str(name) for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(str(_spoken(each)) for each in value)
    return str(value)


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Line(Side.BOTH, (Piece(line),)) for line in before[a:b])
        elif kind == "replace":
            yield from _words("\n".join(before[a:b]), "\n".join(after[c:d]))
        else:
            yield from (Line(Side.BEFORE, (Piece(line, differs=True),)) for line in before[a:b])
            yield from (Line(Side.AFTER, (Piece(line, differs=True),)) for line in after[c:d])


def _words(before: str, after: str) -> Iterator[Line]:
    """Compare lines that were rewritten word by word: those of before first, then those of after."""
    one, two = _TOKEN.findall(before), _TOKEN.findall(after)
    earlier: list[Piece] = []
    later: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        differs = kind != "equal"
        earlier.append(Piece("".join(one[a:b]), differs))
        later.append(Piece("".join(two[c:d]), differs))
    yield from _broken(Side.BEFORE, earlier)
    yield from _broken(Side.AFTER, later)


def _broken(side: Side, pieces: Iterable[Piece]) -> Iterator[Line]:
    """Put pieces together to lines, each piece cut where a line ends."""
    line: list[Piece] = []
    for piece in pieces:
        first, *more = piece.text.split("\n")
        line.append(Piece(first, piece.differs))
        for part in more:
            yield Line(side, tuple(each for each in line if each.text))
            line = [Piece(part, piece.differs)]
    yield Line(side, tuple(each for each in line if each.text))
