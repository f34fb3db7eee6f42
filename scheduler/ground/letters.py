"""Letters as people look for them: whatever their case, and without accents where none are written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Return ``text`` without case, composed (NFC)."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """Return ``text`` without case and accents; đ is d."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(each for each in parts if not unicodedata.combining(each))


def slug(text: str, longest: int = 48) -> str:
    """Return the id that a title suggests: its words without accents, joined by hyphens, as many as have room."""
    words = re.findall(r"[a-z0-9]+", bare(text))
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word[:longest]
        if len(longer) > longest:
            break
        found = longer
    return found
