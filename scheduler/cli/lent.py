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

    from scheduler.channels.hooks import Answer, Hooks
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
    from scheduler.channels.finding import SHIPPED, candidates, naming

    folder = _folder(session)
    wanted = [each for each in candidates(folder) if naming(each, HOOK)]
    if not wanted:
        return {}
    from scheduler.channels.loader import load_plugins

    wishes = _wishes(folder)
    if wishes is None:
        may = [each.name for each in wanted if each.source.startswith(SHIPPED)]
        if len(may) < len(wanted):
            say(_("config.toml cannot be read, so plugins bring no commands here: see `loa check`"))
        folder, wishes = None, {}
    else:
        may = [each.name for each in wanted if each.name not in wishes or not wishes[each.name].isolated]
    plugins = load_plugins(folder, wishes, only=lambda each: each.name in may and naming(each, HOOK))
    for status in plugins.statuses:
        if status.error:
            say(_("plugin {name} did not load: {why}").format(name=status.name, why=status.error))
    found, wrong = _sorted(plugins.hooks, taken)
    for each in wrong:
        say(str(each))
    return found


def refused(hooks: Hooks, taken: Container[str]) -> list[PluginError]:
    """Return which commands of loaded plugins Loa does not have, and why."""
    if (HOOK,) not in hooks.kept:
        hooks.kept[HOOK,] = _sorted(hooks, taken)[1]
    kept: list[PluginError] = hooks.kept[HOOK,]
    return kept


def _sorted(hooks: Hooks, taken: Container[str]) -> tuple[dict[str, Lent], list[PluginError]]:
    """Return the commands of plugins by their names, and what is wrong with others."""
    found: dict[str, Lent] = {}
    wrong = []
    for answer in hooks.ask(HOOK, list):
        if why := _unfit(answer):
            wrong.append(PluginError(answer.plugin, why))
            continue
        for each in answer.value:
            if each.name in taken or each.name in found:
                why = _("its command {command!r} is there already, so it is left out").format(command=each.name)
                wrong.append(PluginError(answer.plugin, why))
            else:
                found[each.name] = Lent(answer.plugin, each)
    return found, wrong


def _unfit(answer: Answer) -> str:
    if answer.error or all(isinstance(each, click.Command) and each.name for each in answer.value):
        return answer.error
    return _("{hook} must give commands of click, each with a name").format(hook=HOOK)


def withheld(session: Session, name: str) -> str:
    """Return which plugin may bring a command that is not there, as far as its file tells, and the way to it; or ""."""
    from scheduler.channels.finding import candidates, naming

    folder = _folder(session)
    wishes = _wishes(folder) or {}
    for each in candidates(folder):
        wish = wishes.get(each.name)
        if wish is None or not (naming(each, HOOK) and naming(each, name)):
            continue
        if not wish.enabled:
            said = _("plugin {plugin} may bring it, and is switched off: `loa plugins enable {plugin}`")
            return said.format(plugin=each.name)
        if wish.isolated:
            said = _("plugin {plugin} may bring it, and brings channels only, since it is isolated in config.toml")
            return said.format(plugin=each.name)
    return ""


def _folder(session: Session) -> Path | None:
    try:
        return session.folder
    except LoaError:
        return None


def _wishes(folder: Path | None) -> Mapping[str, PluginConfig] | None:
    """Return what config.toml says of plugins, ``None`` where it cannot be read."""
    if folder is None or _names_none(folder):
        return {}
    from scheduler.plan.config import load_config

    try:
        config, _problems = load_config(folder)
    except CampaignInvalid:
        return None
    return config.plugins if config.parsed else None


def _names_none(folder: Path) -> bool:
    """Return whether config.toml surely has no wishes for plugins, told without checking all of it: that takes long."""
    import tomllib

    try:
        return "plugins" not in tomllib.loads((folder / "config.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return False
