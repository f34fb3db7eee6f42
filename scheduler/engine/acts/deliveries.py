"""Acts on deliveries: hold, release, requeue, settle, cancel, confirm, deny."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from scheduler.engine.acts.acting import Acting
from scheduler.engine.delivering.message_settling import called_off
from scheduler.engine.delivering.possible import RELEASED, possible
from scheduler.engine.delivering.withdrawing import out, withdrawn
from scheduler.engine.gate import readmit, readmit_unsent
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.lifecycle import Event, Hold, State, transition
from scheduler.ground.text import N_, _
from scheduler.store import deliveries, journal, messages, moves
from scheduler.store.deliveries import Query
from scheduler.store.messages import MessageMove
from scheduler.store.moves import Move, admitted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from scheduler.ground.delivery import Delivery, Entry

Outcome = Literal["sent", "not-sent", "abandon"]
_SETTLED = {
    "sent": (Event.SETTLE_SENT, State.SENT),
    "not-sent": (Event.SETTLE_NOT_SENT, State.SCHEDULED),
    "abandon": (Event.ABANDON, State.FAILED),
}


Told = Callable[[int], bool]
Change = Callable[["sqlite3.Connection", "Delivery"], "Move | None"]
"""Says in the write transaction what becomes of a delivery as it stands there; ``None`` where it has been done."""

PART = 500
"""How many deliveries share one write transaction, where many are treated alike."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that an act could not concern, as it stood when it was to: its state, and what held it.

    ``why`` is another reason than these, or "".
    """

    id: int
    state: State
    holds: frozenset[Hold]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act on many deliveries came to: which it concerned, which it could not, and how many were not reached.

    There are some ``left`` only where a person stopped it.
    """

    done: tuple[int, ...] = ()
    refused: tuple[Refused, ...] = ()
    left: int = 0


def on(count: int) -> bool:
    """Go on, however many have been treated."""
    return True


class DeliveryActs(Acting):
    """What is done to deliveries: to one, or to many, of which those that it cannot concern are left as they are.

    Acts on many take ``told``, which hears after each part how many have been treated, and says whether to go on.
    """

    def hold_delivery(self, delivery: int, reason: str = "") -> Delivery:
        """Hold one delivery until it is released."""
        return self._move(delivery, self._holding(reason))

    def hold_deliveries(self, ids: Iterable[int], reason: str = "", told: Told = on) -> Done:
        """Hold many."""
        return self._each(ids, Event.HOLD, self._holding(reason), told)

    def release_delivery(self, delivery: int) -> Delivery:
        """Let one delivery go that was held by a person or for being late; it then goes now, if its time has come."""
        return self._move(delivery, self._released)

    def release_deliveries(self, ids: Iterable[int], told: Told = on) -> Done:
        """Release many."""
        return self._each(ids, Event.ADMIT, self._released, told)

    def requeue(self, delivery: int, at: datetime | None = None) -> Delivery:
        """Send again what failed, was missed or cancelled, at a new time (now, if none is given).

        The round is raised, so that a gateway that remembers ids sends it; but not after an unknown outcome was
        abandoned, since there nobody has established that it did not go out.
        """
        return self._back(delivery, self._requeueing(at))

    def requeue_deliveries(self, ids: Iterable[int], at: datetime | None = None, told: Told = on) -> Done:
        """Send many again, all at one new time."""
        return self._all_back(ids, Event.REQUEUE, self._requeueing(at), told)

    def settle(self, delivery: int, outcome: Outcome, evidence: str) -> Delivery:
        """Say what became of a delivery whose outcome nobody heard; ``evidence`` is how you know."""
        return self._back(delivery, self._settling(outcome, evidence))

    def settle_deliveries(self, ids: Iterable[int], outcome: Outcome, evidence: str, told: Told = on) -> Done:
        """Settle many, all with one outcome."""
        return self._all_back(ids, _SETTLED[outcome][0], self._settling(outcome, evidence), told)

    def cancel(self, delivery: int, reason: str = "") -> Delivery:
        """Take a delivery back that has not gone; of a bulk delivery under way, the recipients not yet called."""
        return self._move(delivery, self._cancelling(reason))

    def cancel_deliveries(self, ids: Iterable[int], reason: str = "", told: Told = on) -> Done:
        """Take many back."""
        return self._each(ids, Event.CANCEL, self._cancelling(reason), told)

    def confirm(self, delivery: int, evidence: str) -> Delivery:
        """Say that people have carried it on: it was aired, pasted, handed out."""
        return self._move(delivery, self._confirming(evidence))

    def confirm_deliveries(self, ids: Iterable[int], evidence: str, told: Told = on) -> Done:
        """Confirm many, all by one evidence."""
        return self._each(ids, Event.CONFIRM, self._confirming(evidence), told)

    def deny(self, delivery: int, reason: str) -> Delivery:
        """Say that people have not carried it on."""
        return self._move(delivery, self._denying(reason))

    def deny_deliveries(self, ids: Iterable[int], reason: str, told: Told = on) -> Done:
        """Deny many."""
        return self._each(ids, Event.DENY, self._denying(reason), told)

    # --- what becomes of one ---------------------------------------------------------------------------------------

    def _holding(self, reason: str) -> Change:
        return lambda _, row: self._held(row, reason)

    def _denying(self, reason: str) -> Change:
        return lambda _, row: Move(row.id, row.state, Event.DENY, State.FAILED, self._by, reason)

    def _confirming(self, evidence: str) -> Change:
        said = {"evidence": evidence, "by": self._by}

        def move(connection: sqlite3.Connection, row: Delivery) -> Move:
            receipt = {"id": "", **(row.receipt or {})}
            receipt["detail"] = {**(receipt.get("detail") or {}), **said}
            return Move(row.id, row.state, Event.CONFIRM, State.SENT, self._by, evidence, receipt=receipt)

        return move

    def _cancelling(self, reason: str) -> Change:
        def move(connection: sqlite3.Connection, row: Delivery) -> Move | None:
            if row.state is State.SENDING and self._possible(row, Event.CANCEL):
                messages.ask_to_stop(connection, row.id, self._by, reason)
                return None
            transition(row.state, Event.CANCEL)
            return Move(row.id, row.state, Event.CANCEL, State.CANCELLED, self._by, reason)

        return move

    def _requeueing(self, at: datetime | None) -> Change:
        return lambda connection, row: self._requeued(connection, row, at, N_("sent again"))

    def _requeued(self, connection: sqlite3.Connection, row: Delivery, at: datetime | None, reason: str) -> Move:
        if not row.key.withdraws and withdrawn(deliveries.by_key(connection, row.key.withdrawal)):
            raise NotAllowed(_("it has been withdrawn: what is to go out again goes out as a new post"))
        if row.key.withdraws and not out(deliveries.by_key(connection, row.key.publication)):
            raise NotAllowed(_("what it was to take back is not out"))
        now = self._core.clock.now()
        due = max(at or now, now)
        publish = due + (row.publish_at - row.due_at)
        expires = publish + max(row.expires_at - row.publish_at, timedelta(minutes=5))
        gate = readmit(connection, self._core.snapshot, row, now, expires_at=expires)
        raises = not _abandoned(journal.of_delivery(connection, row.id))
        self._requeue_messages(connection, row, raises=raises)
        times = (due, publish, expires)
        return admitted(row.id, row.state, Event.REQUEUE, gate, due, self._by, reason, raises=raises, due=times)

    def _settling(self, outcome: Outcome, evidence: str) -> Change:
        event, after = _SETTLED[outcome]

        def move(connection: sqlite3.Connection, row: Delivery) -> Move:
            now = self._core.clock.now()
            transition(row.state, event, after)
            self._settle_messages(connection, row, event, after, evidence)
            asked = messages.asked_to_stop(connection, row.id)
            if event is Event.SETTLE_NOT_SENT and asked:
                unsent, ending = called_off(row.id, asked, self._by, evidence)
                moves.apply(connection, [unsent], now)
                return ending
            if event is Event.SETTLE_NOT_SENT:
                gate = readmit_unsent(connection, self._core.snapshot, row, now)
                return admitted(row.id, row.state, event, gate, max(row.due_at, now), self._by, evidence)
            receipt = {"id": "", "detail": {"evidence": evidence}} if after is State.SENT else None
            return Move(row.id, row.state, event, after, self._by, evidence, receipt=receipt)

        return move

    def _released(self, connection: sqlite3.Connection, row: Delivery) -> Move:
        """Release from a person's hold, and from lateness: who releases it late wants it out now."""
        late, now = Hold.LATE in row.holds, self._core.clock.now()
        expires = now + max(row.expires_at - row.publish_at, timedelta(minutes=5)) if late else row.expires_at
        gate = readmit(connection, self._core.snapshot, row, now, expires_at=expires, forget=RELEASED)
        due = (row.due_at, row.publish_at, expires) if late and gate.state is not State.MISSED else None
        return self._let_go(row, gate, due)

    # --- how it is done --------------------------------------------------------------------------------------------

    def _possible(self, row: Delivery, event: Event) -> bool:
        return possible(self._core, row.key.channel, row.state, row.holds, event)

    def _move(self, delivery: int, change: Change) -> Delivery:
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

    def _back(self, delivery: int, change: Change) -> Delivery:
        """Move a delivery that may come back to waiting, and bring it to what its post says by now."""
        row = self._move(delivery, change)
        self.sync()
        return deliveries.get(self._core.store.read(), delivery) or row

    def _each(self, ids: Iterable[int], event: Event, change: Change, told: Told) -> Done:
        """Treat many alike, part by part: each part at once or not at all, and others may write between two parts."""
        every = list(dict.fromkeys(ids))
        done: list[int] = []
        refused: list[Refused] = []
        for start in range(0, len(every), PART):
            some, others = self._part(every[start : start + PART], event, change)
            done += some
            refused += others
            reached = start + PART
            if reached < len(every) and not told(reached):
                return Done(tuple(done), tuple(refused), len(every) - reached)
        return Done(tuple(done), tuple(refused))

    def _part(self, ids: Sequence[int], event: Event, change: Change) -> tuple[list[int], list[Refused]]:
        with self._core.store.write() as connection:
            rows = list(deliveries.find(connection, Query(ids=ids)))
            refused: dict[int, str] = {row.id: "" for row in rows if not self._possible(row, event)}
            found: list[Move] = []
            for row in rows:
                try:
                    move = None if row.id in refused else change(connection, row)
                except NotAllowed as error:
                    refused[row.id] = str(error)
                else:
                    found += [move] if move else []
            moves.apply(connection, found, self._core.clock.now())
        self._core.wake()
        done = [row.id for row in rows if row.id not in refused]
        return done, [Refused(r.id, r.state, r.holds, refused[r.id]) for r in rows if r.id in refused]

    def _all_back(self, ids: Iterable[int], event: Event, change: Change, told: Told) -> Done:
        found = self._each(ids, event, change, told)
        self.sync()
        return found

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
