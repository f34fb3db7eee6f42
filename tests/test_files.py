"""Files are whole or not there, and what was written is on the disk."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.files import replace_file, sync_folder, write_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return what is brought to the disk: inode and size at that moment."""
    found: list[tuple[int, int]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        status = os.fstat(handle)
        found.append((status.st_ino, status.st_size))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return found


def full(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_replaced_by_one_that_was_on_the_disk_before(tmp_path: Path, synced: list[tuple[int, int]]) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    replace_file(path, b"newer")
    sync_folder(tmp_path)
    assert path.read_bytes() == b"newer"
    assert synced == [(path.stat().st_ino, 5), (tmp_path.stat().st_ino, tmp_path.stat().st_size)]
    assert list(tmp_path.iterdir()) == [path]


def test_the_mode_is_that_of_any_new_file_or_the_one_given(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        replace_file(tmp_path / "a", b"")
        replace_file(tmp_path / "b", b"", mode=0o604)
        write_file(tmp_path / "c", b"", 0o660)
    finally:
        os.umask(umask)
    assert [mode(tmp_path / name) for name in "abc"] == [0o640, 0o604, 0o640]


@pytest.mark.parametrize("write", [write_file, replace_file])
def test_on_a_full_disk_nothing_is_left_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., None]
) -> None:
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "a", b"new")
    assert list(tmp_path.iterdir()) == []


def test_the_old_file_stays_where_the_new_one_cannot_be_written_or_is_unwanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def unwanted() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        replace_file(path, b"new", check=unwanted)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])
