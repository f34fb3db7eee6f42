"""``loa run``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import screen
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine


@command("loa run --once", "loa run")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@pass_session
def run(session: Session, once: bool) -> None:
    """Work through what is due, until stopped.

    There is one engine for each folder. It ends cleanly on Ctrl-C and SIGTERM, and sends nothing before the folder
    is armed. `loa service install` has systemd start it and watch over it.
    """
    from scheduler.cli.telling import Telling
    from scheduler.engine.daemon.runner import Runner

    engine = session.engine
    _log(session.debug, engine)
    runner = Runner(engine)
    if once:
        with Telling(engine):
            number = runner.once()
        screen.done(many("%d delivery was done.", "%d deliveries were done.", number))
        return
    screen.note(_("At work in {folder}; Ctrl-C ends it.").format(folder=session.folder))
    with Telling(engine):
        runner.run()
    screen.note(_("Ended; what is due waits in {folder}.").format(folder=session.folder))


def _log(debug: bool, engine: Engine) -> None:
    """Log to standard error and below var, without secrets; below systemd without times, which its journal has."""
    import logging
    import os
    import sys

    from scheduler.cli.printing import Printing
    from scheduler.engine.looks.logfile import handler

    plain = "%(levelname)s %(message)s" if "JOURNAL_STREAM" in os.environ else "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(level=logging.DEBUG if debug else logging.INFO, format=plain)
    for each in logging.getLogger().handlers:
        each.addFilter(engine.core.redactor)
    logging.getLogger().addHandler(handler(engine.var, engine.core.redactor))
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.stdout, sys.stderr = Printing(sys.stdout), Printing(sys.stderr)  # the log has the stream itself by now
