"""``loa plugins list`` and ``show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import moments, plugin_forms, screen
from scheduler.cli.completion import PLUGIN
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.text import _, size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from scheduler.channels.described import Described
    from scheduler.engine.looks.plugin_views import Brought, PluginSheet


@command("loa plugins list", "loa plugins list --json", name="list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List every plugin that was found: where it came from, what it brings, and how it stands."""
    found, left_out = session.engine.look.plugin_sheets(), _refused(session)
    if as_json:
        screen.write_json([plugin_forms.plugin(each, left_out.get(each.status.name, [])) for each in found])
        return
    columns = (
        Column(_("Plugin"), style=screen.head),
        Column(_("Version")),
        Column(_("Contract")),
        Column(_("From"), shrinks=True),
        Column(_("Channels"), shrinks=True),
        Column(_("Hooks"), shrinks=True),
        Column(_("Condition"), shrinks=True, style=screen.coloured(["ok"])),
    )
    rows = [
        (
            each.status.name,
            each.status.version,
            each.status.contract,
            each.status.source,
            ", ".join(each.status.channels),
            ", ".join(each.status.hooks),
            "; ".join([condition(each), *left_out.get(each.status.name, [])]),
        )
        for each in found
    ]
    screen.write_table(columns, rows, _("No plugin was found."))


def _refused(session: Session) -> dict[str, list[str]]:
    """Return, by plugin, what is wrong with the commands that it brings."""
    from scheduler.cli.lent import refused
    from scheduler.cli.program import program

    found: dict[str, list[str]] = {}
    for each in refused(session.engine.snapshot.hooks, program.places):
        found.setdefault(each.plugin, []).append(str(each).partition(": ")[2])
    return found


def condition(each: PluginSheet) -> str:
    """Return in words how a plugin stands."""
    if not each.status.enabled:
        return _("switched off")
    if each.status.error:
        return each.status.error
    if not (each.status.hooks or each.status.unasked):
        return _("implements no hook: is @hookimpl missing?")
    if each.behind:
        return _("changed since the engine at work loaded it: {step}").format(step=each.step)
    unwell = [kept.probed.health.detail for kept in each.channels if kept.probed and not kept.probed.health.ok]
    if unwell:
        return _("unwell: {detail}").format(detail="; ".join(unwell))
    return _("ok, in a process of its own") if each.isolated else _("ok")


@command("loa plugins show radio", "loa plugins show radio --json", name="show")
@PLUGIN
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Show a plugin: where it comes from, what it brings, and every key that config.toml may give it.

    Of each key: its type, its default, and whether an approval covers it; what says how a channel works, and not what
    it says, is covered by none. Ends with 1 where the plugin did not load.
    """
    found, zone = session.engine.look.plugin(name), session.zone
    left_out = _refused(session).get(name, [])
    if as_json:
        brings = [plugin_forms.brought(each, zone) for each in found.channels]
        screen.write_json({**plugin_forms.plugin(found, left_out), "brings": brings})
    else:
        _write(found, left_out, zone)
    if found.status.error:
        raise click.exceptions.Exit(1)


def _write(found: PluginSheet, left_out: list[str], zone: ZoneInfo) -> None:
    status = found.status
    word = screen.state("fault" if status.error else "ok") if status.enabled else screen.faint(_("switched off"))
    click.echo(f"{screen.head(status.name)}  {word}")
    isolated = _("a process of its own") if found.isolated else ""
    if found.isolated and found.memory:
        isolated = _("a process of its own, with {memory} at most").format(memory=size(found.memory))
    screen.write_fields(
        [
            (_("Version"), status.version),
            (_("Contract"), status.contract or _contract(found)),
            (_("From"), status.source),
            (_("Runs in"), isolated),
            (_("Hooks"), ", ".join(status.hooks)),
            (_("Not asked"), _unasked(status.unasked)),
            (_("Commands"), "\n".join(left_out)),
            (_("Error"), status.error),
            (_("Next"), found.step),
        ]
    )
    for each in found.channels:
        _write_channel(each, zone)


def _contract(found: PluginSheet) -> str:
    """Return why no contract is known."""
    if not found.status.enabled:
        return _("not read, since the plugin is switched off")
    return _("not read, since the plugin did not load") if found.status.error else _("not said")


def _unasked(hooks: tuple[str, ...]) -> str:
    names = ", ".join(hooks)
    return names and _("{hooks}: in a process of its own it brings channels only").format(hooks=names)


def _write_channel(each: Brought, zone: ZoneInfo) -> None:
    screen.write_head(_("Channel {name}: {title}").format(name=each.name, title=each.title))
    health = ""
    if each.probed is not None:
        said = each.probed.health
        when = moments.show(each.probed.at, zone)
        health = f"{each.probed.target}: {_('ok') if said.ok else _('fault')}, {when}  {said.detail}".rstrip()
    screen.write_fields(
        [
            (_("Kind"), _(str(each.kind))),
            (_("In config.toml"), _("yes") if each.works else _("no, or with errors")),
            (_("Health"), health),
        ]
    )
    _write_keys(f"[channels.{each.name}]", each.options)
    _write_keys(f"[[channels.{each.name}.targets]]", each.settings)


def _write_keys(table: str, keys: Sequence[Described]) -> None:
    if not keys:
        return
    columns = [
        Column(table, style=screen.head),
        Column(_("Type"), shrinks=True),
        Column(_("By default"), shrinks=True),
        Column(_("Needs approval")),
    ]
    if any(each.about for each in keys):
        columns.append(Column(_("Meaning"), shrinks=True))
    rows = [
        (
            each.name,
            each.kind,
            _("(must be given)") if each.required else each.default,
            _("no") if each.operational else _("yes"),
            each.about,
        )[: len(columns)]
        for each in keys
    ]
    click.echo()
    screen.write_table(columns, rows, "")
