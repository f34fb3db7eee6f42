"""Commands that plugins bring. Only plugins whose main file names the hook are imported to find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from scheduler.cli.guard import say
from scheduler.ground.errors import CampaignInvalid, LoaError, PluginError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from pathlib import Path

    from scheduler.channels.hooks import Answer
    from scheduler.cli.session import Session
    from scheduler.plan.config import PluginConfig

HOOK = "register_commands"


class Lent(NamedTuple):
    """A command, and the plugin that brought it."""

    plugin: str
    command: click.Command


def lent(session: Session, taken: Container[str]) -> dict[str, Lent]:
    """Return the commands of plugins, by name, in this folder, or of those installed where there is none.

    ``taken`` are the names that no plugin may have. What is wrong is said on standard error, and the rest is there.
    """
    from scheduler.channels.finding import candidates, naming

    folder = _folder(session)
    if not any(naming(each, HOOK) for each in candidates(folder)):
        return {}
    from scheduler.channels.loader import load_plugins

    wishes = _wishes(folder)
    apart = {name for name, wish in wishes.items() if wish.isolated}
    plugins = load_plugins(folder, wishes, only=lambda each: each.name not in apart and naming(each, HOOK))
    found: dict[str, Lent] = {}
    for status in plugins.statuses:
        if status.error:
            say(_("plugin {name} did not load: {why}").format(name=status.name, why=status.error))
    for answer in plugins.hooks.ask(HOOK, list):
        for each in _commands(answer):
            name = each.name or ""
            if name in taken or name in found:
                refused = _("its command {command!r} is there already, so it is left out").format(command=name)
                say(str(PluginError(answer.plugin, refused)))
            else:
                found[name] = Lent(answer.plugin, each)
    return found


def _commands(answer: Answer) -> list[click.Command]:
    wrong = answer.error
    if not wrong and not all(isinstance(each, click.Command) and each.name for each in answer.value):
        wrong = _("{hook} must give commands of click, each with a name").format(hook=HOOK)
    if wrong:
        say(str(PluginError(answer.plugin, wrong)))
        return []
    commands: list[click.Command] = answer.value
    return commands


def _folder(session: Session) -> Path | None:
    try:
        return session.folder
    except LoaError:
        return None


def _wishes(folder: Path | None) -> Mapping[str, PluginConfig]:
    if folder is None or not _names_plugins(folder):
        return {}
    from scheduler.plan.config import load_config

    try:
        return load_config(folder)[0].plugins
    except CampaignInvalid:
        return {}


def _names_plugins(folder: Path) -> bool:
    """Return whether config.toml may have wishes for plugins, told without reading all of it, which takes longer."""
    try:
        return b"plugins" in (folder / "config.toml").read_bytes()
    except OSError:
        return False
