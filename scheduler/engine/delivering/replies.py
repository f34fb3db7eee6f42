"""What a batch of messages is called with, and what its answer says about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Absent, Message, Receipt
from scheduler.engine.delivering.calls import NotCalled, Outcome, Overtime, Raised
from scheduler.ground.errors import PermanentFailure, PluginError, TemporaryFailure, Verdict
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.ground.delivery import Key
    from scheduler.store.messages import MessageRow


@dataclass(frozen=True, slots=True)
class Replies:
    """The answer to a batch, however late it comes, with the messages that it is about, in order."""

    messages: tuple[int, ...]
    outcome: Outcome


def as_message(key: Key, row: MessageRow) -> Message:
    """Return a message as channels see it."""
    name = f"{key.post}/{key.recurrence}/{key.channel}/{row.address}/{key.action}"
    return Message(name, row.round, row.address, row.name, row.data)


def answering(rows: Sequence[MessageRow], call: Callable[[], Any]) -> Replies:
    """Make the call of a batch; a verdict that it raises is the answer for each of its messages."""
    numbers = tuple(row.id for row in rows)
    try:
        return Replies(numbers, call())
    except Verdict as error:
        return Replies(numbers, Raised(error))


def each(plugin: str, outcome: Outcome, size: int) -> list[Outcome]:
    """Return one outcome per message; an answer of another length or type is nonsense and counts for all."""
    if isinstance(outcome, Replies):
        outcome = outcome.outcome
    if isinstance(outcome, Raised | Overtime | NotCalled):
        return [outcome] * size
    if not isinstance(outcome, list | tuple) or len(outcome) != size:
        error = PluginError(plugin, _("deliver_batch must answer for each of {size} messages").format(size=size))
        return [Raised(error)] * size
    return [Raised(one) if isinstance(one, Verdict) else one for one in outcome]


def proof(outcome: Outcome) -> Receipt | Absent | None:
    """Return what a late outcome proves: that it went out, that it did not, or nothing."""
    if isinstance(outcome, Receipt):
        return outcome
    definite = isinstance(outcome, Raised) and isinstance(outcome.error, TemporaryFailure | PermanentFailure)
    return Absent() if definite else None
