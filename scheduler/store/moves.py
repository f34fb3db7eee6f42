"""The one function that changes a state: the row, guarded by the state it leaves, and its journal line together."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scheduler.ground.errors import Superseded
from scheduler.ground.lifecycle import EDITABLE, Event, Hold, State, transition
from scheduler.ground.text import _
from scheduler.store import messages
from scheduler.store.states import spell
from scheduler.store.times import to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from scheduler.ground.lifecycle import Admission


@dataclass(frozen=True, slots=True)
class Move:
    """One transition of one delivery: what it leaves, by which event, to what, by whom and why.

    ``wake_at`` is when the engine looks at it next (aware UTC); ``raises`` the round; ``intends`` counts an attempt.
    ``due`` are the three times that a person gave a delivery anew: due, publish, expires; the planner leaves them
    alone.
    """

    delivery: int
    before: State
    event: Event
    after: State
    actor: str
    reason: str = ""
    holds: Collection[Hold] = ()
    wake_at: datetime | None = None
    receipt: Mapping[str, Any] | None = None
    payload: str | None = None
    raises: bool = False
    intends: bool = False
    due: tuple[datetime, datetime, datetime] | None = None


def admitted(
    delivery: int,
    before: State,
    event: Event,
    gate: Admission,
    due_at: datetime,
    actor: str,
    reason: str = "",
    **more: Any,
) -> Move:
    """Return the move that the gate's answer asks for."""
    wake = due_at if gate.state is State.SCHEDULED else None
    return Move(delivery, before, event, gate.state, actor, reason, gate.holds, wake, **more)


_ALWAYS = "state = ?, holds = ?, wake_at = ?, done_at = ?, actor = ?, reason = ?"
_SHAPES = {
    "receipt": "receipt = ?",
    "intends": "payload = ?, attempts = attempts + 1",
    "raises": "round = round + 1, attempts = 0",
    "due": "placed_by = 'person', due_at = ?, publish_at = ?, expires_at = ?",
}
"""What a move may change beside its state; columns that it leaves alone stay out of the statement."""

_JOURNAL = "INSERT INTO event (at, delivery, event, state, actor, reason) VALUES (?, ?, ?, ?, ?, ?)"


def apply(connection: sqlite3.Connection, moves: Sequence[Move], now: datetime) -> None:
    """Apply ``moves`` inside the caller's write transaction, all or none; the messages of bulk deliveries follow.

    Raises `IllegalTransition` before anything is written, and `Superseded` where a row has left the state that
    the caller saw; the caller's transaction then rolls back.
    """
    at = to_text(now)
    shapes: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for move in moves:
        transition(move.before, move.event, move.after)
    moves, lines = _followed(connection, moves, now)
    for move in moves:
        shapes.setdefault(_shape(move), []).append(_row(move, at))
    changed = 0
    for shape, rows in shapes.items():
        sets = ", ".join((_ALWAYS, *(_SHAPES[part] for part in shape)))
        changed += connection.executemany(f"UPDATE delivery SET {sets} WHERE id = ? AND state = ?", rows).rowcount  # noqa: S608
    if changed != len(moves):
        raise Superseded(
            _("{some} of {all} deliveries had changed meanwhile").format(some=len(moves) - changed, all=len(moves))
        )
    connection.executemany(
        _JOURNAL,
        [(at, m.delivery, m.event.value, m.after.value, m.actor, m.reason) for m in moves],
    )
    for move, words in lines:
        note_messages(connection, now, move.delivery, move.actor, words)


_LEAVING = {
    State.CANCELLED: Event.CANCEL,
    State.MISSED: Event.EXPIRE,
    State.FAILED: Event.REFUSE,
    State.UNKNOWN: Event.DOUBT,
}
"""By which event a message that waits leaves with its delivery, by what that comes to."""


def _followed(
    connection: sqlite3.Connection, moves: Sequence[Move], now: datetime
) -> tuple[Sequence[Move], list[tuple[Move, str]]]:
    """Have messages leave, and come back, with their deliveries; return the moves as they stand, and what to note."""
    leaving = [move.delivery for move in moves if _concerns_messages(move)]
    many = messages.among(connection, leaving) if leaving else set()
    if not many:
        return moves, []
    pairs = [
        _follow(connection, move, now) if move.delivery in many and _concerns_messages(move) else (move, "")
        for move in moves
    ]
    return [move for move, _words in pairs], [(move, words) for move, words in pairs if words]


def _concerns_messages(move: Move) -> bool:
    return move.event is Event.RESTORE or (move.after in _LEAVING and move.event is not Event.LOSE)


def _follow(connection: sqlite3.Connection, move: Move, now: datetime) -> tuple[Move, str]:
    """Bring a delivery's waiting messages where it goes; where some are unknown it stays to be settled, unknown too."""
    if move.event is Event.RESTORE:
        reason = connection.execute("SELECT reason FROM delivery WHERE id = ?", (move.delivery,)).fetchone()[0]
        messages.forget_stop(connection, move.delivery)
        number = messages.come_back(connection, move.delivery, reason)
        return move, messages.words({State.SCHEDULED: number})
    number = messages.leave(connection, move.delivery, _LEAVING[move.after], move.after, move.reason)
    words = messages.words({move.after: number})
    unheard = messages.counts(connection, move.delivery).get(State.UNKNOWN, 0)
    if not unheard or move.after is State.UNKNOWN or move.before not in (*EDITABLE, State.SENDING):
        return move, words
    if move.event is Event.CANCEL:
        messages.ask_to_stop(connection, move.delivery, move.actor, move.reason)
    event = Event.LOSE if move.before is State.SENDING else Event.DOUBT
    return replace(move, event=event, after=State.UNKNOWN, holds=(), wake_at=now), words


def _shape(move: Move) -> tuple[str, ...]:
    present = (move.receipt is not None, move.intends, move.raises, move.due is not None)
    return tuple(part for part, there in zip(_SHAPES, present, strict=True) if there)


def _row(move: Move, at: str) -> tuple[Any, ...]:
    more: tuple[Any, ...] = ()
    if move.receipt is not None:
        more = (json.dumps(move.receipt, ensure_ascii=False),)
    if move.intends:
        more = (*more, move.payload)
    if move.due is not None:
        more = (*more, *map(to_text, move.due))
    return (
        move.after.value,
        spell(move.holds) if move.holds else "",
        None if move.wake_at is None else to_text(move.wake_at),
        at if move.after is State.SENT else None,
        move.actor,
        move.reason,
        *more,
        move.delivery,
        move.before.value,
    )


def note_messages(connection: sqlite3.Connection, now: datetime, delivery: int, actor: str, words: str) -> None:
    """Write the journal's one line on what became of messages; each keeps its own state and reason."""
    connection.execute(_JOURNAL, (to_text(now), delivery, "messages", "", actor, words))


def note(connection: sqlite3.Connection, now: datetime, event: str, subject: str, actor: str, reason: str = "") -> None:
    """Write a journal line that belongs to no delivery: an approval, an arming, a pause."""
    connection.execute(
        "INSERT INTO event (at, subject, event, actor, reason) VALUES (?, ?, ?, ?, ?)",
        (to_text(now), subject, event, actor, reason),
    )
