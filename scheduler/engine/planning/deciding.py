"""Decisions of people on posts: approve, revoke and send back, on any number of posts at once or on none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.engine.planning import coming, versions
from scheduler.ground.delivery import Approval
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.lifecycle import Event, Hold, State
from scheduler.ground.text import N_, _
from scheduler.plan import approvals
from scheduler.store import deliveries, moves, posts
from scheduler.store.moves import Move

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.model import Person


def known(core: Core, names: Iterable[str]) -> list[str]:
    """Return the ids, each once. Raises `NotFound` for a post that neither files nor store have ever had."""
    found = list(dict.fromkeys(names))
    there = {*core.snapshot.campaign.posts, *posts.every(core.store.read())}
    for name in found:
        if name not in there:
            raise NotFound.named(_("there is no post {name!r}"), name, there)
    return found


def _check_seen(snapshot: Snapshot, seen: Mapping[str, str]) -> None:
    posts = snapshot.campaign.posts
    for post, digest in seen.items():
        if snapshot.digests.get(post) != digest:
            title = posts[post].title if post in posts else post
            raise NotAllowed(_("{title} has changed since you read it: read it again").format(title=title))


def decide(
    core: Core, person: Person, names: Iterable[str], verdict: str, note: str, seen: Mapping[str, str]
) -> list[Approval]:
    """Write ``person``'s verdict on each post into the record, all of them or none, and into the journal.

    It is on the text that they had before them, by the digests in ``seen``; where nothing is said of a post, on the
    text as it was read last. Whoever reads the files again meanwhile changes nothing of that.

    After this, nothing of a post that was revoked or sent back goes out that has no intent yet, whatever an engine is
    doing: the record changes first, which stops its planner from writing what it had read before, and then the
    deliveries are held. Raises `NotAllowed` where the person may not, or one of the posts cannot be approved as it
    stands or is no longer what they saw, and `NotFound`.
    """
    core.check_files()
    snapshot = core.snapshot
    _check_seen(snapshot, seen)
    if "approve" not in person.roles:
        raise NotAllowed(
            _("{name} may not approve: that needs the role 'approve' in content/plan.toml (see --as)").format(
                name=person.name
            )
        )
    if verdict == "returned":
        _check_return(snapshot, note)
    found, now = known(core, names), core.clock.now()
    decisions = [Approval(each, _digest(snapshot, each, verdict), verdict, person.id, now, note) for each in found]
    if verdict == "approved":
        _check_texts(snapshot, found, now)
    approvals.append_approval(core.folder, *decisions)
    approved = list(versions.made(snapshot, decisions)) if verdict == "approved" else []
    with core.store.write() as connection:
        versions.keep(connection, approved)
        for each in decisions:
            moves.note(connection, now, verdict, each.post, person.id, note)
            posts.decided(connection, each.post, revoked=verdict != "approved")
        if verdict != "approved" and snapshot.campaign.plan.approval_required:
            why = _WHY[verdict]
            moves.apply(connection, [move for each in found for move in _held(connection, each, person.id, why)], now)
    return decisions


_AMISS = N_("{title} cannot go out as it stands: {error}. Mend it first")
_WHY = {"revoked": N_("the approval was revoked"), "returned": N_("the text was sent back")}


def _check_return(snapshot: Snapshot, reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("say why it is sent back: its author has to know what to change"))
    if not snapshot.campaign.plan.approval_required:
        raise NotAllowed(_("this campaign asks for no approval, so a text that is sent back would go out: hold it"))


def _check_texts(snapshot: Snapshot, names: Iterable[str], now: datetime) -> None:
    for name in names:
        post = snapshot.campaign.posts[name]
        if error := coming.error(snapshot, post, now):
            raise NotAllowed(_(_AMISS).format(title=post.title, error=error.rstrip(".")))


def _held(connection: sqlite3.Connection, post: str, by: str, why: str) -> list[Move]:
    rows = deliveries.of_post(connection, post).values()
    return [
        Move(row.id, row.state, Event.HOLD, State.HELD, by, why, {Hold.APPROVAL})
        for row in rows
        if row.state in (State.SCHEDULED, State.RETRYING) and not row.key.withdraws
    ]


def _digest(snapshot: Snapshot, post: str, verdict: str) -> str:
    if verdict == "revoked":
        return approvals.EVERY
    found = snapshot.campaign.posts.get(post)
    if verdict == "approved" and (post in snapshot.campaign.invalid or not snapshot.trustworthy):
        if found and (error := snapshot.objection(post)):
            raise NotAllowed(_(_AMISS).format(title=found.title, error=error.rstrip(".")))
        wrong = (snapshot.blamed(found) if found else "") or post
        raise NotAllowed(_("{post} has errors: run 'loa check' and mend them first").format(post=wrong))
    if post not in snapshot.digests:
        raise NotAllowed(_("{post} is not there to be read: its file is gone, or cannot be read").format(post=post))
    return snapshot.digests[post]
