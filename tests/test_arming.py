"""A folder sends only where a person armed this very database in this very place, and a stop stays."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.backup import backup, restore
from scheduler.engine.engine import Engine
from scheduler.engine.looks.logbook import Wanted
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from scheduler.store import settings
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def armed(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel(sure=False)
    folder.post(at=LATER)
    desk = desks(folder)
    assert desk.core.arming.why_not() == ""
    return desk


def again(desk: Desk) -> Desk:
    """Close the desk, and open the folder as another process would."""
    desk.close()
    return Desk(desk.folder, desk.clock, armed=False)


def test_a_new_folder_sends_nothing_until_it_is_armed(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(sure=False)
    folder.post("truoc", at=NOON + timedelta(minutes=10))
    folder.post("sau", at=LATER)
    desk = desks(folder, armed=False)
    desk.act.sync()
    assert "run 'loa arm'" in desk.core.arming.why_not()
    desk.at(NOON + timedelta(minutes=30)).run()
    assert module.calls == []
    report = desk.act.arm()
    assert (report.missed, report.unknown, report.scheduled, report.held) == (1, 0, 1, 0)
    desk.at(LATER).run()
    assert {post: desk.row(post).state for post in ("truoc", "sau")} == {"truoc": State.MISSED, "sau": State.SENT}


def test_arming_twice_takes_nothing_away(armed: Desk) -> None:
    armed.at(LATER)
    assert armed.act.arm().missed == 0
    armed.run()
    assert armed.row().state is State.SENT


def test_a_restart_stays_armed(armed: Desk) -> None:
    desk = again(armed)
    assert desk.core.arming.why_not() == ""
    desk.at(LATER).run()
    assert desk.row().state is State.SENT
    desk.close()


def test_a_copied_folder_is_not_armed(armed: Desk, tmp_path: Path) -> None:
    armed.close()
    shutil.copytree(armed.folder.path, tmp_path / "ban-sao")
    other = Desk(at_place(armed.folder, tmp_path / "ban-sao"), armed.clock, armed=False)
    assert other.core.arming.why_not()
    other.at(LATER).run()
    assert other.row().state is State.SCHEDULED
    other.close()
    assert Desk(armed.folder, armed.clock, armed=False).core.arming.why_not() == "", "the first one goes on"


def at_place(folder: Folder, path: Path) -> Folder:
    other = object.__new__(Folder)
    other.__dict__.update(folder.__dict__, path=path)
    return other


def test_a_moved_folder_is_not_armed(armed: Desk, tmp_path: Path) -> None:
    armed.close()
    armed.folder.path.rename(tmp_path / "noi-khac")
    desk = Desk(at_place(armed.folder, tmp_path / "noi-khac"), armed.clock, armed=False)
    assert desk.core.arming.why_not()
    desk.close()


@pytest.mark.parametrize("lost", ["loa.db", "armed.json"])
def test_a_file_that_is_gone_disarms(armed: Desk, lost: str) -> None:
    armed.close()
    for path in (armed.folder.path / "var").glob(f"{lost}*"):
        path.unlink()
    desk = Desk(armed.folder, armed.clock, armed=False)
    assert desk.core.arming.why_not()
    desk.at(LATER + timedelta(minutes=1)).act.sync()
    desk.run()
    assert desk.row().state in (State.MISSED, State.SCHEDULED)
    report = desk.act.arm()
    assert desk.row().state is State.MISSED
    assert report.scheduled == 0
    desk.close()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"token": 5}'])
def test_a_broken_half_disarms(armed: Desk, content: str) -> None:
    (armed.folder.path / "var" / "armed.json").write_text(content)
    assert armed.core.arming.why_not()
    armed.at(LATER).run()
    assert armed.row().state is State.SCHEDULED


@pytest.mark.parametrize("in_place", [True, False])
def test_an_older_copy_of_the_database_is_not_armed_and_what_may_have_gone_is_unknown(
    armed: Desk, tmp_path: Path, in_place: bool
) -> None:
    armed.folder.channel("chac", sure=True)
    armed.close()
    first = Desk(armed.folder, armed.clock, armed=False)
    first.folder.post(at=LATER)
    first.act.sync()
    first.store.backup(tmp_path / "cu.db")
    first.at(LATER).run()
    assert {row.state for row in first.rows().values()} == {State.SENT}
    first.core.arming.mark()
    first.close()
    database = armed.folder.path / "var" / "loa.db"
    for path in database.parent.glob("loa.db-*"):
        path.unlink()
    if in_place:
        database.write_bytes((tmp_path / "cu.db").read_bytes())
    else:
        (tmp_path / "cu.db").replace(database)
    desk = Desk(armed.folder, armed.clock, armed=False)
    assert desk.core.arming.why_not()
    desk.run()
    assert {row.state for row in desk.rows().values()} == {State.SCHEDULED}
    desk.act.arm()
    assert desk.row(channel="kenh").state is State.UNKNOWN
    assert desk.row(channel="chac").state is State.MISSED
    desk.run()
    assert len(armed.folder.module("kenh").calls) == 1
    desk.close()


def test_a_restored_backup_is_not_armed_and_keeps_the_old_database(armed: Desk, tmp_path: Path) -> None:
    archive = tmp_path / "sao-luu.tar.gz"
    backup(armed.engine, archive)
    armed.at(LATER).run()
    assert armed.row().state is State.SENT
    armed.close()
    report = restore(armed.folder.path, archive, armed.clock.now(), "giam-doc")
    assert report.taken_at == NOON
    assert report.kept is not None
    assert report.kept.is_file()
    desk = Desk(armed.folder, armed.clock, armed=False)
    assert desk.core.arming.why_not()
    desk.act.arm()
    assert desk.row().state is State.UNKNOWN
    desk.act.settle(desk.row().id, "sent", "đã thấy")
    assert len(armed.folder.module("kenh").calls) == 1
    desk.close()


def test_a_stop_stays_through_a_restart_and_an_arming(armed: Desk) -> None:
    armed.act.stop("có nhầm lẫn")
    desk = again(armed)
    desk.act.arm()
    status = desk.look.status()
    assert (status.stopped_by, status.stop_reason, status.stopped_at) == ("giam-doc", "có nhầm lẫn", NOON)
    desk.at(LATER).run()
    assert desk.row().state is State.SCHEDULED
    desk.act.lift()
    desk.run()
    assert desk.row().state is State.SENT
    desk.close()


def test_a_mark_never_undoes_an_arming_beside_it(armed: Desk) -> None:
    """The engine has asked and is armed, a person arms again, and only then does the engine write its mark."""
    arming = armed.core.arming
    with armed.store.write() as connection:
        token = arming.arm(connection, armed.clock.now())
    arming.mark()
    with Engine.open(armed.folder.path, clock=armed.clock, person="giam-doc") as other:
        other.core.arming.seal(token)
        assert other.core.arming.why_not() == ""
        arming.mark()
        assert other.core.arming.why_not() == ""


def test_of_two_armings_at_once_the_later_stands(armed: Desk) -> None:
    arming = armed.core.arming
    with armed.store.write() as connection:
        first = arming.arm(connection, armed.clock.now())
    with armed.store.write() as connection:
        second = arming.arm(connection, armed.clock.now())
    arming.seal(second)
    arming.seal(first)
    assert arming.why_not() == ""
    assert [path.name for path in armed.engine.var.glob("armed.json*")] == ["armed.json"]


def test_no_plugin_code_runs_while_arming_writes(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(sure=False)
    folder.post(at=LATER)
    desk = desks(folder)
    with desk.store.write() as connection:
        settings.disarm(connection, NOON)
    written: list[bool] = []

    def route(*_: object) -> bool:
        with Engine.open(folder.path, clock=desk.clock, person="giam-doc") as other:
            other.act.stop("giữa chừng")
            written.append(True)
        return False

    module.does["idempotent"] = route
    desk.at(LATER).act.arm()
    assert written
    assert desk.row().state is State.UNKNOWN


def test_why_everything_was_stopped_may_be_said_afterwards(armed: Desk) -> None:
    armed.act.stop()
    armed.clock.advance(NOON + timedelta(minutes=2))
    armed.act.say_why_stopped("nhầm số")
    status = armed.look.status()
    assert (status.stopped_by, status.stop_reason, status.stopped_at) == ("giam-doc", "nhầm số", NOON)
    said = [(each.event, each.text) for each in armed.look.log(Wanted()) if each.event.startswith("stop")]
    assert sorted(said) == [("stop", ""), ("stop-reason", "nhầm số")]
    armed.act.lift()
    with pytest.raises(LoaError, match="lifted meanwhile"):
        armed.act.say_why_stopped("nhầm giờ")
    assert armed.look.status().stop_reason == ""
