"""Channels whose output is a picture of all that was published: one call for all that is due, and one at the start."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Published
from scheduler.engine.calls import Raised
from scheduler.engine.context import CallContext
from scheduler.engine.payload import unpack
from scheduler.ground.delivery import Key
from scheduler.ground.text import _
from scheduler.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.engine.executor import Claimed, Executor
    from scheduler.ground.model import Target


def send(executor: Executor, claimed: list[Claimed]) -> None:
    """Draw the picture anew with ``claimed`` in it, and record the one outcome for each of them."""
    first = claimed[0]
    published = _published(executor, first.prepared.target, claimed)
    channel: Any = executor.lane.configured.channel
    executor.record(claimed, executor.call(claimed, [partial(channel.project, published, first.context)]))


def refresh(executor: Executor) -> None:
    """Draw every target's picture from what stands published, as at the start and after a withdrawal."""
    lane, now = executor.lane, executor.core.clock.now()
    channel: Any = lane.configured.channel
    limit = lane.configured.config.time_limit
    for target in lane.configured.targets:
        published = _published(executor, target, ())
        key = Key("", "", lane.name, target.name)
        context = CallContext(lane.around, key, 1, target, now, now + limit)
        call = partial(channel.project, published, context)
        outcome = executor.caller.run([call], limit.total_seconds())[0]
        if isinstance(outcome, Raised):
            lane.around.log.error(_("the picture on %s could not be drawn: %s"), target.name, outcome.error)


def _published(executor: Executor, target: Target, claimed: Sequence[Claimed]) -> list[Published]:
    connection = executor.core.store.read()
    standing = [
        Published(each.key, unpack(connection, each.id, str(each.payload)), each.publish_at)
        for each in deliveries.published(connection, executor.lane.name, target.name)
    ]
    fresh = [Published(each.delivery.key, each.prepared.rendered, each.delivery.publish_at) for each in claimed]
    return sorted([*standing, *fresh], key=lambda each: (each.published_at, each.key))
