from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import DATABASE
from scheduler.engine.planning.versions import Aside, made
from scheduler.ground.delivery import Approval
from scheduler.plan.approvals import append_approval
from scheduler.plan.differing import Side
from scheduler.store import versions
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


def changed(desk: Desk) -> list[tuple[Side, str]]:
    return [(each.side, each.text) for each in desk.look.difference("tin").lines if each.side is not Side.BOTH]


def test_a_text_that_nobody_has_approved_yet_stands_alone(desk: Desk) -> None:
    found = desk.look.difference("tin")
    assert found.first
    assert (found.before, found.keys, found.asides) == (None, (), ())
    assert [line.text for line in found.lines] == ["Xin chào."]


def test_a_text_is_held_beside_what_was_approved_last(desk: Desk) -> None:
    desk.act.approve("tin", "một")
    assert changed(desk) == []
    desk.folder.post(at=LATER + timedelta(days=1), text="Xin chào bà con.")
    desk.act.sync()
    found = desk.look.difference("tin")
    assert found.before is not None
    assert (found.before.by, found.before.at) == ("giam-doc", NOON)
    assert found.approval is not None
    assert found.approval.note == "một"
    assert [(each.key, each.before, each.after) for each in found.keys] == [
        ("at", "2021-05-03 14:00", "2021-05-04 14:00")
    ]
    assert changed(desk) == [(Side.BEFORE, "Xin chào."), (Side.AFTER, "Xin chào bà con.")]
    desk.act.approve("tin")
    assert changed(desk) == []


def test_what_was_revoked_is_still_what_was_approved_last(desk: Desk) -> None:
    desk.act.approve("tin")
    desk.act.revoke("tin")
    desk.folder.post(at=LATER, text="Khác.")
    desk.act.sync()
    assert changed(desk) == [(Side.BEFORE, "Xin chào."), (Side.AFTER, "Khác.")]


def test_an_approval_from_another_machine_is_kept_when_it_is_met(desk: Desk) -> None:
    digest = desk.look.post("tin").digest
    append_approval(desk.folder.path, Approval("tin", digest, "approved", "giam-doc", NOON))
    desk.act.sync()
    assert versions.known(desk.store.read()) == {("tin", digest)}
    desk.folder.post(at=LATER, text="Khác.")
    desk.act.sync()
    assert changed(desk) == [(Side.BEFORE, "Xin chào."), (Side.AFTER, "Khác.")]


def test_a_text_that_was_never_here_is_said_not_to_be_here(desk: Desk) -> None:
    append_approval(desk.folder.path, Approval("tin", "sha256:" + "a" * 64, "approved", "giam-doc", NOON))
    desk.act.sync()
    found = desk.look.difference("tin")
    assert not found.first
    assert found.before is None
    assert changed(desk) == []


def test_a_file_that_changed_in_between_is_not_kept_for_what_was_approved(desk: Desk) -> None:
    snapshot, digest = desk.engine.snapshot, desk.look.post("tin").digest
    desk.folder.post(at=LATER, text="Khác.")
    assert list(made(snapshot, [Approval("tin", digest, "approved", "giam-doc", NOON)])) == []


def test_what_else_an_approval_covers_is_named_where_the_text_is_the_same(desk: Desk) -> None:
    desk.folder.post(at=LATER, text="{{ plan.theme }}")
    desk.act.approve("tin")
    plan = desk.folder.path / "content" / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("Bảo hiểm cho mọi người", "Mới"), encoding="utf-8")
    desk.act.sync()
    assert desk.look.post("tin").approval is None
    assert desk.look.difference("tin").asides == (Aside("values", "plan.theme", "Bảo hiểm cho mọi người", "Mới"),)
    assert changed(desk) == []


def test_an_option_that_changed_is_named_and_a_channel_that_went_is_one_line(desk: Desk) -> None:
    desk.folder.channel("hai")
    desk.folder.post(at=LATER, channels="[kenh, hai]")
    desk.act.sync()
    desk.act.approve("tin")
    desk.folder.switch_on("kenh", "", ("noi", "them"))
    desk.folder.post(at=LATER, channels="[kenh]")
    desk.act.sync()
    asides = desk.look.difference("tin").asides
    assert asides
    assert {each.kind for each in asides} == {"channels"}
    assert all(each.name.startswith("kenh.targets.them.") for each in asides), "the post's own key says that hai went"


def test_an_event_that_moved_is_named(desk: Desk) -> None:
    desk.folder.event("le", LATER)
    desk.folder.post(event="le", offset="1h")
    desk.act.sync()
    desk.act.approve("tin")
    desk.folder.event("le", LATER + timedelta(hours=1))
    desk.act.sync()
    (aside, *more) = desk.look.difference("tin").asides
    assert (aside.kind, aside.name) in {("event", "start"), ("event", "end")}
    assert more


def test_approving_a_post_again_keeps_one_version_of_each_text(desk: Desk) -> None:
    for _ in range(3):
        desk.act.approve("tin")
    assert len(versions.known(desk.store.read())) == 1


def test_an_old_database_gets_the_approved_texts_at_the_first_planning(
    desk: Desk, folder: Folder, desks: Callable[..., Desk]
) -> None:
    desk.act.approve("tin")
    desk.close()
    database = sqlite3.connect(folder.path / "var" / DATABASE)
    database.execute("DROP TABLE version")
    database.execute("DROP TABLE health")
    database.execute("DELETE FROM _sqlite_migrations WHERE name IN ('health', 'approved_versions')")
    database.execute("PRAGMA user_version = 5")
    database.commit()
    database.close()
    again = desks(folder, armed=False)
    assert again.look.channels()[0].health is None
    again.act.sync()
    assert len(versions.known(again.store.read())) == 1
