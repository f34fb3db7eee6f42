"""What input methods send for Vietnamese: letters, and bursts of backspaces with the letters that replace them.

After each key ibus-unikey, ibus-bamboo and fcitx5 (without a preedit) take back what has changed of the word and send
its new letters, all in one write. ⌫ stands for a backspace.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

VOWELS = "aăâeêioôơuưy"
_TONES = {"": "", "sắc": "\u0301", "huyền": "\u0300", "hỏi": "\u0309", "ngã": "\u0303", "nặng": "\u0323"}
_PLAIN = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u", "đ": "d"}
"""The letter that is typed first, and gets its shape by the next key."""


def toned(vowel: str, tone: str) -> str:
    """Return a vowel with a tone, as one letter."""
    return unicodedata.normalize("NFC", vowel + _TONES[tone])


def burst(before: str, after: str) -> str:
    """Return what is sent so that a word that stood there becomes another."""
    kept = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    kept = min(kept, len(after))
    return "⌫" * (len(before) - kept) + after[kept:]


def keys(word: str, method: str) -> list[str]:
    """Return what is sent for a word, one entry per key that a person presses.

    A letter gets its shape by the key after it. The tone comes at the end of the word with Telex, and right behind its
    vowel with VNI, as most people type them.
    """
    stages, shown, late = [""], "", ("", 0)
    for letter in word:
        plain, tone = split(letter)
        if first := _PLAIN.get(plain.lower()):
            stages.append(shown + (first.upper() if plain.isupper() else first))
        if tone:
            stages.append(shown + plain)
        if tone and method == "telex":
            late = (tone, len(shown))
        shown += plain if late == (tone, len(shown)) else letter
        stages.append(shown)
    tone, at = late
    if tone:
        stages.append(shown[:at] + toned(shown[at], tone) + shown[at + 1 :])
    return [burst(before, after) for before, after in pairwise(stages) if before != after]


def split(letter: str) -> tuple[str, str]:
    """Return a letter without its tone, and the name of the tone."""
    parts = unicodedata.normalize("NFD", letter)
    for name, mark in _TONES.items():
        if mark and mark in parts:
            return unicodedata.normalize("NFC", parts.replace(mark, "")), name
    return letter, ""


def sent(text: str, method: str) -> str:
    """Return all that is sent for a text, word by word."""
    return " ".join("".join(keys(word, method)) for word in text.split(" "))


def every_vowel(method: str) -> dict[str, str]:
    """Return, for a word with each vowel under each tone in both cases, and for đ, what is sent."""
    words = [f"b{toned(vowel, tone)}n" for vowel in VOWELS for tone in _TONES]
    words += [f"B{toned(vowel.upper(), tone)}N" for vowel in VOWELS for tone in _TONES]
    return {word: sent(word, method) for word in (*words, "đi", "ĐI")}


def decomposed(burst: str) -> str:
    """Return a burst as a method sends it that writes letters and marks apart."""
    return unicodedata.normalize("NFD", burst)


def pasted(burst: str) -> str:
    """Return a burst whose letters come as a paste, as bytes of a terminal that brackets it."""
    backs = len(burst) - len(burst.lstrip("⌫"))
    letters = burst[backs:]
    return "\x7f" * backs + (f"\x1b[200~{letters}\x1b[201~" if letters else "")


def raw(burst: str) -> str:
    """Return a burst as bytes of a terminal."""
    return burst.replace("⌫", "\x7f")
