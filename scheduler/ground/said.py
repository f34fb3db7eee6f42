"""What others' code says of itself, as text that can be kept and shown."""

from __future__ import annotations

from scheduler.ground.text import _


def said(words: object) -> str:
    """Return a plugin's words, or its exception's, as text; it never raises, whatever their own code does.

    Half a letter, as of a name that is not in UTF-8, is "?".
    """
    try:
        text = str(words)
    except BaseException:  # noqa: BLE001 - a plugin's __str__ may raise anything, SystemExit too
        text = _("{kind}, which cannot say what it means").format(kind=type(words).__name__)
    return str.encode(text, "utf-8", "replace").decode()
