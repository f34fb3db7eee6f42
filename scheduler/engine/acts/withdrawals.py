"""Acts that take back what has gone out, and stop what of it has not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.engine.acts.deliveries import DeliveryActs
from scheduler.engine.delivering.withdrawing import Withdrawal, foresee, why_not
from scheduler.engine.planning.deciding import known
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.lifecycle import Event, Late, State, admit
from scheduler.ground.text import N_, _
from scheduler.store import deliveries, messages, moves
from scheduler.store.deliveries import Wanted
from scheduler.store.moves import Move

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from scheduler.ground.delivery import Delivery

STANDS = timedelta(days=30)
"""How long a withdrawal that is stopped, or fails for now, still makes sense."""


class WithdrawalActs(DeliveryActs):
    """What is done to deliveries that have gone out."""

    def withdraw(self, post_id: str, reason: str = "", recurrence: str | None = None) -> Withdrawal:
        """Take back what of a post, or of one occurrence of it, has gone out, from every channel that can.

        What of the same occurrences has not gone out is cancelled. Needs the role approve, as revoking does; goes at
        once, past approvals and holds of the post, but not past a stop, a pause or a folder that is not armed.
        """
        self._may_withdraw()
        self._refresh()
        (post,) = known(self._core, [post_id])
        with self._core.store.write() as connection:
            found = foresee(self._core.snapshot, deliveries.of_post(connection, post).values(), recurrence)
            if not (found.back or found.stopped):
                raise NotAllowed(why_nothing(post, found))
            now = self._core.clock.now()
            made = tuple(self._taken_back(connection, row, reason, now) for row in found.back)
            self._stop_the_rest(connection, found.stopped, reason, now)
            moves.note(connection, now, "withdraw", post, self._by, reason)
        self._core.wake()
        return replace(found, made=made)

    def withdraw_delivery(self, delivery: int, reason: str = "") -> Delivery:
        """Take one delivery back that has gone out, and return the delivery that does so."""
        self._may_withdraw()
        self._refresh()
        with self._core.store.write() as connection:
            row = deliveries.get(connection, delivery)
            if row is None:
                raise NotFound(_("there is no delivery {delivery}").format(delivery=delivery))
            if why := why_not(self._core.snapshot, row):
                raise NotAllowed(why)
            earlier = deliveries.by_key(connection, row.key.withdrawal)
            found = foresee(self._core.snapshot, [row, *([earlier] if earlier else [])])
            if not found.back:
                raise NotAllowed(why_nothing(row.key.post, found))
            made = self._taken_back(connection, row, reason, self._core.clock.now())
        self._core.wake()
        return made

    def _may_withdraw(self) -> None:
        person = self._actor()
        if "approve" not in person.roles:
            raise NotAllowed(
                _("{name} may not withdraw: that needs the role 'approve' in content/plan.toml (see --as)").format(
                    name=person.name
                )
            )
        if why := self._core.arming.why_not():
            raise NotAllowed(why)

    def _taken_back(self, connection: sqlite3.Connection, row: Delivery, reason: str, now: datetime) -> Delivery:
        """Make the delivery that takes ``row`` back, or try it again where it was in vain."""
        reason = reason or N_("withdrawn")
        earlier = deliveries.by_key(connection, row.key.withdrawal)
        if earlier is not None:
            moves.apply(connection, [self._requeued(connection, earlier, None, reason)], now)
            number = earlier.id
        else:
            want = Wanted(row.key.withdrawal, now, now, now + STANDS, Late.SEND, row.title, row.digest, row.variant)
            gate = admit((), want.late, want.expires_at, now)
            number = deliveries.insert(connection, want, gate.state, gate.holds, self._by, reason, now)
        made = deliveries.get(connection, number)
        assert made is not None  # noqa: S101 - written just now
        return made

    def _stop_the_rest(
        self, connection: sqlite3.Connection, rows: Sequence[Delivery], reason: str, now: datetime
    ) -> None:
        why = reason or N_("withdrawn")
        for row in rows:
            if row.state is State.SENDING:
                messages.ask_to_stop(connection, row.id, self._by, why)
        waiting = [row for row in rows if row.state is not State.SENDING]
        moves.apply(
            connection,
            [Move(row.id, row.state, Event.CANCEL, State.CANCELLED, self._by, why) for row in waiting],
            now,
        )


def why_nothing(post: str, found: Withdrawal) -> str:
    """Return why nothing can be taken back of what was found."""
    if found.cannot:
        return found.cannot[0][1]
    if found.already:
        return _("{post} has been withdrawn already").format(post=post)
    return _("nothing of {post} has gone out: 'loa post hold {post}' keeps it back").format(post=post)
