"""Acts on deliveries: hold, release, requeue, settle, cancel, confirm, deny."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from scheduler.channels.channel import Bulk
from scheduler.engine.acts.acting import Acting
from scheduler.engine.gate import readmit
from scheduler.ground.errors import NotFound
from scheduler.ground.lifecycle import Event, Hold, State, transition
from scheduler.ground.text import N_, _
from scheduler.store import deliveries, journal, messages, moves
from scheduler.store.messages import MessageMove
from scheduler.store.moves import Move, admitted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from scheduler.ground.delivery import Delivery, Entry

Outcome = Literal["sent", "not-sent", "abandon"]
_SETTLED = {
    "sent": (Event.SETTLE_SENT, State.SENT),
    "not-sent": (Event.SETTLE_NOT_SENT, State.SCHEDULED),
    "abandon": (Event.ABANDON, State.FAILED),
}


class DeliveryActs(Acting):
    """What is done to deliveries."""

    def hold_delivery(self, delivery: int, reason: str = "") -> Delivery:
        """Hold one delivery until it is released."""
        return self._move(delivery, lambda _, row: self._held(row, reason))

    def release_delivery(self, delivery: int) -> Delivery:
        """Let one delivery go that was held by a person or for being late; it then goes now, if its time has come."""
        return self._move(delivery, lambda connection, row: self._released(connection, row, self._core.clock.now()))

    def requeue(self, delivery: int, at: datetime | None = None) -> Delivery:
        """Send again what failed, was missed or cancelled, at a new time (now, if none is given).

        The round is raised, so that a gateway that remembers ids sends it; but not after an unknown outcome was
        abandoned, since there nobody has established that it did not go out.
        """

        def move(connection: sqlite3.Connection, row: Delivery) -> Move:
            now = self._core.clock.now()
            due = max(at or now, now)
            publish = due + (row.publish_at - row.due_at)
            expires = publish + max(row.expires_at - row.publish_at, timedelta(minutes=5))
            gate = readmit(connection, self._core.snapshot, row, now, expires_at=expires)
            abandoned = _abandoned(journal.of_delivery(connection, row.id))
            self._requeue_messages(connection, row, raises=not abandoned)
            return admitted(
                row.id,
                row.state,
                Event.REQUEUE,
                gate,
                due,
                self._by,
                N_("sent again"),
                raises=not abandoned,
                due=(due, publish, expires),
            )

        return self._back(delivery, move)

    def settle(self, delivery: int, outcome: Outcome, evidence: str) -> Delivery:
        """Say what became of a delivery whose outcome nobody heard; ``evidence`` is how you know."""
        event, after = _SETTLED[outcome]

        def move(connection: sqlite3.Connection, row: Delivery) -> Move:
            now = self._core.clock.now()
            transition(row.state, event, after)
            self._settle_messages(connection, row, event, after, evidence)
            if event is Event.SETTLE_NOT_SENT:
                gate = readmit(connection, self._core.snapshot, row, now)
                return admitted(row.id, row.state, event, gate, max(row.due_at, now), self._by, evidence)
            receipt = {"id": "", "detail": {"evidence": evidence}} if after is State.SENT else None
            return Move(row.id, row.state, event, after, self._by, evidence, receipt=receipt)

        return self._back(delivery, move)

    def cancel(self, delivery: int, reason: str = "") -> Delivery:
        """Take a delivery back that has not gone; of a bulk delivery under way, the recipients not yet called."""

        def move(connection: sqlite3.Connection, row: Delivery) -> Move | None:
            configured = self._core.snapshot.registry.channels.get(row.key.channel)
            if row.state is State.SENDING and configured and isinstance(configured.channel, Bulk):
                messages.ask_to_stop(connection, row.id, self._by, reason)
                return None
            transition(row.state, Event.CANCEL)
            return Move(row.id, row.state, Event.CANCEL, State.CANCELLED, self._by, reason)

        return self._move(delivery, move)

    def confirm(self, delivery: int, evidence: str) -> Delivery:
        """Say that people have carried it on: it was aired, pasted, handed out."""
        said = {"evidence": evidence, "by": self._by}
        return self._move(
            delivery,
            lambda _, row: Move(
                row.id,
                row.state,
                Event.CONFIRM,
                State.SENT,
                self._by,
                evidence,
                receipt={
                    "id": "",
                    **(row.receipt or {}),
                    "detail": {**((row.receipt or {}).get("detail") or {}), **said},
                },
            ),
        )

    def deny(self, delivery: int, reason: str) -> Delivery:
        """Say that people have not carried it on."""
        return self._move(delivery, lambda _, row: Move(row.id, row.state, Event.DENY, State.FAILED, self._by, reason))

    def _move(self, delivery: int, change: Callable[[sqlite3.Connection, Delivery], Move | None]) -> Delivery:
        now = self._core.clock.now()
        with self._core.store.write() as connection:
            row = deliveries.get(connection, delivery)
            if row is None:
                raise NotFound(_("there is no delivery {delivery}").format(delivery=delivery))
            move = change(connection, row)
            if move is not None:
                moves.apply(connection, [move], now)
            after = deliveries.get(connection, delivery)
        self._core.wake()
        assert after is not None  # noqa: S101 - a delivery is never deleted
        return after

    def _back(self, delivery: int, change: Callable[[sqlite3.Connection, Delivery], Move | None]) -> Delivery:
        """Move a delivery that may come back to waiting, and bring it to what its post says by now."""
        row = self._move(delivery, change)
        self.sync()
        return deliveries.get(self._core.store.read(), delivery) or row

    def _released(self, connection: sqlite3.Connection, row: Delivery, now: datetime) -> Move:
        """Release from a person's hold, and from lateness: who releases it late wants it out now."""
        late = Hold.LATE in row.holds
        expires = now + max(row.expires_at - row.publish_at, timedelta(minutes=5)) if late else row.expires_at
        forget = frozenset({Hold.OPERATOR, Hold.LATE})
        gate = readmit(connection, self._core.snapshot, row, now, expires_at=expires, forget=forget)
        due = (row.due_at, row.publish_at, expires) if late and gate.state is not State.MISSED else None
        return self._let_go(row, gate, due)

    def _requeue_messages(self, connection: sqlite3.Connection, row: Delivery, *, raises: bool) -> None:
        messages.forget_stop(connection, row.id)
        rows = messages.in_state(connection, row.id, State.FAILED, State.MISSED, State.CANCELLED)
        messages.apply(
            connection, [MessageMove(m.id, m.state, Event.REQUEUE, State.SCHEDULED, raises=raises) for m in rows]
        )

    def _settle_messages(
        self, connection: sqlite3.Connection, row: Delivery, event: Event, after: State, evidence: str
    ) -> None:
        receipt = {"id": "", "detail": {"evidence": evidence}} if after is State.SENT else None
        rows = messages.in_state(connection, row.id, State.UNKNOWN)
        messages.apply(connection, [MessageMove(m.id, m.state, event, after, evidence, receipt=receipt) for m in rows])


def _abandoned(history: list[Entry]) -> bool:
    """Whether the last call was given up as unknown: nobody has established since that it did not go out."""
    telling = {Event.ABANDON.value, Event.SETTLE_NOT_SENT.value, Event.INTEND.value}
    last = next((entry.event for entry in reversed(history) if entry.event in telling), "")
    return last == Event.ABANDON.value
