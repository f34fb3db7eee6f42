"""The blocks of a preview in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.channels.showing import Beside, Card, Measure
from scheduler.cli import moments, screen
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from scheduler.channels.showing import Block, Passage


def write(blocks: Iterable[Block], zone: ZoneInfo) -> None:
    """Write the blocks from above, an empty line before each."""
    for block in blocks:
        click.echo()
        if isinstance(block, Measure):
            screen.write_fields([(block.label, ", ".join(filter(None, (block.words, block.rest))))])
        elif isinstance(block, Card):
            _write_card(block, zone)
        elif isinstance(block, Beside):
            for position, each in enumerate(block.passages):
                if position:
                    click.echo()
                _write_passage(each, compared=True)
        else:
            _write_passage(block)


def _write_passage(block: Passage, *, compared: bool = False) -> None:
    """Write words to the letter; what begins a further part of a message is marked with its number."""
    title = _("{title} (this goes out)").format(title=block.title) if compared and block.goes_out else block.title
    if title:
        click.echo(screen.head(title))
    if block.notes:
        click.echo(screen.faint(", ".join(block.notes)))
    first, *more = block.pieces()
    screen.write_exactly(first + "".join(f"│{place}│{piece}" for place, piece in enumerate(more, start=2)))


def _write_card(block: Card, zone: ZoneInfo) -> None:
    click.echo(f"{screen.head(block.source)}  {screen.faint(moments.show(block.when, zone))}")
    if block.title:
        click.echo(screen.head(block.title))
    shown, rest = block.fold()
    screen.write_exactly(shown)
    if rest:
        click.echo(screen.faint(_("… See more")))
        screen.write_exactly(rest)
    pictures = "\n".join(f"{each.name}  {each.alt}".rstrip() for each in block.media)
    screen.write_fields([(_("Pictures"), pictures), (_("Link"), block.link)])
