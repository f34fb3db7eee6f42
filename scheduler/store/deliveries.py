"""Deliveries: planning them, picking what is due, and finding them for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.ground.delivery import Delivery, Key
from scheduler.ground.lifecycle import Hold, Late, State
from scheduler.store import finding
from scheduler.store.states import EDITABLE_OR_CANCELLED, IS_EDITABLE, IS_READY, IS_UNSENT, spell
from scheduler.store.times import from_text, maybe, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any


COMING = frozenset({State.HELD, State.SCHEDULED, State.SENDING, State.RETRYING})
"""The states of what has yet to go out."""

GONE = frozenset({State.SENT, State.HANDED})

COLUMNS = (
    "id, post, recurrence, channel, target, action, state, holds, round, due_at, publish_at, expires_at, late, "
    "title, digest, variant, payload, attempts, wake_at, done_at, reason, actor, receipt"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A delivery as the plan wants it, with what the gate says of it. Times are aware, in UTC."""

    key: Key
    due_at: datetime
    publish_at: datetime
    expires_at: datetime
    late: Late
    title: str
    digest: str
    variant: str


@dataclass(frozen=True, slots=True)
class Query:
    """What to list. Empty collections and ``None`` mean any; times bound ``due_at`` (from included, to excluded).

    ``text`` is looked for in title, post and target, whatever its case; without accents it also finds what has them.
    ``ids`` are numbers; ``None`` means any. ``sort`` is one of `scheduler.store.finding.SORTS`, and ``newest_first``
    turns it round.
    """

    states: Collection[State] = ()
    channels: Collection[str] = ()
    posts: Collection[str] = ()
    start: datetime | None = None
    end: datetime | None = None
    text: str = ""
    limit: int = -1
    offset: int = 0
    newest_first: bool = False
    targets: Collection[str] = ()
    actions: Collection[str] = ()
    ids: Collection[int] | None = None
    sort: str = "due"


@dataclass(frozen=True, slots=True)
class Standing:
    """A post's deliveries: how many are in each state, when the next one that waits and the last that went are due."""

    counts: Mapping[State, int]
    next_at: datetime | None = None
    gone_at: datetime | None = None


def read_row(row: Sequence[Any]) -> Delivery:
    """Return the value of a row selected with `COLUMNS`."""
    return Delivery(
        id=row[0],
        key=Key(row[1], row[2], row[3], row[4], row[5]),
        state=State(row[6]),
        holds=frozenset(map(Hold, row[7].split())),
        round=row[8],
        due_at=from_text(row[9]),
        publish_at=from_text(row[10]),
        expires_at=from_text(row[11]),
        late=Late(row[12]),
        title=row[13],
        digest=row[14],
        variant=row[15],
        payload=row[16],
        attempts=row[17],
        next_at=maybe(row[18]),
        done_at=maybe(row[19]),
        reason=row[20],
        actor=row[21],
        receipt=None if row[22] is None else json.loads(row[22]),
    )


def insert(
    connection: sqlite3.Connection,
    wanted: Wanted,
    state: State,
    holds: Iterable[Hold],
    actor: str,
    reason: str,
    now: datetime,
) -> int:
    """Write a new delivery in the state that the gate gave it, with its first journal line."""
    values = (*wanted.key, state.value, spell(holds), *_times(wanted), wanted.late.value, _wake(wanted, state))
    cursor = connection.execute(
        "INSERT INTO delivery (post, recurrence, channel, target, action, state, holds, due_at, publish_at, expires_at,"
        " late, wake_at, title, digest, variant, actor, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, wanted.title, wanted.digest, wanted.variant, actor, reason),
    )
    identity = int(cursor.lastrowid or 0)
    connection.execute(
        "INSERT INTO event (at, delivery, event, state, actor, reason) VALUES (?, ?, 'plan', ?, ?, ?)",
        (to_text(now), identity, state.value, actor, reason),
    )
    return identity


def revise_plan(connection: sqlite3.Connection, identity: int, wanted: Wanted) -> None:
    """Bring a delivery that has no outcome up to what the plan wants now; its state stays.

    Times that a person gave it stay, and so does its payload while the content is the same. What waits to be
    tried again does not go before its new due time; what only a former due time kept waiting follows the new one.
    """
    connection.execute(
        "UPDATE delivery SET late = ?, title = ?, variant = ?,"  # noqa: S608
        " payload = CASE digest WHEN ? THEN payload END, digest = ?"
        f" WHERE id = ? AND state {EDITABLE_OR_CANCELLED}",
        (wanted.late.value, wanted.title, wanted.variant, wanted.digest, wanted.digest, identity),
    )
    connection.execute(
        "UPDATE delivery SET due_at = ?, publish_at = ?, expires_at = ?,"  # noqa: S608
        " wake_at = CASE WHEN state = 'scheduled' OR state = 'retrying' AND wake_at = due_at THEN ?"
        " WHEN state = 'retrying' THEN max(wake_at, ?) ELSE wake_at END"
        f" WHERE id = ? AND placed_by = 'plan' AND state {EDITABLE_OR_CANCELLED}",
        (*_times(wanted), to_text(wanted.due_at), to_text(wanted.due_at), identity),
    )


def _times(wanted: Wanted) -> tuple[str, str, str]:
    return to_text(wanted.due_at), to_text(wanted.publish_at), to_text(wanted.expires_at)


def _wake(wanted: Wanted, state: State) -> str | None:
    return to_text(wanted.due_at) if state is State.SCHEDULED else None


def due(
    connection: sqlite3.Connection, channel: str, now: datetime, limit: int, skip: Collection[int] = ()
) -> list[Delivery]:
    """Return what the engine must look at now in one channel, earliest first: due, to retry, or to look up."""
    marks = f"AND id NOT IN ({_marks(skip)})" if skip else ""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM delivery WHERE channel = ? AND wake_at <= ? {marks} ORDER BY wake_at, id LIMIT ?",  # noqa: S608
        (channel, to_text(now), *skip, limit),
    )
    return [read_row(row) for row in rows]


def next_wake(connection: sqlite3.Connection, channel: str, skip: Collection[int] = ()) -> datetime | None:
    """Return when the channel has something to look at next, or ``None``."""
    marks = f"AND id NOT IN ({_marks(skip)})" if skip else ""
    row = connection.execute(
        f"SELECT wake_at FROM delivery WHERE channel = ? AND wake_at IS NOT NULL {marks} ORDER BY wake_at LIMIT 1",  # noqa: S608
        (channel, *skip),
    ).fetchone()
    return None if row is None else from_text(row[0])


def get(connection: sqlite3.Connection, identity: int) -> Delivery | None:
    """Return one delivery by its number."""
    row = connection.execute(f"SELECT {COLUMNS} FROM delivery WHERE id = ?", (identity,)).fetchone()  # noqa: S608
    return None if row is None else read_row(row)


def by_key(connection: sqlite3.Connection, key: Key) -> Delivery | None:
    """Return one delivery by its key."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM delivery"  # noqa: S608
        " WHERE post = ? AND recurrence = ? AND channel = ? AND target = ? AND action = ?",
        key,
    ).fetchone()
    return None if row is None else read_row(row)


def taken_back(connection: sqlite3.Connection, key: Key) -> bool:
    """Return whether something of the same occurrence has been withdrawn, or is to be."""
    row = connection.execute(
        "SELECT 1 FROM delivery WHERE post = ? AND recurrence = ? AND action = 'withdraw'"  # noqa: S608
        f" AND state NOT {IS_UNSENT} LIMIT 1",
        (key.post, key.recurrence),
    ).fetchone()
    return row is not None


def of_post(connection: sqlite3.Connection, post: str, recurrence: str | None = None) -> dict[Key, Delivery]:
    """Return every delivery of a post, or of one occurrence of it, by key."""
    only, values = ("", (post,)) if recurrence is None else (" AND recurrence = ?", (post, recurrence))
    rows = connection.execute(f"SELECT {COLUMNS} FROM delivery WHERE post = ?{only}", values)  # noqa: S608
    return {delivery.key: delivery for delivery in map(read_row, rows)}


def recurrences(connection: sqlite3.Connection, post: str) -> set[str]:
    """Return the recurrence ids of all deliveries of a post."""
    return {name for (name,) in connection.execute("SELECT DISTINCT recurrence FROM delivery WHERE post = ?", (post,))}


def find(connection: sqlite3.Connection, query: Query) -> Iterator[Delivery]:
    """Stream what ``query`` asks for, in its order."""
    chosen, values = _chosen(connection, query)
    sql = f"SELECT {COLUMNS} FROM delivery WHERE id IN ({chosen}) ORDER BY {finding.order(query)}"  # noqa: S608
    for row in connection.execute(sql, values):
        yield read_row(row)


def numbers(connection: sqlite3.Connection, query: Query) -> list[int]:
    """Return the numbers of what ``query`` asks for, in its order."""
    chosen, values = _chosen(connection, query)
    return [identity for (identity,) in connection.execute(chosen, values)]


def _chosen(connection: sqlite3.Connection, query: Query) -> tuple[str, list[Any]]:
    table, where, values = finding.table(connection, query)
    sql = f"SELECT id FROM {table} WHERE {where}"  # noqa: S608
    return f"{sql} ORDER BY {finding.order(query)} LIMIT ? OFFSET ?", [*values, query.limit, query.offset]


def count(connection: sqlite3.Connection, query: Query) -> int:
    """Return how many deliveries ``query`` finds; its limit and offset do not count."""
    _table, where, values = finding.table(connection, query)
    return int(connection.execute(f"SELECT count(*) FROM delivery WHERE {where}", values).fetchone()[0])  # noqa: S608


def states(connection: sqlite3.Connection) -> dict[tuple[str, State], int]:
    """Return how many deliveries each channel has in each state."""
    rows = connection.execute("SELECT channel, state, count(*) FROM delivery GROUP BY channel, state")
    return {(channel, State(state)): number for channel, state, number in rows}


def due_by_state(connection: sqlite3.Connection, start: datetime, end: datetime) -> dict[State, int]:
    """Return how many deliveries in each state are due from ``start`` (included) to ``end`` (excluded)."""
    rows = connection.execute(
        f"SELECT state, count(*) FROM delivery INDEXED BY {finding.INDEX}"  # noqa: S608
        " WHERE due_at >= ? AND due_at < ? GROUP BY state",
        (to_text(start), to_text(end)),
    )
    return {State(state): number for state, number in rows}


def tally(connection: sqlite3.Connection, identities: Iterable[int]) -> dict[tuple[str, State, frozenset[Hold]], int]:
    """Return how many of some deliveries stand alike: on the same channel, in the same state, held for the same."""
    rows = connection.execute(
        "SELECT channel, state, holds, count(*) FROM delivery WHERE id IN (SELECT value FROM json_each(?))"
        " GROUP BY channel, state, holds",
        (json.dumps(list(identities)),),
    )
    return {(channel, State(state), frozenset(map(Hold, holds.split()))): n for channel, state, holds, n in rows}


def standing(connection: sqlite3.Connection, post: str | None = None) -> dict[str, Standing]:
    """Return how what each post publishes stands, or one post; posts without any deliveries are not in it."""
    only, values = ("", ()) if post is None else ("AND post = ?", (post,))
    rows = connection.execute(
        "SELECT post, state, count(*), min(due_at), max(due_at) FROM delivery"  # noqa: S608
        f" WHERE action <> 'withdraw' {only} GROUP BY post, state",
        values,
    )
    found: dict[str, Standing] = {}
    for name, value, number, first, last in rows:
        state, before = State(value), found.get(name, Standing({}))
        waits = from_text(first) if state in (State.SCHEDULED, State.HELD) else None
        soonest = min((each for each in (before.next_at, waits) if each is not None), default=None)
        went = from_text(last) if state in GONE else None
        latest = max((each for each in (before.gone_at, went) if each is not None), default=None)
        found[name] = Standing({**before.counts, state: number}, soonest, latest)
    return found


def over(connection: sqlite3.Connection, names: Iterable[str]) -> set[str]:
    """Return which of some posts have gone out and have nothing still to come."""
    rows = connection.execute(
        "SELECT post FROM delivery WHERE action <> 'withdraw' AND post IN (SELECT value FROM json_each(?))"  # noqa: S608
        f" GROUP BY post HAVING sum(state IN ({_marks(GONE)})) > 0 AND sum(state IN ({_marks(COMING)})) = 0",
        (json.dumps(list(names)), *GONE, *COMING),
    )
    return {name for (name,) in rows}


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))


def out_of_step(
    connection: sqlite3.Connection, *, approval_required: bool, channels: Collection[str] | None = None
) -> set[str]:
    """Return the posts that have a delivery which came back to waiting and is not as its post stands by now.

    Such a delivery was with a channel, or over, when its post was edited, held, revoked or removed, or when its channel
    went: those of ``channels`` work, ``None`` means all.
    """
    gone = "0" if channels is None else f"d.channel NOT IN ({_marks(channels)})"
    rows = connection.execute(
        "SELECT DISTINCT d.post FROM delivery d JOIN post p ON p.id = d.post"  # noqa: S608
        f" WHERE d.action <> 'withdraw' AND (d.state {IS_EDITABLE} AND p.present AND p.valid AND d.digest <> p.digest"
        f" OR d.state {IS_READY} AND (NOT p.present OR NOT p.valid OR p.held_by IS NOT NULL"
        f" OR (? AND p.approved_by IS NULL) OR {gone}))",
        (approval_required, *(channels or ())),
    )
    return {post for (post,) in rows}


def expired_holds(connection: sqlite3.Connection, now: datetime) -> list[Delivery]:
    """Return what is held past its expiry for other reasons than being late, and was not to be asked about."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM delivery WHERE state = 'held' AND expires_at < ? AND instr(holds, 'late') = 0",  # noqa: S608
        (to_text(now),),
    )
    return [read_row(row) for row in rows]


def receipt_taken(connection: sqlite3.Connection, channel: str, receipt: str, other_than: int) -> bool:
    """Return whether another delivery of the channel holds that receipt."""
    row = connection.execute(
        "SELECT 1 FROM delivery"
        " WHERE channel = ? AND receipt IS NOT NULL AND json_extract(receipt, '$.id') = ? AND id <> ?",
        (channel, receipt, other_than),
    ).fetchone()
    return row is not None


def unchanged(connection: sqlite3.Connection, seen: Collection[Delivery]) -> set[int]:
    """Return which of ``seen`` still stand as they were read: same state, round, content and due time."""
    rows = connection.execute(
        f"SELECT id, state, round, digest, due_at FROM delivery WHERE id IN ({_marks(seen)})",  # noqa: S608
        [delivery.id for delivery in seen],
    )
    now = {row[0]: row[1:] for row in rows}
    return {d.id for d in seen if now.get(d.id) == (d.state.value, d.round, d.digest, to_text(d.due_at))}


def published(connection: sqlite3.Connection, channel: str, target: str, *, withdrawn: bool = False) -> list[Delivery]:
    """Return what stands published on one target, oldest first; with ``withdrawn``, what stood there and was.

    A withdrawal counts from its first intent on, whatever holds it since, and no more once it has failed or was
    called off.
    """
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM delivery d WHERE channel = ? AND target = ? AND state = 'sent' AND action = 'publish'"  # noqa: S608
        " AND payload IS NOT NULL AND EXISTS (SELECT 1 FROM delivery w"
        " WHERE w.post = d.post AND w.recurrence = d.recurrence"
        " AND w.channel = d.channel AND w.target = d.target AND w.action = 'withdraw'"
        " AND (w.state IN ('sending', 'retrying', 'unknown', 'handed', 'sent')"
        " OR (w.attempts > 0 AND w.state IN ('held', 'scheduled')))) = ?"
        " ORDER BY publish_at, id",
        (channel, target, withdrawn),
    )
    return [read_row(row) for row in rows]


def unsettled_until(connection: sqlite3.Connection, end: datetime) -> list[Delivery]:
    """Return what had not gone out and was due up to ``end``, included."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM delivery"  # noqa: S608
        f" WHERE state {IS_EDITABLE} AND due_at <= ?",
        (to_text(end),),
    )
    return [read_row(row) for row in rows]


def look_again(connection: sqlite3.Connection, identity: int, at: datetime | None) -> None:
    """Set when an unknown outcome is looked up next; ``None`` leaves it to a person."""
    wake = None if at is None else to_text(at)
    connection.execute("UPDATE delivery SET wake_at = ? WHERE id = ? AND state = 'unknown'", (wake, identity))


def bring_back(connection: sqlite3.Connection, channel: str, now: datetime, furthest: datetime) -> None:
    """Wake now what one channel is to try or ask again later than ``furthest``: that was set by a clock gone wrong.

    What waits for its own due time is left alone.
    """
    open_states = "state IN ('retrying', 'unknown') AND wake_at > ?"
    whose = f"channel = ? AND {open_states} AND wake_at > due_at"
    values = (to_text(now), to_text(furthest))
    connection.execute(
        f"UPDATE message SET wake_at = ? WHERE {open_states} AND delivery IN (SELECT id FROM delivery WHERE {whose})",  # noqa: S608
        (*values, channel, to_text(furthest)),
    )
    connection.execute(f"UPDATE delivery SET wake_at = ? WHERE {whose}", (to_text(now), channel, to_text(furthest)))  # noqa: S608
