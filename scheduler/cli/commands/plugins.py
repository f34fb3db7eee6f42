"""``loa plugins``: the group. Its commands are in the modules beside this one."""

from __future__ import annotations

import click

from scheduler.cli.commands import (
    plugins_check,
    plugins_install,
    plugins_new,
    plugins_panel,
    plugins_read,
    plugins_switch,
)
from scheduler.cli.shape import Group


@click.group(cls=Group, examples=("loa plugins list", "loa plugins show radio"))
def plugins() -> None:
    """List, show, write, install and switch plugins.

    A plugin brings channels, and what else it likes: commands, checks of posts, pages among the screens. Those that
    ship with Loa are plugins like any other.
    """


for each in (
    plugins_read.list_,
    plugins_read.show,
    plugins_panel.panel,
    plugins_new.new,
    plugins_check.check,
    plugins_install.install,
    plugins_install.uninstall,
    plugins_switch.enable,
    plugins_switch.disable,
):
    plugins.add_command(each)
