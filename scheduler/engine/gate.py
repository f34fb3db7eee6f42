"""The gate as the engine uses it: what a post's standing means for one of its deliveries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.engine.core import ENGINE
from scheduler.ground.lifecycle import Admission, Event, Hold, State, admit
from scheduler.ground.text import N_
from scheduler.store import deliveries, messages, posts
from scheduler.store.moves import Move

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Delivery


def reasons(connection: sqlite3.Connection, snapshot: Snapshot, post: str) -> frozenset[Hold]:
    """Return why the deliveries of a post must wait."""
    row = posts.get(connection, post)
    if row is None or not row.present or not snapshot.trustworthy:
        return frozenset({Hold.INVALID})
    return row.holds(approval_required=snapshot.campaign.plan.approval_required)


def readmit(
    connection: sqlite3.Connection,
    snapshot: Snapshot,
    delivery: Delivery,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    forget: frozenset[Hold] = frozenset(),
) -> Admission:
    """Say where a delivery goes that is to be admitted: by the reasons of its post, and its own not forgotten ones."""
    own = delivery.holds - forget - {Hold.APPROVAL, Hold.INVALID, Hold.POST}
    if delivery.key.withdraws:  # it says nothing new: neither its post's file nor an approval matters
        return admit(own, delivery.late, expires_at or delivery.expires_at, now)
    every = reasons(connection, snapshot, delivery.key.post) | own
    if delivery.key.channel not in snapshot.registry.channels:
        every |= {Hold.INVALID}
    return admit(every, delivery.late, expires_at or delivery.expires_at, now)


def readmit_unsent(connection: sqlite3.Connection, snapshot: Snapshot, delivery: Delivery, now: datetime) -> Admission:
    """Say where a delivery goes of which it is found that it has not gone, or that is in the plan again.

    Where its occurrence was withdrawn meanwhile it waits for a person.
    """
    if not delivery.key.withdraws and deliveries.taken_back(connection, delivery.key):
        delivery = replace(delivery, holds=delivery.holds | {Hold.OPERATOR})
    return readmit(connection, snapshot, delivery, now)


def kept_back(connection: sqlite3.Connection, moved: Iterable[Move]) -> list[Move]:
    """Return the moves that keep for a person what is to be tried again, where its occurrence was withdrawn meanwhile.

    A mailing of which the rest is to be stopped goes its own way.
    """
    why = N_("its post was withdrawn meanwhile: a person must say")
    found = []
    for move in moved:
        row = deliveries.get(connection, move.delivery) if move.after is State.RETRYING else None
        if row is None or row.key.withdraws or messages.asked_to_stop(connection, row.id):
            continue
        if deliveries.taken_back(connection, row.key):
            found.append(Move(row.id, row.state, Event.HOLD, State.HELD, ENGINE, why, {Hold.OPERATOR}))
    return found


def still_good(connection: sqlite3.Connection, snapshot: Snapshot, rows: Sequence[Delivery]) -> set[int]:
    """Return which deliveries still stand as picked, and whose posts are there, valid, approved and not held.

    What takes something back depends on no post.
    """
    good = deliveries.unchanged(connection, rows)
    allowed = {post for post in {row.key.post for row in rows} if not reasons(connection, snapshot, post)}
    digests = {post: row.digest for post in allowed if (row := posts.get(connection, post))}
    return {row.id for row in rows if row.id in good and (row.key.withdraws or digests.get(row.key.post) == row.digest)}


def still_approved(connection: sqlite3.Connection, snapshot: Snapshot, row: Delivery) -> bool:
    """Return whether the rest of a bulk delivery that is under way may go on: its post is as it was when it began."""
    post = posts.get(connection, row.key.post)
    return post is not None and post.digest == row.digest and not reasons(connection, snapshot, row.key.post)
