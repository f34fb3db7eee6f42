"""``loa channel``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.completion import CHANNEL
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import Group, command, json_option
from scheduler.cli.table import Column
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.engine.looks.status import ChannelStatus
    from scheduler.store.health import Probed


@click.group(cls=Group, examples=("loa channel list", "loa channel test rss"))
def channel() -> None:
    """List, show, test, pause and resume channels."""


@command("loa channel list", "loa channel list --json", group=channel, name="list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List the channels of this campaign, with their health."""
    found = session.engine.look.channels()
    if as_json:
        screen.write_json([forms.channel(each, session.zone) for each in found])
        return
    now = session.engine.clock.now()
    columns = (
        Column(_("Channel"), style=screen.head),
        Column(_("Kind")),
        Column(_("Targets"), shrinks=True),
        Column(_("Condition"), shrinks=True, style=screen.coloured(["ok"])),
        Column(_("Next")),
        Column(_("Last sent")),
    )
    rows = [
        (
            each.name,
            _(str(each.kind)),
            ", ".join(target.name for target in each.targets),
            condition(each, session.zone, now, session.engine.look.name_of),
            moments.show(each.next_at, session.zone),
            moments.show(each.last_success_at, session.zone),
        )
        for each in found
    ]
    screen.write_table(columns, rows, _("config.toml names no channel."))


def condition(each: ChannelStatus, zone: ZoneInfo, now: datetime, name_of: Callable[[str], str]) -> str:
    """Return in words whether a channel works, rests after failures, or is paused."""
    if each.paused_by:
        text = _("paused by {person}").format(person=name_of(each.paused_by))
        return f"{text}: {each.pause_reason}" if each.pause_reason else text
    if each.open_until is not None and each.open_until > now:
        return _("rests until {time}: {error}").format(
            time=moments.show(each.open_until, zone), error=_(str(each.last_error))
        )
    if each.health is not None and not each.health.ok:
        return _("unwell: {detail}").format(detail=each.health.detail)
    if each.failures:
        return _("{n} failures in a row: {error}").format(n=each.failures, error=_(str(each.last_error)))
    return _("ok")


@command("loa channel show radio", "loa channel show sms --json", group=channel, name="show")
@CHANNEL
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Show a channel: how it is, its pace, and every option in force with where it comes from.

    Secrets are masked: only where each one stands is shown.
    """
    look, zone = session.engine.look, session.zone
    found, options = look.channel(name), look.options(name)
    if as_json:
        form = forms.channel(found, zone)
        form["options"] = [forms.option(each) for each in options]
        screen.write_json(form)
        return
    how = condition(found, zone, session.engine.clock.now(), look.name_of)
    click.echo(f"{screen.head(found.name)}  {how}")
    screen.write_fields(_fields(found, zone))
    screen.write_head(_("Options in force"))
    columns = (
        Column(_("Option"), style=screen.head),
        Column(_("Value"), shrinks=True),
        Column(_("From")),
        Column(_("By default"), shrinks=True),
    )
    rows = [
        (
            each.key,
            f"{each.value}  ({each.wrong})" if each.wrong else each.value,
            each.source or _("default"),
            each.default if each.source else "",
        )
        for each in options
    ]
    screen.write_table(columns, rows, "")


def _fields(found: ChannelStatus, zone: ZoneInfo) -> list[tuple[str, str]]:
    pace = _("{used} used of {rate}").format(used=found.used, rate=found.rate) if found.rate else ""
    error = f"{moments.show(found.last_error_at, zone)}  {_(found.last_error)}" if found.last_error else ""
    return [
        (_("Title"), found.title),
        (_("Kind"), _(str(found.kind))),
        (_("Plugin"), found.plugin),
        (_("Targets"), "\n".join(f"{each.name}  {each.title}".rstrip() for each in found.targets)),
        (_("Health"), "\n".join(_probed(each, zone) for each in found.probed)),
        (_("Rate"), pace),
        (_("Last error"), error),
        (_("Last sent"), moments.show(found.last_success_at, zone)),
        (_("Next"), moments.show(found.next_at, zone)),
    ]


def _probed(each: Probed, zone: ZoneInfo) -> str:
    word = _("ok") if each.health.ok else _("fault")
    until = _(" (until {time})").format(time=moments.show(each.health.until, zone)) if each.health.until else ""
    return f"{each.target}: {word}, {moments.show(each.at, zone)}  {each.health.detail}{until}"


@command('loa channel pause radio --reason "the station is being repaired"', group=channel, name="pause")
@CHANNEL
@click.option("--reason", default="", metavar="TEXT", help="Why; everybody sees it.")
@pass_session
def pause(session: Session, name: str, reason: str) -> None:
    """Send nothing on this channel until it is resumed; the others go on."""
    session.engine.act.pause(name, reason)
    screen.done(_("{channel} is paused.").format(channel=name))


@command("loa channel resume radio", group=channel, name="resume")
@CHANNEL
@pass_session
def resume(session: Session, name: str) -> None:
    """Let a paused channel go on."""
    session.engine.act.resume(name)
    screen.done(_("{channel} goes on.").format(channel=name))


@command(
    "loa channel test rss",
    "loa channel test fanpage --target trang-so --json",
    "loa channel test sms --send 0901234567",
    group=channel,
    name="test",
)
@CHANNEL
@click.option("--target", metavar="NAME", help="Only this target.")
@click.option(
    "--send",
    metavar="[TO]",
    is_flag=False,
    flag_value="",
    help="Send a test, to a phone number of your own or as a post that is never published.",
)
@json_option
@pass_session
def test(session: Session, name: str, target: str | None, send: str | None, as_json: bool) -> None:
    """Say whether a channel would work now: its token, its gateway, its folder. Nothing is sent without --send.

    A test says who sent it and when, and goes by the rules of everything that goes out: only from a folder that is
    armed and not stopped. Ends with 1 where the channel would not work.
    """
    if send is not None:
        receipt = session.engine.act.try_out(name, target, send)
        if as_json:
            screen.write_json({"channel": name, "id": receipt.id, "detail": dict(receipt.detail)})
        else:
            screen.done(_("A test was sent: {receipt}").format(receipt=receipt.id))
        return
    health = session.engine.act.probe(name, target)
    if as_json:
        until = moments.iso(health.until, session.zone)
        screen.write_json({"channel": name, "ok": health.ok, "detail": health.detail, "until": until})
    else:
        word = screen.state("ok") if health.ok else screen.state("fault")
        until = moments.show(health.until, session.zone)
        tail = _(" (until {time})").format(time=until) if until else ""
        click.echo(f"{screen.head(name)}  {word}  {health.detail}{tail}".rstrip())
    if not health.ok:
        raise click.exceptions.Exit(1)
