"""What people do: with which right, in whose name, and what it leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Receipt
from scheduler.engine.engine import Engine
from scheduler.engine.planning import planner
from scheduler.engine.planning.planner import Planner
from scheduler.ground.errors import IllegalTransition, NotAllowed, NotFound
from scheduler.ground.lifecycle import Hold, State
from scheduler.store import posts
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel(sure=False)
    folder.plan(required=True)
    folder.post(at=LATER)
    return desks(folder)


def test_who_may_approve(desk: Desk, folder: Folder, desks: Callable[..., Desk]) -> None:
    drafter = desks(folder, armed=False, person="can-bo")
    for act in (drafter.act.approve, drafter.act.revoke):
        with pytest.raises(NotAllowed, match="needs the role 'approve'"):
            act("tin")
    assert not (folder.path / "content" / "approvals.jsonl").exists()
    decision = desk.act.approve("tin", "được")
    assert (decision.by, decision.note, decision.at) == ("giam-doc", "được", NOON)
    assert desk.look.post("tin").approval == decision
    assert desk.row().state is State.SCHEDULED


def test_an_approval_covers_every_occurrence_and_ends_with_an_edit(desk: Desk) -> None:
    desk.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3")
    desk.act.sync()
    desk.act.approve("tin")
    assert {row.state for row in desk.rows().values()} == {State.SCHEDULED}
    desk.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3", text="Khác.")
    desk.act.sync()
    assert {row.holds for row in desk.rows().values()} == {frozenset({Hold.APPROVAL})}
    desk.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3")
    desk.act.sync()
    assert {row.state for row in desk.rows().values()} == {State.SCHEDULED}, "what was approved is approved"
    desk.act.revoke("tin")
    assert {row.state for row in desk.rows().values()} == {State.HELD}


@pytest.mark.parametrize("broken", ["gone", "invalid", "unknown"])
def test_what_cannot_be_read_cannot_be_approved(desk: Desk, broken: str) -> None:
    if broken == "gone":
        desk.folder.file().unlink()
    elif broken == "invalid":
        desk.folder.post(at="bao giờ")
    desk.act.sync()
    with pytest.raises((NotAllowed, NotFound)) as error:
        desk.act.approve("tim" if broken == "unknown" else "tin")
    if broken == "unknown":
        assert "did you mean 'tin'" in str(error.value)
    assert not (desk.folder.path / "content" / "approvals.jsonl").exists()


def test_a_held_post_holds_what_is_planned_later_too(desk: Desk) -> None:
    desk.act.approve("tin")
    assert desk.act.hold("tin", "xem lại") == 1
    desk.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3")
    desk.act.sync()
    desk.act.approve("tin")
    assert {row.holds for row in desk.rows().values()} == {frozenset({Hold.POST})}
    status = desk.look.post("tin")
    assert (status.held_by, status.held_reason) == ("giam-doc", "xem lại")
    assert desk.act.release("tin") == 3
    assert {row.state for row in desk.rows().values()} == {State.SCHEDULED}


def test_a_release_leaves_the_other_reasons(desk: Desk) -> None:
    desk.act.hold("tin")
    desk.act.release("tin")
    assert desk.row().holds == {Hold.APPROVAL}


@pytest.mark.parametrize(
    ("act", "more"),
    [
        ("hold", ()), ("release", ()), ("approve", ()), ("revoke", ()),
        ("pause", ()), ("resume", ()), ("probe", ()),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_with_the_nearest(desk: Desk, act: str, more: tuple[Any, ...]) -> None:
    name = "ken" if act in ("pause", "resume", "probe") else "tim"
    before = desk.dump()
    with pytest.raises(NotFound, match="did you mean"):
        getattr(desk.act, act)(name, *more)
    assert desk.dump() == before


def test_a_delivery_that_is_not_there(desk: Desk) -> None:
    for act in (desk.act.cancel, desk.act.requeue, desk.act.hold_delivery, desk.act.release_delivery):
        with pytest.raises(NotFound, match="no delivery 99"):
            act(99)


def test_what_people_carried_on(desk: Desk) -> None:
    desk.act.approve("tin")
    desk.folder.module("kenh").does["deliver"] = lambda *_: Receipt("gói-1", detail={"file": "a"}, handed=True)
    desk.at(LATER).run()
    row = desk.act.confirm(desk.row().id, "nghe trên sóng lúc 17h")
    assert (row.state, row.actor, row.done_at) == (State.SENT, "giam-doc", LATER)
    said = {"evidence": "nghe trên sóng lúc 17h", "by": "giam-doc"}
    assert row.receipt == {"id": "gói-1", "detail": {"file": "a", **said}}
    with pytest.raises(IllegalTransition):
        desk.act.deny(row.id, "không")


def test_what_they_did_not(desk: Desk) -> None:
    desk.act.approve("tin")
    desk.folder.module("kenh").does["deliver"] = lambda *_: Receipt("gói-1", handed=True)
    desk.at(LATER).run()
    row = desk.act.deny(desk.row().id, "đài không phát")
    assert (row.state, row.reason) == (State.FAILED, "đài không phát")
    again = desk.act.requeue(row.id, LATER + timedelta(hours=1))
    assert (again.state, again.round, again.due_at) == (State.SCHEDULED, 2, LATER + timedelta(hours=1))


def test_a_requeue_passes_the_gate(desk: Desk) -> None:
    desk.act.cancel(desk.row().id)
    row = desk.act.requeue(desk.row().id)
    assert (row.state, row.holds) == (State.HELD, frozenset({Hold.APPROVAL}))


def test_a_requeue_keeps_lead_and_grace(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(grace=3600, table='lead = "2h"\n')
    folder.post(at=LATER + timedelta(hours=2))
    desk = desks(folder)
    desk.act.cancel(desk.row().id)
    at = NOON + timedelta(days=3)
    row = desk.act.requeue(desk.row().id, at)
    assert (row.due_at, row.publish_at, row.expires_at) == (at, at + timedelta(hours=2), at + timedelta(hours=3))
    past = desk.act.requeue(desk.act.cancel(row.id).id, NOON - timedelta(days=1))
    assert past.due_at == NOON


def test_every_act_is_in_the_journal_with_its_person(desk: Desk) -> None:
    desk.act.approve("tin", "được")
    desk.act.pause("kenh", "bảo trì")
    desk.act.resume("kenh")
    desk.act.stop("dừng")
    desk.act.lift()
    desk.act.cancel(desk.row().id, "thôi")
    lines = [
        (e.event, e.key.split("/")[0], e.actor, e.reason) for e in reversed(desk.look.journal()) if e.actor != "planner"
    ]
    assert lines[-6:] == [
        ("approved", "tin", "giam-doc", "được"),
        ("pause", "kenh", "giam-doc", "bảo trì"),
        ("resume", "kenh", "giam-doc", ""),
        ("stop", "folder", "giam-doc", "dừng"),
        ("lift", "folder", "giam-doc", ""),
        ("cancel", "tin", "giam-doc", "thôi"),
    ]


def test_who_one_is(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.engine.engine.system_user", lambda: "hoa")
    monkeypatch.delenv("LOA_AS", raising=False)
    folder.plan('\n[[people]]\nid = "hoa"\nname = "Hoa"\nroles = ["approve"]\nlogins = ["hoa"]\n'
                '\n[[people]]\nid = "lan"\nname = "Lan"\nlogins = ["lan", "lan2"]\n')  # fmt: skip
    with Engine.open(folder.path) as engine:
        assert engine.actor.id == "hoa"
    with Engine.open(folder.path, person="giam-doc") as engine:
        assert engine.actor.id == "giam-doc"
    with pytest.raises(NotAllowed, match="lan, lan2"):
        Engine.open(folder.path, person="lan")
    with pytest.raises(NotFound, match="did you mean 'giam-doc'"):
        Engine.open(folder.path, person="giam-do")
    monkeypatch.setenv("LOA_AS", "can-bo")
    with Engine.open(folder.path) as engine:
        assert engine.actor.id == "can-bo"
    monkeypatch.delenv("LOA_AS")
    monkeypatch.setattr("scheduler.engine.engine.system_user", lambda: "khach")
    with Engine.open(folder.path) as engine:
        assert (engine.actor.id, engine.actor.roles) == ("user:khach", frozenset())


PROBES = {
    "well": ("return Health(ok=True, detail='token tốt')", True, "token tốt"),
    "ill": ("return Health(ok=False, detail='hết hạn')", False, "hết hạn"),
    "raising": ("raise RuntimeError('hỏng')", False, "RuntimeError: hỏng"),
    "exiting": ("raise SystemExit(1)", False, "SystemExit: 1"),
    "nonsense": ("return 'tốt'", False, "plugin kenh: probe returned str"),
}


@pytest.mark.parametrize(("body", "ok", "detail"), PROBES.values(), ids=PROBES)
def test_a_probe(folder: Folder, desks: Callable[..., Desk], body: str, ok: bool, detail: str) -> None:
    folder.channel(more=f"def probe(self, context):\n    from scheduler.api import Health\n    {body}\n")
    desk = desks(folder)
    health = desk.act.probe("kenh")
    assert (health.ok, health.detail) == (ok, detail)
    with pytest.raises(NotFound, match=r"no target 'no'.*did you mean 'noi'"):
        desk.act.probe("kenh", "no")


def test_a_channel_without_a_probe_is_well(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    assert desks(folder).act.probe("kenh").ok


def test_releasing_a_post_lifts_its_own_hold_and_no_other(desk: Desk) -> None:
    desk.act.approve("tin")
    desk.act.hold_delivery(desk.row().id, "hỏi lại đài")
    desk.act.hold("tin", "xem lại")
    assert desk.row().holds == {Hold.OPERATOR, Hold.POST}
    desk.act.release("tin")
    assert (desk.row().state, desk.row().holds) == (State.HELD, frozenset({Hold.OPERATOR}))
    assert desk.act.release_delivery(desk.row().id).state is State.SCHEDULED


def test_releasing_a_post_leaves_what_is_late_to_a_person(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(late="ASK", grace=60)
    folder.post(at=LATER)
    desk = desks(folder)
    desk.act.hold("tin", "xem lại")
    desk.at(LATER + timedelta(hours=30)).act.sync()
    desk.act.release("tin")
    desk.run()
    assert (desk.row().state, desk.row().holds) == (State.HELD, frozenset({Hold.LATE}))


def test_a_post_can_be_held_before_it_was_ever_planned(desk: Desk) -> None:
    desk.folder.post("moi", at=LATER)
    with desk.store.write() as connection:
        posts.hold(connection, "moi", "giam-doc", "chờ", NOON)
    desk.act.sync()
    desk.act.approve("moi")
    assert (desk.row("moi").state, desk.row("moi").holds) == (State.HELD, frozenset({Hold.POST}))


def test_a_revocation_holds_whatever_an_engines_planning_had_read_before(desk: Desk) -> None:
    desk.act.approve("tin")
    old = desk.engine.snapshot
    with Engine.open(desk.folder.path, clock=desk.clock, person="giam-doc") as other:
        other.act.revoke("tin")
    report = Planner(desk.store, old, desk.clock.now()).run()
    assert report.outdated
    assert (desk.row().state, desk.row().holds) == (State.HELD, frozenset({Hold.APPROVAL}))
    desk.at(LATER).run()
    assert desk.row().state is State.HELD
    assert desk.folder.module("kenh").calls == []


def test_a_revocation_that_comes_while_a_post_is_being_planned_stops_the_planning(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "PART", 1)
    desk.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3")
    desk.act.approve("tin")
    old, real = desk.engine.snapshot, Planner._sure
    with Engine.open(desk.folder.path, clock=desk.clock, person="giam-doc") as other:
        other.act.revoke("tin")
        other.act.approve("tin")

        def once(self: Planner, part: Any) -> Any:
            monkeypatch.setattr(Planner, "_sure", real)
            other.act.revoke("tin")
            return real(self, part)

        desk.engine.refresh()
        monkeypatch.setattr(Planner, "_sure", once)
        desk.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3", text="Khác.")
        desk.act.sync()
    assert old is not desk.engine.snapshot
    assert {row.state for row in desk.rows().values()} == {State.HELD}
