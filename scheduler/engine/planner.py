"""From occurrences to deliveries: what the plan wants, brought into the store.

The planner changes only what is held, scheduled or retrying. What has an outcome, or may have one, keeps its snapshot.
It may bring back only what it cancelled itself.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from scheduler.engine.gate import readmit, reasons
from scheduler.engine.prepare import idempotent
from scheduler.engine.wants import pinned, wanted
from scheduler.ground.lifecycle import EDITABLE, Event, Hold, State, admit
from scheduler.ground.text import N_, _
from scheduler.plan.calendar import PROMPT
from scheduler.plan.digest import Coverage
from scheduler.store import deliveries, moves, posts, settings
from scheduler.store.moves import Move, admitted
from scheduler.store.posts import PostRow
from scheduler.store.times import from_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Delivery, Key
    from scheduler.ground.model import Post
    from scheduler.store.deliveries import Wanted
    from scheduler.store.store import Store

PLANNER = "planner"
COVERAGE = "coverage"


@dataclass(slots=True)
class PlanReport:
    """How many deliveries a planning created, changed, cancelled, brought back, and created as missed or held."""

    created: int = 0
    changed: int = 0
    cancelled: int = 0
    restored: int = 0
    missed: int = 0
    held: int = 0


def known_coverage(connection: sqlite3.Connection) -> dict[str, Coverage]:
    """Return what approvals cover of the channels as last seen whole, by channel."""
    kept: dict[str, dict[str, Any]] = json.loads(settings.get(connection, COVERAGE) or "{}")
    return {name: Coverage.restored(each) for name, each in kept.items()}


@dataclass(slots=True)
class Planner:
    """One planning of a whole campaign at one moment. ``doubt`` is since when a restored store cannot say what went out.

    Where ``now`` is not ``trusted``, since the clock has stepped, nothing is created, brought back or let go for its time;
    the next planning makes up for it.
    """

    store: Store
    snapshot: Snapshot
    now: datetime
    report: PlanReport = field(default_factory=PlanReport)
    doubt: datetime | None = None
    trusted: bool = True

    def run(self) -> PlanReport:
        """Plan every post, each in a transaction of its own; posts for which nothing changed cost nothing."""
        connection = self.store.read()
        armed = settings.get(connection, "armed_at")
        doubt = settings.get(connection, "doubt_from")
        self.doubt = from_text(doubt) if doubt and not armed else None
        self._keep_coverage(connection)
        known = posts.every(connection)
        behind = deliveries.out_of_step(connection, approval_required=self.snapshot.campaign.plan.approval_required)
        for post in self.snapshot.campaign.posts.values():
            self._plan(post, known.get(post.id, PostRow(post.id)), behind=post.id in behind)
        for identity in sorted(known.keys() - self.snapshot.campaign.posts.keys()):
            self._gone(known[identity], behind=identity in behind)
        self._expire()
        return self.report

    def _keep_coverage(self, connection: sqlite3.Connection) -> None:
        """Keep what approvals cover of each channel, for the day on which one of them is broken."""
        known = known_coverage(connection)
        fresh = {**known, **self.snapshot.coverage}
        if fresh != known:
            text = json.dumps({name: each.kept() for name, each in fresh.items()}, ensure_ascii=False)
            with self.store.write() as writing:
                settings.put(writing, COVERAGE, text)

    def _plan(self, post: Post, row: PostRow, *, behind: bool) -> None:
        snapshot, config = self.snapshot, self.snapshot.config
        approval = snapshot.approvals.get(post.id)
        valid = post.id not in snapshot.campaign.invalid and snapshot.trustworthy
        until = self.now + config.horizon
        fresh = replace(
            row,
            path=post.path,
            title=post.title,
            digest=snapshot.digests[post.id],
            approved_by=approval.by if approval else None,
            valid=valid,
            present=True,
        )
        fresh = replace(fresh, signature=self._signature(post, fresh, until) if self.trusted else "")
        if fresh == row and not behind:
            return
        wants: Iterable[Wanted] = ()
        if valid:
            pin = pinned(snapshot, post, row)
            wants = wanted(snapshot, post, until, pin)
            fresh = replace(
                fresh, pin_recurrence=pin.recurrence if pin else None, pin_day=pin.day.isoformat() if pin else None
            )
        with self.store.write() as connection:
            posts.put(connection, fresh)
            self._meet(connection, post.id, wants, keep=not valid)

    def _signature(self, post: Post, row: PostRow, until: datetime) -> str:
        """Return a digest of all that the post's deliveries are planned from."""
        registry = self.snapshot.registry
        channels = [
            (name, c.lead, c.late, c.grace, [(t.name, t.areas, t.audiences, t.language) for t in c.targets])
            for name, c in registry.channels.items()
            if name in post.channels
        ]
        plan = self.snapshot.campaign.plan
        facts = (
            row.digest, row.title, row.approved_by, row.valid, row.held_by, plan.approval_required, channels,
            post.draft, post.late, post.grace, self._horizon(post, until), self.snapshot.config.zone.key,
            PROMPT, self.doubt, [(a.id, [p.id for p in a.parts]) for a in plan.audiences.values()],
        )  # fmt: skip
        return hashlib.sha256(repr(facts).encode()).hexdigest()

    def _horizon(self, post: Post, until: datetime) -> date | None:
        """Return the end of the horizon where it cuts into the post's occurrences, and ``None`` where it does not matter."""
        event = self.snapshot.event_of(post)
        placed = [each.date() for each in (post.placement.at, *post.placement.also, event and event.end) if each]
        if post.placement.repeat or not placed:
            return until.date()
        near = post.placement.offset + timedelta(days=1) < until.date() - max(placed)
        return None if near else until.date()

    def _gone(self, row: PostRow, *, behind: bool) -> None:
        """Deal with a post that is not there: unreadable holds its deliveries, vanished cancels them."""
        unreadable = self.snapshot.campaign.hides(row.id, row.path) or not self.snapshot.trustworthy
        fresh = replace(row, valid=not unreadable, present=unreadable, signature="")
        if fresh == row and not behind:
            return
        with self.store.write() as connection:
            posts.put(connection, fresh)
            self._meet(connection, row.id, (), keep=unreadable)

    def _meet(self, connection: sqlite3.Connection, post: str, wants: Iterable[Wanted], *, keep: bool) -> None:
        """Bring a post's deliveries to what is wanted; with ``keep`` nothing is cancelled for not being wanted.

        One occurrence after the other, so that a series of any length is planned in little memory.
        """
        met: set[str] = set()
        for recurrence, group in groupby(wants, lambda each: each.key.recurrence):
            met.add(recurrence)
            existing = deliveries.of_post(connection, post, recurrence)
            self._meet_occurrence(connection, existing, {each.key: each for each in group}, keep=keep)
        for recurrence in sorted(deliveries.recurrences(connection, post) - met):
            self._meet_occurrence(connection, deliveries.of_post(connection, post, recurrence), {}, keep=keep)

    def _meet_occurrence(
        self, connection: sqlite3.Connection, existing: dict[Key, Delivery], wants: dict[Key, Wanted], *, keep: bool
    ) -> None:
        changes: list[Move] = []
        for key, want in wants.items():
            row = existing.get(key)
            if row is None:
                if self.trusted:
                    self._create(connection, want)
            elif row.state in EDITABLE or (row.state is State.CANCELLED and row.actor == PLANNER):
                changes += self._change(connection, row, want)
        for key, row in existing.items():
            if key in wants or row.state not in EDITABLE or key.action != "publish":
                continue
            lost_channel = key.channel not in self.snapshot.registry.channels
            if keep or lost_channel:
                changes += self._regate(connection, row)
            else:
                changes.append(_gone(row))
                self.report.cancelled += 1
        moves.apply(connection, changes, self.now)

    def _create(self, connection: sqlite3.Connection, want: Wanted) -> None:
        if want.due_at < self.now:
            doubtful = self.doubt is not None and want.due_at >= self.doubt and not self._idempotent(want)
            state, holds = (State.UNKNOWN if doubtful else State.MISSED), frozenset[Hold]()
            reason = N_("due while the restored database did not know") if doubtful else N_("planned after its time")
        else:
            state, holds = admit(
                reasons(connection, self.snapshot, want.key.post), want.late, want.expires_at, self.now
            )
            reason = ""
        deliveries.insert(connection, want, state, holds, PLANNER, reason, self.now)
        self.report.created += 1
        self.report.missed += state is State.MISSED
        self.report.held += state is State.HELD

    def _idempotent(self, want: Wanted) -> bool:
        return idempotent(self.snapshot, want.key, want.publish_at)

    def _change(self, connection: sqlite3.Connection, row: Delivery, want: Wanted) -> list[Move]:
        if _differs(row, want):
            deliveries.revise_plan(connection, row.id, want)
            self.report.changed += row.state is not State.CANCELLED
        current = deliveries.get(connection, row.id)
        return self._regate(connection, current) if current else []

    def _regate(self, connection: sqlite3.Connection, row: Delivery) -> list[Move]:
        """Send a delivery through the gate again, where its reasons or its time have changed."""
        gate = readmit(connection, self.snapshot, row, self.now)
        if not self.trusted and (row.state is State.CANCELLED or gate.state is State.MISSED):
            return []
        if row.state is State.CANCELLED:
            self.report.restored += 1
            return [admitted(row.id, row.state, Event.RESTORE, gate, row.due_at, PLANNER, N_("in the plan again"))]
        if row.state is State.HELD and gate.holds == row.holds and gate.state is State.HELD:
            return []
        if row.state is not State.HELD and gate.state is not State.HELD:
            return []  # past its time: the executor says so when it picks it
        event = {State.HELD: Event.HOLD, State.SCHEDULED: Event.ADMIT, State.MISSED: Event.EXPIRE}[gate.state]
        self.report.held += gate.state is State.HELD
        return [admitted(row.id, row.state, event, gate, row.due_at, PLANNER, _why(gate.holds))]

    def _expire(self) -> None:
        """Let go of what is held past its time; what is to be asked about stays, held as late."""
        if not self.trusted:
            return
        with self.store.write() as connection:
            changes = []
            for row in deliveries.expired_holds(connection, self.now):
                gate = admit(row.holds, row.late, row.expires_at, self.now)
                event = Event.EXPIRE if gate.state is State.MISSED else Event.HOLD
                changes.append(admitted(row.id, row.state, event, gate, row.due_at, PLANNER, N_("its time has passed")))
            moves.apply(connection, changes, self.now)


def _gone(row: Delivery) -> Move:
    """Cancel what is no longer wanted; a person's hold is remembered for the case that it comes back."""
    kept = row.holds & {Hold.OPERATOR}
    return Move(row.id, row.state, Event.CANCEL, State.CANCELLED, PLANNER, N_("no longer in the plan"), kept)


def _differs(row: Delivery, want: Wanted) -> bool:
    return (row.due_at, row.publish_at, row.expires_at, row.late, row.title, row.digest, row.variant) != (
        want.due_at,
        want.publish_at,
        want.expires_at,
        want.late,
        want.title,
        want.digest,
        want.variant,
    )


def _why(holds: frozenset[Hold]) -> str:
    words = ", ".join(_(hold.value) for hold in sorted(holds))
    return _("waits for: {holds}").format(holds=words) if holds else ""
