"""Channels that speak to the receiver: one idempotent, one not, two in stages, one in bulk."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.api import (
    Absent,
    BaseChannel,
    Call,
    CannotTell,
    DeliverContext,
    Item,
    Message,
    Options,
    Receipt,
    Recipient,
    RenderContext,
    Rendered,
    Sent,
    Target,
    TemporaryFailure,
    Verdict,
    hookimpl,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any


class Wire(Options):
    """Where the receiver listens, how many recipients there are, and how much a receipt has to say.

    ``pause`` is how many milliseconds a staged call takes before its point of no return.
    """

    port: int
    recipients: int = 0
    padding: int = 0
    pause: int = 5
    operational = frozenset({"port", "padding", "pause"})


class _Sender(BaseChannel[Wire]):
    options = Wire
    settle_after = timedelta(milliseconds=300)
    withdraws_again = False

    def render(self, item: Item, context: RenderContext[Wire]) -> Rendered:
        return Rendered({"title": item.title, "text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: DeliverContext[Wire]) -> Receipt:
        identity = self._send(context, [str(context.key)], context.round)[0]
        return Receipt(identity, detail={"padding": "x" * context.options.padding})

    def withdraw(self, sent: Sent, context: DeliverContext[Wire]) -> Receipt:
        """Say so to the receiver under a key of its own, which it counts as it does the others."""
        return Receipt(self._send(context, [str(context.key)], context.round)[0])

    def look_up(self, call: Call, context: DeliverContext[Wire]) -> Receipt | Absent | CannotTell:
        key = call.message.key if call.message else str(call.key)
        answer = _ask(context, f"find {key}")
        return Receipt(answer[1]) if answer[0] == "found" else Absent()

    def _send(self, context: DeliverContext[Wire], keys: Sequence[str], number: int) -> list[str]:
        return _ask(context, f"send {self.name} {number} {' '.join(keys)}")[1:]


class Again(_Sender):
    """Doing it again with the same key changes nothing."""

    name = "again"
    withdraws_again = True

    def idempotent(self, rendered: Rendered, context: RenderContext[Wire]) -> bool:
        return True


class Once(_Sender):
    """Doing it again sends it twice."""

    name = "once"


class Staged(_Sender):
    """Doing it again sends it twice, once the point of no return has been passed."""

    name = "staged"
    staged = True

    def deliver(self, rendered: Rendered, context: DeliverContext[Wire]) -> Receipt:
        context.checkpoint({"prepared": str(context.key)})
        context.clock.sleep(timedelta(milliseconds=context.options.pause))
        if context.cancelled():
            raise TemporaryFailure("stopped before anything was sent")
        context.no_return()
        return super().deliver(rendered, context)


class Lasting(Staged):
    """What it does shows outside only after a while."""

    name = "lasting"
    settle_after = timedelta(milliseconds=2600)


class Many(_Sender):
    """Many recipients, in batches."""

    name = "many"
    batch_size = 20

    def recipients(self, rendered: Rendered, target: Target, context: RenderContext[Wire]) -> Iterator[Recipient]:
        return (Recipient(f"{target.name}-{number}") for number in range(context.options.recipients))

    def deliver_batch(
        self, rendered: Rendered, messages: Sequence[Message], context: DeliverContext[Any]
    ) -> Sequence[Receipt | Verdict]:
        return [Receipt(each) for each in self._send(context, [m.key for m in messages], messages[0].round)]


def _ask(context: DeliverContext[Wire], line: str) -> list[str]:
    with socket.create_connection(("127.0.0.1", context.options.port), timeout=30) as connection:
        connection.sendall(f"{line}\n".encode())
        answer = connection.makefile().readline()
    if not answer:
        raise ConnectionError("the receiver hung up")
    return answer.split()


@hookimpl
def register_channels() -> Iterable[BaseChannel[Wire]]:
    """Bring them all."""
    return [Again(), Once(), Staged(), Lasting(), Many()]
