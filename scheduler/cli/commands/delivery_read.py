"""``loa delivery list`` and ``show``, and what a delivery says of itself to a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.completion import DELIVERY
from scheduler.cli.metavars import Number
from scheduler.cli.picking import asked, filters
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.delivery import held_by
from scheduler.ground.text import _, many, size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.receipts import Proof
    from scheduler.engine.views import Views
    from scheduler.ground.delivery import Attempt, Delivery, Entry
    from scheduler.store.messages import MessageRow


SORTS = ("due", "state", "channel", "target", "action", "title")


def columns() -> tuple[Column, ...]:
    """Return the columns of a list of deliveries."""
    return (
        Column(_("No."), right=True),
        Column(_("Due")),
        Column(_("State"), style=screen.coloured(screen.COLOURS)),
        Column(_("Channel")),
        Column(_("Title"), shrinks=True),
        Column(_("Why"), shrinks=True),
    )


def row(each: Delivery, zone: ZoneInfo, look: Views) -> tuple[str, ...]:
    """Return a line of a list of deliveries."""
    where = f"{each.key.channel}/{each.key.target}"
    return (str(each.id), moments.show(each.due_at, zone), _(each.state.value), where, each.heading, why(each, look))


def why(each: Delivery, look: Views) -> str:
    """Return for what it waits, or the reason of its last move."""
    return held_by(each.holds, look.fault(each)) or _(each.reason)


@command(
    "loa delivery list",
    "loa delivery list --state held --state unknown",
    "loa delivery list --channel radio --from 2021-05-10 --to 2021-05-16 --json",
    "loa delivery list --newest --limit 20",
    "loa delivery list --channel sms --sort title",
    name="list",
)
@filters
@click.option("--limit", type=Number(min=1), metavar="N", help="At most so many.")
@click.option("--sort", default="due", type=click.Choice(SORTS), help="Order by this in place of the due time.")
@click.option("--newest", is_flag=True, help="The latest due first; of another order, its reverse.")
@json_option
@pass_session
def list_(session: Session, as_json: bool, limit: int | None, newest: bool, sort: str, **wanted: Any) -> None:
    """List deliveries, earliest due first."""
    engine, zone = session.engine, session.zone
    query = asked(session, wanted, limit=limit or -1, newest_first=newest, sort=sort)
    found = engine.look.deliveries(query)
    if as_json:
        screen.write_json([forms.delivery(each, zone) for each in found])
        return
    empty = _("No such delivery. Deliveries are planned by `loa run` and `loa arm`; `loa plan` shows what will come.")
    screen.write_table(columns(), [row(each, zone, engine.look) for each in found], empty)
    if found and screen.for_people():
        all_ = engine.look.count(query)
        shown = many("%d delivery", "%d deliveries", len(found))
        screen.note(screen.faint(shown if all_ == len(found) else _("{shown} of {all}").format(shown=shown, all=all_)))


@command(
    "loa delivery show 1",
    "loa delivery show 1 --json",
    "loa delivery show 1 --recipients",
    name="show",
)
@DELIVERY
@click.option(
    "--recipients", "named", is_flag=True, help="Name the recipients of a bulk delivery, each with its state."
)
@json_option
@pass_session
def show(session: Session, ref: str, named: bool, as_json: bool) -> None:
    """Show a delivery: what it is, what was tried, and all that happened to it."""
    look, zone = session.engine.look, session.zone
    found = look.delivery(ref)
    recipients = look.recipients(found.id, limit=-1) if named else []
    back = look.withdrawal_of(found)
    attempts, history, messages = look.attempts(found.id), look.history(found.id), look.messages(found.id)
    if as_json:
        form = forms.delivery(found, zone)
        form["differs"] = look.differs(found)
        form["withdrawal"] = back.id if back else None
        form["messages"] = forms.counts(messages)
        form["attempt_list"] = [forms.attempt(each, zone) for each in attempts]
        form["history"] = [forms.entry(each, zone) for each in history]
        form |= {"recipients": [forms.message(each) for each in recipients]} if named else {}
        screen.write_json(form)
        return
    click.echo(f"{screen.head(found.heading)}  {screen.state(found.state.value)}")
    write_fields(found, zone, session.engine)
    if back:
        screen.write_fields([(_("Taken back by"), f"{back.id}  {screen.state(back.state.value)}")])
    if look.differs(found):
        screen.note(click.style(_("The post has been changed since; this delivery keeps its text."), fg="yellow"))
    if messages:
        numbers = "  ".join(f"{screen.state(state.value)} {number}" for state, number in messages.items() if number)
        screen.write_fields([(_("Recipients"), numbers)])
    if named:
        _write_recipients(recipients)
    payload = look.payload(found)
    if payload is not None:
        screen.write_head(_("What is taken back") if found.key.withdraws else _("As it was sent"))
        screen.write_exactly(payload.text)
    _write_receipt(look.proof(found))
    if attempts:
        screen.write_head(_("What was tried"))
        _write_attempts(attempts, zone)
    screen.write_head(_("What happened"))
    _write_history(history, zone, look.name_of)


def _write_recipients(recipients: Sequence[MessageRow]) -> None:
    columns = (
        Column(_("Address")),
        Column(_("Name")),
        Column(_("State"), style=screen.coloured(screen.COLOURS)),
        Column(_("Why"), shrinks=True),
    )
    rows = [(each.address, each.name, _(each.state.value), _(each.reason)) for each in recipients]
    screen.write_table(columns, rows, _("It has no recipients of its own."))


def _write_attempts(attempts: Sequence[Attempt], zone: ZoneInfo) -> None:
    columns = (
        Column(_("Began"), style=screen.faint),
        Column(_("Ended"), style=screen.faint),
        Column(_("Outcome")),
        Column(_("Why"), shrinks=True),
    )
    rows = [
        (
            _second(each.started_at, zone),
            _second(each.ended_at, zone),
            _(each.outcome) if each.outcome else "?",
            _(each.reason),
        )
        for each in attempts
    ]
    screen.write_table(columns, rows, "")


def _second(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d/%m/%Y %H:%M:%S}" if moment else ""


def _write_history(history: Sequence[Entry], zone: ZoneInfo, name_of: Callable[[str], str]) -> None:
    columns = (
        Column(_("When"), style=screen.faint),
        Column(_("State"), style=screen.coloured(screen.COLOURS)),
        Column(_("By")),
        Column(_("Why"), shrinks=True),
    )
    rows = [
        (
            f"{each.at.astimezone(zone):%d/%m/%Y %H:%M:%S}",
            _(each.state or each.event),
            name_of(each.actor),
            _(each.reason),
        )
        for each in history
    ]
    screen.write_table(columns, rows, "")


def write_fields(found: Delivery, zone: ZoneInfo, engine: Engine) -> None:
    """Write what a delivery is."""
    screen.write_fields(
        [
            (_("Number"), str(found.id)),
            (_("Key"), str(found.key)),
            (_("Due"), moments.show(found.due_at, zone)),
            (_("Published"), moments.show(found.publish_at, zone)),
            (_("Expires"), moments.show(found.expires_at, zone)),
            (_("Next attempt"), moments.show(found.next_at, zone)),
            (_("Sent at"), moments.show(found.done_at, zone)),
            (_("Variant"), found.variant),
            (_("Why"), why(found, engine.look)),
            (_("By"), engine.look.name_of(found.actor)),
            (_("Attempts"), str(found.attempts) if found.attempts else ""),
        ]
    )


def _write_receipt(found: Proof) -> None:
    if found.lines or found.files:
        screen.write_head(_("Receipt"))
        for line in found.lines:
            click.echo(line)
    if found.files:
        count = many("%d file", "%d files", len(found.files))
        click.echo(_("{count} in {folder}:").format(count=count, folder=found.folder))
        columns = (Column(_("File")), Column(_("Size"), right=True))
        gone = _("not there any more")
        rows = [(each.name, gone if each.size is None else size(each.size)) for each in found.files]
        screen.write_table(columns, rows, "")
