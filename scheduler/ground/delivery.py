"""Deliveries as values: their key, their row, and the attempts made for them. All times are aware, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from scheduler.ground.lifecycle import Hold, Late, State
from scheduler.ground.text import N_, _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

PUBLISH = "publish"
WITHDRAW = "withdraw"


class Key(NamedTuple):
    """What a delivery is, for ever: never its text, its file name or its time.

    ``action`` is ``publish``, ``revise-N`` or ``withdraw``. ``str(key)`` is what calls carry.
    """

    post: str
    recurrence: str
    channel: str
    target: str
    action: str = PUBLISH

    def __str__(self) -> str:
        return "/".join(self)

    @property
    def withdraws(self) -> bool:
        """Whether it takes back what its `publication` brought out."""
        return self.action == WITHDRAW

    @property
    def publication(self) -> Key:
        """The key of what it publishes, or takes back."""
        return self._replace(action=PUBLISH)

    @property
    def withdrawal(self) -> Key:
        """The key of what takes it back."""
        return self._replace(action=WITHDRAW)

    @classmethod
    def parse(cls, text: str) -> Key:
        """Return the key that ``text`` spells. Raises `ValueError`."""
        parts = text.split("/")
        if len(parts) != 5 or not all(parts):
            raise ValueError(f"not a delivery key: {text!r}")
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as the store has it.

    ``due_at`` is when it is handed to the channel, ``publish_at`` when the public meets it, ``expires_at`` the last
    moment at which going out makes sense. ``digest`` is the content it was planned from. ``payload`` is the digest
    of the exact payload of the last attempt. ``next_at`` is the time of the next attempt while it is retrying.
    """

    id: int
    key: Key
    state: State
    holds: frozenset[Hold]
    round: int
    due_at: datetime
    publish_at: datetime
    expires_at: datetime
    late: Late
    title: str
    digest: str
    variant: str
    payload: str | None
    attempts: int
    next_at: datetime | None
    done_at: datetime | None
    reason: str
    actor: str
    receipt: Mapping[str, Any] | None

    @property
    def heading(self) -> str:
        """The title, with what is done to it where that is not to publish it."""
        return _("Withdraw: {title}").format(title=self.title) if self.key.withdraws else self.title


@dataclass(frozen=True, slots=True)
class Attempt:
    """One execution of a delivery. ``ended_at`` and ``outcome`` are ``None`` while nobody has heard of it."""

    id: int
    delivery: int
    key: Key
    round: int
    epoch: int
    payload: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    reason: str
    checkpoint: Mapping[str, Any] | None
    no_return: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: what happened to what, why, and by whom."""

    id: int
    at: datetime
    delivery: int | None
    key: str
    event: str
    state: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's decision on one digest of a post; ``verdict`` is ``approved``, ``revoked`` or ``returned``.

    A text that was returned was sent back to its author, with the reason in ``note``.
    """

    post: str
    digest: str
    verdict: str
    by: str
    at: datetime
    note: str = ""


_WAITS = {
    Hold.APPROVAL: N_("waits for approval"),
    Hold.OPERATOR: N_("held by a person"),
    Hold.POST: N_("held with its post"),
    Hold.INVALID: N_("its files have errors"),
    Hold.LATE: N_("late: send it or not?"),
}


def held_by(holds: Iterable[Hold], fault: str = "") -> str:
    """Return for what a delivery waits, for people; "" where nothing holds it. ``fault`` says which file has errors."""
    return ", ".join(fault if fault and hold is Hold.INVALID else _(_WAITS[hold]) for hold in sorted(holds))


def kept_back(holds: Collection[Hold], fault: str = "") -> str:
    """Return the same as a reason to be kept: where one thing holds it, in words that `_` tells in any language."""
    plain = len(holds) == 1 and not (fault and Hold.INVALID in holds)
    return _WAITS[next(iter(holds))] if plain else held_by(holds, fault)
