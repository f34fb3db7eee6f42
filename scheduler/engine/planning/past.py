"""What arming makes of the past: missed, or unknown where a database that was put back cannot say."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scheduler.engine.planning import routes
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import N_
from scheduler.store import attempts, deliveries, messages
from scheduler.store.messages import MessageMove
from scheduler.store.moves import Move

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Set
    from datetime import datetime

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Key

_DOUBT = N_("it may have gone out since this database was saved")


def sure(connection: sqlite3.Connection, snapshot: Snapshot, now: datetime) -> set[Key]:
    """Return what was due by ``now`` on an idempotent route. Plugin code runs here: before the write transaction."""
    rows = deliveries.unsettled_until(connection, now)
    return routes.idempotent(snapshot, [(row.key, row.publish_at) for row in rows])


def past(
    connection: sqlite3.Connection, now: datetime, actor: str, *, put_back: bool, idempotent: Set[Key] = frozenset()
) -> list[Move]:
    """Return what becomes of all that was due by ``now``.

    Where the database was ``put_back``, whatever waited or was being called when it was saved may have gone out since:
    only a person can say, except of what is ``idempotent``. The messages of such a delivery are put in doubt here.
    """
    found = []
    for row in deliveries.unsettled_until(connection, now):
        if put_back and row.key not in idempotent:
            _doubt_messages(connection, row.id)
            found.append(Move(row.id, row.state, Event.DOUBT, State.UNKNOWN, actor, _DOUBT))
        else:
            found.append(
                Move(row.id, row.state, Event.EXPIRE, State.MISSED, actor, N_("due before the folder was armed"))
            )
    return found + (_called(connection, now, actor) if put_back else [])


def _called(connection: sqlite3.Connection, now: datetime, actor: str) -> list[Move]:
    """Put calls that were under way in doubt, even those before their point of no return: they have passed it since."""
    found = []
    for orphan in attempts.orphans(connection, sys.maxsize):
        if not orphan.idempotent:
            _doubt_messages(connection, orphan.delivery)
            attempts.end(connection, [(orphan.attempt, Event.LOSE.value, _DOUBT)], now)
            found.append(Move(orphan.delivery, State.SENDING, Event.LOSE, State.UNKNOWN, actor, _DOUBT))
    return found


def _doubt_messages(connection: sqlite3.Connection, delivery: int) -> None:
    waiting = messages.in_state(connection, delivery, State.SCHEDULED, State.RETRYING)
    called = messages.in_state(connection, delivery, State.SENDING)
    messages.apply(
        connection,
        [MessageMove(each.id, each.state, Event.DOUBT, State.UNKNOWN, _DOUBT) for each in waiting]
        + [MessageMove(each.id, each.state, Event.LOSE, State.UNKNOWN, _DOUBT) for each in called],
    )
