"""``loa delivery``: the one thing that has a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.commands.plan import known
from scheduler.cli.completion import DELIVERY
from scheduler.cli.moments import MOMENT
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import Group, command, json_option, yes_option
from scheduler.cli.table import Column
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.text import N_, _, many

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Attempt, Delivery, Entry


@click.group(cls=Group, examples=("loa delivery list --state held", "loa delivery show 1"))
def delivery() -> None:
    """Follow deliveries, and decide what hangs.

    A delivery is one post, at one time, for one target of one channel. Commands take its number, its key, or the
    beginning of a key where only one delivery has it.
    """


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


def row(each: Delivery, zone: ZoneInfo) -> tuple[str, ...]:
    """Return a line of a list of deliveries."""
    where = f"{each.key.channel}/{each.key.target}"
    return (str(each.id), moments.show(each.due_at, zone), _(each.state.value), where, each.title, why(each))


def why(each: Delivery) -> str:
    """Return for what it waits, or the reason of its last move."""
    words = {
        Hold.APPROVAL: _("waits for approval"),
        Hold.OPERATOR: _("held by a person"),
        Hold.POST: _("held with its post"),
        Hold.INVALID: _("its file has errors"),
        Hold.LATE: _("late: send it or not?"),
    }
    return ", ".join(words[hold] for hold in sorted(each.holds)) or _(each.reason)


@command(
    "loa delivery list",
    "loa delivery list --state held --state unknown",
    "loa delivery list --channel radio --from 2021-05-10 --to 2021-05-16 --json",
    "loa delivery list --newest --limit 20",
    group=delivery,
    name="list",
)
@click.option(
    "--state", "states", multiple=True, type=click.Choice([each.value for each in State]), help="Only in this state."
)
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only of this channel.")
@click.option("--post", "posts", multiple=True, metavar="ID", help="Only of this post.")
@click.option("--from", "start", type=MOMENT, help="Due at this time or later.")
@click.option("--to", "end", type=MOMENT, help="The last due time; a day means all of it.")
@click.option("--text", default="", metavar="TEXT", help="Only with this in title, post or target.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@click.option("--newest", is_flag=True, help="The latest due first.")
@json_option
@pass_session
def list_(session: Session, start: str | None, end: str | None, as_json: bool, **wanted: Any) -> None:
    """List deliveries, earliest due first."""
    from scheduler.store.deliveries import Query

    engine, zone = session.engine, session.zone
    known(engine, wanted["channels"])
    for post in wanted["posts"]:
        engine.look.post(post)
    query = Query(
        states=[State(each) for each in wanted["states"]],
        channels=wanted["channels"],
        posts=wanted["posts"],
        start=moments.read(start, zone, engine.clock.now()) if start else None,
        end=moments.after(end, zone, engine.clock.now()) if end else None,
        text=wanted["text"],
        limit=wanted["limit"] or -1,
        newest_first=wanted["newest"],
    )
    found = engine.look.deliveries(query)
    if as_json:
        screen.write_json([forms.delivery(each, zone) for each in found])
        return
    empty = _("No such delivery. Deliveries are planned by `loa run` and `loa arm`; `loa plan` shows what will come.")
    screen.write_table(columns(), [row(each, zone) for each in found], empty)
    if found and screen.for_people():
        all_ = engine.look.count(query)
        shown = many("%d delivery", "%d deliveries", len(found))
        screen.note(screen.faint(shown if all_ == len(found) else _("{shown} of {all}").format(shown=shown, all=all_)))


@command("loa delivery show 1", "loa delivery show 1 --json", group=delivery, name="show")
@DELIVERY
@json_option
@pass_session
def show(session: Session, ref: str, as_json: bool) -> None:
    """Show a delivery: what it is, what was tried, and all that happened to it."""
    look, zone = session.engine.look, session.zone
    found = look.delivery(ref)
    attempts, history, messages = look.attempts(found.id), look.history(found.id), look.messages(found.id)
    if as_json:
        form = forms.delivery(found, zone)
        form["differs"] = look.differs(found)
        form["messages"] = forms.counts(messages)
        form["attempt_list"] = [forms.attempt(each, zone) for each in attempts]
        form["history"] = [forms.entry(each, zone) for each in history]
        screen.write_json(form)
        return
    click.echo(f"{screen.head(found.title)}  {screen.state(found.state.value)}")
    write_fields(found, zone, session.engine)
    if look.differs(found):
        screen.note(click.style(_("The post has been changed since; this delivery keeps its text."), fg="yellow"))
    if messages:
        numbers = "  ".join(f"{screen.state(state.value)} {number}" for state, number in messages.items() if number)
        screen.write_fields([(_("Recipients"), numbers)])
    payload = look.payload(found)
    if payload is not None:
        screen.write_head(_("As it was sent"))
        screen.write_exactly(payload.text)
    if attempts:
        screen.write_head(_("What was tried"))
        _write_attempts(attempts, zone)
    screen.write_head(_("What happened"))
    _write_history(history, zone)


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


def _write_history(history: Sequence[Entry], zone: ZoneInfo) -> None:
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
            actor(each.actor),
            _(each.reason),
        )
        for each in history
    ]
    screen.write_table(columns, rows, "")


def actor(name: str) -> str:
    """Return a person's id as it is, and the part of the engine that acted in the reader's language."""
    return _(name) if name in (N_("engine"), N_("planner")) else name


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
            (_("Why"), why(found)),
            (_("By"), actor(found.actor)),
            (_("Attempts"), str(found.attempts) if found.attempts else ""),
            (_("Receipt"), _receipt(found, engine)),
        ]
    )


def _receipt(found: Delivery, engine: Engine) -> str:
    if not found.receipt:
        return ""
    detail = found.receipt.get("detail") or {}
    lines = [str(found.receipt[name]) for name in ("id", "link") if found.receipt.get(name)]
    lines += [_("evidence: {text}").format(text=detail["evidence"])] if detail.get("evidence") else []
    return "\n".join([*lines, *map(str, _files(found, engine))])


def _files(found: Delivery, engine: Engine) -> list[Path]:
    """Return where the files, or the package, that the receipt names lie below the channel's folder of var/out."""
    receipt, out = found.receipt or {}, engine.var / "out" / found.key.channel
    named = [*((receipt.get("detail") or {}).get("files") or ()), receipt.get("id") or ""]
    paths = [out / str(each) for each in named if each]
    return [each for each in dict.fromkeys(paths) if each.exists()]


def _report(session: Session, found: Delivery, as_json: bool) -> None:
    if as_json:
        screen.write_json(forms.delivery(found, session.zone))
        return
    due = moments.show(found.due_at, session.zone) if found.state is State.SCHEDULED else why(found)
    tail = f"  {due}" if due else ""
    click.echo(f"{found.id}  {found.title}  {screen.state(found.state.value)}{tail}")


@command("loa delivery requeue 1", 'loa delivery requeue 1 --at "tomorrow 17:00"', group=delivery, name="requeue")
@DELIVERY
@click.option("--at", "when", type=MOMENT, help="The new due time. Otherwise at once.")
@json_option
@pass_session
def requeue(session: Session, ref: str, when: str | None, as_json: bool) -> None:
    """Send what failed, was missed or was cancelled, after all."""
    engine = session.engine
    at = moments.read(when, session.zone, engine.clock.now()) if when else None
    _report(session, engine.act.requeue(engine.look.delivery(ref).id, at), as_json)


@command(
    'loa delivery settle 1 sent --evidence "seen on the page at 08:10" --yes',
    'loa delivery settle 1 not-sent --evidence "the gateway has no record of it" --yes',
    group=delivery,
    name="settle",
)
@DELIVERY
@click.argument("outcome", type=click.Choice(["sent", "not-sent", "abandon"]))
@click.option("--evidence", required=True, metavar="TEXT", help="How you know.")
@yes_option
@json_option
@pass_session
def settle(session: Session, ref: str, outcome: str, evidence: str, yes: bool, as_json: bool) -> None:
    """Say what became of a delivery whose outcome was never heard.

    sent: it went out. not-sent: it surely did not, so it may go now. abandon: nobody knows, and it is let go.
    """
    engine = session.engine
    found = engine.look.delivery(ref)
    questions = {
        "sent": _("{title}: it went out?"),
        "not-sent": _("{title}: it surely did not go out, and may be sent now?"),
        "abandon": _("{title}: let it go, not knowing?"),
    }
    screen.confirm(questions[outcome].format(title=found.title), yes=yes, required=False)
    _report(session, engine.act.settle(found.id, outcome, evidence), as_json)  # type: ignore[arg-type]


@command('loa delivery cancel 1 --reason "the talk was called off"', group=delivery, name="cancel")
@DELIVERY
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@json_option
@pass_session
def cancel(session: Session, ref: str, reason: str, as_json: bool) -> None:
    """Take a delivery back; it does not go out."""
    engine = session.engine
    _report(session, engine.act.cancel(engine.look.delivery(ref).id, reason), as_json)


@command('loa delivery confirm 1 --evidence "aired at 05:30, log of the station"', group=delivery, name="confirm")
@DELIVERY
@click.option("--evidence", required=True, metavar="TEXT", help="How you know.")
@json_option
@pass_session
def confirm(session: Session, ref: str, evidence: str, as_json: bool) -> None:
    """Confirm that what was handed to people has been carried out."""
    engine = session.engine
    _report(session, engine.act.confirm(engine.look.delivery(ref).id, evidence), as_json)


@command('loa delivery deny 1 --reason "the station had no slot"', group=delivery, name="deny")
@DELIVERY
@click.option("--reason", required=True, metavar="TEXT", help="What happened instead.")
@json_option
@pass_session
def deny(session: Session, ref: str, reason: str, as_json: bool) -> None:
    """Say that what was handed to people has not been carried out."""
    engine = session.engine
    _report(session, engine.act.deny(engine.look.delivery(ref).id, reason), as_json)


@command('loa delivery hold 1 --reason "waiting for the new date"', group=delivery, name="hold")
@DELIVERY
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@json_option
@pass_session
def hold(session: Session, ref: str, reason: str, as_json: bool) -> None:
    """Let one delivery wait until it is released."""
    engine = session.engine
    _report(session, engine.act.hold_delivery(engine.look.delivery(ref).id, reason), as_json)


@command("loa delivery release 1", group=delivery, name="release")
@DELIVERY
@json_option
@pass_session
def release(session: Session, ref: str, as_json: bool) -> None:
    """Let a held delivery go on; one that was held as late goes out now."""
    engine = session.engine
    _report(session, engine.act.release_delivery(engine.look.delivery(ref).id), as_json)
