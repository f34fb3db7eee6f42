"""What tells channels apart at a glance: a colour each, and a letter where there is no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HUES = 8


class Mark(NamedTuple):
    """A channel's letter, and the number of its colour: ``$channel-1`` to ``$channel-8`` of the theme."""

    letter: str
    hue: int


def marks(channels: Iterable[str]) -> dict[str, Mark]:
    """Return the mark of each channel, by their order; what comes later changes nothing for those before it."""
    found: dict[str, Mark] = {}
    for number, name in enumerate(channels):
        taken = {mark.letter for mark in found.values()}
        letters = [each for each in name.upper() if each.isalnum()]
        letter = next((each for each in letters if each not in taken), "#")
        found[name] = Mark(letter, number % HUES + 1)
    return found


def letters(channels: Sequence[str], marks: Mapping[str, Mark], most: int) -> list[Mark]:
    """Return the marks of some channels, at most so many; the last is a "+" without a colour where there are more."""
    shown = channels if len(channels) <= most else channels[: most - 1]
    found = [marks[name] for name in shown if name in marks]
    return found if len(shown) == len(channels) else [*found, Mark("+", 0)]


def variables(colours: Iterable[str]) -> dict[str, str]:
    """Return a theme's variables for these colours."""
    return {f"channel-{number}": colour for number, colour in enumerate(colours, 1)}
