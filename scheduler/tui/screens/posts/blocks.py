"""The blocks of a preview as lines of text, in a given width."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.channels.showing import Beside, Card, Measure, Passage
from scheduler.ground.text import _
from scheduler.tui.screens.posts.groups import here
from scheduler.tui.screens.posts.problems import flow, told
from scheduler.tui.words import minute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.channels.showing import Block, Picture
    from scheduler.ground.problem import Problem

SIDE_BY_SIDE = 54
"""Cells from which on two passages stand beside each other, and not one below the other."""
BLANK = Content("")
_GAUGE = 28


def drawn(block: Block, width: int, problems: Sequence[Problem], zone: ZoneInfo) -> list[Content]:
    """Return a block's lines, with the problems that stand in it."""
    if isinstance(block, Measure):
        return measure(block, width, problems)
    if isinstance(block, Card):
        return _card(block, width, problems, zone)
    if isinstance(block, Beside):
        return _beside(block, width, problems)
    return _passage(block, width, problems)


def measure(block: Measure, width: int, problems: Sequence[Problem] = ()) -> list[Content]:
    """Return a measure: what it is, and a gauge that says what is left or over."""
    head = Content.assemble((f"{block.label}  ", "$quiet"), block.words).wrap(width)
    below = told(here(problems, block.part), width)
    if not block.limit:
        return [*head, *below]
    cells = max(6, min(_GAUGE, width - Content(block.rest).cell_length - 2))
    style = "bold $error" if block.over > 0 else "$success"
    return [*head, _gauge(block, cells) + Content.styled(f"  {block.rest}", style), *below]


def _gauge(block: Measure, cells: int) -> Content:
    whole = max(block.value, block.limit)
    filled = round(cells * min(block.value, block.limit) / whole)
    if block.over > 0:
        filled = min(filled, cells - 2)
        return Content.assemble(("━" * filled, "$warning"), ("┃", "bold"), ("━" * (cells - filled - 1), "$error"))
    return Content.assemble(("━" * filled, "$success"), ("─" * (cells - filled), "$quiet"))


def _passage(block: Passage, width: int, problems: Sequence[Problem], *, compared: bool = False) -> list[Content]:
    lines: list[Content] = []
    if block.title:
        mark, style = ("▶ ", "bold $success") if block.goes_out else ("", "bold $quiet")
        lines += flow(mark + block.title, width, style) if compared else flow(block.title, width, "bold")
    if block.notes:
        lines += flow(" · ".join(block.notes), width, "" if block.goes_out else "$quiet")
    lines += told(here(problems, block.part), width) if block.part else []
    return lines + _text(block).wrap(max(2, width))


def _text(block: Passage) -> Content:
    """Return the words, with a mark where a further part begins."""
    style = "" if block.goes_out else "$quiet"
    first, *more = block.pieces()
    whole = Content.styled(first.strip("\n") if not more else first, style)
    for place, piece in enumerate(more, start=2):
        whole += Content.styled(f"│{place}│", "bold $accent") + Content.styled(piece, style)
    return whole


def _beside(block: Beside, width: int, problems: Sequence[Problem]) -> list[Content]:
    if width < SIDE_BY_SIDE:
        stacked = [_passage(each, width, problems, compared=True) for each in block.passages]
        return [line for each in stacked for line in (*each, Content(""))][:-1]
    number_of = len(block.passages)
    room = (width - 3 * (number_of - 1)) // number_of
    columns = [_passage(each, room, problems, compared=True) for each in block.passages]
    bar = Content.styled(" │ ", "$rule")
    rows = zip_longest(*columns, fillvalue=Content(""))
    return [bar.join(_filled(cell, room) for cell in row) for row in rows]


def _filled(line: Content, width: int) -> Content:
    return line.truncate(width, pad=True)


def _card(block: Card, width: int, problems: Sequence[Problem], zone: ZoneInfo) -> list[Content]:
    """Return a card in its frame, each problem at the line that it is about."""
    room = width - 4
    when = minute(block.when, zone)
    lines = [*flow(block.source, room, "bold $primary"), Content.styled(when, "$quiet")]
    if block.title:
        lines += [BLANK, *flow(block.title, room, "bold")]
    lines += told(here(problems, "title"), room)
    lines += [BLANK, *told(here(problems, "text", "summary"), room), *_seen(block, room)]
    media = [line for each in block.media for line in _pictured(each, room)]
    lines += [BLANK, *media] if media else []
    lines += told(here(problems, "media"), room)
    if block.link:
        lines += [BLANK, *Content.styled(f"↗ {block.link}", "$primary").fold(room)]
    lines += told(here(problems, "link"), room)
    return _framed(lines, room)


def _seen(block: Card, room: int) -> list[Content]:
    """Return the text; what a reader must ask for stands in grey below the words that do."""
    shown, rest = block.fold()
    if not rest:
        return flow(shown, room)
    above = Content(shown) + Content.styled(_("… See more"), "bold $primary")
    return [*above.wrap(room), *flow(rest, room, "$quiet")]


def _pictured(picture: Picture, room: int) -> list[Content]:
    """Return what stands for a picture, and below it the name of its file."""
    words = picture.alt or _("no words for those who cannot see it")
    first, *more = flow(f"▣ {words}", room, "$secondary" if picture.alt else "$warning")
    name = Content.styled(f"  {picture.name}", "$quiet")
    return [first, *more, name.truncate(room, ellipsis=True)]


def _framed(lines: Iterable[Content], room: int) -> list[Content]:
    bar = Content.styled("│", "$rule")
    edge = "─" * (room + 2)
    rows = [Content("").join((bar, Content(" "), _filled(line, room), Content(" "), bar)) for line in lines]
    return [Content.styled(f"╭{edge}╮", "$rule"), *rows, Content.styled(f"╰{edge}╯", "$rule")]
