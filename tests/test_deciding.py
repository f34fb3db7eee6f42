"""Decisions on several posts at once: all or none, with one planning; and none on real files in a rehearsal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from scheduler.engine.core import Core
from scheduler.engine.engine import Engine
from scheduler.engine.planning import deciding
from scheduler.engine.planning.planner import Planner, PlanReport
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.problem import Problem, Severity
from scheduler.plan.approvals import read_approvals
from tests.campaign import NOON, Desk, Folder

LATER = NOON + timedelta(hours=2)
POSTS = ("mot", "hai", "ba")


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.plan(required=True)
    folder.channel()
    for name in POSTS:
        folder.post(name, at=LATER)
    return desks(folder)


def states(desk: Desk) -> set[State]:
    return {row.state for row in desk.rows().values()}


def verdicts(desk: Desk) -> list[tuple[str, str, str, str]]:
    decisions, torn = read_approvals(desk.folder.path)
    assert torn == []
    return [(each.post, each.verdict, each.by, each.note) for each in decisions]


def test_what_changes_between_the_look_and_the_yes_is_not_approved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the screens, where another thread reads the files again meanwhile."""
    seen = {"mot": desk.engine.snapshot.digests["mot"]}
    check = deciding.known

    def meanwhile(core: Core, names: Iterable[str]) -> list[str]:
        desk.folder.post("mot", at=LATER, text="Chưa ai đọc.")
        desk.engine.refresh()
        return check(core, names)

    monkeypatch.setattr(deciding, "known", meanwhile)
    desk.act.approve_all(["mot"], seen=seen)
    monkeypatch.undo()
    assert [each.digest for each in read_approvals(desk.folder.path)[0]] == [seen["mot"]]
    assert desk.row("mot").holds == {Hold.APPROVAL}


def test_several_are_approved_and_revoked_with_one_planning(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    plannings: list[Planner] = []
    run = Planner.run

    def counted(planner: Planner) -> PlanReport:
        plannings.append(planner)
        return run(planner)

    monkeypatch.setattr(Planner, "run", counted)
    found = desk.act.approve_all(POSTS, "đã đọc")
    assert [(each.post, each.by) for each in found] == [(name, "giam-doc") for name in POSTS]
    assert states(desk) == {State.SCHEDULED}
    assert len(plannings) == 1
    desk.act.revoke_all(POSTS, "sai ngày")
    assert states(desk) == {State.HELD}
    assert len(plannings) == 2
    assert verdicts(desk) == [
        *((name, "approved", "giam-doc", "đã đọc") for name in POSTS),
        *((name, "revoked", "giam-doc", "sai ngày") for name in POSTS),
    ]
    told = [(each.key, each.event) for each in desk.look.journal() if each.event in ("approved", "revoked")]
    assert sorted(told) == sorted((name, verdict) for name in POSTS for verdict in ("approved", "revoked"))


def test_a_name_that_is_given_twice_is_decided_once(desk: Desk) -> None:
    assert len(desk.act.approve_all(["mot", "mot"])) == 1


@pytest.mark.parametrize("other", ["khong", "hong"])
def test_where_one_cannot_be_approved_none_is(desk: Desk, other: str) -> None:
    desk.folder.post("hong", at="hôm nào")
    with pytest.raises((NotFound, NotAllowed)):
        desk.act.approve_all(["mot", other, "hai"])
    assert verdicts(desk) == []
    assert states(desk) == {State.HELD}
    with pytest.raises(NotFound):
        desk.act.hold_all(["mot", "khong"])
    assert all(row.holds == {Hold.APPROVAL} for row in desk.rows().values())


def test_several_are_held_and_released(desk: Desk) -> None:
    desk.act.approve_all(POSTS)
    assert desk.act.hold_all(["mot", "hai"], "xem lại") == 2
    held = {row.key.post for row in desk.rows().values() if Hold.POST in row.holds}
    assert held == {"mot", "hai"}
    assert {each.post.id: each.held_reason for each in desk.look.posts()} == {
        "mot": "xem lại",
        "hai": "xem lại",
        "ba": None,
    }
    assert desk.act.release_all(POSTS) == 2
    assert states(desk) == {State.SCHEDULED}


def test_a_rehearsal_on_the_real_files_decides_nothing(desk: Desk) -> None:
    desk.act.approve("mot")
    before = verdicts(desk)
    var = desk.folder.path / "var" / "rehearsal"
    with Engine.open(desk.folder.path, person="giam-doc", clock=desk.clock, var=var, rehearsal=True) as engine:
        for act in (engine.act.approve, engine.act.revoke):
            with pytest.raises(NotAllowed, match="does not write to the campaign's own files"):
                act("mot")
    assert verdicts(desk) == before


def test_a_text_that_a_channel_cannot_say_is_not_approved_nor_any_beside_it(desk: Desk) -> None:
    desk.folder.post("hai", at=LATER, text="Gọi điện thoại.Từ mai.")
    desk.folder.module("kenh").does["check"] = lambda rendered, context: (
        [Problem("'thoại.Từ' is run together")] if "thoại.Từ" in rendered.text else []
    )
    desk.engine.refresh()
    with pytest.raises(NotAllowed, match=r"cannot go out as it stands: .+/.+: 'thoại.Từ' is run together. Mend it"):
        desk.act.approve_all(POSTS)
    assert verdicts(desk) == []
    desk.folder.post("hai", at=LATER, text="Gọi điện thoại. Từ mai.")
    desk.engine.refresh()
    assert len(desk.act.approve_all(POSTS)) == len(POSTS)


def test_what_only_warns_is_approved(desk: Desk) -> None:
    desk.folder.module("kenh").does["check"] = lambda rendered, context: [Problem("long", severity=Severity.WARNING)]
    assert len(desk.act.approve_all(POSTS)) == len(POSTS)
