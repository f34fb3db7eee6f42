"""What the files ask for: the deliveries of a post, whether the store has them or not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from scheduler.ground.delivery import Key
from scheduler.plan.calendar import Pin, due, occurrences, pin_of
from scheduler.plan.matching import targets_for, variant_for, variant_name
from scheduler.store.deliveries import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.model import Post
    from scheduler.store.posts import PostRow

MOST = 20_000
"""Deliveries that one post may have within the horizon; one that asks for more is held, and `loa check` says so."""


def wanted(snapshot: Snapshot, post: Post, until: datetime, pin: Pin | None = None) -> Iterator[Wanted]:
    """Yield every delivery that the files ask for of one post, up to ``until`` (aware)."""
    plan, registry = snapshot.campaign.plan, snapshot.registry
    targets = [
        (target, registry.channels[target.channel], variant_name(variant_for(post, plan, target)))
        for target in targets_for(post, plan, registry.targets())
    ]
    for occurrence in occurrences(post, snapshot.campaign.events, snapshot.config.zone, until, pin):
        for target, configured, variant in targets:
            grace = configured.grace if post.grace is None else post.grace
            when = due(occurrence, configured.lead, post.late or configured.late, grace)
            key = Key(post.id, occurrence.recurrence, target.channel, target.name)
            yield Wanted(
                key,
                when.due_at,
                when.publish_at,
                when.expires_at,
                when.late,
                post.title,
                snapshot.digests[post.id],
                variant,
            )


def pinned(snapshot: Snapshot, post: Post, row: PostRow | None) -> Pin | None:
    """Return the name that a day of the post keeps for ever, given what the store knows of it.

    Raises `ValueError` where the post's placement says nothing that can be used.
    """
    known = None
    if row is not None and row.pin_recurrence is not None and row.pin_day is not None:
        known = Pin(row.pin_recurrence, date.fromisoformat(row.pin_day))
    return pin_of(post, snapshot.campaign.events, snapshot.config.zone, known)
