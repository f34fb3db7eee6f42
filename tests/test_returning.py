"""A text that is sent back: it says so until it changes, and nothing of it goes out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.errors import NotAllowed
from scheduler.ground.lifecycle import Hold, State
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.plan(required=True)
    folder.channel()
    folder.post(at=LATER)
    return desks(folder)


def test_it_says_by_whom_and_why_until_its_text_changes(desk: Desk) -> None:
    desk.act.approve("tin")
    assert desk.look.post("tin").returned is None
    desk.act.return_post("tin", "sai ngày")
    status = desk.look.post("tin")
    assert status.approval is None
    assert status.returned is not None
    assert (status.returned.by, status.returned.note, status.returned.at) == ("giam-doc", "sai ngày", NOON)
    assert (desk.row().state, desk.row().holds, desk.row().reason) == (
        State.HELD, frozenset({Hold.APPROVAL}), "the text was sent back",
    )  # fmt: skip
    desk.folder.post(at=LATER, text="Đã sửa.")
    desk.act.sync()
    assert desk.look.post("tin").returned is None
    assert desk.row().state is State.HELD
    desk.act.approve("tin")
    assert desk.row().state is State.SCHEDULED


def test_nothing_of_it_goes_out_whatever_an_engine_had_read(desk: Desk) -> None:
    desk.act.approve("tin")
    with Engine.open(desk.folder.path, clock=desk.clock, person="giam-doc") as other:
        other.act.return_post("tin", "sai ngày")
    desk.at(LATER).run()
    assert desk.row().state is State.HELD
    assert desk.folder.module("kenh").calls == []


def test_a_later_yes_to_the_same_text_takes_it_back(desk: Desk) -> None:
    desk.act.return_post("tin", "sai ngày")
    desk.act.approve("tin", "ngày đúng rồi")
    assert desk.look.post("tin").returned is None
    assert desk.row().state is State.SCHEDULED


def test_a_text_with_errors_can_be_sent_back_too(desk: Desk) -> None:
    desk.folder.post(at="hôm nào")
    desk.act.return_post("tin", "không rõ ngày")
    status = desk.look.post("tin")
    assert not status.valid
    assert status.returned is not None


def test_it_needs_a_reason_the_role_and_a_campaign_that_asks_for_approval(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="say why"):
        desk.act.return_post("tin", "  ")
    with (
        Engine.open(desk.folder.path, clock=desk.clock, person="can-bo") as other,
        pytest.raises(NotAllowed, match="role 'approve'"),
    ):
        other.act.return_post("tin", "sai")
    desk.folder.plan(required=False)
    with pytest.raises(NotAllowed, match="asks for no approval"):
        desk.act.return_post("tin", "sai")
    assert desk.look.post("tin").returned is None


def test_nobody_decides_on_a_text_that_they_have_not_read(desk: Desk) -> None:
    seen = desk.look.post("tin").digest
    desk.folder.post(at=LATER, text="Đổi sau lưng.")
    for act in (desk.act.approve_all, desk.act.return_all):
        with pytest.raises(NotAllowed, match="Bài tin has changed since you read it"):
            act(["tin"], "vì", {"tin": seen})
    with pytest.raises(NotAllowed, match="has changed"):
        desk.act.approve("tin", "", seen)
    assert desk.look.post("tin").approval is None
    desk.act.approve("tin", "", desk.look.post("tin").digest)
    assert desk.row().state is State.SCHEDULED
