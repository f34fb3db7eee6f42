"""Bare ``loa``: the screens on a terminal, the help elsewhere."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from scheduler.cli.session import Session

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine


def on_terminal() -> bool:
    """Return whether a person sits at both ends, or does so through the browser that `loa web` serves.

    A terminal that cannot move its cursor is none for the screens.
    """
    if "TEXTUAL_DRIVER" in os.environ:
        return True
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def open_screens(ctx: click.Context) -> None:
    """Open the screens of the campaign folder; without a terminal, write the help."""
    if not on_terminal():
        click.echo(ctx.get_help())
        return
    session = ctx.ensure_object(Session)
    show(session.open(ahead=True), language_given=bool(session.language or os.environ.get("LOA_LANG")))


def show(engine: Engine, *, language_given: bool = False) -> None:
    """Give the terminal to the screens until they are left."""
    from scheduler.tui.start import start

    start(engine, language_given=language_given)
