"""What has been put into words: a sign stands in the text for it, so that no later rule reads it again."""

from __future__ import annotations

import re

_WORD, _GAP = 0xF0000, 0x100000
_MOST = 0xFFFD
WORD = "[\U000f0000-\U000ffffd]"
GAP = "[\U00100000-\U0010fffd]"
_SIGN = re.compile("[\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


def bare(text: str) -> str:
    """Return ``text`` without characters that could be taken for our signs: they are for private use."""
    return _SIGN.sub("", text)


class Said:
    """The signs of one text, each with what was typed and what is said for it."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, str]] = []

    def word(self, typed: str, spoken: str) -> str:
        """Keep a word or more, and return the sign for it."""
        return self._sign(_WORD, typed, spoken)

    def gap(self, typed: str, spoken: str) -> str:
        """Keep what stands between two words, as a dash or a slash, and return the sign for it."""
        return self._sign(_GAP, typed, f" {spoken} ")

    def typed(self, text: str) -> str:
        """Return ``text`` as it was typed."""
        return _SIGN.sub(lambda found: self._of(found.group())[0], text)

    def spoken(self, text: str) -> str:
        """Return ``text`` as it is said."""
        return _SIGN.sub(lambda found: self._of(found.group())[1], text)

    def _sign(self, base: int, typed: str, spoken: str) -> str:
        self._kept.append((self.typed(typed), spoken))
        return chr(base + min(len(self._kept) - 1, _MOST))

    def _of(self, sign: str) -> tuple[str, str]:
        return self._kept[(ord(sign) - _WORD) % 0x10000]
