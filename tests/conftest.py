"""A campaign folder of one's own for each test."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.store.store import Store
from tests.campaign import Desk, Folder
from tests.running import Daemon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEMORY, ROOM = Path("/dev/shm"), 2_000_000_000
LONG = ("test_bench.py", "test_end_to_end.py", "test_promises.py", "test_rehearse.py", "test_runner.py")
"""Files whose tests take seconds, most of them in other processes or waiting: begun first, they end with the rest."""


def pytest_configure() -> None:
    """See to it that nothing is waited for twice: compiled files are kept, and folders of tests are in memory."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if "TMPDIR" not in os.environ and _fits(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Say how many workers ``-n auto`` means: three for two cores, as each waits a third of its time."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, cores * 3 // 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what will stay anyway: some ten thousand tests and all that they import."""
    gc.collect()
    gc.freeze()


def _fits(place: Path) -> bool:
    """Tell whether files can be made and run in ``place``, and there is room for them; a disk is slow to sync."""
    may = os.access(place, os.W_OK) and not os.statvfs(place).f_flag & os.ST_NOEXEC
    return may and shutil.disk_usage(place).free >= ROOM


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


@pytest.fixture
def daemons() -> Iterator[Callable[..., Daemon]]:
    """Start engines, and end them when the test is over."""
    started: list[Daemon] = []

    def start(folder: Folder, **options: Any) -> Daemon:
        started.append(Daemon(folder, **options))
        return started[-1]

    yield start
    for daemon in started:
        if daemon.thread.is_alive():
            daemon.end()
