"""What surfaces may ask of deliveries: lists, counts, one with all its traces, and what an act would concern."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from scheduler.channels.registry import switched_off
from scheduler.engine.delivering.possible import possible
from scheduler.engine.looks.post_views import fault_in
from scheduler.ground.delivery import Key
from scheduler.ground.errors import NotFound
from scheduler.ground.lifecycle import Event, Hold, State
from scheduler.ground.text import _
from scheduler.store import deliveries, journal
from scheduler.store.deliveries import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scheduler.channels.channel import Rendered
    from scheduler.engine.core import Core
    from scheduler.engine.delivering.withdrawing import Withdrawal
    from scheduler.engine.looks.receipts import Proof
    from scheduler.ground.delivery import Attempt, Delivery, Entry
    from scheduler.store.messages import MessageRow


@dataclass(frozen=True, slots=True)
class Concerned:
    """How many deliveries an act would concern, and how the others stand: why it cannot concern them."""

    can: int
    cannot: Mapping[tuple[State, frozenset[Hold]], int]


class DeliveryViews:
    """The questions that surfaces ask of the deliveries of one campaign folder."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def deliveries(self, query: Query | None = None) -> list[Delivery]:
        """Return the deliveries that ``query`` finds, in order of their due time."""
        return list(deliveries.find(self._core.store.read(), query or Query()))

    def count(self, query: Query | None = None) -> int:
        """Return how many deliveries ``query`` finds."""
        return deliveries.count(self._core.store.read(), query or Query())

    def delivery(self, ref: str) -> Delivery:
        """Return one delivery by its number, its key, or an unambiguous beginning of its key. Raises `NotFound`."""
        connection = self._core.store.read()
        found = deliveries.get(connection, int(ref)) if ref.isdecimal() and len(ref) < 19 else None
        if found is None and ref.count("/") == len(Key._fields) - 1:
            found = deliveries.by_key(connection, Key(*ref.split("/")))
        if found is None:
            near = [
                d
                for d in deliveries.of_post(connection, ref.split("/", maxsplit=1)[0]).values()
                if str(d.key).startswith(ref)
            ]
            published = [each for each in near if not each.key.withdraws]
            if len(published) == 1:
                return published[0]
            if near:
                raise NotFound(
                    _("{number} deliveries begin with {ref!r}: {keys} …").format(
                        number=len(near), ref=ref, keys=", ".join(str(d.key) for d in near[:3])
                    )
                )
            raise NotFound(_("there is no delivery {ref!r}: 'loa delivery list' shows them").format(ref=ref))
        return found

    def fault(self, delivery: Delivery) -> str:
        """Return which errors a delivery waits for: in which file, found by which plugin, of which channel; or ""."""
        if Hold.INVALID not in delivery.holds:
            return ""
        snapshot, key = self._core.snapshot, delivery.key
        post = snapshot.campaign.posts.get(key.post)
        if post is not None and snapshot.sound(post) and key.channel not in snapshot.registry.channels:
            off = switched_off(key.channel, snapshot.plugins)
            return off or _("the channel {channel} does not work here").format(channel=key.channel)
        return fault_in(snapshot.blamed(post) if post is not None else "", snapshot.objection(key.post))

    def proof(self, delivery: Delivery) -> Proof:
        """Return the receipt of a delivery line by line, with the files that it names."""
        from scheduler.engine.looks.receipts import read

        return read(self._core, delivery)

    def attempts(self, delivery: int) -> list[Attempt]:
        """Return every attempt of a delivery, oldest first."""
        from scheduler.store import attempts

        return attempts.of_delivery(self._core.store.read(), delivery)

    def history(self, delivery: int) -> list[Entry]:
        """Return all that happened to a delivery, oldest first."""
        return journal.of_delivery(self._core.store.read(), delivery)

    def messages(self, delivery: int) -> Mapping[State, int]:
        """Return how many messages of a bulk delivery are in each state; empty for others."""
        from scheduler.store import messages

        return messages.counts(self._core.store.read(), delivery)

    def payload(self, delivery: Delivery) -> Rendered | None:
        """Return the exact payload of the delivery's last attempt."""
        from scheduler.engine.delivering.payload import unpack

        return unpack(self._core.store.read(), delivery.id, delivery.payload) if delivery.payload else None

    def withdrawal(self, post_id: str, recurrence: str | None = None) -> Withdrawal:
        """Return what withdrawing a post, or one occurrence of it, would take back. Raises `NotFound`."""
        from scheduler.engine.delivering.withdrawing import foresee
        from scheduler.engine.planning.deciding import known

        (post,) = known(self._core, [post_id])
        rows = deliveries.of_post(self._core.store.read(), post).values()
        return foresee(self._core.snapshot, rows, recurrence)

    def why_no_withdrawal(self, delivery: Delivery) -> str:
        """Return why a delivery cannot be taken back as it stands, or "" where it can. Reads no database."""
        from scheduler.engine.delivering.withdrawing import why_not

        return why_not(self._core.snapshot, delivery)

    def withdrawal_of(self, delivery: Delivery) -> Delivery | None:
        """Return the delivery that takes this one back, or has done so."""
        if delivery.key.withdraws:
            return None
        return deliveries.by_key(self._core.store.read(), delivery.key.withdrawal)

    def differs(self, delivery: Delivery) -> bool:
        """Return whether the post has changed since this delivery was planned or sent."""
        if delivery.key.withdraws:
            return False
        return self._core.snapshot.digests.get(delivery.key.post) != delivery.digest

    def numbers(self, query: Query) -> list[int]:
        """Return the numbers of what ``query`` finds, in its order."""
        return deliveries.numbers(self._core.store.read(), query)

    def concerned(self, ids: Iterable[int], event: Event) -> Concerned:
        """Say how many of some deliveries an act would concern as they stand now."""
        can = 0
        cannot: Counter[tuple[State, frozenset[Hold]]] = Counter()
        for (channel, state, holds), number in deliveries.tally(self._core.store.read(), ids).items():
            if possible(self._core, channel, state, holds, event):
                can += number
            else:
                cannot[state, holds] += number
        return Concerned(can, cannot)

    def open_to(self, ids: Iterable[int]) -> frozenset[Event]:
        """Return what a person can do to at least one of some deliveries as they stand now."""
        kinds = deliveries.tally(self._core.store.read(), ids)
        return frozenset(event for event in Event if any(possible(self._core, *kind, event) for kind in kinds))

    def possible(self, delivery: Delivery, event: Event) -> bool:
        """Return whether a person can do that to the delivery as it stands."""
        return possible(self._core, delivery.key.channel, delivery.state, delivery.holds, event)

    def gone(self, limit: int) -> list[tuple[Delivery, datetime]]:
        """Return what went out, was handed over or confirmed last, each with when; the latest first."""
        connection = self._core.store.read()
        whens = dict(journal.gone(connection, limit))
        rows = {row.id: row for row in deliveries.find(connection, Query(ids=whens))}
        return [(rows[each], at) for each, at in whens.items() if rows[each].state in (State.SENT, State.HANDED)]

    def days(self, first: datetime, number: int) -> list[dict[State, int]]:
        """Return how many deliveries in each state are due on each of ``number`` local days, from that of ``first``."""
        zone, connection = self._core.snapshot.config.zone, self._core.store.read()
        day = first.astimezone(zone).date()
        edges = [datetime.combine(day + timedelta(each), time(), zone).astimezone(UTC) for each in range(number + 1)]
        return [deliveries.due_by_state(connection, edges[each], edges[each + 1]) for each in range(number)]

    def recipients(
        self, delivery: int, state: State | None = None, limit: int = 100, offset: int = 0
    ) -> list[MessageRow]:
        """Return the messages of a bulk delivery, in one state or in any, in the order in which they are called."""
        from scheduler.store import messages

        return messages.listed(self._core.store.read(), delivery, state, limit, offset)
