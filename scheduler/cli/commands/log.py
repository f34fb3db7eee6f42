"""``loa log``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.metavars import Number
from scheduler.cli.moments import MOMENT
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.engine.looks.logbook import LEVELS, MOST, Level, Line, Wanted, happened
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

EVERY = timedelta(seconds=0.5)
OVERLAP = timedelta(minutes=1)
"""A line may be written this long after its time; so far back one that follows looks for what it has not shown."""


@command(
    "loa log", "loa log --level warning --grep radio", "loa log --from 2021-05-10 --lines 200 --json", "loa log -f"
)
@click.option("-f", "--follow", is_flag=True, help="Go on and show what comes, until Ctrl-C.")
@click.option(
    "--level", type=click.Choice([each.value for each in LEVELS]), default="info", help="The least that is shown."
)
@click.option(
    "--grep", "text", default="", metavar="TEXT", help="Only lines with this in them, accents left out or not."
)
@click.option("--from", "start", type=MOMENT, help="The first time. Otherwise the last lines.")
@click.option("--to", "end", type=MOMENT, help="The last time; a day means all of it.")
@click.option("--lines", type=Number(1, MOST), default=50, metavar="N", help="How many lines at most.")
@json_option
@pass_session
def log(session: Session, follow: bool, level: str, text: str, as_json: bool, **which: Any) -> None:
    """Show what happened, the newest last.

    The journal of the campaign and the engine's own log, as one list: who did what, what went out, what failed and
    why. No secret and no text of a post stands in it.
    """
    engine, zone, now = session.engine, session.zone, session.engine.clock.now()
    wanted = Wanted(
        Level(level),
        text,
        moments.read(which["start"], zone, now) if which["start"] else None,
        moments.read(which["end"], zone, now, whole_day_ends=True) if which["end"] else None,
        which["lines"],
    )
    found = engine.look.log(wanted)[::-1]
    if follow:
        _follow(session, wanted, found, as_json=as_json)
    elif as_json:
        screen.write_json([forms.line(each, zone) for each in found])
    else:
        _write(found, zone, session.engine.look.name_of)


def _write(lines: Sequence[Line], zone: ZoneInfo, name_of: Callable[[str], str]) -> None:
    columns = (
        Column(_("When"), style=screen.faint),
        Column(_("Level"), style=screen.coloured(["warning", "error"])),
        Column(_("About"), shrinks=True),
        Column(_("What happened"), shrinks=True),
        Column(_("By")),
    )
    screen.write_table(columns, [_row(each, zone, name_of) for each in lines], _("Nothing has happened that fits."))


def _row(line: Line, zone: ZoneInfo, name_of: Callable[[str], str]) -> tuple[str, str, str, str, str]:
    what = ": ".join(part for part in (happened(line.event), _(line.text) if line.text else "") if part)
    first = what.splitlines()[0] if what else ""
    at = f"{line.at.astimezone(zone):%d/%m/%Y %H:%M:%S}"
    return at, _(line.level.value), line.subject, first, name_of(line.actor)


def _follow(session: Session, wanted: Wanted, lines: list[Line], *, as_json: bool) -> None:
    """Show lines, and then those that are written from now on: also one whose time is a little before the last."""
    engine, zone, name_of = session.engine, session.zone, session.engine.look.name_of
    shown: set[Line] = set()
    while True:
        for each in lines:
            if each not in shown:
                if as_json:
                    screen.write_json(forms.line(each, zone), indent=None)
                else:
                    click.echo("  ".join(filter(None, _row(each, zone, name_of))))
        shown = {each for each in (*shown, *lines) if each.at >= engine.clock.now() - OVERLAP}
        engine.clock.sleep(EVERY)
        since = max(filter(None, (wanted.after, engine.clock.now() - OVERLAP)))
        lines = engine.look.log(Wanted(wanted.level, wanted.text, since, wanted.before))[::-1]
