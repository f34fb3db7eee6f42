"""Acts on posts: approve, revoke, send back, hold, release; several at once, all or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.engine.acts.acting import Acting
from scheduler.engine.gate import readmit
from scheduler.engine.planning.deciding import decide, known
from scheduler.ground.lifecycle import EDITABLE, Hold, State
from scheduler.store import deliveries, moves, posts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from scheduler.ground.delivery import Approval, Delivery


class PostActs(Acting):
    """What is done to posts."""

    def approve(self, post_id: str, note: str = "", seen: str = "") -> Approval:
        """Say yes to the post as its file stands now. Needs the role approve. ``seen`` is as in `approve_all`."""
        return self.approve_all([post_id], note, {post_id: seen} if seen else None)[0]

    def revoke(self, post_id: str, note: str = "") -> Approval:
        """Take the approval of the post back: what has no intent is held, and recipients not yet called are not."""
        return self.revoke_all([post_id], note)[0]

    def return_post(self, post_id: str, reason: str) -> Approval:
        """Send the post as it stands back to its author, with what to change. Needs the role approve."""
        return self.return_all([post_id], reason)[0]

    def approve_all(
        self, post_ids: Iterable[str], note: str = "", seen: Mapping[str, str] | None = None
    ) -> list[Approval]:
        """Approve several posts, all or none, with one reading of the files and one planning.

        ``seen`` are the digests that the person had before them, by post: where one is another by now, `NotAllowed`.
        """
        return self._decide(post_ids, "approved", note, seen)

    def revoke_all(self, post_ids: Iterable[str], note: str = "") -> list[Approval]:
        """Revoke several approvals, all or none, with one reading of the files and one planning."""
        return self._decide(post_ids, "revoked", note)

    def return_all(self, post_ids: Iterable[str], reason: str, seen: Mapping[str, str] | None = None) -> list[Approval]:
        """Send several posts back, all or none: they wait for approval until it is given to this text or another."""
        return self._decide(post_ids, "returned", reason, seen)

    def _decide(
        self, post_ids: Iterable[str], verdict: str, note: str, seen: Mapping[str, str] | None = None
    ) -> list[Approval]:
        self._refresh()
        decisions = decide(self._core, self._actor(), post_ids, verdict, note, seen or {})
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
            rows = [r for r in _of_posts(connection, names) if r.state in EDITABLE and not r.key.withdraws]
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


def _of_posts(connection: sqlite3.Connection, names: Iterable[str]) -> list[Delivery]:
    return [row for post in names for row in deliveries.of_post(connection, post).values()]
