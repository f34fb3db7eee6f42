"""``loa demo``, which ``make run`` calls: the example campaign, as a rehearsal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from scheduler.cli import screen
from scheduler.cli.commands import rehearse
from scheduler.cli.commands.screens import on_terminal, show
from scheduler.cli.example import example_folder, scratch_folder
from scheduler.cli.progress import bar
from scheduler.cli.shape import command
from scheduler.ground.errors import EngineRunning, NotFound
from scheduler.ground.lifecycle import State
from scheduler.ground.text import _

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from scheduler.engine.lock import EngineLock
    from scheduler.ground.model import Person

STANDS = (2021, 5, 10, 8, 0)
FIRST, LAST = (2021, 5, 1), (2021, 7, 1)


@command("loa demo")
@click.option("--summary", is_flag=True, help="On a terminal too: rehearse it and write the summary.")
def demo(summary: bool) -> None:
    """Open the example campaign, as a rehearsal.

    On a terminal: the screens, with the 2021 campaign of Ninh Thuận as it would stand on the morning of 10 May 2021.
    It is a copy, and you work as one who may approve there: try everything. Without a terminal: a rehearsal of May and
    June 2021, and its summary. Nothing is sent, and nothing real is touched.
    """
    from scheduler.plan.config import load_config

    folder = example_folder()
    out = scratch_folder(folder)
    zone = load_config(folder)[0].zone
    if on_terminal() and not summary:
        place, lock = free_place(out)
        try:
            _open(folder, place / "open", zone)
        finally:
            lock.release()
        return
    found = rehearse.play(folder, datetime(*FIRST, tzinfo=zone), datetime(*LAST, tzinfo=zone), out / "summary")
    rehearse.write(found, zone, out / "summary")
    if any(row.state is State.FAILED for row in found.rows):
        raise click.exceptions.Exit(1)


def free_place(out: Path) -> tuple[Path, EngineLock]:
    """Return the first of ``demo``, ``demo-2``, … in which no other demo is open, and the lock that keeps it.

    A demo begins by emptying its folder, which must not be one that somebody works in.
    """
    from scheduler.engine.lock import EngineLock

    place, number = out / "demo", 1
    while True:
        try:
            return place, EngineLock(place)
        except EngineRunning:
            number += 1
            place = out / f"demo-{number}"


def approver(folder: Path) -> Person:
    """Return the first person of a campaign who may approve. Raises `NotFound` where nobody may."""
    from scheduler.engine.snapshot import read_snapshot

    for person in read_snapshot(folder).campaign.plan.people.values():
        if "approve" in person.roles:
            return person
    raise NotFound(_("nobody in the plan may approve"))


def _open(folder: Path, out: Path, zone: ZoneInfo) -> None:
    from scheduler.engine.rehearsing.rehearsal import stand_at

    start, moment = datetime(*FIRST, tzinfo=zone), datetime(*STANDS, tzinfo=zone)
    total = (moment - start).total_seconds()
    person = approver(folder)
    screen.note(_("A rehearsal: the example campaign as it would stand on 10 May 2021. Nothing is sent."))
    screen.note(_("It is a copy, and you work as {name}: try everything.").format(name=person.name))
    with bar(_("Rehearsing")) as told:
        engine = stand_at(
            folder, out, start, moment, lambda now, _: told((now - start).total_seconds() / total), person=person.id
        )
    try:
        show(engine)
    finally:
        engine.close()
