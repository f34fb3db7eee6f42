"""``loa coverage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, screen
from scheduler.cli.choosing import known
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.engine.looks.reach import Cell, Reach, Standing
from scheduler.ground.text import N_, _, many

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SIGNS = {
    Standing.NONE: "·",
    Standing.GAP: "0",
    Standing.LOST: "!",
    Standing.PLANNED: "",
    Standing.DONE: "✓",
}
WORDS = {
    Standing.NONE: N_("no target reaches there"),
    Standing.GAP: N_("nothing goes there"),
    Standing.LOST: N_("all of it failed, was missed or taken back"),
    Standing.PLANNED: N_("to come"),
    Standing.DONE: N_("some of it has gone out"),
}
COLOURS = {Standing.GAP: "red", Standing.LOST: "yellow", Standing.DONE: "green"}


@command(
    "loa coverage", "loa coverage --audience sinh-vien --channel sms", "loa coverage --gaps", "loa coverage --json"
)
@click.option("--audience", "audiences", multiple=True, metavar="ID", help="Only this audience; may be repeated.")
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only this channel; may be repeated.")
@click.option("--area", "areas", multiple=True, metavar="ID", help="Only this area; may be repeated.")
@click.option("--gaps", is_flag=True, help="Only where nothing goes; ends with 1 where there is such a place.")
@json_option
@pass_session
def coverage(
    session: Session,
    audiences: tuple[str, ...],
    channels: tuple[str, ...],
    areas: tuple[str, ...],
    gaps: bool,
    as_json: bool,
) -> None:
    """Show whom the campaign reaches, where and on which channel, and where nothing goes.

    A number says how often something is published there, for each audience (or part of one) and channel in each area
    of the plan.
    """
    reach = session.engine.look.reach()
    chosen = (
        known("--audience", audiences, reach.audiences) or reach.audiences,
        known("--channel", channels, reach.channels) or reach.channels,
        known("--area", areas, reach.areas) or reach.areas,
    )
    cells = [reach.cell(who, one, where) for who in chosen[0] for one in chosen[1] for where in chosen[2]]
    empty = [each for each in cells if each.standing is Standing.GAP]
    if as_json:
        screen.write_json([forms.reach(each, session.zone) for each in (empty if gaps else cells)])
    elif gaps:
        _write_gaps(reach, empty)
    else:
        _write_grid(reach, *chosen)
    if gaps and empty:
        raise click.exceptions.Exit(1)


def _write_grid(reach: Reach, audiences: Collection[str], channels: Collection[str], areas: Collection[str]) -> None:
    columns = [Column(_("Audience"), style=screen.head), Column(_("Channel"))]
    columns += [Column(where or _("everywhere"), right=True, style=_coloured) for where in areas]
    rows = [
        [who, one, *(shown(reach.cell(who, one, where)) for where in areas)] for who in audiences for one in channels
    ]
    screen.write_table(columns, rows, _("The plan names no audience, or there is no channel."))
    if screen.for_people():
        key = "  ".join(f"{SIGNS[each] or '3'} {_(words)}" for each, words in WORDS.items())
        screen.note(screen.faint(key))


def _write_gaps(reach: Reach, empty: Sequence[Cell]) -> None:
    columns = (Column(_("Audience"), style=screen.head), Column(_("Channel")), Column(_("Area")), Column(_("Targets")))
    rows = [(each.audience, each.channel, each.area or _("everywhere"), ", ".join(each.targets)) for each in empty]
    screen.write_table(columns, rows, _("Something goes everywhere that a channel reaches."))
    if screen.for_people() and empty:
        screen.note(many("%d gap", "%d gaps", len(empty)))


def shown(cell: Cell) -> str:
    """Return a cell in few letters: how often something is published there, or the sign of why nothing is."""
    number = cell.times or sum(each.times for each in cell.posts)
    return f"{number or ''}{SIGNS[cell.standing]}"


def _coloured(text: str) -> str:
    standing = next((each for each, sign in SIGNS.items() if sign and text.endswith(sign)), Standing.PLANNED)
    return click.style(text, fg=COLOURS.get(standing))
