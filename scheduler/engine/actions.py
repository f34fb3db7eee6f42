"""What people do: each act is written with who did it and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from scheduler.channels.channel import Bulk, Health, Probes
from scheduler.engine.calls import Caller, Overtime, Raised
from scheduler.engine.context import CallContext, Surroundings
from scheduler.engine.deciding import decide, known
from scheduler.engine.gate import readmit
from scheduler.engine.past import past, sure
from scheduler.engine.replanning import replan
from scheduler.ground.delivery import Approval, Delivery, Entry, Key
from scheduler.ground.errors import NotFound
from scheduler.ground.lifecycle import EDITABLE, Event, Hold, State, transition
from scheduler.ground.said import said
from scheduler.ground.text import N_, _
from scheduler.store import deliveries, journal, messages, moves, posts, settings
from scheduler.store.messages import MessageMove
from scheduler.store.moves import Move, admitted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.engine.planner import PlanReport
    from scheduler.ground.lifecycle import Admission
    from scheduler.ground.model import Person

Outcome = Literal["sent", "not-sent", "abandon"]
_SETTLED = {
    "sent": (Event.SETTLE_SENT, State.SENT),
    "not-sent": (Event.SETTLE_NOT_SENT, State.SCHEDULED),
    "abandon": (Event.ABANDON, State.FAILED),
}


@dataclass(frozen=True, slots=True)
class ArmReport:
    """What arming found: what had been due before, what nobody can know, what will go, what waits for a person."""

    missed: int
    unknown: int
    scheduled: int
    held: int


class Actions:
    """The acts of one person on one campaign folder."""

    def __init__(self, core: Core, actor: Callable[[], Person], refresh: Callable[[], bool]) -> None:
        self._core = core
        self._actor = actor
        self._refresh = refresh

    @property
    def _by(self) -> str:
        return self._actor().id

    # --- the whole folder ------------------------------------------------------------------------------------------

    def sync(self) -> PlanReport:
        """Bring the deliveries to what the files want by now; an engine at work does that, and is waited for.

        Returns what was done here: nothing, where the engine does it.
        """
        return replan(self._core, self._refresh)

    def arm(self) -> ArmReport:
        """Let this folder send from now on. What was due before is missed, or unknown where a restored one cannot know.

        Also confirms the clock, and lifts nothing: a stop stays.
        """
        self.sync()
        core, now = self._core, self._core.clock.now()
        already, reading = not core.arming.why_not(), core.store.read()
        put_back = settings.doubt_from(reading) is not None or core.arming.older(reading)
        routes = sure(reading, core.snapshot, now) if put_back and not already else set()
        with core.store.write() as connection:
            changes = [] if already else past(connection, now, self._by, put_back=put_back, idempotent=routes)
            moves.apply(connection, changes, now)
            token = core.arming.arm(connection, now)
            settings.end_doubt(connection)
            moves.note(connection, now, "arm", "folder", self._by)
        core.arming.seal(token)
        core.clock_trouble()
        core.wake()
        counts = _by_state(deliveries.states(core.store.read()))
        return ArmReport(
            sum(move.after is State.MISSED for move in changes),
            sum(move.after is State.UNKNOWN for move in changes),
            counts.get(State.SCHEDULED, 0),
            counts.get(State.HELD, 0),
        )

    def stop(self, reason: str = "") -> None:
        """Stop everything that goes out, now; it stays stopped through restarts until `lift`."""
        with self._core.store.write() as connection:
            settings.stop(connection, self._by, reason, self._core.clock.now())
            moves.note(connection, self._core.clock.now(), "stop", "folder", self._by, reason)
        self._core.wake()

    def lift(self) -> None:
        """Take a stop back."""
        with self._core.store.write() as connection:
            settings.lift(connection)
            moves.note(connection, self._core.clock.now(), "lift", "folder", self._by)
        self._core.wake()

    # --- posts -----------------------------------------------------------------------------------------------------

    def approve(self, post_id: str, note: str = "") -> Approval:
        """Say yes to the post as its file stands now. Needs the role approve."""
        return self.approve_all([post_id], note)[0]

    def revoke(self, post_id: str, note: str = "") -> Approval:
        """Take the approval of the post back: what has no intent is held, and recipients not yet called are not."""
        return self.revoke_all([post_id], note)[0]

    def approve_all(self, post_ids: Iterable[str], note: str = "") -> list[Approval]:
        """Approve several posts, all or none, with one reading of the files and one planning."""
        return self._decide(post_ids, "approved", note)

    def revoke_all(self, post_ids: Iterable[str], note: str = "") -> list[Approval]:
        """Revoke several approvals, all or none, with one reading of the files and one planning."""
        return self._decide(post_ids, "revoked", note)

    def _decide(self, post_ids: Iterable[str], verdict: str, note: str) -> list[Approval]:
        self._refresh()
        decisions = decide(self._core, self._actor(), post_ids, verdict, note)
        self.sync()
        return decisions

    def hold(self, post_id: str, reason: str = "") -> int:
        """Hold every delivery of the post that has not gone, and those still to come; return how many there are."""
        return self.hold_all([post_id], reason)

    def release(self, post_id: str) -> int:
        """Take a hold of the post back; what holds single deliveries stays. Returns how many it concerned."""
        return self.release_all([post_id])

    def hold_all(self, post_ids: Iterable[str], reason: str = "") -> int:
        """Hold several posts, all or none."""
        names, now = known(self._core, post_ids), self._core.clock.now()
        self.sync()
        with self._core.store.write() as connection:
            for post in names:
                posts.hold(connection, post, self._by, reason, now)
            rows = [row for row in _of_posts(connection, names) if row.state in EDITABLE]
            moves.apply(connection, [self._held(row, reason, Hold.POST) for row in rows], now)
        self._core.wake()
        return len(rows)

    def release_all(self, post_ids: Iterable[str]) -> int:
        """Release several posts, all or none."""
        names, now = known(self._core, post_ids), self._core.clock.now()
        with self._core.store.write() as connection:
            for post in names:
                posts.hold(connection, post, None, "", now)
            rows = [r for r in _of_posts(connection, names) if r.state is State.HELD and Hold.POST in r.holds]
            gates = [(row, readmit(connection, self._core.snapshot, row, now)) for row in rows]
            moves.apply(connection, [self._let_go(row, gate) for row, gate in gates], now)
        self.sync()
        return len(rows)

    # --- deliveries ------------------------------------------------------------------------------------------------

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

    # --- channels --------------------------------------------------------------------------------------------------

    def pause(self, channel: str, reason: str = "") -> None:
        """Let nothing go out on one channel until it is resumed."""
        self._switch(channel, self._by, reason)

    def resume(self, channel: str) -> None:
        """Take a pause back."""
        self._switch(channel, None, "")

    def probe(self, channel: str, target: str | None = None) -> Health:
        """Ask a channel whether it would work now."""
        configured = self._channel(channel)
        if not isinstance(configured.channel, Probes):
            return Health(ok=True, detail=_("this channel has nothing to test"))
        chosen = [each for each in configured.targets if target in (None, each.name)]
        if not chosen:
            names = [each.name for each in configured.targets]
            raise NotFound.named(_("there is no target {name!r} on this channel"), target or "", names)
        limit, now = configured.config.time_limit, self._core.clock.now()
        around = Surroundings(self._core, configured)
        context = CallContext(around, Key("", "", channel, chosen[0].name), 1, chosen[0], now, now + limit)
        caller = Caller(f"loa-probe-{channel}")
        answer = caller.run([partial(configured.channel.probe, context)], limit.total_seconds())[0]
        caller.close()
        around.close()
        return _health(answer, configured, self._core.redactor.text)

    # --- how it is done --------------------------------------------------------------------------------------------

    def _switch(self, channel: str, by: str | None, reason: str) -> None:
        self._channel(channel)
        now = self._core.clock.now()
        with self._core.store.write() as connection:
            settings.pause(connection, channel, by, reason, now)
            moves.note(connection, now, "pause" if by else "resume", channel, self._by, reason)
        self._core.wake()

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

    def _held(self, row: Delivery, reason: str, hold: Hold = Hold.OPERATOR) -> Move:
        return Move(row.id, row.state, Event.HOLD, State.HELD, self._by, reason, row.holds | {hold})

    def _let_go(self, row: Delivery, gate: Admission, due: tuple[datetime, datetime, datetime] | None = None) -> Move:
        event = {State.HELD: Event.HOLD, State.SCHEDULED: Event.ADMIT, State.MISSED: Event.EXPIRE}[gate.state]
        return admitted(row.id, row.state, event, gate, row.due_at, self._by, "released", due=due)

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

    def _channel(self, channel: str) -> Configured:
        channels = self._core.snapshot.registry.channels
        if channel not in channels:
            raise NotFound.named(_("there is no channel {name!r}"), channel, channels)
        return channels[channel]


def _of_posts(connection: sqlite3.Connection, names: Iterable[str]) -> list[Delivery]:
    return [row for post in names for row in deliveries.of_post(connection, post).values()]


def _abandoned(history: list[Entry]) -> bool:
    """Whether the last call was given up as unknown: nobody has established since that it did not go out."""
    telling = {Event.ABANDON.value, Event.SETTLE_NOT_SENT.value, Event.INTEND.value}
    last = next((entry.event for entry in reversed(history) if entry.event in telling), "")
    return last == Event.ABANDON.value


def _by_state(counts: dict[tuple[str, State], int]) -> dict[State, int]:
    found: dict[State, int] = {}
    for (_channel, state), number in counts.items():
        found[state] = found.get(state, 0) + number
    return found


def _health(answer: Any, configured: Configured, clean: Callable[[str], str]) -> Health:
    if isinstance(answer, Health):
        return Health(answer.ok, clean(answer.detail), answer.until)
    if isinstance(answer, Overtime):
        return Health(ok=False, detail=_("no answer in time"))
    if isinstance(answer, Raised):
        return Health(ok=False, detail=clean(f"{type(answer.error).__name__}: {said(answer.error)}"))
    return Health(
        ok=False,
        detail=_("plugin {name}: probe returned {kind}").format(name=configured.plugin, kind=type(answer).__name__),
    )
