"""Taking back what has gone out: by a call, by a new picture, by people, or not at all.

A withdrawal says nothing new, so it needs neither the post's file nor an approval: its payload is the receipt of what
it takes back. Who may order one is `scheduler.engine.acts.withdrawing`'s to ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Bulk, Kind, Projection, Receipt, Rendered, Sent, Withdraws
from scheduler.engine.delivering.payload import TooLarge, pack, unpack
from scheduler.engine.delivering.prepare import Prepared, Refused, Stale, interrupted
from scheduler.ground.delivery import PUBLISH
from scheduler.ground.errors import NotFound
from scheduler.ground.lifecycle import EDITABLE, OUT, State
from scheduler.ground.text import N_, _
from scheduler.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Collection

    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.engine.delivering.executor import Claimed
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Delivery, Key


OTHERS = N_(
    "The post's other deliveries stay out. But of the same occurrence, what fails for now or is in doubt on another "
    "channel is not tried again by itself: it is held until a person releases it."
)
"""What taking one delivery back does to the others, to be said before."""


class Way(StrEnum):
    """How a channel takes back what it sent."""

    CALL = "call"
    PICTURE = "picture"
    PEOPLE = "people"


def way(configured: Configured) -> Way | None:
    """Return how a channel takes something back, or ``None`` where nobody can: what has reached a phone stays there."""
    channel = configured.channel
    if isinstance(channel, Projection):
        return Way.PICTURE
    if isinstance(channel, Withdraws) and not isinstance(channel, Bulk):
        return Way.CALL
    return Way.PEOPLE if channel.kind is not Kind.DIGITAL else None


def why_never(configured: Configured) -> str:
    """Return why nothing that this channel sent can be taken back, or "" where it can."""
    if way(configured) is not None:
        return ""
    return _("what {channel} has sent cannot be taken back: send a correction, as a new post").format(
        channel=configured.name
    )


def idempotent(configured: Configured) -> bool:
    """Return whether taking something back again changes nothing outside."""
    channel: Any = configured.channel
    return bool(channel.withdraws_again) if way(configured) is Way.CALL else way(configured) is not None


def prepare(core: Core, configured: Configured, delivery: Delivery) -> Prepared | Refused | Stale:
    """Return a withdrawal with its payload, or why there is none. No code of the channel's own runs here."""
    if why := why_never(configured):
        return Refused(delivery, why)
    snapshot, connection = core.snapshot, core.store.read()
    if not snapshot.has(configured):
        return Stale(delivery, _("the channel {channel} does not work now").format(channel=configured.name))
    published = deliveries.by_key(connection, delivery.key.publication)
    if published is None or published.receipt is None:
        return Refused(delivery, _("nothing of it has gone out"))
    try:
        target = snapshot.target(delivery.key)
        if interrupted(core, delivery):
            rendered = unpack(connection, delivery.id, str(delivery.payload))
        else:
            text = unpack(connection, published.id, published.payload).text if published.payload else ""
            rendered = _payload(published, text)
        payload = pack(rendered)
    except (NotFound, TooLarge) as error:
        return Refused(delivery, str(error))
    sent = _sent(published.key, rendered)
    return Prepared(delivery, target, rendered, payload, idempotent(configured), staged=False, sent=sent)


def call(configured: Configured, claimed: Claimed) -> partial[Any]:
    """Return the call that takes back what ``claimed`` is about, where that is not a picture's to show."""
    channel: Any = configured.channel
    if way(configured) is Way.CALL:
        return partial(channel.withdraw, claimed.prepared.sent, claimed.context)
    return partial(Receipt, "", handed=True)


def _payload(published: Delivery, text: str) -> Rendered:
    body = {
        "title": published.title,
        "receipt": dict(published.receipt or {}),
        "handed": published.state is State.HANDED,
        "published_at": published.publish_at.isoformat(),
    }
    return Rendered(body, text)


def _sent(key: Key, rendered: Rendered) -> Sent:
    body, kept = rendered.body, rendered.body["receipt"]
    receipt = Receipt(kept.get("id", ""), kept.get("link", ""), kept.get("detail") or {}, body["handed"])
    return Sent(key, body["title"], rendered.text, receipt, datetime.fromisoformat(body["published_at"]))


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What withdrawing a post comes to: which of its deliveries are taken ``back``, and what of the others.

    Those that ``cannot`` be taken back stand with the reason. ``stopped`` had not gone, or not to all, and will not;
    ``later`` are of occurrences of which nothing has gone, and stay as they are. ``made`` are the deliveries that take
    back, once there are any.
    """

    back: tuple[Delivery, ...] = ()
    cannot: tuple[tuple[Delivery, str], ...] = ()
    stopped: tuple[Delivery, ...] = ()
    already: tuple[Delivery, ...] = ()
    later: tuple[Delivery, ...] = ()
    made: tuple[Delivery, ...] = ()


_BEGUN = OUT | {State.SENDING, State.UNKNOWN}
_IN_VAIN = frozenset({State.FAILED, State.MISSED, State.CANCELLED})


def foresee(snapshot: Snapshot, rows: Collection[Delivery], recurrence: str | None = None) -> Withdrawal:
    """Sort a post's deliveries, or those of one occurrence, by what withdrawing does to them. Raises `NotFound`."""
    known = {row.key.recurrence for row in rows}
    if recurrence is not None and recurrence not in known:
        raise NotFound.named(_("it has no occurrence {name!r}"), recurrence, known)
    earlier = {row.key.publication: row for row in rows if row.key.withdraws}
    begun = {row.key.recurrence for row in rows if row.state in _BEGUN and row.key.action == PUBLISH}
    found: dict[str, list[Any]] = {name: [] for name in Withdrawal.__dataclass_fields__}
    for row in sorted(rows, key=lambda each: (each.due_at, each.id)):
        if row.key.action == PUBLISH and recurrence in (None, row.key.recurrence):
            part, why = _part(snapshot, row, earlier.get(row.key), begun=row.key.recurrence in begun)
            if part:
                found[part].append((row, why) if part == "cannot" else row)
    return Withdrawal(**{name: tuple(each) for name, each in found.items()})


def out(published: Delivery | None) -> bool:
    """Return whether ``published`` has gone out, so far as it is known."""
    return published is not None and published.state in OUT


def withdrawn(withdrawal: Delivery | None) -> bool:
    """Return whether ``withdrawal`` has taken something back, or is about to."""
    return withdrawal is not None and withdrawal.state not in _IN_VAIN


def _part(snapshot: Snapshot, row: Delivery, earlier: Delivery | None, *, begun: bool) -> tuple[str, str]:
    configured = snapshot.registry.channels.get(row.key.channel)
    if out(row):
        why = _obstacle(snapshot, row)
        return ("already", "") if withdrawn(earlier) else ("cannot", why) if why else ("back", "")
    if row.state is State.UNKNOWN:
        return "cannot", _("nobody knows whether it went out: settle it first")
    if row.state is State.SENDING and not (configured and isinstance(configured.channel, Bulk)):
        return "cannot", _("it is being sent right now: withdraw it again in a moment")
    if row.state is State.SENDING or (row.state in EDITABLE and begun):
        return "stopped", ""
    return ("later", "") if row.state in EDITABLE else ("", "")


def why_not(snapshot: Snapshot, row: Delivery) -> str:
    """Return why one delivery cannot be taken back as it stands, or "" where it can."""
    if row.key.withdraws:
        return _("it is itself a withdrawal: cancel it")
    if row.state not in _BEGUN:
        return _("it has not gone out")
    part, why = _part(snapshot, row, None, begun=False)
    return why or ("" if part == "back" else _("it is being sent right now: withdraw it again in a moment"))


def _obstacle(snapshot: Snapshot, row: Delivery) -> str:
    configured = snapshot.registry.channels.get(row.key.channel)
    if configured is None:
        return _("the channel {channel} does not work here now: 'loa check' says why").format(channel=row.key.channel)
    try:
        snapshot.target(row.key)
    except NotFound as error:
        return str(error)
    if way(configured) is Way.PICTURE and row.payload is None:
        return _("it is in no picture that Loa draws: take it down by hand")
    return why_never(configured)
