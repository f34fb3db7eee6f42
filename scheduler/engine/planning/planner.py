"""From occurrences to deliveries: what the plan wants, brought into the store.

The planner changes only what is held, scheduled or retrying. What has an outcome, or may have one, keeps its snapshot.
It may bring back only what it cancelled itself.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING

from scheduler.channels.registry import switched_off
from scheduler.engine.gate import readmit, readmit_unsent, reasons
from scheduler.engine.planning import routes
from scheduler.engine.planning.versions import keep_approved
from scheduler.engine.planning.wants import MOST, pinned, wanted
from scheduler.ground.delivery import PUBLISH, kept_back
from scheduler.ground.lifecycle import EDITABLE, Event, Hold, State, admit
from scheduler.ground.text import N_
from scheduler.plan import approvals
from scheduler.plan.calendar import PROMPT
from scheduler.store import deliveries, moves, posts, settings
from scheduler.store.moves import Move, admitted
from scheduler.store.posts import PostRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Delivery, Key
    from scheduler.ground.model import Placement, Post
    from scheduler.store.deliveries import Wanted
    from scheduler.store.store import Store

PLANNER = "planner"
PART = 500
"""Deliveries that are written in one transaction, so that the write lock is never held for long."""

_TOO_MANY = ", too many"

Occurrences = list[tuple[str, "dict[Key, Wanted]"]]


@dataclass(slots=True)
class PlanReport:
    """How many deliveries a planning created, changed, cancelled, brought back, and created as missed or held.

    An ``outdated`` one has stopped, since a decision was recorded after its files were read: read them and plan again.
    """

    created: int = 0
    changed: int = 0
    cancelled: int = 0
    restored: int = 0
    missed: int = 0
    held: int = 0
    outdated: bool = False


class _Outdated(Exception):
    """The record of approvals has changed since the snapshot was read."""


@dataclass(slots=True)
class Planner:
    """One planning of a whole campaign at one moment.

    ``doubt`` is since when a restored store cannot say what went out.

    Where ``now`` is not ``trusted``, since the clock has stepped, nothing is created, brought back or let go for its
    time; the next planning makes up for it. A ``frozen`` one, of a rehearsal, keeps to what was approved when it read
    the files.
    """

    store: Store
    snapshot: Snapshot
    now: datetime
    report: PlanReport = field(default_factory=PlanReport)
    doubt: datetime | None = None
    trusted: bool = True
    frozen: bool = False

    def run(self) -> PlanReport:
        """Plan every post, each in transactions of its own; posts for which nothing changed cost nothing."""
        connection = self.store.read()
        self.doubt = None if settings.armed_at(connection) else settings.doubt_from(connection)
        self._keep_coverage(connection)
        keep_approved(self.store, self.snapshot)
        try:
            self._plan_all(connection)
        except _Outdated:
            self.report.outdated = True
        return self.report

    def _plan_all(self, connection: sqlite3.Connection) -> None:
        known = posts.every(connection)
        required, working = self.snapshot.campaign.plan.approval_required, self.snapshot.registry.channels
        behind = deliveries.out_of_step(connection, approval_required=required, channels=working)
        for post in self.snapshot.campaign.posts.values():
            self._plan(post, known.get(post.id, PostRow(post.id)), behind=post.id in behind)
        for identity in sorted(known.keys() - self.snapshot.campaign.posts.keys()):
            self._gone(known[identity], behind=identity in behind)
        self._expire()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Return a write transaction in which what the snapshot says of approvals still holds.

        A decision is in the record before its own transaction, so whatever is written here comes before that one, or
        knows.
        """
        with self.store.write() as connection:
            if not self.frozen and approvals.stamp(self.snapshot.config.folder) != self.snapshot.record:
                raise _Outdated
            yield connection

    def _keep_coverage(self, connection: sqlite3.Connection) -> None:
        """Keep what approvals cover of each channel, for the day on which one of them is broken."""
        known = settings.coverage(connection)
        fresh = {**known, **self.snapshot.coverage}
        if fresh != known:
            with self.store.write() as writing:
                settings.keep_coverage(writing, fresh)

    def _plan(self, post: Post, row: PostRow, *, behind: bool) -> None:
        snapshot, config = self.snapshot, self.snapshot.config
        approval = snapshot.approvals.get(post.id)
        valid = snapshot.sound(post)
        until = self.now + config.horizon
        fresh = replace(
            row,
            path=post.path,
            title=post.title,
            digest=snapshot.digests[post.id],
            approved_by=(approval.by if approval else None) if snapshot.trustworthy else row.approved_by,
            valid=valid,
            present=True,
        )
        fresh = replace(fresh, signature=self._signature(post, fresh, until) if self.trusted else "")
        too_many = replace(fresh, valid=False, signature=fresh.signature + _TOO_MANY)
        if row in (fresh, too_many) and not behind:
            return
        wants: list[Wanted] = []
        if valid:
            pin = pinned(snapshot, post, row)
            wants = list(islice(wanted(snapshot, post, until, pin), MOST + 1))
            fresh = replace(
                fresh, pin_recurrence=pin.recurrence if pin else None, pin_day=pin.day.isoformat() if pin else None
            )
        if len(wants) > MOST:
            wants, fresh = [], too_many
        self._write(fresh, wants)

    def _write(self, row: PostRow, wants: Sequence[Wanted]) -> None:
        """Write a post, and bring its deliveries to what is wanted; of one that is not valid none is cancelled.

        The post has no signature before the last part, so that a planning that was cut short is made up for.
        """
        parts = list(self._parts(row.id, wants))
        for number, part in enumerate(parts, 1):
            sure = self._sure(part)
            with self._writing() as connection:
                posts.put(connection, row if number == len(parts) else replace(row, signature=""))
                for recurrence, group in part:
                    existing = deliveries.of_post(connection, row.id, recurrence)
                    self._meet_occurrence(connection, existing, group, sure, keep=not row.valid)

    def _parts(self, post: str, wants: Sequence[Wanted]) -> Iterator[Occurrences]:
        """Yield all occurrences of a post, wanted or only known, each whole, in parts of some `PART` deliveries."""
        found = [(name, {each.key: each for each in group}) for name, group in groupby(wants, _recurrence)]
        left = deliveries.recurrences(self.store.read(), post) - {name for name, _group in found}
        part: Occurrences = []
        size = 0
        for each in [*found, *((name, {}) for name in sorted(left))]:
            part.append(each)
            size += len(each[1]) or 1
            if size >= PART:
                yield part
                part, size = [], 0
        if part or not (found or left):
            yield part

    def _sure(self, part: Occurrences) -> set[Key]:
        """Return which of the deliveries that would be doubtful go by an idempotent route. Plugin code runs here."""
        if self.doubt is None:
            return set()
        connection = self.store.read()
        doubtful = [want for _name, group in part for want in group.values() if self._doubtful(want)]
        unknown = [(want.key, want.publish_at) for want in doubtful if deliveries.by_key(connection, want.key) is None]
        return routes.idempotent(self.snapshot, unknown)

    def _doubtful(self, want: Wanted) -> bool:
        return self.doubt is not None and self.doubt <= want.due_at < self.now

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
        """Return the end of the horizon where it cuts into the post's occurrences, else ``None``."""
        event = self.snapshot.event_of(post)
        placed = [each.date() for each in (post.placement.at, *_set(post.placement), event and event.end) if each]
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
        self._write(fresh, ())

    def _meet_occurrence(
        self,
        connection: sqlite3.Connection,
        existing: dict[Key, Delivery],
        wants: dict[Key, Wanted],
        sure: set[Key],
        *,
        keep: bool,
    ) -> None:
        changes: list[Move] = []
        for key, want in wants.items():
            row = existing.get(key)
            if row is None:
                if self.trusted:
                    self._create(connection, want, sure)
            elif row.state in EDITABLE or (row.state is State.CANCELLED and row.actor == PLANNER):
                changes += self._change(connection, row, want)
        for key, row in existing.items():
            if key in wants or row.state not in EDITABLE or key.action != PUBLISH:
                continue
            lost_channel = key.channel not in self.snapshot.registry.channels
            if keep or lost_channel:
                changes += self._regate(connection, row)
            else:
                changes.append(_gone(row))
                self.report.cancelled += 1
        moves.apply(connection, changes, self.now)

    def _create(self, connection: sqlite3.Connection, want: Wanted, sure: set[Key]) -> None:
        if want.due_at < self.now:
            doubtful = self._doubtful(want) and want.key not in sure
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

    def _change(self, connection: sqlite3.Connection, row: Delivery, want: Wanted) -> list[Move]:
        if _differs(row, want):
            deliveries.revise_plan(connection, row.id, want)
            self.report.changed += row.state is not State.CANCELLED
        current = deliveries.get(connection, row.id)
        return self._regate(connection, current) if current else []

    def _regate(self, connection: sqlite3.Connection, row: Delivery) -> list[Move]:
        """Send a delivery through the gate again, where its reasons or its time have changed."""
        admission = readmit_unsent if row.state is State.CANCELLED else readmit
        gate = admission(connection, self.snapshot, row, self.now)
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
        fault = self.snapshot.objection(row.key.post) or switched_off(row.key.channel, self.snapshot.plugins)
        why = kept_back(gate.holds, fault)
        return [admitted(row.id, row.state, event, gate, row.due_at, PLANNER, why)]

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


def _set(placement: Placement) -> list[datetime]:
    """Return the times that a placement names one by one."""
    return [*placement.also, *dict(placement.moved).values()]


def _recurrence(want: Wanted) -> str:
    return want.key.recurrence


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
