"""Which deliveries go by an idempotent route, asked of their channels before anything is written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scheduler.engine.delivering import withdrawing
from scheduler.engine.delivering.calls import Caller
from scheduler.engine.delivering.prepare import PATIENCE, render

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scheduler.channels.registry import Configured
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Key


def idempotent(snapshot: Snapshot, asked: Iterable[tuple[Key, datetime]]) -> set[Key]:
    """Return which of ``asked``, keys with their publish times (aware), go by an idempotent route.

    Plugin code runs here, in a thread of its own and with the channel's time limit: never call this inside a write
    transaction. What cannot be told is not among them; a channel that hangs once is not asked again.
    """
    by_channel: dict[str, list[tuple[Key, datetime]]] = {}
    for key, publish_at in asked:
        by_channel.setdefault(key.channel, []).append((key, publish_at))
    found: set[Key] = set()
    for name, group in by_channel.items():
        configured = snapshot.registry.channels.get(name)
        if configured is not None:
            found |= _of_channel(snapshot, configured, group)
    return found


def _of_channel(snapshot: Snapshot, configured: Configured, group: list[tuple[Key, datetime]]) -> set[Key]:
    caller = Caller(f"loa-route-{configured.name}")
    limit = min(configured.config.time_limit.total_seconds(), PATIENCE)
    answers = caller.run([partial(_ask, snapshot, configured, *each) for each in group], limit)
    caller.close()
    return {key for (key, _at), answer in zip(group, answers, strict=True) if answer is True}


def _ask(snapshot: Snapshot, configured: Configured, key: Key, publish_at: datetime) -> bool:
    if key.withdraws:
        return withdrawing.idempotent(configured)
    rendered, _problems = render(snapshot, configured, key, publish_at)
    return bool(configured.channel.idempotent(rendered, snapshot.context(configured.name)))
