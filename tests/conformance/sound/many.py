"""A message to each of a list, over HTTP, one call each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scheduler.api import Recipient, Rendered, TemporaryFailure, Verdict, hookimpl

from .post import Post


class Many(Post):
    """Its messages can be stopped between two of them."""

    name = "many"
    title = "Messages"
    staged = False
    batch_size = 10

    def recipients(self, rendered: Rendered, target: Any, context: Any) -> Iterator[Recipient]:
        for number in range(4):
            yield Recipient(f"+8490000000{number}")

    def deliver_batch(self, rendered: Rendered, messages: Any, context: Any) -> list[Any]:
        return [self.one(rendered, each, context) for each in messages]

    def one(self, rendered: Rendered, message: Any, context: Any) -> Any:
        if context.cancelled():
            return TemporaryFailure("stopped")
        headers = self.headers(context) | {"Idempotency-Key": f"{message.key}/{message.round}"}
        body = Rendered({**rendered.body, "to": message.address}, rendered.text)
        try:
            return self.send(body, headers, context)
        except Verdict as verdict:
            return verdict

    def find(self, context: Any, key: str) -> Any:
        return super().find(context, key)

    def look_up(self, call: Any, context: Any) -> Any:
        from dataclasses import replace

        return super().look_up(replace(call, key=call.message.key), context)


@hookimpl
def register_channels() -> list[Any]:
    return [Many()]
