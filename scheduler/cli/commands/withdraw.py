"""``loa post withdraw`` and ``loa delivery withdraw``: taking back what has gone out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.completion import DELIVERY, POST
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option, yes_option
from scheduler.engine.delivering.withdrawing import OTHERS, Withdrawal
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery


@command(
    'loa --as giam-doc post withdraw bac-ai-cam-on --reason "wrong date" --yes',
    "loa --as giam-doc post withdraw bac-ai-cam-on --occurrence 20210524 --yes --json",
    name="withdraw",
)
@POST
@click.option("--occurrence", metavar="ID", help="Only this occurrence of a recurring post, such as 20210510.")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@yes_option
@json_option
@pass_session
def of_post(session: Session, name: str, occurrence: str | None, reason: str, yes: bool, as_json: bool) -> None:
    """Take back what of a post has gone out, from every channel that can.

    It lists first what is taken back, what cannot be, and what stays. What of the same occurrence has not gone out is
    cancelled; later ones stay. Needs the role approve. What must be taken back by a person waits to be confirmed.
    """
    engine, zone = session.engine, session.zone
    if not yes:
        found = engine.look.withdrawal(name, occurrence)
        for line in foreseen(found, name, zone):
            screen.note(line)
        question = many("Take %d delivery back?", "Take %d deliveries back?", len(found.back))
        screen.confirm(question, yes=not (found.back or found.stopped), required=True)
    found = engine.act.withdraw(name, reason, occurrence)
    if as_json:
        screen.write_json(forms.withdrawal(found, zone))
    else:
        _tell(engine, found.made)
        for line in foreseen(Withdrawal(cannot=found.cannot, stopped=found.stopped, later=found.later), name, zone):
            screen.note(line)
    if found.cannot:
        raise SystemExit(1)


@command('loa --as giam-doc delivery withdraw 1 --reason "wrong date" --yes', name="withdraw")
@DELIVERY
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@yes_option
@json_option
@pass_session
def of_delivery(session: Session, ref: str, reason: str, yes: bool, as_json: bool) -> None:
    """Take back one delivery that has gone out, and leave all others of its post.

    It makes a delivery that does so, at once. Needs the role approve. What of the same occurrence fails for now or is
    in doubt on another channel is not tried again by itself: it is held until a person releases it.
    """
    engine = session.engine
    found = engine.look.delivery(ref)
    if not yes:
        screen.note(_(OTHERS))
    question = _("Take back “{title}” from {where}?").format(title=found.title, where=_where(found))
    screen.confirm(question, yes=yes, required=True)
    made = engine.act.withdraw_delivery(found.id, reason)
    if as_json:
        screen.write_json(forms.delivery(made, session.zone))
    else:
        _tell(engine, [made])


def foreseen(found: Withdrawal, post: str, zone: ZoneInfo) -> Iterator[str]:
    """Yield, line by line, what a withdrawal takes back and what becomes of the rest."""
    yield from _part(_("Taken back:"), (_line(each, zone) for each in found.back))
    yield from _part(_("Cannot be taken back:"), (f"{_line(each, zone)}: {why}" for each, why in found.cannot))
    yield from _part(_("Had not gone out, and will not:"), (_line(each, zone) for each in found.stopped))
    yield from _part(_("Taken back already:"), (_line(each, zone) for each in found.already))
    if found.later:
        text = many(
            "%d delivery of a later occurrence stays as planned: 'loa post hold {post}' keeps it back",
            "%d deliveries of later occurrences stay as planned: 'loa post hold {post}' keeps them back",
            len(found.later),
        )
        yield text.format(post=post)


def _part(head: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if not number:
            yield head
        yield f"  {line}"


def _line(each: Delivery, zone: ZoneInfo) -> str:
    return f"{_where(each)}  {moments.show(each.publish_at, zone)}  {_(each.state.value)}"


def _where(each: Delivery) -> str:
    return f"{each.key.channel}/{each.key.target}"


def _tell(engine: Engine, made: Iterable[Delivery]) -> None:
    """Say which deliveries take something back, and what keeps them."""
    for each in made:
        click.echo(f"{each.id}  {each.heading}  {_where(each)}  {screen.state(each.state.value)}")
    status = engine.look.status()
    if status.stopped_by:
        screen.note(_("Everything is stopped: nothing is taken back before `loa stop --lift`."))
    elif not status.running:
        screen.note(_("No engine is at work: `loa run` takes it back."))
