"""How a channel's preview looks: a few plain blocks, which a screen, a terminal or a page draws in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scheduler.channels.channel import RenderContext, Rendered
    from scheduler.channels.item import Item

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Passage:
    """Words as they go out. ``cuts`` are where a further part of a message begins, counted in characters from 0.

    ``notes`` are short measures of it. ``goes_out`` is False for a text that only stands beside, to compare. ``own`` is
    True for what differs from target to target though the text is the same: a head with the station's name.
    """

    text: str
    title: str = ""
    notes: tuple[str, ...] = ()
    cuts: tuple[int, ...] = ()
    goes_out: bool = True
    own: bool = False
    part: str = ""

    def pieces(self) -> list[str]:
        """Return the text in its parts."""
        ends = (*self.cuts, len(self.text))
        return [self.text[begin:end] for begin, end in zip((0, *self.cuts), ends, strict=True)]


@dataclass(frozen=True, slots=True)
class Beside:
    """Passages to be seen side by side."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A number against its limit, as a gauge; a ``limit`` of 0 is none. ``unit`` is as it is written: ``s``, ``đ``."""

    label: str
    value: int
    limit: int = 0
    unit: str = ""
    part: str = ""

    @property
    def over(self) -> int:
        """By how much it is over its limit; what is left below it where that is less than 0."""
        return self.value - self.limit if self.limit else 0

    @property
    def words(self) -> str:
        """The value, and the limit where there is one."""
        value, limit = _amount(self.value, self.unit), _amount(self.limit, self.unit)
        return _("{value} of {limit}").format(value=value, limit=limit) if self.limit else value

    @property
    def rest(self) -> str:
        """What is left, or by how much it is over; "" without a limit."""
        words = _("{amount} over") if self.over > 0 else _("{amount} left")
        return words.format(amount=_amount(abs(self.over), self.unit)) if self.limit else ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or recording in a card, and the words that stand for it."""

    name: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A post as its readers meet it: who says it, when (aware, in UTC), a title, text, pictures, a link.

    Of ``text`` the first ``seen`` characters show before a reader asks for more; 0 shows all. A problem whose part is
    ``title``, ``text``, ``summary``, ``media`` or ``link`` stands at that line of the card.
    """

    source: str
    when: datetime
    text: str
    title: str = ""
    seen: int = 0
    media: tuple[Picture, ...] = ()
    link: str = ""

    def fold(self) -> tuple[str, str]:
        """Return the text that shows at once, cut after a word, and the rest."""
        if not self.seen or self.seen >= len(self.text):
            return self.text, ""
        space = self.text.rfind(" ", 0, self.seen)
        cut = space if space > 0 else self.seen
        return self.text[:cut].rstrip(), self.text[cut:].strip()


Block: TypeAlias = Passage | Beside | Measure | Card
"""What a preview is made of. A problem stands at the block whose ``part`` is its own ``part``, or its key."""


@runtime_checkable
class Shows(Protocol):
    """A channel that says how its preview looks; without it a preview is the payload's text."""

    def show(self, item: Item, rendered: Rendered, context: RenderContext[Any]) -> Iterable[Block]:
        """Yield the blocks of a preview, from above. Pure, as ``render`` is: what goes out does not depend on it."""


def _amount(value: int, unit: str) -> str:
    """Return a number with its unit; a number of seconds from a minute on as minutes and seconds."""
    if unit == "s" and value >= MINUTE:
        return f"{value // MINUTE}:{value % MINUTE:02}"
    return f"{value:,} {unit}".replace(",", ".").rstrip()


def place_of(block: Block) -> frozenset[str]:
    """Return the parts of a preview that stand in ``block``."""
    if isinstance(block, Card):
        return frozenset(("title", "text", "summary", "media", "link"))
    if isinstance(block, Beside):
        return frozenset(each.part for each in block.passages if each.part)
    return frozenset((block.part,)) if block.part else frozenset()
