"""``loa plugins``: the group. Its commands are in the modules beside this one."""

from __future__ import annotations

import click

from scheduler.cli.commands import plugins_read, plugins_switch
from scheduler.cli.shape import Group


@click.group(cls=Group, examples=("loa plugins list", "loa plugins show radio"))
def plugins() -> None:
    """Say which plugins are there and what they bring."""


for each in (
    plugins_read.list_,
    plugins_read.show,
    plugins_switch.enable,
    plugins_switch.disable,
):
    plugins.add_command(each)
