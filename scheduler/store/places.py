"""How the deliveries of each post stand at each place, which is a target of a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scheduler.ground.lifecycle import OUT, State
from scheduler.store import finding
from scheduler.store.states import IS_UNSENT, among

if TYPE_CHECKING:
    import sqlite3


class Place(NamedTuple):
    """A post at a target."""

    post: str
    channel: str
    target: str


def counts(connection: sqlite3.Connection) -> dict[Place, dict[State, int]]:
    """Return how many publications of each post at each target are in each state; what was withdrawn is cancelled."""
    rows = connection.execute(
        f"SELECT post, channel, target, state, count(*) FROM delivery INDEXED BY {finding.INDEX}"  # noqa: S608
        " WHERE action = 'publish' GROUP BY post, channel, target, state"
    )
    found: dict[Place, dict[State, int]] = {}
    for post, channel, target, state, number in rows:
        found.setdefault(Place(post, channel, target), {})[State(state)] = number
    for place, state, number in _withdrawn(connection):
        counted = found[place]
        counted[state] -= number
        if not counted[state]:
            del counted[state]
        counted[State.CANCELLED] = counted.get(State.CANCELLED, 0) + number
    return found


def _withdrawn(connection: sqlite3.Connection) -> list[tuple[Place, State, int]]:
    """Return how many publications in each state are withdrawn, or are to be."""
    rows = connection.execute(
        f"SELECT d.post, d.channel, d.target, d.state, count(*) FROM delivery w INDEXED BY {finding.INDEX}"  # noqa: S608
        " JOIN delivery d ON d.post = w.post AND d.recurrence = w.recurrence AND d.channel = w.channel"
        " AND d.target = w.target AND d.action = 'publish'"
        f" WHERE w.action = 'withdraw' AND w.state NOT {IS_UNSENT} AND d.state {among(OUT)}"
        " GROUP BY d.post, d.channel, d.target, d.state"
    )
    return [(Place(post, channel, target), State(state), number) for post, channel, target, state, number in rows]
