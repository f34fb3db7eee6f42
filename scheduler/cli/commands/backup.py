"""``loa backup`` and ``loa restore``."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli import moments, screen
from scheduler.cli.metavars import Place
from scheduler.cli.progress import busy
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, yes_option
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _, size


@command("loa backup", "loa backup campaign-monday.tar.gz")
@click.argument("target", required=False, metavar="[FILE]", type=Place(path_type=Path))
@pass_session
def backup(session: Session, target: Path | None) -> None:
    """Write the campaign and its record into one archive.

    The archive holds the database as it stands at one moment, content/ and config.toml; the engine may be at work
    meanwhile. Without FILE it gets a name with folder and time, here. An archive that is there stays.
    """
    from scheduler.engine.backup import backup as write

    engine = session.engine
    if target is None:
        now = engine.clock.now().astimezone(session.zone)
        target = Path(f"loa-{session.folder.name}-{now:%Y%m%d-%H%M%S}.tar.gz")
    if target.exists():
        raise LoaError(_("{file} is there already").format(file=target))
    with busy(_("Writing the archive")):
        write(engine, target)
    screen.done(_("Written: {file} ({size})").format(file=target, size=size(target.stat().st_size)))


@command("loa restore campaign-monday.tar.gz --yes")
@click.argument("source", metavar="FILE", type=Place(exists=True, dir_okay=False, path_type=Path))
@yes_option
@pass_session
def restore(session: Session, source: Path, yes: bool) -> None:
    """Put the record back from an archive, unarmed.

    The database that is there now is kept beside it. Nothing is sent until `loa arm`; what may have gone out since
    the backup becomes unknown then.
    """
    from scheduler.engine.backup import restore as put_back
    from scheduler.engine.engine import who
    from scheduler.engine.snapshot import read_snapshot
    from scheduler.ground.clock import SystemClock

    screen.confirm(
        _("Put the record of {folder} back to that of {file}?").format(folder=session.folder, file=source),
        yes=yes,
        required=True,
    )
    snapshot = read_snapshot(session.folder)
    person = who(snapshot.campaign, session.person)
    with busy(_("Reading the archive")):
        report = put_back(session.folder, source, SystemClock().now(), person.id)
    screen.done(_("The record is back. This folder is not armed: look at it, then `loa arm`."))
    taken = moments.show(report.taken_at, snapshot.config.zone)
    screen.write_fields([(_("Taken"), taken), (_("Kept before"), str(report.kept or ""))])
