"""Markdown as a text message shows it, and Vietnamese without its accents."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−•·", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\t", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
        "…": "...",
        "×": "x",
        "₫": "đ",
    }
)
_LETTERS = str.maketrans({"đ": "d", "Đ": "D"})
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+")


def plain(markdown: str) -> str:
    """Return ``markdown`` as short plain text in NFC, one line a paragraph.

    List items have ``-`` before them, links their address behind their words.
    """
    from markdown_it import MarkdownIt

    lines: list[str] = []
    bullet = False
    for token in MarkdownIt("commonmark", {"html": False}).parse(markdown):
        if token.type == "list_item_open":
            bullet = True
        elif token.type == "inline":
            lines.append(("- " if bullet else "") + _inline(token.children or ()))
            bullet = False
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content.strip())
    text = "\n".join(line for line in (re.sub(r"[ \t]+", " ", each).strip() for each in lines) if line)
    return unicodedata.normalize("NFC", text)


def _inline(tokens: Sequence[Token]) -> str:
    pieces: list[str] = []
    opened: list[tuple[str, int]] = []
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append(" ")
        elif token.type == "hardbreak":
            pieces.append("\n")
        elif token.type == "link_open":
            opened.append((str(token.attrGet("href") or ""), len(pieces)))
        elif token.type == "link_close":
            address, begin = opened.pop()
            words = "".join(pieces[begin:])
            if address.startswith(("http://", "https://")) and words != address:
                pieces.append(f" {address}")
    return "".join(pieces)


def without_accents(text: str) -> str:
    """Return ``text`` with bare Latin letters (``đ`` becomes ``d``) and typography in ASCII.

    Marks on letters of other scripts stay, where they are vowels and not accents.
    """
    kept: list[str] = []
    latin = False
    for character in unicodedata.normalize("NFD", text.translate(TYPOGRAPHIC)):
        if unicodedata.combining(character):
            if latin:
                continue
        else:
            latin = character.isascii() or "LATIN" in unicodedata.name(character, "")
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept).translate(_LETTERS))


def links(text: str) -> list[str]:
    """Return the web addresses in ``text``."""
    return LINK.findall(text)
