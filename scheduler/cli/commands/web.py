"""``loa web``."""

from __future__ import annotations

import sys
import webbrowser

import click

from scheduler.cli import screen
from scheduler.cli.metavars import Number
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command
from scheduler.ground.text import _, language

PROGRAM = "from scheduler.cli import main; main()"


@command("loa web", "loa web --port 8321 --open")
@click.option("--port", type=Number(1, 65535), metavar="PORT", help="The port. Otherwise any free one.")
@click.option("--open", "opening", is_flag=True, help="Open the browser at once.")
@pass_session
def web(session: Session, port: int | None, opening: bool) -> None:
    """Show the screens in a browser on this machine.

    Only this machine is served, and only with the address that is printed: it holds a key that is new each time.
    Nothing is fetched from the internet. Each window is a screen of its own; Ctrl-C ends them all.
    """
    from scheduler.tui.web.server import serve

    engine = session.engine

    def started(address: str) -> None:
        click.echo(address)
        screen.note(_("Open this address in a browser on this machine; Ctrl-C ends it."))
        if opening and not webbrowser.open(address):
            screen.note(_("No browser could be opened from here."))

    person = ["--as", session.person] if session.person else []
    program = [sys.executable, "-c", PROGRAM, "-C", str(session.folder), "--lang", language(), *person]
    serve(program, port, f"Loa · {engine.campaign.plan.title}", started)
