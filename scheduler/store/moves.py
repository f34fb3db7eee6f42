"""The one function that changes a state: the row, guarded by the state it leaves, and its journal line together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.ground.errors import Superseded
from scheduler.ground.lifecycle import Event, Hold, State, transition
from scheduler.ground.text import _
from scheduler.store.times import to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from scheduler.ground.lifecycle import Admission


@dataclass(frozen=True, slots=True)
class Move:
    """One transition of one delivery: what it leaves, by which event, to what, by whom and why.

    ``wake_at`` is when the engine looks at it next (aware UTC); ``raises`` the round; ``intends`` counts an attempt.
    ``due`` are the three times that a person gave a delivery anew: due, publish, expires; the planner leaves them alone.
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
"""What a move may change beside its state; columns that it leaves alone stay out of the statement and of its indexes."""

_JOURNAL = "INSERT INTO event (at, delivery, event, state, actor, reason) VALUES (?, ?, ?, ?, ?, ?)"


def apply(connection: sqlite3.Connection, moves: Sequence[Move], now: datetime) -> None:
    """Apply ``moves`` inside the caller's write transaction, all or none.

    Raises `IllegalTransition` before anything is written, and `Superseded` where a row has left the state that
    the caller saw; the caller's transaction then rolls back.
    """
    at = to_text(now)
    shapes: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for move in moves:
        transition(move.before, move.event, move.after)
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


def spell(holds: Iterable[Hold]) -> str:
    """Return hold reasons as the column keeps them."""
    return " ".join(sorted(hold.value for hold in holds))


def note(connection: sqlite3.Connection, now: datetime, event: str, subject: str, actor: str, reason: str = "") -> None:
    """Write a journal line that belongs to no delivery: an approval, an arming, a pause."""
    connection.execute(
        "INSERT INTO event (at, subject, event, actor, reason) VALUES (?, ?, ?, ?, ?)",
        (to_text(now), subject, event, actor, reason),
    )
