"""``loa delivery hold``, ``release``, ``requeue``, ``settle``, ``cancel``, ``confirm`` and ``deny``.

Each says what its act is; naming deliveries or filtering them, asking, doing and telling is the same for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli import forms, moments, progress, screen
from scheduler.cli.commands.delivery_read import why
from scheduler.cli.completion import delivery_refs
from scheduler.cli.moments import MOMENT
from scheduler.cli.picking import asked, filters, taken
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option, yes_option
from scheduler.ground.delivery import held_by
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from scheduler.engine.acts.deliveries import Done, Told
    from scheduler.ground.delivery import Delivery


@dataclass(frozen=True, slots=True)
class Treatment:
    """An act on one delivery, on many, and what is asked on a terminal before it is done to one, if anything."""

    one: Callable[[int], Delivery]
    many: Callable[[list[int], Told], Done]
    question: str = ""


def treats(name: str, event: Event, *examples: str) -> Callable[[Callable[..., Treatment]], click.Command]:
    """Return a decorator that makes a command of a function which says, from its own options, what is to be done."""

    def made(function: Callable[..., Treatment]) -> click.Command:
        @wraps(function)
        def run(session: Session, refs: tuple[str, ...], yes: bool, as_json: bool, **given: Any) -> None:
            wanted = taken(given)
            filtered = any(wanted.values())
            if bool(refs) == filtered:
                raise click.UsageError(_("name deliveries, or say by filters which: --state, --channel, --post …"))
            treatment = function(session, **given)
            if len(refs) == 1:
                found = session.engine.look.delivery(refs[0])
                question = treatment.question.format(title=found.title)
                screen.confirm(question, yes=yes or not question, required=False)
                _tell_one(session, treatment.one(found.id), as_json)
                return
            look = session.engine.look
            ids = look.numbers(asked(session, wanted)) if filtered else [look.delivery(ref).id for ref in refs]
            _treat_many(session, treatment, event, ids, yes=yes, as_json=as_json)

        passed = pass_session(run)
        argument = click.argument("refs", metavar="[DELIVERY...]", nargs=-1, shell_complete=delivery_refs)
        return command(*examples, name=name)(argument(filters(yes_option(json_option(passed)))))

    return made


def _treat_many(
    session: Session, treatment: Treatment, event: Event, ids: list[int], *, yes: bool, as_json: bool
) -> None:
    concerned = session.engine.look.concerned(ids, event)
    if not yes:
        for line in _left(concerned.cannot):
            screen.note(line)
        question = many("This concerns %d delivery. Go on?", "This concerns %d deliveries. Go on?", concerned.can)
        screen.confirm(question, yes=not concerned.can, required=True)
    with progress.bar(_("deliveries")) as told:
        found = treatment.many(ids, lambda reached: told(reached / len(ids)) is None)
    _tell_many(session, found, as_json)


def _tell_one(session: Session, found: Delivery, as_json: bool) -> None:
    if as_json:
        screen.write_json(forms.delivery(found, session.zone))
        return
    due = (
        moments.show(found.due_at, session.zone) if found.state is State.SCHEDULED else why(found, session.engine.look)
    )
    tail = f"  {due}" if due else ""
    click.echo(f"{found.id}  {found.heading}  {screen.state(found.state.value)}{tail}")


def _tell_many(session: Session, found: Done, as_json: bool) -> None:
    """Say what was done and what could not be; end with 1 where something could not."""
    if as_json:
        screen.write_json(forms.done(found))
    else:
        screen.done(many("%d delivery done.", "%d deliveries done.", len(found.done)))
        alike = Counter((each.state, each.holds) for each in found.refused if not each.why)
        for line in [*_left(alike), *sorted({each.why for each in found.refused if each.why})]:
            screen.note(line)
    if found.refused:
        raise SystemExit(1)


def _left(groups: Any) -> list[str]:
    words = _("{number} left out: {why}")
    return [
        words.format(number=number, why=": ".join(filter(None, (_(state.value), held_by(holds)))))
        for (state, holds), number in groups.items()
    ]


@treats(
    "requeue",
    Event.REQUEUE,
    "loa delivery requeue 1",
    'loa delivery requeue 1 --at "tomorrow 17:00"',
    "loa delivery requeue --state failed --channel sms --yes",
)
@click.option("--at", "when", type=MOMENT, help="The new due time. Otherwise at once.")
def requeue(session: Session, when: str | None) -> Treatment:
    """Send what failed, was missed or was cancelled, after all."""
    act = session.engine.act
    at = moments.read(when, session.zone, session.engine.clock.now()) if when else None
    return Treatment(lambda one: act.requeue(one, at), lambda ids, told: act.requeue_deliveries(ids, at, told))


@treats(
    "settle",
    Event.SETTLE_SENT,
    'loa delivery settle 1 sent --evidence "seen on the page at 08:10" --yes',
    'loa delivery settle 1 not-sent --evidence "the gateway has no record of it" --yes',
)
@click.argument("outcome", type=click.Choice(["sent", "not-sent", "abandon"]))
@click.option("--evidence", required=True, metavar="TEXT", help="How you know.")
def settle(session: Session, outcome: Any, evidence: str) -> Treatment:
    """Say what became of a delivery whose outcome was never heard.

    sent: it went out. not-sent: it surely did not, so it may go now. abandon: nobody knows, and it is let go.
    """
    act = session.engine.act
    questions = {
        "sent": _("{title}: it went out?"),
        "not-sent": _("{title}: it surely did not go out, and may be sent now?"),
        "abandon": _("{title}: let it go, not knowing?"),
    }
    return Treatment(
        lambda one: act.settle(one, outcome, evidence),
        lambda ids, told: act.settle_deliveries(ids, outcome, evidence, told),
        questions[outcome],
    )


@treats(
    "cancel",
    Event.CANCEL,
    'loa delivery cancel 1 --reason "the talk was called off"',
    "loa delivery cancel --post tv-loi-moi --channel sms --yes",
)
@click.option("--reason", default="", metavar="TEXT", help="Why.")
def cancel(session: Session, reason: str) -> Treatment:
    """Take a delivery back; it does not go out."""
    act = session.engine.act
    return Treatment(lambda one: act.cancel(one, reason), lambda ids, told: act.cancel_deliveries(ids, reason, told))


@treats("confirm", Event.CONFIRM, 'loa delivery confirm 1 --evidence "aired at 05:30, log of the station"')
@click.option("--evidence", required=True, metavar="TEXT", help="How you know.")
def confirm(session: Session, evidence: str) -> Treatment:
    """Confirm that what was handed to people has been carried out."""
    act = session.engine.act
    return Treatment(
        lambda one: act.confirm(one, evidence), lambda ids, told: act.confirm_deliveries(ids, evidence, told)
    )


@treats("deny", Event.DENY, 'loa delivery deny 1 --reason "the station had no slot"')
@click.option("--reason", required=True, metavar="TEXT", help="What happened instead.")
def deny(session: Session, reason: str) -> Treatment:
    """Say that what was handed to people has not been carried out."""
    act = session.engine.act
    return Treatment(lambda one: act.deny(one, reason), lambda ids, told: act.deny_deliveries(ids, reason, told))


@treats("hold", Event.HOLD, 'loa delivery hold 1 --reason "waiting for the new date"')
@click.option("--reason", default="", metavar="TEXT", help="Why.")
def hold(session: Session, reason: str) -> Treatment:
    """Let deliveries wait until they are released."""
    act = session.engine.act
    return Treatment(
        lambda one: act.hold_delivery(one, reason), lambda ids, told: act.hold_deliveries(ids, reason, told)
    )


@treats("release", Event.ADMIT, "loa delivery release 1")
def release(session: Session) -> Treatment:
    """Let held deliveries go on; one that was held as late goes out now."""
    act = session.engine.act
    return Treatment(act.release_delivery, act.release_deliveries)
