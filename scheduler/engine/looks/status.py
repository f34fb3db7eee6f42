"""How the folder and its channels stand: what every screen says above, and Today below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduler.engine.lock import running
from scheduler.engine.looks.post_views import unapproved
from scheduler.store import deliveries, health, settings
from scheduler.store.health import worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from scheduler.channels.channel import Kind
    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.lifecycle import State
    from scheduler.ground.model import Health, Target
    from scheduler.plan.config_values import Rate
    from scheduler.store.health import Probed
    from scheduler.store.settings import EngineRow


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel's health, its switch, and its deliveries by state.

    ``used`` is how many calls of its ``rate`` have begun within the rate's stretch of time; 0 where it has none.
    ``tests`` is whether it can send a test, and ``test_to`` what a person names for that, "" for nothing. Ahead of the
    plugins its ``kind`` is not known, nor anything else that its plugin says.
    """

    name: str
    title: str
    counts: Mapping[State, int]
    next_at: datetime | None
    paused_by: str | None = None
    paused_at: datetime | None = None
    pause_reason: str | None = None
    failures: int = 0
    open_until: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    last_success_at: datetime | None = None
    probed: tuple[Probed, ...] = ()
    rate: Rate | None = None
    kind: Kind | None = None
    plugin: str = ""
    targets: tuple[Target, ...] = ()
    used: int = 0
    tests: bool = False
    test_to: str = ""

    @property
    def health(self) -> Health | None:
        """What it last said of itself, the worst of its targets; ``None`` where it was never asked."""
        return worst(self.probed).health if self.probed else None

    @property
    def health_at(self) -> datetime | None:
        """When it said so (aware, in UTC)."""
        return worst(self.probed).at if self.probed else None


@dataclass(frozen=True, slots=True)
class Status:
    """The folder as a whole. ``unarmed_because`` and ``clock_trouble`` are "" where all is well.

    ``unapproved`` is how many posts wait for a yes, without those that were sent back.
    """

    armed_at: datetime | None
    unarmed_because: str
    stopped_by: str | None
    stopped_at: datetime | None
    stop_reason: str
    engine: EngineRow | None
    running: bool
    clock_trouble: str
    counts: Mapping[State, int]
    next_at: datetime | None
    unapproved: int


def channels(core: Core) -> list[ChannelStatus]:
    """Return every channel that works here; ahead of the plugins, every one that is switched on."""
    connection, snapshot = core.store.read(), core.snapshot
    rows, counts = settings.channels(connection), deliveries.states(connection)
    answers = health.every(connection)
    found = []
    for name in _names(snapshot):
        row = rows.get(name, settings.ChannelRow(name))
        answered = answers.get(name, {})
        here = ChannelStatus(
            name=name,
            title=name,
            counts={state: number for (channel, state), number in counts.items() if channel == name},
            next_at=deliveries.next_wake(connection, name),
            paused_by=row.paused_by,
            paused_at=row.paused_at,
            pause_reason=row.pause_reason,
            failures=row.failures,
            open_until=row.open_until,
            last_error=row.last_error,
            last_error_at=row.last_error_at,
            last_success_at=row.last_success_at,
            probed=tuple(
                answered[each.name] for each in snapshot.config.channels[name].targets if each.name in answered
            ),
            rate=snapshot.config.channels[name].rate,
        )
        configured = snapshot.registry.channels.get(name)
        found.append(_with_plugin(core, here, configured) if configured else here)
    return found


def _names(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.plugins is None:
        yield from (name for name, each in snapshot.config.channels.items() if each.enabled)
    else:
        yield from snapshot.registry.channels


def _with_plugin(core: Core, status: ChannelStatus, configured: Configured) -> ChannelStatus:
    from scheduler.channels.channel import Bulk, TriesOut
    from scheduler.store import attempts

    channel, rate, used = configured.channel, status.rate, 0
    if rate is not None:
        since = core.clock.now() - rate.per
        used = attempts.calls_since(core.store.read(), status.name, since, many=isinstance(channel, Bulk))
    return replace(
        status,
        title=configured.title,
        kind=channel.kind,
        plugin=configured.plugin,
        targets=configured.targets,
        used=used,
        tests=isinstance(channel, TriesOut),
        test_to=channel.test_to if isinstance(channel, TriesOut) else "",
    )


def status(core: Core) -> Status:
    """Return how the folder stands as a whole."""
    connection = core.store.read()
    counts: dict[State, int] = {}
    for (_channel, state), number in deliveries.states(connection).items():
        counts[state] = counts.get(state, 0) + number
    wakes = [deliveries.next_wake(connection, name) for name in _names(core.snapshot)]
    stop = settings.stopped(connection)
    return Status(
        settings.armed_at(connection),
        core.arming.why_not(),
        stop.by if stop else None,
        stop.at if stop else None,
        stop.reason if stop else "",
        settings.last_engine(connection),
        running(core.var),
        core.clock_trouble(),
        counts,
        min((wake for wake in wakes if wake is not None), default=None),
        unapproved(core, connection),
    )
