"""A full disk: what has gone out is remembered until it can be written, and nothing new is begun meanwhile."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.store import connection as store_connection
from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import arm, running
from tests.kill.outside import Outside
from tests.kill.process import Daemon, query, states, until

pytestmark = pytest.mark.kill

SETTINGS = (("once", "padding = 60000\nworkers = 2"), ("again", "padding = 60000"))
"""A receipt of this size does not fit into what a database or its log has left over."""


class Pages:
    """A limit to the pages of a database, on every connection that the engine opens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._connections: list[sqlite3.Connection] = []
        self._limit = 2**30
        original = store_connection.connect

        def connect(path: Path) -> sqlite3.Connection:
            opened = original(path)
            self._connections.append(opened)
            opened.execute(f"PRAGMA max_page_count = {self._limit}")
            return opened

        monkeypatch.setattr(store_connection, "connect", connect)

    def limit(self, pages: int) -> None:
        """Allow so many pages from now on; never fewer than there are."""
        self._limit = pages
        for connection in self._connections:
            connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_database_at_its_page_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, pages = tmp_path / "campaign", Pages(monkeypatch)
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, ("once", "again"), targets=20, settings=SETTINGS))
        outside.ask("slow 1")
        with running(folder) as engine:
            until(lambda: outside.open() >= 1)
            pages.limit(1)
            until(lambda: engine.core.unwritten > 0)
            until(lambda: not outside.open())
            stuck = len(outside.calls())
            time.sleep(2.5)
            assert len(outside.calls()) == stuck < 40
            assert not engine.core.stopping.is_set()
            assert "could not be written" in engine.core.why_not()
            pages.limit(2**30)
            until(lambda: states(folder)["sent"] == 40)
            assert engine.core.unwritten == 0
        _each_once(folder, outside)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Yield a campaign folder whose ``var`` is a file system of 4 MB."""
    folder = tmp_path / "campaign"
    (folder / "var").mkdir(parents=True)
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder / "var")], capture_output=True, text=True
    )
    if mount.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mount.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder / "var")], check=True)


def test_a_full_file_system(small: Path, tmp_path: Path) -> None:
    with Outside(tmp_path / "outside") as outside:
        campaign.make(small, Wanted(outside.port, ("once", "again"), targets=8, settings=SETTINGS))
        arm(small)
        outside.ask("slow 1")
        with Daemon(small) as daemon:
            until(lambda: outside.open() >= 1, daemon=daemon)
            _fill(small / "var" / "filler")
            until(lambda: not outside.open(), daemon=daemon)
            time.sleep(0.5)
            stuck = len(outside.calls())
            time.sleep(2.5)
            assert len(outside.calls()) == stuck < 16
            (small / "var" / "filler").unlink()
            until(lambda: states(small)["sent"] == 16, daemon=daemon)
            daemon.end()
        _each_once(small, outside)


def _fill(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    os.write(descriptor, b"\0" * size)
        with pytest.raises(OSError, match="No space left"):
            os.write(descriptor, b"\0")
    finally:
        os.close(descriptor)


def _each_once(folder: Path, outside: Outside) -> None:
    for channel in ("once", "again"):
        assert set(outside.received(channel).values()) == {1}
        assert len(outside.received(channel)) == states(folder, channel)["sent"]
    assert query(folder, "SELECT count(*) FROM event WHERE event IN ('lose', 'recover')") == [(0,)]
    assert query(folder, "PRAGMA integrity_check") == [("ok",)]
