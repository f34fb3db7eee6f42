"""From a due delivery to the exact payload that its channel will get."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from scheduler.channels.answers import misshapen
from scheduler.channels.channel import Forecast, Rendered, Sent
from scheduler.channels.hooks import one_line, placed
from scheduler.channels.showing import Block, Passage, Shows
from scheduler.engine.delivering.calls import Caller, Overtime, Raised
from scheduler.engine.delivering.payload import TooLarge, pack, unpack
from scheduler.ground.errors import ContentChanged, LoaError, NotFound, PluginAway, PluginError, StoreBusy, StoreFull
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.store import attempts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scheduler.channels.channel import RenderContext
    from scheduler.channels.item import Item
    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Delivery, Key
    from scheduler.ground.model import Target
    from scheduler.store.attempts import Payload

T = TypeVar("T")
PATIENCE = 10.0
"""Seconds that somebody who only looks waits for a plugin, at most."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A delivery with its payload, ready for its intent; a withdrawal with what was ``sent`` and is taken back."""

    delivery: Delivery
    target: Target
    rendered: Rendered
    payload: Payload
    idempotent: bool
    staged: bool
    sent: Sent | None = None


@dataclass(frozen=True, slots=True)
class Stale:
    """A delivery whose files have changed since they were read: it waits until they are read again."""

    delivery: Delivery
    reason: str


@dataclass(frozen=True, slots=True)
class Away:
    """A delivery whose plugin cannot be called now: it waits until that is there again, and nothing is used up."""

    delivery: Delivery
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that must not go out, and why."""

    delivery: Delivery
    reason: str


def render(
    snapshot: Snapshot, configured: Configured, key: Key, publish_at: datetime
) -> tuple[Rendered, list[Problem]]:
    """Render and check one delivery, for a preview or for real.

    Raises `NotFound` or `ValueError` where the item cannot be put together, and `PluginError` where the channel breaks
    the contract or raises anything itself.
    """
    item = snapshot.item(key, publish_at)
    try:
        return _rendered(configured, item, snapshot.context(configured.name))
    except LoaError:
        raise
    except Exception as error:
        raise PluginError(configured.plugin, one_line(error)) from error


def _rendered(configured: Configured, item: Item, context: RenderContext[Any]) -> tuple[Rendered, list[Problem]]:
    render = configured.channel.render
    rendered: Any = render(item, context)
    if not isinstance(rendered, Rendered):
        raise PluginError(
            configured.plugin,
            placed(_("render returned {kind}, not Rendered").format(kind=type(rendered).__name__), render),
        )
    if wrong := misshapen(rendered):
        raise PluginError(configured.plugin, placed(wrong, render))
    problems: list[Any] = list(configured.channel.check(rendered, context))
    strange = next((each for each in problems if not isinstance(each, Problem)), None)
    if strange is not None:
        raise PluginError(configured.plugin, _("check gave {kind}, not Problem").format(kind=type(strange).__name__))
    return rendered, problems


def whole(snapshot: Snapshot, configured: Configured, key: Key, publish_at: datetime) -> list[Problem]:
    """Return what is wrong with one text, after everything has been asked of its channel that comes before a call.

    Raises what `render` raises, and `TooLarge`.
    """
    rendered, problems = render(snapshot, configured, key, publish_at)
    try:
        pack(rendered)
        configured.channel.idempotent(rendered, snapshot.context(configured.name))
        forecast(snapshot, configured, rendered)
    except LoaError:
        raise
    except Exception as error:
        raise PluginError(configured.plugin, one_line(error)) from error
    return problems


def attempted(configured: Configured, work: Callable[[], T]) -> T:
    """Return what plugin code gives where somebody looks: in a thread of its own, that is left behind where it hangs.

    Raises `LoaError` and `ValueError` as they come, and `PluginError` for anything else.
    """
    limit = min(configured.config.time_limit.total_seconds(), PATIENCE)
    caller = Caller(f"loa-look-{configured.name}")
    outcome = caller.run([work], limit)[0]
    caller.close()
    if isinstance(outcome, Overtime):
        raise PluginError(configured.plugin, _("no answer within {limit:g} seconds").format(limit=limit))
    if not isinstance(outcome, Raised):
        found: T = outcome
        return found
    if isinstance(outcome.error, LoaError | ValueError):
        raise outcome.error
    raise PluginError(configured.plugin, one_line(outcome.error)) from outcome.error


def forecast(snapshot: Snapshot, configured: Configured, rendered: Rendered) -> Forecast:
    """Return what a payload will cost. Plugin code runs here; raises `PluginError` where it gives something else."""
    found: Any = configured.channel.forecast(rendered, snapshot.context(configured.name))
    if not isinstance(found, Forecast):
        text = _("forecast returned {kind}, not Forecast").format(kind=type(found).__name__)
        raise PluginError(configured.plugin, text)
    if wrong := misshapen(found):
        raise PluginError(configured.plugin, wrong)
    return found


def show(
    snapshot: Snapshot, configured: Configured, key: Key, publish_at: datetime, rendered: Rendered
) -> tuple[Block, ...]:
    """Return how a payload's preview looks. Plugin code runs here; raises `PluginError` where it gives something else.

    A channel that does not say shows the payload's text.
    """
    channel: Any = configured.channel
    if not isinstance(channel, Shows):
        return (Passage(rendered.text),)
    item, context = snapshot.item(key, publish_at), snapshot.context(key.channel)
    found: tuple[Any, ...] = tuple(channel.show(item, rendered, context))
    strange = next((each for each in found if not isinstance(each, Block)), None)
    if strange is not None:
        text = _("show gave {kind}, which is no block of a preview").format(kind=type(strange).__name__)
        raise PluginError(configured.plugin, text)
    return found


def prepare(core: Core, configured: Configured, delivery: Delivery) -> Prepared | Refused | Stale | Away:
    """Return the delivery with its payload, or why there is none. Plugin code runs here: call it through a `Caller`."""
    snapshot = core.snapshot
    if not snapshot.has(configured):
        return Stale(delivery, _("the channel {channel} does not work now").format(channel=configured.name))
    context = snapshot.context(configured.name)
    try:
        target = snapshot.target(delivery.key)
        if interrupted(core, delivery):
            rendered = unpack(core.store.read(), delivery.id, str(delivery.payload))
        else:
            rendered, problems = render(snapshot, configured, delivery.key, delivery.publish_at)
            core.found(delivery.key, problems)
            errors = [problem.message for problem in problems if problem.severity is Severity.ERROR]
            if errors:
                return Refused(delivery, "; ".join(errors))
        payload = pack(rendered)
        idempotent = configured.channel.idempotent(rendered, context)
    except ContentChanged as error:
        return Stale(delivery, str(error))
    except PluginAway as error:
        return Away(delivery, said(error))
    except (StoreBusy, StoreFull):
        raise  # nothing of this delivery: the database's own trouble
    except (NotFound, PluginError, TooLarge) as error:
        if error.__cause__ is not None:
            trace(core, configured, error.__cause__)
        return Refused(delivery, said(error))
    except Exception as error:  # noqa: BLE001 - plugin code may raise anything
        return Refused(delivery, trace(core, configured, error))
    return Prepared(delivery, target, rendered, payload, bool(idempotent), bool(configured.channel.staged))


def trace(core: Core, configured: Configured, error: BaseException) -> str:
    """Return in one line what a plugin raised; its way there is kept in the log's file, and only there."""
    words = core.redactor.text(str(PluginError(configured.plugin, one_line(error))))
    way = core.redactor.text("".join(traceback.format_exception(error)))
    logging.getLogger(f"loa.channel.{configured.name}").warning("%s", words, extra={"trace": way})
    return words


def interrupted(core: Core, delivery: Delivery) -> bool:
    """Return whether a crash cut its last attempt short: it is done again with the payload of that intent."""
    if delivery.state is not State.RETRYING or delivery.payload is None:
        return False
    past = attempts.of_delivery(core.store.read(), delivery.id)
    return bool(past) and past[-1].outcome == Event.RECOVER.value and past[-1].payload == delivery.payload
