"""How a text message looks before it goes: with and without accents, each with its parts and what it costs."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from scheduler.api import Beside, Passage, _, many

from . import plain, segments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.api import Block, Item, Rendered

    from . import SmsOptions

_ROOM_OF_ONE = 1


def blocks(item: Item, rendered: Rendered, options: SmsOptions) -> Iterator[Block]:
    """Yield both texts side by side, or the one where there are no accents to leave out."""
    written = plain.plain(item.text)
    bare = plain.without_accents(written)
    sender = rendered.body["sender"]
    if bare == written:
        yield _passage(rendered.text, _("The message"), sender, options.price_per_part)
        return
    accented = _passage(written, _("With accents"), sender if options.accents else None, options.price_per_part)
    plainly = _passage(bare, _("Without accents"), None if options.accents else sender, options.price_per_part)
    yield Beside((accented, plainly))


def _passage(text: str, title: str, sender: str | None, price: int) -> Passage:
    """Return one text with its measures; ``sender`` is None for the one that does not go out."""
    cut = segments.split(text)
    parts = len(cut.parts)
    used = sum(segments.cost(each, cut.encoding) for each in cut.parts[-1])
    notes = [
        many("%d part", "%d parts", parts),
        _("{used} used, {left} left").format(used=used, left=cut.left)
        if parts == _ROOM_OF_ONE
        else _("{used} used, {left} left in the last").format(used=used, left=cut.left),
        cut.encoding.value,
    ]
    if price:
        notes.append(_("{cost} đ a person").format(cost=f"{parts * price:,}".replace(",", ".")))
    if sender:
        notes.append(_("from {sender}").format(sender=sender))
    cuts = tuple(accumulate(len(part) for part in cut.parts[:-1]))
    goes_out = sender is not None
    return Passage(text, title, tuple(notes), cuts, goes_out=goes_out, part="text" if goes_out else "")
