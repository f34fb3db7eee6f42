"""A change of times as commands show it: what moves along, what stays, what else comes of it, and how to undo it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.choosing import local
from scheduler.cli.commands.check import line
from scheduler.cli.shape import json_option
from scheduler.cli.table import Column
from scheduler.ground.errors import NotAllowed
from scheduler.ground.lifecycle import UNSENT
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.cli.session import Session
    from scheduler.engine.edits.record import Edit
    from scheduler.engine.engine import Engine
    from scheduler.engine.planning.foresight import Moving

F = TypeVar("F", bound=Callable[..., Any])


def trying_options(function: F) -> F:
    """Give the command ``--dry-run`` and ``--json``."""
    dry = click.option("--dry-run", is_flag=True, help="Say what would come of it, and write nothing.")
    return dry(json_option(function))


def meant(when: str, stands: datetime | None, engine: Engine) -> datetime:
    """Return the local time that ``when`` means for something that ``stands`` at a time now, or nowhere yet.

    +2d or -1h count from that time, and a bare day keeps its hour. Raises `click.UsageError`.
    """
    from scheduler.plan.durations import parse_duration

    relative = when.strip()[:1] in ("+", "-")
    if relative and stands is None:
        raise click.UsageError(_("it has no time yet that {when} could count from").format(when=when))
    try:
        if relative and stands is not None:
            return stands + parse_duration(when)
        return local(when, engine, hour=stands.time() if stands else None)
    except (ValueError, OverflowError) as error:
        raise click.UsageError(str(error)) from None


def carry_out(session: Session, foreseen: Moving, write: Callable[[], Edit], *, dry_run: bool, as_json: bool) -> None:
    """Make a change that was foreseen, unless it is only tried, and show what came of it. Raises `LoaError`."""
    if foreseen.refused and not dry_run:
        raise NotAllowed(foreseen.refused)
    edit = None if dry_run else write()
    if as_json:
        screen.write_json(forms.moving(foreseen, edit, session.zone))
    else:
        show(foreseen, session.zone)
        screen.done(_("Nothing was written.") if edit is None else _("Take it back with `loa undo`."))
    if foreseen.refused:
        raise click.exceptions.Exit(1)


def show(moving: Moving, zone: ZoneInfo) -> None:
    """Show what a change does: its own times first, then everything else."""
    times = {"before": _time(moving.before, zone), "after": _time(moving.after, zone)}
    screen.done(_("{title}: {before} → {after}").format(title=moving.title, **times))
    if moving.along:
        _along(moving, zone)
    if moving.stays:
        _stays(moving, zone)
    if moving.reapproval:
        screen.note(_("To be approved again: {names}").format(names=", ".join(moving.reapproval)))
    for problem in moving.problems:
        screen.note(line(problem))
    if moving.refused:
        screen.note(_("This would be refused: {why}").format(why=moving.refused))


def _along(moving: Moving, zone: ZoneInfo) -> None:
    screen.write_head(many("%d time moves along", "%d times move along", len(moving.along)))
    columns = (
        Column(_("Before")),
        Column(_("After")),
        Column(_("Post"), style=screen.head),
        Column(_("Title"), shrinks=True),
    )
    rows = [(_time(m.before, zone), _time(m.after, zone), m.post, m.title) for m in moving.along]
    screen.write_table(columns, rows, "")


def _stays(moving: Moving, zone: ZoneInfo) -> None:
    screen.write_head(many("%d stays as it is", "%d stay as they are", len(moving.stays)))
    columns = (
        Column(_("Due")),
        Column(_("State"), style=screen.coloured(row.state.value for row in moving.stays)),
        Column(_("Delivery"), style=screen.head),
    )
    rows = [(moments.show(row.due_at, zone), _(row.state.value), str(row.key)) for row in moving.stays]
    screen.write_table(columns, rows, "")
    if any(row.state in UNSENT for row in moving.stays):
        screen.note(_("What was missed, has failed or was cancelled goes only with `loa delivery requeue`."))


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return "—" if at is None else moments.show(at, zone)
