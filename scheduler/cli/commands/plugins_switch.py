"""``loa plugins enable`` and ``disable``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import screen
from scheduler.cli.completion import PLUGIN
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, yes_option
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from scheduler.engine.edits.plugin_edits import Concerned


@command("loa plugins enable sms", name="enable")
@PLUGIN
@pass_session
def enable(session: Session, name: str) -> None:
    """Use a plugin again, as config.toml then says; what waits on its channels goes on.

    An engine at work takes it up at once. Ends with 1 where the plugin does not load.
    """
    edit = session.engine.edit
    if edit.concerned(name).plugin.enabled:
        screen.done(_("{plugin} is switched on already.").format(plugin=name))
        return
    edit.switch_plugin(name, on=True)
    found = edit.concerned(name)
    if found.plugin.error:
        screen.note(_("{plugin} is switched on, but did not load: {why}").format(plugin=name, why=found.plugin.error))
        raise click.exceptions.Exit(1)
    screen.done(_("{plugin} is switched on.").format(plugin=name))
    _tell(found)
    screen.done(_("Take it back with `loa undo`."))


@command("loa plugins disable sms --yes", name="disable")
@PLUGIN
@yes_option
@pass_session
def disable(session: Session, name: str, yes: bool) -> None:
    """Do not use a plugin any more, as config.toml then says: it is not even loaded.

    Deliveries of its channels are held, none is cancelled, and they go on once it is used again. An engine at work
    takes it up at once. Asks first where something waits.
    """
    edit = session.engine.edit
    found = edit.concerned(name)
    if not found.plugin.enabled:
        screen.done(_("{plugin} is switched off already.").format(plugin=name))
        return
    _tell(found)
    if any(found.waiting.values()):
        screen.confirm(_("Switch {plugin} off?").format(plugin=name), yes=yes, required=True)
    edit.switch_plugin(name, on=False)
    screen.done(_("{plugin} is switched off; `loa plugins enable {plugin}` takes it back.").format(plugin=name))


def _tell(found: Concerned) -> None:
    """Say how many deliveries wait on each channel that the plugin brings."""
    for channel, number in found.waiting.items():
        waiting = many("%d delivery waits", "%d deliveries wait", number) if number else _("no delivery waits")
        screen.done(_("channel {channel}: {waiting}").format(channel=channel, waiting=waiting))
