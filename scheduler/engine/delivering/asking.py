"""Asking a channel whether a call took effect whose outcome nobody heard."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Absent, Call, Receipt
from scheduler.engine.delivering.calls import Raised
from scheduler.engine.delivering.context import CallContext
from scheduler.engine.delivering.payload import unpack
from scheduler.ground.errors import NotFound
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.store import deliveries, messages

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from scheduler.engine.delivering.executor import Executor
    from scheduler.ground.delivery import Attempt, Delivery
    from scheduler.store.messages import MessageRow

log = logging.getLogger("loa.engine")


def ask(executor: Executor, row: Delivery, attempt: Attempt, message: Any) -> Receipt | Absent | None:
    """Call the channel's look-up; ``None`` means that nobody can tell yet."""
    core, configured = executor.core, executor.lane.configured
    channel: Any = configured.channel
    now = core.clock.now()
    rendered = unpack(core.store.read(), row.id, attempt.payload)
    call = Call(row.key, attempt.round, rendered, attempt.started_at, attempt.checkpoint, message)
    limit = configured.config.time_limit
    try:
        target = core.snapshot.target(row.key)
    except NotFound:
        return None
    context = CallContext(executor.lane.around, row.key, row.round, target, row.publish_at, now + limit, row.id)
    answer = executor.caller.run([partial(channel.look_up, call, context)], limit.total_seconds())[0]
    if isinstance(answer, Receipt):
        return None if taken(core.store.read(), row, answer.id) else answer
    if isinstance(answer, Absent) and now - last_moment(attempt) >= channel.settle_after:
        return answer
    if isinstance(answer, Raised):
        log.warning(
            _("plugin %s: look_up of %s: %s"), configured.plugin, row.key, core.redactor.text(said(answer.error))
        )
    return None


def taken(connection: sqlite3.Connection, row: Delivery, receipt: str, message: MessageRow | None = None) -> bool:
    """Return whether another delivery, or another message to the same address, already holds that receipt.

    Two look-ups may find the same thing at once, so this is asked again in the transaction that writes what was found.
    """
    if not receipt or row.key.withdraws:  # what is taken back keeps its id
        return False
    if message is not None and messages.receipt_taken(
        connection, row.key.channel, message.address, receipt, message.id
    ):
        return True
    return deliveries.receipt_taken(connection, row.key.channel, receipt, row.id)


def last_moment(attempt: Attempt) -> datetime:
    """Return until when the call may have been under way: what it did then may take a while to show outside."""
    return attempt.ended_at or attempt.started_at
