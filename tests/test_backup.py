"""Backup and restore: one archive, whole or not at all."""

from __future__ import annotations

import stat
import tarfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.backup import backup, restore
from scheduler.engine.lock import EngineLock
from scheduler.ground.errors import EngineRunning, LoaError
from scheduler.ground.lifecycle import State
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel(sure=False)
    folder.post(at=NOON + timedelta(hours=1))
    return desks(folder)


def test_it_holds_the_database_and_the_files_for_its_owner_alone(desk: Desk, tmp_path: Path) -> None:
    archive = tmp_path / "ra" / "sao-luu.tar.gz"
    backup(desk.engine, archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as opened:
        names = set(opened.getnames())
    assert {"backup.json", "var/loa.db", "config.toml", "content", "content/plan.toml", "content/posts/tin.md"} <= names
    assert not any("armed.json" in name or name.endswith("-wal") for name in names)
    assert list(archive.parent.iterdir()) == [archive]


def test_it_overwrites_nothing(desk: Desk, tmp_path: Path) -> None:
    archive = tmp_path / "sao-luu.tar.gz"
    archive.write_text("quý")
    with pytest.raises(LoaError, match="is there already"):
        backup(desk.engine, archive)
    assert archive.read_text() == "quý"


def test_a_restore_brings_the_rows_back_and_leaves_the_files(desk: Desk, tmp_path: Path) -> None:
    archive = tmp_path / "sao-luu.tar.gz"
    backup(desk.engine, archive)
    before = desk.rows()
    desk.act.cancel(desk.row().id)
    desk.folder.post(at=NOON + timedelta(hours=2), text="Mới.")
    text = desk.folder.file().read_text()
    desk.close()
    report = restore(desk.folder.path, archive, NOON, "giam-doc")
    assert desk.folder.file().read_text() == text
    back = Desk(desk.folder, desk.clock, armed=False)
    assert back.rows() == before
    assert back.store.problems() == []
    assert back.look.journal(1)[0].event == "restore"
    back.close()
    assert report.kept is not None
    assert report.kept.name == "loa.db.before-restore-20210503T050000"


def test_a_restore_into_an_empty_folder(desk: Desk, tmp_path: Path) -> None:
    archive = tmp_path / "sao-luu.tar.gz"
    backup(desk.engine, archive)
    place = tmp_path / "moi"
    place.mkdir()
    assert restore(place, archive, NOON, "giam-doc").kept is None
    assert (place / "var" / "loa.db").is_file()


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00"])
def test_what_is_no_backup_changes_nothing(desk: Desk, tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "la.tar.gz"
    archive.write_bytes(content)
    desk.close()
    database = desk.folder.path / "var" / "loa.db"
    before = database.read_bytes()
    with pytest.raises(LoaError, match="no backup"):
        restore(desk.folder.path, archive, NOON, "giam-doc")
    assert database.read_bytes() == before


def test_another_archive_is_no_backup(desk: Desk, tmp_path: Path) -> None:
    archive = tmp_path / "la.tar.gz"
    with tarfile.open(archive, "w:gz") as opened:
        opened.add(desk.folder.file(), "backup.json")
    with pytest.raises(LoaError, match="no backup"):
        restore(desk.folder.path, archive, NOON, "giam-doc")


def test_a_missing_file_is_said_so(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises((LoaError, OSError)):
        restore(desk.folder.path, tmp_path / "khong-co.tar.gz", NOON, "giam-doc")


def test_nothing_is_restored_under_a_running_engine(desk: Desk, tmp_path: Path) -> None:
    archive = tmp_path / "sao-luu.tar.gz"
    backup(desk.engine, archive)
    lock = EngineLock(desk.folder.path / "var")
    try:
        with pytest.raises(EngineRunning):
            restore(desk.folder.path, archive, NOON, "giam-doc")
    finally:
        lock.release()
    assert desk.row().state is State.SCHEDULED


def test_a_screen_that_was_open_acts_on_what_was_put_back(desk: Desk, tmp_path: Path) -> None:
    archive = tmp_path / "sao-luu.tar.gz"
    backup(desk.engine, archive)
    restore(desk.folder.path, archive, NOON, "giam-doc")
    assert desk.core.why_not() != ""
    desk.act.stop("từ màn hình đang mở")
    fresh = Desk(desk.folder, desk.clock, armed=False)
    assert fresh.look.status().stopped_by == "giam-doc"
    fresh.close()


@pytest.mark.parametrize("damaged", [False, True])
def test_there_is_a_database_at_every_moment_of_a_restore(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: bool
) -> None:
    archive, place = tmp_path / "sao-luu.tar.gz", desk.engine.var / "loa.db"
    backup(desk.engine, archive)
    desk.close()
    if damaged:
        place.write_bytes(b"no database" * 1000)
    real, seen = type(place).replace, []

    def replace(self: Path, target: Path) -> Path:
        seen.append(place.exists())
        done = real(self, target)
        seen.append(place.exists())
        return done

    monkeypatch.setattr(type(place), "replace", replace)
    report = restore(desk.folder.path, archive, NOON, "giam-doc")
    assert all(seen)
    assert bool(seen) is damaged
    assert report.kept is not None
    assert report.kept.read_bytes().startswith(b"no database" if damaged else b"SQLite format 3")
    back = Desk(desk.folder, desk.clock, armed=False)
    assert back.store.problems() == []
    back.close()
