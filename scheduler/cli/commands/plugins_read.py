"""``loa plugins list`` and ``show``."""

from __future__ import annotations

import click

from scheduler.cli import forms, screen
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.errors import NotFound
from scheduler.ground.text import _


@command("loa plugins list", "loa plugins list --json", name="list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List every plugin that was found, with its channels, or why it did not load."""
    found = session.engine.look.plugins()
    if as_json:
        screen.write_json([forms.plugin(each) for each in found])
        return
    columns = (
        Column(_("Plugin"), style=screen.head),
        Column(_("Version")),
        Column(_("From"), shrinks=True),
        Column(_("Channels"), shrinks=True),
        Column(_("Condition"), style=screen.coloured(["ok"])),
    )
    rows = [(each.name, each.version, each.source, ", ".join(each.channels), each.error or _("ok")) for each in found]
    screen.write_table(columns, rows, _("No plugin was found."))


@command("loa plugins show radio", "loa plugins show radio --json", name="show")
@click.argument("name", metavar="PLUGIN")
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Show a plugin: its version, where it comes from, its channels and hooks, or why it did not load.

    Ends with 1 where it did not.
    """
    every = {each.name: each for each in session.engine.look.plugins()}
    if name not in every:
        raise NotFound.named(_("there is no plugin {name!r}"), name, every)
    found = every[name]
    if as_json:
        screen.write_json(forms.plugin(found))
    else:
        click.echo(f"{screen.head(found.name)}  {screen.state('fault' if found.error else 'ok')}")
        screen.write_fields(
            [
                (_("Version"), found.version),
                (_("From"), found.source),
                (_("Channels"), ", ".join(found.channels)),
                (_("Hooks"), ", ".join(found.hooks)),
                (_("Error"), found.error),
            ]
        )
    if found.error:
        raise click.exceptions.Exit(1)
