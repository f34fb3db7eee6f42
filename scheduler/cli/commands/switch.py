"""``loa arm`` and ``loa stop``: whether this folder sends at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import moments, screen
from scheduler.cli.broken import note_waiting
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option, yes_option
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from scheduler.engine.acts.folder import ArmReport


@command("loa arm --yes", "loa arm --json --yes")
@yes_option
@json_option
@pass_session
def arm(session: Session, yes: bool, as_json: bool) -> None:
    """Let this folder send from now on.

    A new, copied or restored folder sends nothing until a person has said so here. What was due before this moment
    is not sent late: it becomes missed, or unknown where a restored record cannot say.
    """
    engine = session.engine
    before = engine.look.status()
    if not before.unarmed_because:
        report = engine.act.arm()
        since = moments.show(before.armed_at, session.zone)
        screen.note(_("This folder is armed already, since {time}; the clock is taken as right.").format(time=since))
        if as_json:
            screen.write_json(_numbers(report))
        return
    screen.confirm(
        _("Arm {folder}? From now on what is due goes out, for real.").format(folder=session.folder),
        yes=yes,
        required=True,
    )
    report = engine.act.arm()
    if as_json:
        screen.write_json(_numbers(report))
        note_waiting(engine)
        return
    screen.done(click.style(_("This folder is armed."), fg="green"))
    lines = (
        many("%d delivery is scheduled", "%d deliveries are scheduled", report.scheduled),
        many("%d waits for a person", "%d wait for a person", report.held),
        many("%d was due before and is missed", "%d were due before and are missed", report.missed),
        many("%d is unknown: settle it", "%d are unknown: settle them", report.unknown),
    )
    numbers_ = (report.scheduled, report.held, report.missed, report.unknown)
    for text, number in zip(lines, numbers_, strict=True):
        if number:
            screen.done(f"  {text}")
    note_waiting(engine)
    status = engine.look.status()
    if status.next_at is not None:
        screen.done(_("Next: {time}.").format(time=moments.show(status.next_at, session.zone)))
    if not status.running:
        screen.note(_("No engine is at work here yet: start it with `loa run`, or `loa service install`."))


def _numbers(report: ArmReport) -> dict[str, int]:
    return {name: getattr(report, name) for name in ("scheduled", "held", "missed", "unknown")}


@command("loa stop", 'loa stop --reason "wrong phone number in the text"', "loa stop --lift")
@click.option("--lift", is_flag=True, help="Let it go on.")
@click.option("--reason", default="", metavar="TEXT", help="Why; everybody sees it.")
@pass_session
def stop(session: Session, lift: bool, reason: str) -> None:
    """Stop everything that is sent, at once.

    Calls that are under way end; nothing new begins, through restarts too, until a person lifts it. Nothing is lost.
    """
    if lift and reason:
        raise click.UsageError(_("--lift takes no --reason"))
    if lift:
        session.engine.act.lift()
        screen.done(click.style(_("The stop is lifted."), fg="green"))
        return
    session.engine.act.stop(reason)
    screen.done(click.style(_("Everything is stopped."), fg="red", bold=True))
    screen.done(_("Let it go on with `loa stop --lift`."))
