"""``loa post move`` and ``loa post skip``."""

from __future__ import annotations

from functools import partial

import click

from scheduler.cli.completion import POST
from scheduler.cli.moments import MOMENT
from scheduler.cli.moving import carry_out, meant, trying_options
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command


@command(
    'loa post move ra-quan-thu-moi "2021-05-10 09:00"',
    "loa post move thu-tu-hoi-dap +1h --dry-run",
    "loa post move thu-tu-hoi-dap +1d --occurrence 20210519",
    name="move",
)
@POST
@click.argument("when", metavar="TIME", type=MOMENT)
@click.option("--occurrence", metavar="DATE", help="Only this one, by the date it was first planned for: 20210503.")
@trying_options
@pass_session
def move(session: Session, name: str, when: str, occurrence: str | None, dry_run: bool, as_json: bool) -> None:
    """Move a post to another time.

    One that is published several times moves as a whole, its first time to TIME, unless --occurrence names one. A day
    without an hour keeps the hour; +2d or -1h counts from where it stands. What is placed relative to an event stays
    so, by another offset. What has gone out stays as it was, and is never sent again.
    """
    engine = session.engine
    at = meant(when, engine.edit.stands(name, occurrence), engine)
    foreseen = engine.edit.foresee_post(name, at, occurrence)
    write = partial(engine.edit.move_post, name, at, occurrence)
    carry_out(session, foreseen, write, dry_run=dry_run, as_json=as_json)


@command(
    "loa post skip thu-tu-hoi-dap 20210519",
    "loa post skip thu-tu-hoi-dap 20210512 --lift",
    name="skip",
)
@POST
@click.argument("occurrence", metavar="DATE")
@click.option("--lift", is_flag=True, help="Take one in again that was left out.")
@trying_options
@pass_session
def skip(session: Session, name: str, occurrence: str, lift: bool, dry_run: bool, as_json: bool) -> None:
    """Leave out one time of a post that is published several times.

    DATE is the one it was first planned for, like 20210503; `loa post show` lists them. The rest goes on.
    """
    edit = session.engine.edit
    foresee, write = (edit.foresee_unskip, edit.unskip) if lift else (edit.foresee_skip, edit.skip)
    carry_out(session, foresee(name, occurrence), partial(write, name, occurrence), dry_run=dry_run, as_json=as_json)
