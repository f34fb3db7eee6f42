"""How the deliveries of each post stand at each place, which is a target of a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scheduler.ground.lifecycle import State
from scheduler.store import finding

if TYPE_CHECKING:
    import sqlite3


class Place(NamedTuple):
    """A post at a target."""

    post: str
    channel: str
    target: str


def counts(connection: sqlite3.Connection) -> dict[Place, dict[State, int]]:
    """Return how many publications of each post at each target are in each state."""
    rows = connection.execute(
        f"SELECT post, channel, target, state, count(*) FROM delivery INDEXED BY {finding.INDEX}"  # noqa: S608
        " WHERE action = 'publish' GROUP BY post, channel, target, state"
    )
    found: dict[Place, dict[State, int]] = {}
    for post, channel, target, state, number in rows:
        found.setdefault(Place(post, channel, target), {})[State(state)] = number
    return found
