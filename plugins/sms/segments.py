"""Parts of a text message: which alphabet it needs, how many parts, and where they are cut.

GSM-7 is the default alphabet of 3GPP TS 23.038, with its extension table, whose characters cost two
septets. Everything else goes as UCS-2, counted in UTF-16 code units. A message of several parts
gives six octets of each to the header that joins them (TS 23.040, 9.2.3.24.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[]~|€\f")


class Encoding(StrEnum):
    """The alphabet that a whole message is sent in."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


_ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Segments:
    """A message cut into parts.

    ``units`` are septets or UTF-16 units in all, ``left`` those free in the last part.
    """

    encoding: Encoding
    parts: tuple[str, ...]
    units: int
    left: int


def split(text: str) -> Segments:
    """Cut ``text`` into as few parts as fit, never inside an escape pair or a surrogate pair."""
    encoding = Encoding.UCS2 if foreign(text) else Encoding.GSM7
    alone, joined = _ROOM[encoding]
    units = sum(cost(character, encoding) for character in text)
    if units <= alone:
        return Segments(encoding, (text,), units, alone - units)
    parts: list[str] = []
    begin = used = 0
    for place, character in enumerate(text):
        weight = cost(character, encoding)
        if used + weight > joined:
            parts.append(text[begin:place])
            begin, used = place, 0
        used += weight
    parts.append(text[begin:])
    return Segments(encoding, tuple(parts), units, joined - used)


def cost(character: str, encoding: Encoding) -> int:
    """Return how many septets or UTF-16 units one character takes."""
    if encoding is Encoding.GSM7:
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def foreign(text: str) -> list[str]:
    """Return the characters outside GSM-7, each once, in the order of their first use."""
    return list(dict.fromkeys(each for each in text if each not in BASIC and each not in EXTENDED))
