"""``loa rehearse``: the campaign on a simulated clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.commands.check import line
from scheduler.cli.metavars import Place
from scheduler.cli.moments import MOMENT
from scheduler.cli.progress import bar
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.lifecycle import State
from scheduler.ground.problem import Severity
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.engine.rehearsing.summary import Summary

SHOWN = 20
"""So many problems stand on the screen; all of them are in the summary's files."""
STAYED = (State.HELD, State.FAILED, State.UNKNOWN, State.MISSED)


@command(
    "loa rehearse --from 2021-05-10 --to 2021-05-12 --out rehearsal",
    "loa rehearse --from 2021-05-10 --to 2021-05-12 --json",
)
@click.option("--from", "start", type=MOMENT, help="Where the simulated clock begins. Otherwise with the campaign.")
@click.option("--to", "end", type=MOMENT, help="Where it ends; a day means all of it. Otherwise with the campaign.")
@click.option(
    "--out",
    type=Place(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where everything is written. Otherwise var/rehearsal of the campaign folder.",
)
@json_option
@pass_session
def rehearse(session: Session, start: str | None, end: str | None, out: Path | None, as_json: bool) -> None:
    """Play the campaign on a simulated clock; nothing is sent.

    Writes every script, feed, package and spool as they would go out into a folder of its own, and a summary of what
    would happen when and what it would cost: on the screen, and as summary.html and summary.json in that folder.
    The campaign's own record stays as it is.

    Ends with 1 where a delivery failed or a text has errors.
    """
    folder = session.folder
    first, last, zone = between(folder, start, end)
    out = out or folder / "var" / "rehearsal"
    summary = play(folder, first, last, out)
    if as_json:
        screen.write_json(forms.summary(summary))
    else:
        write(summary, zone, out)
    if any(row.state is State.FAILED for row in summary.rows) or any(
        each.severity is Severity.ERROR for each in summary.problems
    ):
        raise click.exceptions.Exit(1)


def play(folder: Path, first: datetime, last: datetime, out: Path) -> Summary:
    """Rehearse into ``out``, with signs of life. Raises `LoaError` where ``out`` holds something else."""
    from scheduler.engine.rehearsing.rehearsal import rehearse as run

    total = (last - first).total_seconds()
    with bar(_("Rehearsing")) as told:
        return run(folder, first, last, out, lambda now, _done: told((now - first).total_seconds() / total))


def between(folder: Path, start: str | None, end: str | None) -> tuple[datetime, datetime, ZoneInfo]:
    """Return the times between which to rehearse, and the zone. Raises `click.UsageError` where they cross."""
    from scheduler.engine.rehearsing.rehearsal import dates
    from scheduler.engine.snapshot import read_snapshot
    from scheduler.ground.clock import SystemClock

    snapshot = read_snapshot(folder)
    zone, now = snapshot.config.zone, SystemClock().now()
    begins, ends = dates(snapshot.campaign.plan, zone, now)
    first = moments.read(start, zone, now) if start else begins
    last = moments.read(end, zone, now, whole_day_ends=True) if end else max(ends, first + timedelta(days=1))
    if last <= first:
        raise click.UsageError(_("--to lies before --from"))
    return first, last, zone


def write(summary: Summary, zone: ZoneInfo, out: Path) -> None:
    """Write the summary for people."""
    click.echo(
        screen.head(
            _("Rehearsal from {start} to {end}; nothing was sent").format(
                start=moments.show(summary.start, zone), end=moments.show(summary.end, zone)
            )
        )
    )
    _channels(summary)
    _left(summary)
    if summary.problems:
        screen.write_head(_("Problems"))
        for each in summary.problems[:SHOWN]:
            click.echo(line(each))
        _rest(len(summary.problems))
    click.echo()
    click.echo(_("Everything it wrote: {folder}").format(folder=out))
    click.echo(_("To read: {file}").format(file=out / "summary.html"))


def _left(summary: Summary) -> None:
    """Write what did not go out, and why, with one post of each kind."""
    kinds: dict[tuple[State, str], list[str]] = {}
    for row in summary.rows:
        if row.state in STAYED:
            kinds.setdefault((row.state, row.reason), []).append(row.title)
    if not kinds:
        return
    screen.write_head(_("What did not go out"))
    columns = (
        Column(_("State"), style=screen.coloured(screen.COLOURS)),
        Column(_("Number"), right=True),
        Column(_("Why"), shrinks=True),
        Column(_("For example"), shrinks=True),
    )
    rows = [(_(state.value), str(len(titles)), _(why), titles[0]) for (state, why), titles in kinds.items()]
    screen.write_table(columns, rows, "")


def _rest(number: int) -> None:
    if number > SHOWN:
        click.echo(screen.faint(many("… and %d more", "… and %d more", number - SHOWN)))


def _channels(summary: Summary) -> None:
    states = [state for state in State if any(numbers.get(state) for numbers in summary.by_channel.values())]
    columns = (
        Column(_("Channel"), style=screen.head),
        *(Column(_(state.value), right=True) for state in states),
        Column(_("All"), right=True),
        Column(_("Cost (đồng)"), right=True),
    )
    rows = []
    for name, numbers in summary.by_channel.items():
        cost = sum(row.cost for row in summary.rows if row.channel == name)
        rows.append((name, *_cells(numbers.get(state, 0) for state in states), str(sum(numbers.values())), money(cost)))
    totals = [sum(numbers.get(state, 0) for numbers in summary.by_channel.values()) for state in states]
    rows.append((_("All"), *_cells(totals), str(sum(totals)), money(summary.cost)))
    click.echo()
    screen.write_table(columns, rows, _("Nothing was due."))


def _cells(numbers: Iterable[int]) -> list[str]:
    return [str(number) if number else "" for number in numbers]


def money(amount: int) -> str:
    """Return an amount with dots between thousands, as Vietnamese has them; nothing for 0."""
    return f"{amount:,}".replace(",", ".") if amount else ""
