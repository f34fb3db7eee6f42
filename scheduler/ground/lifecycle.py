"""The life of a delivery: every state, every way out of it, and the gate into it.

This is the only place that knows which transition is legal. The store guards each update
with the state it leaves, and the schema repeats the pairs below as a trigger. A message
(one recipient's part of a bulk delivery) lives by the same table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from scheduler.ground.errors import IllegalTransition
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


class State(StrEnum):
    """Where a delivery is. A process that dies leaves each state as it is, except ``SENDING``."""

    HELD = "held"  # waits for a person, for one or more reasons
    SCHEDULED = "scheduled"  # will go at its time
    SENDING = "sending"  # the intent is on disk; the call may be under way
    RETRYING = "retrying"  # failed for now, with its next time
    UNKNOWN = "unknown"  # the call was made and its outcome was never heard
    HANDED = "handed"  # given to people who carry it on
    SENT = "sent"  # done, with its receipt or confirmation
    FAILED = "failed"  # will not go by itself
    MISSED = "missed"  # its time went by
    CANCELLED = "cancelled"  # taken back by a person, or its post is gone


class Event(StrEnum):
    """What moves a delivery from one state to the next."""

    ADMIT = "admit"
    HOLD = "hold"
    CANCEL = "cancel"
    EXPIRE = "expire"
    DOUBT = "doubt"  # a restored backup cannot say whether it went out meanwhile
    INTEND = "intend"
    REFUSE = "refuse"
    SUCCEED = "succeed"
    HAND = "hand"
    FAIL = "fail"
    EXHAUST = "exhaust"
    RECOVER = "recover"
    LOSE = "lose"
    HEAR = "hear"  # a receipt that came late
    SETTLE_SENT = "settle-sent"
    SETTLE_NOT_SENT = "settle-not-sent"
    ABANDON = "abandon"
    CONFIRM = "confirm"
    DENY = "deny"
    REQUEUE = "requeue"
    RESTORE = "restore"  # the planner brings back what it cancelled itself


class Hold(StrEnum):
    """Why a delivery waits for a person: ``OPERATOR`` holds this one, ``POST`` all of its post."""

    APPROVAL = "approval"
    OPERATOR = "operator"
    POST = "post"
    INVALID = "invalid"
    LATE = "late"


class Late(StrEnum):
    """What lateness means: send within the grace, skip it, or ask a person."""

    SEND = "send"
    SKIP = "skip"
    ASK = "ask"


_ADMITTED = frozenset({State.SCHEDULED, State.HELD, State.MISSED})


def _ways(sources: Collection[State], event: Event, *targets: State) -> dict[tuple[State, Event], frozenset[State]]:
    return {(source, event): frozenset(targets) for source in sources}


_WAITING = (State.HELD, State.SCHEDULED, State.RETRYING)
_READY = (State.SCHEDULED, State.RETRYING)

TRANSITIONS: dict[tuple[State, Event], frozenset[State]] = {
    **_ways((State.HELD,), Event.ADMIT, State.SCHEDULED),
    **_ways(_WAITING, Event.HOLD, State.HELD),
    **_ways(_WAITING, Event.CANCEL, State.CANCELLED),
    **_ways(_WAITING, Event.EXPIRE, State.MISSED),
    **_ways(_WAITING, Event.DOUBT, State.UNKNOWN),
    **_ways(_READY, Event.INTEND, State.SENDING),
    **_ways((*_READY, State.SENDING), Event.REFUSE, State.FAILED),
    **_ways((State.SENDING,), Event.SUCCEED, State.SENT),
    **_ways((State.SENDING,), Event.HAND, State.HANDED),
    **_ways((State.SENDING,), Event.FAIL, State.RETRYING),
    **_ways((State.SENDING,), Event.EXHAUST, State.FAILED),
    **_ways((State.SENDING,), Event.RECOVER, State.RETRYING),
    **_ways((State.SENDING,), Event.LOSE, State.UNKNOWN),
    **_ways((State.UNKNOWN,), Event.HEAR, State.SENT, State.HANDED),
    **_ways((State.UNKNOWN,), Event.SETTLE_SENT, State.SENT),
    **_ways((State.UNKNOWN,), Event.SETTLE_NOT_SENT, *_ADMITTED),
    **_ways((State.UNKNOWN,), Event.ABANDON, State.FAILED),
    **_ways((State.HANDED,), Event.CONFIRM, State.SENT),
    **_ways((State.HANDED,), Event.DENY, State.FAILED),
    **_ways((State.FAILED, State.MISSED, State.CANCELLED), Event.REQUEUE, *_ADMITTED),
    **_ways((State.CANCELLED,), Event.RESTORE, *_ADMITTED),
}

EDITABLE = frozenset(_WAITING)
"""States in which the planner may still change a delivery."""

READY = frozenset(_READY)
"""States that go out by themselves when their time comes."""

OPEN = frozenset({*_WAITING, State.SENDING, State.UNKNOWN})
"""States in which the outcome still stands out."""

OUT = frozenset({State.SENT, State.HANDED})
"""States of what has gone out, or is with people who carry it on."""

UNSENT = frozenset({State.FAILED, State.MISSED, State.CANCELLED})
"""States in which nothing went out, nor will by itself."""


def transition(state: State, event: Event, target: State | None = None) -> State:
    """Return the state that ``event`` leads to.

    Where the table allows several, ``target`` says which. Raises `IllegalTransition`
    where the table has no such way; nothing has changed then.
    """
    targets = TRANSITIONS.get((state, event))
    if targets is None:
        raise IllegalTransition(
            _("a delivery that is {state} cannot {event}").format(state=_(state.value), event=_(event.value))
        )
    if target is None and len(targets) == 1:
        return next(iter(targets))
    if target is None or target not in targets:
        wanted = _(target.value) if target else _("nothing")
        raise IllegalTransition(
            _("{event} from {state} cannot lead to {wanted}").format(
                event=_(event.value), state=_(state.value), wanted=wanted
            )
        )
    return target


class Admission(NamedTuple):
    """What the gate says: the state to enter, and the reasons where that is ``HELD``."""

    state: State
    holds: frozenset[Hold]


def admit(holds: Collection[Hold], late: Late, expires_at: datetime, now: datetime) -> Admission:
    """Be the one gate into ``SCHEDULED``: open reasons hold, past the grace is missed or held as late.

    ``expires_at`` is the last moment at which going out still makes sense, in UTC like ``now``.
    A delivery that a person released from ``late`` comes with a new ``expires_at``.
    """
    reasons = frozenset(holds) - {Hold.LATE}
    if now > expires_at:
        if late is not Late.ASK:
            return Admission(State.MISSED, frozenset())
        reasons |= {Hold.LATE}
    return Admission(State.HELD if reasons else State.SCHEDULED, reasons)
