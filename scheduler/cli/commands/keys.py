"""``loa keys``."""

from __future__ import annotations

import click

from scheduler.cli import forms, screen
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.text import _


@command("loa keys", "loa keys --json")
@json_option
@pass_session
def keys(session: Session, as_json: bool) -> None:
    """List what can be done on the screens, with its keys and its command.

    The name of an action is what `[keys]` of config.toml calls it; the keys are those that it has in this folder.
    """
    from scheduler.tui.keymap import read_keymap
    from scheduler.tui.keys import ACTIONS, written

    keymap = read_keymap(session.engine.config.keys)
    if as_json:
        screen.write_json([forms.action(each, keymap.of(each)) for each in ACTIONS])
        return
    columns = (
        Column(_("Screen"), style=screen.faint),
        Column(_("Action"), style=screen.head),
        Column(_("Keys")),
        Column(_("What it does"), shrinks=True),
        Column(_("Command"), style=screen.faint),
    )
    rows = [
        (each.scope.value, each.id, " ".join(map(written, keymap.of(each))), each.help(), each.command)
        for each in ACTIONS
    ]
    screen.write_table(columns, rows, "")
    for problem in keymap.problems:
        click.echo(str(problem), err=True)
