"""A campaign folder of one's own for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.store.store import Store
from tests.campaign import Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEMORY, ROOM = Path("/dev/shm"), 2_000_000_000


def pytest_configure() -> None:
    """Make the tests' folders in memory, where that is a place for programs and has room: a disk is slow to sync."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return
    if not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return an empty campaign that needs no approval."""
    return Folder(tmp_path / "campaign")


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new database file, to be copied."""
    path = tmp_path_factory.mktemp("blank") / "loa.db"
    Store(path).close()
    return path


@pytest.fixture
def store(tmp_path: Path, blank: Path) -> Iterator[Store]:
    """Return a new database."""
    shutil.copy(blank, tmp_path / "loa.db")
    made = Store(tmp_path / "loa.db")
    yield made
    made.close()


@pytest.fixture
def desks() -> Iterator[Callable[..., Desk]]:
    """Open desks, and close them when the test is over."""
    opened: list[Desk] = []

    def open_desk(folder: Folder, **options: object) -> Desk:
        opened.append(Desk(folder, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_desk
    for desk in opened:
        desk.close()
