"""``loa plugins panel``: the pages that plugins bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, looking, screen
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.text import _

if TYPE_CHECKING:
    from scheduler.engine.looks.panels import PanelPage, PanelSheet


@command("loa plugins panel", "loa plugins panel --json", name="panel")
@click.argument("name", metavar="[PANEL]", required=False)
@json_option
@pass_session
def panel(session: Session, name: str | None, as_json: bool) -> None:
    """Write a plugin's page, as key 0 of the screens shows it; without a name list the pages.

    A page is made anew each time, by the plugin. Ends with 1 where that fails.
    """
    look = session.engine.look
    if name is None:
        _list(look.panels(), as_json=as_json)
        return
    found = look.panel(name)
    if as_json:
        blocks = [forms.block(each, session.zone) for each in found.blocks]
        screen.write_json({**_form(found.sheet), "error": found.error, "blocks": blocks})
    else:
        _write(session, found)
    if found.error:
        raise click.exceptions.Exit(1)


def _list(found: list[PanelSheet], *, as_json: bool) -> None:
    if as_json:
        screen.write_json([_form(each) for each in found])
        return
    columns = (
        Column(_("Panel"), style=screen.head),
        Column(_("Plugin")),
        Column(_("Title"), shrinks=True),
        Column(_("Meaning"), shrinks=True),
    )
    rows = [(each.name, each.plugin, each.title, each.error or each.about) for each in found]
    screen.write_table(columns, rows, _("No plugin brings a panel."))


def _write(session: Session, found: PanelPage) -> None:
    click.echo(f"{screen.head(found.sheet.title)}  {screen.faint(found.sheet.plugin)}")
    if found.sheet.about:
        click.echo(screen.faint(found.sheet.about))
    if found.error:
        click.echo()
        click.echo(found.error)
    looking.write(found.blocks, session.zone)


def _form(each: PanelSheet) -> forms.Form:
    return {
        "name": each.name,
        "plugin": each.plugin,
        "title": each.title,
        "about": each.about,
        "error": each.error,
    }
