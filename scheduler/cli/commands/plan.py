"""``loa plan``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.broken import note_left_out
from scheduler.cli.moments import MOMENT
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column, aligned
from scheduler.ground.text import _, many
from scheduler.plan.holidays import holidays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.engine.engine import Engine
    from scheduler.engine.views import Planned

USUAL = timedelta(days=30)
"""How far ahead is shown where the campaign has no later end."""


@command(
    "loa plan",
    "loa plan --from 2021-05-10 --to 2021-05-16",
    "loa plan --from 01/05/2021 --to 30/06/2021 --channel radio --channel sms",
    "loa plan --from 2021-05-01 --to 2021-06-30 --json",
)
@click.option("--from", "start", type=MOMENT, help="The first due time. Otherwise now.")
@click.option(
    "--to", "end", type=MOMENT, help="The last due time; a day means all of it. Otherwise the end of the campaign."
)
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only this channel; may be repeated.")
@json_option
@pass_session
def plan(session: Session, start: str | None, end: str | None, channels: tuple[str, ...], as_json: bool) -> None:
    """Show what is due when.

    Worked out from the files alone, with the state of each delivery beside it where it has one already. Due is when
    it is handed to the channel; published is when the public meets it.
    """
    engine = session.engine
    first, last = between(engine, start, end)
    known(engine, channels)
    due = engine.look.upcoming(first, last, channels)
    states = _states(engine, first, last)
    if as_json:
        screen.write_json([forms.planned(each, states.get(str(each.key)), session.zone) for each in due])
        note_left_out(engine)
        return
    if screen.for_people() and due:
        agenda(due, states, session.zone)
        screen.note(screen.faint(many("%d delivery", "%d deliveries", len(due))))
        note_left_out(engine)
        return
    rows = [
        (
            moments.show(each.due_at, session.zone),
            moments.show(each.publish_at, session.zone),
            f"{each.key.channel}/{each.key.target}",
            each.title,
            _(states.get(str(each.key), "")),
        )
        for each in due
    ]
    columns = [Column(name) for name in (_("Due"), _("Published"), _("Channel"), _("Title"), _("State"))]
    screen.write_table(columns, rows, _nothing(engine, first, last))
    note_left_out(engine)


def agenda(due: Sequence[Planned], states: Mapping[str, str], zone: ZoneInfo) -> None:
    """Write what is due day by day, the targets of one post at one time on one line."""
    lines: dict[tuple[datetime, str, str, datetime, str], list[str]] = {}
    for each in due:
        same = (each.due_at, each.key.channel, each.title, each.publish_at, states.get(str(each.key), ""))
        lines.setdefault(same, []).append(each.key.target)
    columns = (
        Column(""),
        Column("", style=screen.head),
        Column("", shrinks=True),
        Column("", style=screen.coloured(screen.COLOURS)),
        Column("", style=screen.faint),
        Column("", shrinks=True, style=screen.faint),
    )
    rows = [
        (
            f"{at.astimezone(zone):%H:%M}",
            channel,
            title,
            _(state),
            _("for {time}").format(time=f"{publish.astimezone(zone):%d/%m %H:%M}") if publish != at else "",
            ", ".join(targets),
        )
        for (at, channel, title, publish, state), targets in lines.items()
    ]
    kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    cells = [[row[place] for place in kept] for row in rows]
    shown = aligned([columns[place] for place in kept], cells, screen.wide() - 2)[1:]
    day = None
    for (at, *_rest), line in zip(lines, shown, strict=True):
        if day != (day := at.astimezone(zone).date()):
            feast = "".join(f"  {_(each.name)}" for each in holidays(day, day + timedelta(days=1)))
            click.echo(screen.head(f"{moments.weekday(at, zone)} {day:%d/%m/%Y}") + screen.faint(feast))
        click.echo(f"  {line}")


def between(engine: Engine, start: str | None, end: str | None) -> tuple[datetime, datetime]:
    """Return the times that ``--from`` and ``--to`` mean. Raises `click.UsageError` where they cross."""
    now, zone = engine.clock.now(), engine.config.zone
    first = moments.read(start, zone, now) if start else now
    last = moments.after(end, zone, now) if end else None
    last = last or _end(engine, first)
    if last <= first:
        raise click.UsageError(_("--to lies before --from"))
    return first, last


def _end(engine: Engine, first: datetime) -> datetime:
    days = [workstream.end for workstream in engine.campaign.plan.workstreams.values()]
    ends = datetime(max(days).year, max(days).month, max(days).day, tzinfo=engine.config.zone) if days else first
    ends += timedelta(days=1)
    return ends if ends > first + timedelta(days=1) else first + USUAL


def known(engine: Engine, channels: tuple[str, ...]) -> None:
    """Raise `click.UsageError` for a channel that the campaign does not have."""
    from scheduler.ground.errors import NotFound

    for name in channels:
        if name not in engine.registry.channels:
            raise click.UsageError(
                str(NotFound.named(_("there is no channel {name!r}"), name, engine.registry.channels))
            )


def _states(engine: Engine, first: datetime, last: datetime) -> dict[str, str]:
    from scheduler.store.deliveries import Query

    return {str(each.key): each.state.value for each in engine.look.deliveries(Query(start=first, end=last))}


def _nothing(engine: Engine, first: datetime, last: datetime) -> str:
    zone = engine.config.zone
    text = _("Nothing is due between {start} and {end}.").format(
        start=moments.show(first, zone), end=moments.show(last, zone)
    )
    days = [(each.start, each.end) for each in engine.campaign.plan.workstreams.values()]
    if days and max(end for _start, end in days) < first.astimezone(zone).date():
        start, end = min(start for start, _end in days), max(end for _start, end in days)
        text += " " + _("The campaign ran from {start} to {end}: loa plan --from {first}").format(
            start=start.strftime("%d/%m/%Y"), end=end.strftime("%d/%m/%Y"), first=start.isoformat()
        )
    return text
