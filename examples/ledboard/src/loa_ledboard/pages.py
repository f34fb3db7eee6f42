"""Words to pages of a board: plain text in NFC, of letters that its font has, broken at the width."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

SIGNS = "".join(map(chr, range(0x20, 0x7F)))
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS = ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
_MARKED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES) + "đ"
FONTS = {
    "ascii": frozenset(SIGNS),
    "vietnamese": frozenset(SIGNS + _MARKED + _MARKED.upper() + "–“”‘’…•°₫"),
}


def plain(markdown: str) -> str:
    """Return the words of Markdown in one line: no emphasis, no addresses of links, no pictures."""
    words = " ".join(_words(MarkdownIt("commonmark", {"html": False}).parse(markdown)))
    return unicodedata.normalize("NFC", " ".join(words.split()))


def _words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(_inline(token.children or []))
        elif token.type in ("fence", "code_block"):
            yield token.content


def _inline(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type != "image":
            yield token.content


def unknown(text: str, font: str) -> str:
    """Return the letters that the font does not have, each once, in the order in which they come."""
    return "".join(dict.fromkeys(each for each in text if each not in FONTS[font]))


def paged(text: str, columns: int, rows: int) -> list[list[str]]:
    """Return the text as pages of lines; a word that is wider than the board is broken."""
    lines = textwrap.wrap(text, columns, break_on_hyphens=False)
    return [lines[first : first + rows] for first in range(0, len(lines), rows)]
