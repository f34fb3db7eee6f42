"""In Loa's process: the channels of a plugin whose code runs elsewhere. They have the parts that the real ones have."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.isolated.models import Origin, remote
from scheduler.channels.isolated.wire import Told
from scheduler.ground.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scheduler.channels.isolated.pool import Pool
    from scheduler.channels.isolated.sheets import ChannelSheet

PATIENCE = 30.0


class Isolated:
    """A channel in a process of its own: what every channel has."""

    name: str

    def __init__(self, sheet: ChannelSheet, pool: Pool) -> None:
        self._pool = pool
        for each in ("name", "title", "kind", "uses", "lead", "late", "grace", "staged", "speaks"):
            setattr(self, each, getattr(sheet, each))
        for which in ("options", "target_options"):
            setattr(self, which, remote(getattr(sheet, which), Origin(sheet.name, which, self._validate)))
        for attributes in sheet.parts.values():
            for each, value in attributes.items():
                setattr(self, each, value)

    def _validate(self, channel: str, which: str, given: Mapping[str, Any]) -> Any:
        return self._pool.pure("", channel, (which, given))

    def _pure(self, method: str, *given: Any) -> Any:
        return self._pool.pure(method, self.name, given)

    def _act(self, method: str, given: tuple[Any, ...], context: Any) -> Any:
        answer = partial(_answer, context)
        return self._pool.act(method, self.name, (*given, _told(context)), answer)

    def render(self, item: Any, context: Any) -> Any:
        """Make the payload."""
        return self._pool.pure("render", self.name, (item, context), partial(_elements, item, context))

    def check(self, rendered: Any, context: Any) -> Any:
        """Return what is wrong with it."""
        return self._pure("check", rendered, context)

    def forecast(self, rendered: Any, context: Any) -> Any:
        """Say what it will cost and whom it reaches."""
        return self._pure("forecast", rendered, context)

    def idempotent(self, rendered: Any, context: Any) -> Any:
        """Whether delivering it again changes nothing outside."""
        return self._pure("idempotent", rendered, context)

    def deliver(self, rendered: Any, context: Any) -> Any:
        """Send it."""
        return self._act("deliver", (rendered,), context)


class _Bulk(Isolated):
    def recipients(self, rendered: Any, target: Any, context: Any) -> Iterator[Any]:
        return self._pool.stream("recipients", self.name, (rendered, target, context))

    def deliver_batch(self, rendered: Any, messages: Any, context: Any) -> Any:
        return self._act("deliver_batch", (rendered, list(messages)), context)


class _Projection(Isolated):
    def project(self, published: Any, context: Any) -> Any:
        return self._act("project", (list(published),), context)


class _Withdraws(Isolated):
    def withdraw(self, sent: Any, context: Any) -> Any:
        return self._act("withdraw", (sent,), context)


class _LooksUp(Isolated):
    def look_up(self, call: Any, context: Any) -> Any:
        return self._act("look_up", (call,), context)


class _Probes(Isolated):
    def probe(self, context: Any) -> Any:
        return self._act("probe", (), context)


class _TriesOut(Isolated):
    def try_out(self, text: str, to: str, context: Any) -> Any:
        return self._act("try_out", (text, to), context)


class _Shows(Isolated):
    def show(self, item: Any, rendered: Any, context: Any) -> Any:
        return self._pure("show", item, rendered, context)


_PARTS: dict[str, type[Isolated]] = {
    each.__name__.removeprefix("_"): each
    for each in (_Bulk, _Projection, _Withdraws, _LooksUp, _Probes, _TriesOut, _Shows)
}


def channel(sheet: ChannelSheet, pool: Pool) -> Any:
    """Return a channel that has just the parts that ``sheet`` names."""
    parts = tuple(_PARTS[each] for each in sheet.parts) or (Isolated,)
    made: Callable[[ChannelSheet, Pool], Any] = type("Isolated", parts, {"__doc__": Isolated.__doc__})
    return made(sheet, pool)


def _told(context: Any) -> Told:
    return Told(
        key=context.key,
        round=context.round,
        options=context.options,
        target=context.target,
        zone=context.zone,
        content=context.content,
        publish_at=context.publish_at,
        deadline=context.deadline,
        previous=context.previous,
        rehearsal=context.rehearsal,
        patience=getattr(context, "patience", PATIENCE),
        real=type(context.clock) is SystemClock,
    )


def _elements(item: Any, context: Any, name: str) -> Any:
    """Answer what a rendering asks: what other plugins add to its item's entry in a feed."""
    if name != "feed_elements":
        raise LookupError(name)
    return context.feed_elements(item)


_ASKED = frozenset({"cancelled", "outside", "reveal", "checkpoint", "no_return", "taken"})


def _answer(context: Any, name: str, *given: Any) -> Any:
    """Answer what a call asks of its context."""
    if name in _ASKED:
        return getattr(context, name)(*given)
    if name == "log":
        return context.log.log(given[0], "%s", given[1])
    if name == "out":
        return context.out
    if name in ("now", "elapsed", "sleep"):
        return getattr(context.clock, name)(*given)
    raise LookupError(name)
