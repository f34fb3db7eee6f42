"""What is asked before something is done to deliveries, and how the engine does it: to one, and to many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scheduler.ground.delivery import held_by
from scheduler.ground.errors import LoaError
from scheduler.ground.text import N_, _, many
from scheduler.tui.widgets.dialogs import Choice, Question, Reply
from scheduler.tui.words import number, short, word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.engine.actions import Actions
    from scheduler.engine.acts.deliveries import Done, Told
    from scheduler.engine.looks.delivery_views import Concerned
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.lifecycle import Hold, State

_FORMS = ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is done to deliveries. Its texts are marked with `N_`, and translated when it is asked about.

    ``field`` is what a person writes, and ``required`` whether they must. ``hint`` is what they should know before.
    """

    title: str
    choices: tuple[Choice, ...]
    one: Callable[[Actions, int, Reply, ZoneInfo], Delivery]
    all: Callable[[Actions, Sequence[int], Reply, ZoneInfo, Told], Done]
    field: str = ""
    required: bool = False
    hint: str = ""

    def question(self, lines: Sequence[str], title: str = "") -> Question:
        """Return what is asked, in the language of the screen; with another title where it is about many."""
        more = ["", _(self.hint)] if self.hint else []
        choices = [Choice(each.id, _(each.label), each.kind) for each in self.choices]
        return Question(title or _(self.title), [*lines, *more], choices, _(self.field), self.required)


DEEDS: dict[str, Deed] = {
    "hold": Deed(
        N_("Hold this delivery?"),
        (Choice("hold", N_("Hold"), "primary"),),
        lambda act, id_, reply, _zone: act.hold_delivery(id_, reply.text),
        lambda act, ids, reply, _zone, told: act.hold_deliveries(ids, reply.text, told),
        N_("Why"),
    ),
    "release": Deed(
        N_("Release this delivery?"),
        (Choice("release", N_("Release"), "primary"),),
        lambda act, id_, _reply, _zone: act.release_delivery(id_),
        lambda act, ids, _reply, _zone, told: act.release_deliveries(ids, told),
    ),
    "cancel": Deed(
        N_("Cancel this delivery?"),
        (Choice("cancel", N_("Cancel it"), "error"),),
        lambda act, id_, reply, _zone: act.cancel(id_, reply.text),
        lambda act, ids, reply, _zone, told: act.cancel_deliveries(ids, reply.text, told),
        N_("Why"),
    ),
    "requeue": Deed(
        N_("Send it after all?"),
        (Choice("requeue", N_("Requeue"), "primary"),),
        lambda act, id_, reply, zone: act.requeue(id_, _when(reply, zone)),
        lambda act, ids, reply, zone, told: act.requeue_deliveries(ids, _when(reply, zone), told),
        N_("When (dd/mm/yyyy hh:mm); empty: now"),
    ),
    "settle": Deed(
        N_("Did it go out?"),
        (
            Choice("sent", N_("It was sent"), "primary"),
            Choice("not-sent", N_("Not sent")),
            Choice("abandon", N_("Give it up"), "error"),
        ),
        lambda act, id_, reply, _zone: act.settle(id_, reply.choice, reply.text),  # type: ignore[arg-type]
        lambda act, ids, reply, _zone, told: act.settle_deliveries(ids, reply.choice, reply.text, told),  # type: ignore[arg-type]
        N_("Evidence: where you looked, what you saw"),
        required=True,
        hint=N_("Look at the receiving side first. “Not sent” lets it go out again."),
    ),
    "confirm": Deed(
        N_("Did it happen?"),
        (Choice("confirm", N_("It happened"), "primary"),),
        lambda act, id_, reply, _zone: act.confirm(id_, reply.text),
        lambda act, ids, reply, _zone, told: act.confirm_deliveries(ids, reply.text, told),
        N_("Evidence: who saw or heard it, when, where"),
        required=True,
    ),
    "deny": Deed(
        N_("Did it not happen?"),
        (Choice("deny", N_("It did not happen"), "error"),),
        lambda act, id_, reply, _zone: act.deny(id_, reply.text),
        lambda act, ids, reply, _zone, told: act.deny_deliveries(ids, reply.text, told),
        N_("Why"),
        required=True,
    ),
}
"""By the action's id."""


def moment(typed: str, zone: ZoneInfo) -> datetime:
    """Return the aware UTC time that a person wrote in the campaign's zone. Raises `LoaError`."""
    for form in _FORMS:
        try:
            return datetime.strptime(" ".join(typed.split()), form).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    raise LoaError(_("{text!r} is no time; for example 10/05/2021 17:30").format(text=typed))


def _when(reply: Reply, zone: ZoneInfo) -> datetime | None:
    return moment(reply.text, zone) if reply.text else None


def concerns(found: Concerned) -> list[str]:
    """Say how many an act would concern, where it does any, and why not the others."""
    rows = [many("This concerns %d delivery.", "This concerns %d deliveries.", found.can)] if found.can else []
    return [*rows, *_left(found.cannot)]


def did(found: Done, named: Sequence[Delivery], zone: ZoneInfo) -> str:
    """Say what an act on many came to, with ``named`` of those that it could not concern."""
    rows = [many("%d delivery done", "%d deliveries done", len(found.done))]
    groups: dict[tuple[State, frozenset[Hold]], int] = {}
    for each in found.refused:
        if not each.why:
            groups[each.state, each.holds] = groups.get((each.state, each.holds), 0) + 1
    rows += _left(groups)
    rows += sorted({each.why for each in found.refused if each.why})
    rows += [f"• {short(each.due_at, zone)} {each.key.channel}/{each.key.target}: {each.title}" for each in named]
    if len(found.refused) > len(named):
        rows.append(many("and %d more", "and %d more", len(found.refused) - len(named)))
    if found.refused:
        rows.append(many("It stays marked.", "They stay marked.", len(found.refused)))
    if found.left:
        rows.append(many("%d not reached: it was stopped", "%d not reached: it was stopped", found.left))
    return "\n".join(rows)


def _left(groups: Mapping[tuple[State, frozenset[Hold]], int]) -> list[str]:
    words = _("{number} left out: {why}")
    return [
        words.format(number=number(count), why=": ".join(filter(None, (word(state), held_by(holds)))))
        for (state, holds), count in sorted(groups.items(), key=lambda item: -item[1])
    ]
