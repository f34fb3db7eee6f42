"""Channels with nothing wrong, who write down when they were called and what for."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from scheduler.api import BaseChannel, Message, Options, Receipt, Recipient, Rendered, Target, hookimpl

LOCK = threading.Lock()


class Sound(BaseChannel[Options]):
    options = Options

    def __init__(self, name: str, *, again: bool) -> None:
        self.name, self.again = name, again

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def idempotent(self, rendered: Rendered, context: Any) -> bool:
        return self.again

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return note(str(context.key), context)


class Many(Sound):
    batch_size = 2

    def recipients(self, rendered: Rendered, target: Target, context: Any) -> Iterator[Recipient]:
        return (Recipient(f"{name}@example.org") for name in ("an", "binh", "chi"))

    def deliver_batch(self, rendered: Rendered, messages: Sequence[Message], context: Any) -> Sequence[Receipt]:
        return [note(each.key, context) for each in messages]


def note(key: str, context: Any) -> Receipt:
    with LOCK, (context.out / "called.txt").open("a", encoding="utf-8") as file:
        file.write(f"{context.publish_at.isoformat()} {context.clock.now().isoformat()} {key}\n")
    return Receipt(key)


@hookimpl
def register_channels() -> list[Any]:
    return [Sound("once", again=False), Sound("again", again=True), Many("many", again=False)]
