"""``loa plugins``."""

from __future__ import annotations

import click

from scheduler.cli import forms, screen
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import Group, command, json_option
from scheduler.cli.table import Column
from scheduler.ground.text import _


@click.group(cls=Group, examples=("loa plugins list",))
def plugins() -> None:
    """Say which plugins are there and what they bring."""


@command("loa plugins list", "loa plugins list --json", group=plugins, name="list")
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
        Column(_("From"), shrinks=True),
        Column(_("Channels"), shrinks=True),
        Column(_("Condition"), style=screen.coloured(["ok"])),
    )
    rows = [(each.name, each.source, ", ".join(each.channels), each.error or _("ok")) for each in found]
    screen.write_table(columns, rows, _("No plugin was found."))
