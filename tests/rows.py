"""Deliveries in any state, put into a real database the way in which the engine puts them there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.ground.delivery import Delivery, Key
from scheduler.ground.lifecycle import Event, Hold, Late, State
from scheduler.store import attempts, deliveries, moves, settings
from scheduler.store.attempts import Intent, Payload
from scheduler.store.deliveries import Wanted
from scheduler.store.moves import Move
from tests.campaign import NOON

if TYPE_CHECKING:
    import sqlite3

    from scheduler.store.store import Store

PAYLOAD = Payload("p" * 64, '{"body":{},"text":"Xin chào."}')
RECEIPT = {"id": "outside-1"}

# How each state is reached from the state that a delivery is planned in.
PATHS: dict[State, tuple[Event, ...]] = {
    State.HELD: (Event.HOLD,),
    State.SCHEDULED: (),
    State.SENDING: (Event.INTEND,),
    State.RETRYING: (Event.INTEND, Event.FAIL),
    State.UNKNOWN: (Event.INTEND, Event.LOSE),
    State.HANDED: (Event.INTEND, Event.HAND),
    State.SENT: (Event.INTEND, Event.SUCCEED),
    State.FAILED: (Event.INTEND, Event.REFUSE),
    State.MISSED: (Event.EXPIRE,),
    State.CANCELLED: (Event.CANCEL,),
}
AFTER = {
    Event.HOLD: State.HELD, Event.INTEND: State.SENDING, Event.FAIL: State.RETRYING, Event.LOSE: State.UNKNOWN,
    Event.HAND: State.HANDED, Event.SUCCEED: State.SENT, Event.REFUSE: State.FAILED, Event.EXPIRE: State.MISSED,
    Event.CANCEL: State.CANCELLED,
}  # fmt: skip


def wanted(number: int = 1, *, channel: str = "kenh", due: timedelta = timedelta()) -> Wanted:
    """Return a delivery as a plan would want it."""
    key = Key(f"tin-{number}", "20210503", channel, "noi")
    at = NOON + due
    return Wanted(key, at, at, at + timedelta(hours=2), Late.SEND, f"Bài {number}", "sha256:a", "")


def put(
    store: Store, state: State, number: int = 1, *, channel: str = "kenh", due: timedelta = timedelta()
) -> Delivery:
    """Return a new delivery that has come to ``state`` by legal moves."""
    with store.write() as connection:
        want = wanted(number, channel=channel, due=due)
        identity = deliveries.insert(connection, want, State.SCHEDULED, (), "planner", "", NOON)
        for event in PATHS[state]:
            step(connection, identity, event)
        found = deliveries.get(connection, identity)
    assert found is not None
    assert found.state is state
    return found


def step(connection: sqlite3.Connection, identity: int, event: Event) -> None:
    """Move a delivery on, as the engine would."""
    row = deliveries.get(connection, identity)
    assert row is not None
    if event is Event.INTEND:
        epoch = connection.execute("SELECT max(id) FROM epoch").fetchone()[0] or settings.new_epoch(connection, NOON)
        attempts.begin(connection, [Intent(identity, row.round, PAYLOAD, False, False)], epoch, NOON)
    elif row.state is State.SENDING:
        number = attempts.of_delivery(connection, identity)[-1].id
        attempts.end(connection, [(number, event.value, "")], NOON)
    moves.apply(connection, [move(row, event, AFTER[event])], NOON)


def move(row: Delivery, event: Event, after: State) -> Move:
    """Return a move that has all that its target state asks for."""
    return Move(
        row.id,
        row.state,
        event,
        after,
        "thu",
        "vì thử",
        holds=[Hold.OPERATOR] if after is State.HELD else (),
        wake_at=NOON if after in (State.SCHEDULED, State.RETRYING) else None,
        receipt=RECEIPT if after in (State.SENT, State.HANDED) else None,
        payload=PAYLOAD.digest if after is State.SENDING else None,
        raises=event is Event.REQUEUE,
        intends=event is Event.INTEND,
    )
