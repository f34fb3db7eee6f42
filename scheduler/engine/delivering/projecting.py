"""Channels whose output is a picture of all that was published: one call for all that is due, and one at the start.

Pictures are drawn one after the other: while one hangs no other is begun, since the older might end last and stand.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Published
from scheduler.engine.delivering.calls import Outcome, Overtime, Raised
from scheduler.engine.delivering.context import CallContext
from scheduler.engine.delivering.payload import unpack
from scheduler.ground.delivery import Key
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.channels.channel import Receipt
    from scheduler.engine.delivering.executor import Claimed, Executor
    from scheduler.ground.model import Target


def send(executor: Executor, claimed: list[Claimed]) -> None:
    """Draw the picture anew with ``claimed`` in it, and record the one outcome for each of them."""
    first = claimed[0]
    draw = partial(_draw, executor, first.prepared.target, claimed, first.context)
    executor.record(claimed, executor.call(claimed, [draw]))


def refresh(executor: Executor) -> None:
    """Draw every target's picture from what stands published, as at the start and after a withdrawal."""
    lane, now = executor.lane, executor.core.clock.now()
    limit = lane.configured.config.time_limit
    for number, target in enumerate(lane.configured.targets):
        context = CallContext(lane.around, Key("", "", lane.name, target.name), 1, target, now, now + limit)
        mark = -1 - number
        lane.hanging.add(mark)
        outcome = executor.caller.run(
            [partial(_draw, executor, target, (), context)], limit.total_seconds(), partial(_ended, executor, mark)
        )[0]
        if isinstance(outcome, Overtime):
            context.give_up()
            why = _("no answer within {limit:g} seconds").format(limit=limit.total_seconds())
        else:
            lane.hanging.discard(mark)
            why = said(outcome.error) if isinstance(outcome, Raised) else ""
        if why:
            lane.around.log.error(_("the picture on %s could not be drawn: %s"), target.name, why)


def _ended(executor: Executor, mark: int, index: int, outcome: Outcome) -> None:
    """Hear that a picture which hung at the start has been drawn after all."""
    executor.lane.hanging.discard(mark)
    executor.core.wake()


def _draw(executor: Executor, target: Target, claimed: Sequence[Claimed], context: CallContext) -> Receipt:
    channel: Any = executor.lane.configured.channel
    receipt: Receipt = channel.project(_published(executor, target, claimed), context)
    return receipt


def _published(executor: Executor, target: Target, claimed: Sequence[Claimed]) -> list[Published]:
    """Return what stands, with ``claimed`` in it, and what was withdrawn: a channel may take away nothing else.

    What is being withdrawn counts as withdrawn from its first intent on, so that no other picture brings it back.
    """
    connection = executor.core.store.read()
    known = [
        Published(each.key, unpack(connection, each.id, str(each.payload)), each.publish_at, withdrawn)
        for withdrawn in (False, True)
        for each in deliveries.published(connection, executor.lane.name, target.name, withdrawn=withdrawn)
    ]
    fresh = [
        Published(each.delivery.key, each.prepared.rendered, each.delivery.publish_at)
        for each in claimed
        if not each.delivery.key.withdraws
    ]
    return sorted([*known, *fresh], key=lambda each: (each.published_at, each.key))
