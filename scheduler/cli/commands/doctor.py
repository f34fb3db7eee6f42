"""``loa doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import alarm, screen
from scheduler.cli.health import FAULT, Finding, of_engine, of_folder, unreadable
from scheduler.cli.progress import busy
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import width
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from pathlib import Path

MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}


@command("loa doctor", "loa doctor --json", "loa doctor --alert")
@click.option("--alert", is_flag=True, help="Tell someone outside the terminal of a fault, as [alert] says.")
@json_option
@pass_session
def doctor(session: Session, alert: bool, as_json: bool) -> None:
    """Say whether everything this folder needs is in place.

    The disk, the database, the plugins, the secrets, the clock, whether it is armed and an engine is at work: each is
    one line, with what to do next where something is wrong.

    With --alert a fault is told once when it begins, every six hours while it lasts, and once when it is over. Ends
    with 1 where there is a fault; warnings end with 0.
    """
    with busy(_("Looking")):
        findings = examine(session)
    if as_json:
        screen.write_json([{"name": f.name, "level": f.level, "text": f.text, "todo": f.todo} for f in findings])
    else:
        _write(findings)
    faults = [each for each in findings if each.level == FAULT]
    if alert:
        _tell(session.folder, faults)
    if faults:
        raise click.exceptions.Exit(1)


def examine(session: Session) -> list[Finding]:
    """Return all findings; a folder that cannot be opened is one of them."""
    findings = list(of_folder(session.folder))
    try:
        findings += of_engine(session.engine)
    except (LoaError, OSError) as error:
        findings.append(unreadable(error))
    return findings


def _write(findings: list[Finding]) -> None:
    if not screen.for_people():
        for each in findings:
            click.echo("\t".join((each.level, each.name, each.text, each.todo)))
        return
    widest = max(width(each.name) for each in findings)
    for each in findings:
        mark = click.style(MARKS[each.level], fg=screen.COLOURS[each.level], bold=True)
        click.echo(f"{mark} {each.name}{' ' * (widest - width(each.name))}  {each.text}")
        if each.todo:
            click.echo(f"  {' ' * widest}  {screen.faint('→ ' + each.todo)}")


def _tell(folder: Path, faults: list[Finding]) -> None:
    from scheduler.engine.daemon.alerts import send
    from scheduler.ground.clock import SystemClock
    from scheduler.plan.config import load_config

    now = SystemClock().now()
    text = alarm.text(folder, faults, alarm.read(folder / "var"), now)
    if not text:
        return
    errors = send(load_config(folder)[0], text, folder)
    if errors:
        raise LoaError(_("the alert did not get through: {errors}").format(errors="; ".join(errors)))
    alarm.write(folder / "var", faults, now)
