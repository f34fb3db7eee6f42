"""Pieces of text that several screens are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.tui.words import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLES = {
    Tone.PLAIN: "",
    Tone.STRONG: "bold",
    Tone.QUIET: "$quiet",
    Tone.LIVE: "$primary",
    Tone.GOOD: "$success",
    Tone.WARN: "$warning",
    Tone.BAD: "bold $error",
}
"""The style of each tone, in the theme's colours."""


def section(title: str, rows: Iterable[Content | str]) -> Content:
    """Return a part with its title; nothing where there is nothing to say."""
    made = [row if isinstance(row, Content) else Content(row) for row in rows]
    return Content("\n").join((Content.styled(title, "bold $primary"), *made)) if made else Content("")


def fact(name: str, value: str, style: str = "") -> Content:
    """Return one line: what it is, and its value."""
    return Content("").join((Content.styled(f"{name:<14}", "$quiet"), Content.styled(value, style)))
