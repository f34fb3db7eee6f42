"""The one way to write: all or nothing, one after the other, in the store's own words when it fails."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from scheduler.ground.errors import StoreBusy, StoreError, StoreFull
from scheduler.store import connection as module
from scheduler.store import settings
from scheduler.store.connection import Connection, Connections, connect
from scheduler.store.migrations import migrations
from scheduler.store.store import VERSION, Store

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[Connections]:
    made = Connections(tmp_path / "thu.db")
    with made.write() as writing:
        writing.execute("CREATE TABLE so (n INTEGER)")
    yield made
    made.close()


def numbers(connections: Connections) -> list[int]:
    return [n for (n,) in connections.read().execute("SELECT n FROM so ORDER BY n")]


def test_a_connection_is_durable_and_strict(connections: Connections) -> None:
    read = connections.read()
    values = {
        name: read.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_write_is_all_or_nothing(connections: Connections) -> None:
    with connections.write() as writing:
        writing.execute("INSERT INTO so VALUES (1)")

    def fail(error: BaseException) -> None:
        with connections.write() as writing:
            writing.execute("INSERT INTO so VALUES (2)")
            raise error

    for error in (RuntimeError(), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            fail(error)
    assert numbers(connections) == [1]
    assert not connections.read().in_transaction


def test_writes_do_not_nest(connections: Connections) -> None:
    with pytest.raises(StoreError, match="within a transaction"), connections.write(), connections.write():
        pass
    assert not connections.read().in_transaction


def test_each_thread_has_its_own_connection_and_they_take_turns(connections: Connections) -> None:
    seen: set[int] = set()
    all_there = threading.Barrier(4)

    def work() -> None:
        seen.add(id(connections.read()))
        all_there.wait(10)
        for _ in range(20):
            with connections.write() as writing:
                (last,) = writing.execute("SELECT coalesce(max(n), 0) FROM so").fetchone()
                writing.execute("INSERT INTO so VALUES (?)", (last + 1,))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(connections) == list(range(1, 81))
    assert len(seen) == 4


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files")
def test_a_thread_that_ends_takes_its_connection_with_it(connections: Connections) -> None:
    def opened() -> int:
        return sum(1 for each in Path("/proc/self/fd").iterdir() if "thu.db" in str(each.resolve()))

    before, seen = opened(), []
    for _ in range(50):
        thread = threading.Thread(target=lambda: seen.append(numbers(connections)))
        thread.start()
        thread.join()
    assert seen == [[]] * 50
    assert opened() <= before + 1, "SQLite keeps one file open while another connection has locks, for the next one"


def test_another_process_that_holds_the_lock_is_waited_for_and_then_reported(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(connections.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    connections.read().execute("PRAGMA busy_timeout = 20")
    with pytest.raises(StoreBusy, match="stayed locked"), connections.write():
        pass
    other.execute("ROLLBACK")
    other.close()
    with connections.write() as writing:
        writing.execute("INSERT INTO so VALUES (1)")
    assert numbers(connections) == [1]


def test_a_full_database_changes_nothing_and_recovers(connections: Connections) -> None:
    pages = connections.read().execute("PRAGMA page_count").fetchone()[0]
    connections.read().execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFull, match="cannot be written"), connections.write() as writing:
        writing.executemany("INSERT INTO so VALUES (?)", [(n,) for n in range(10_000)])
    assert numbers(connections) == []
    connections.read().execute("PRAGMA max_page_count = 1000000")
    with connections.write() as writing:
        writing.execute("INSERT INTO so VALUES (1)")


@pytest.mark.parametrize("sql", ["SELEKT 1", "INSERT INTO khong_co VALUES (1)"])
def test_any_other_refusal_is_the_stores_too(connections: Connections, sql: str) -> None:
    with pytest.raises(StoreError, match="the database refused"), connections.write() as writing:
        writing.execute(sql)


def test_a_place_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreFull, match="unable to open"):
        connect(tmp_path / "khong" / "co" / "loa.db")


def test_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    path.write_bytes(b"day khong phai la co so du lieu " * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store(path)


def test_a_query_that_comes_upon_damage_says_so_at_whatever_row(tmp_path: Path) -> None:
    connections = Connections(tmp_path / "thu.db")
    with connections.write() as writing:
        writing.execute("CREATE TABLE so (n INTEGER, t TEXT)")
        writing.executemany("INSERT INTO so VALUES (?, ?)", [(n, "x" * 500) for n in range(200)])
    connections.read().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close()
    data = connections.path.read_bytes()
    connections.path.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
    rows = connections.read().execute("SELECT n FROM so")
    assert rows.fetchone() == (0,)
    said = r"is damaged: .* malformed; .* `loa restore` the last backup"
    with pytest.raises(StoreError, match=said):
        list(rows)
    with pytest.raises(StoreError, match=said):
        connections.read().execute("SELECT n FROM so").fetchall()
    connections.close()


# --- the whole file --------------------------------------------------------------------------------------------------


def test_a_store_is_made_once_and_knows_itself(tmp_path: Path) -> None:
    store = Store(tmp_path / "var" / "loa.db")
    identity = settings.get(store.read(), "store")
    assert identity is not None
    assert len(identity) == 32
    assert store.problems() == []
    store.close()
    again = Store(tmp_path / "var" / "loa.db")
    assert settings.get(again.read(), "store") == identity
    again.close()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "loa.db")
    with store.write() as writing:
        writing.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(StoreError, match="made by a newer Loa"):
        Store(tmp_path / "loa.db")


def test_several_that_open_a_new_store_at_once_all_get_it(tmp_path: Path) -> None:
    code = "import sys, pathlib; from scheduler.store.store import Store; Store(pathlib.Path(sys.argv[1])).close()"
    root = Path(__file__).parents[1]
    for number in range(3):
        path = tmp_path / str(number) / "loa.db"
        started = [
            subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=root, stderr=subprocess.PIPE)
            for _ in range(3)
        ]
        assert [(each.communicate()[1], each.returncode) for each in started] == [(b"", 0)] * 3


def test_a_backup_is_a_whole_database_of_this_moment(store: Store, tmp_path: Path) -> None:
    with store.write() as writing:
        settings.put(writing, "a", "1")
    store.backup(tmp_path / "sao.db")
    with store.write() as writing:
        settings.put(writing, "a", "2")
    copy = Store(tmp_path / "sao.db")
    assert settings.get(copy.read(), "a") == "1"
    assert copy.problems() == []
    copy.close()
    with pytest.raises(StoreError, match="is there already"):
        store.backup(tmp_path / "sao.db")


def test_a_settled_file_needs_no_log(store: Store, tmp_path: Path) -> None:
    with store.write() as writing:
        settings.put(writing, "a", "1")
    store.settle()
    (tmp_path / "rieng.db").write_bytes(store.path.read_bytes())
    alone = Store(tmp_path / "rieng.db")
    assert settings.get(alone.read(), "a") == "1"
    alone.close()


def test_a_new_store_is_strict_too(store: Store) -> None:
    assert store.read().execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_damage_is_found(store: Store) -> None:
    with store.write() as writing:
        writing.execute("PRAGMA defer_foreign_keys = ON")
    raw = sqlite3.connect(store.path)
    raw.execute("INSERT INTO event (at, delivery, event, actor) VALUES ('2021', 99, 'x', 'y')")
    raw.commit()
    raw.close()
    assert store.problems() == ["foreign key broken in event"]


def test_the_time_to_wait_is_generous() -> None:
    assert module.BUSY_SECONDS >= 5


def test_a_new_database_is_its_owners_alone_and_its_folder_lets_others_pass_through(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        made = Store(tmp_path / "var" / "loa.db")
        with made.write() as connection:
            connection.execute("INSERT INTO setting (name, value) VALUES ('a', 'b')")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "var").iterdir()}
        made.close()
    finally:
        os.umask(before)
    assert modes == {"loa.db": 0o600, "loa.db-wal": 0o600, "loa.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o711


def test_a_database_that_was_replaced_is_not_written_to(tmp_path: Path, blank: Path) -> None:
    shutil.copy(blank, tmp_path / "loa.db")
    made = Store(tmp_path / "loa.db")
    shutil.copy(blank, tmp_path / "other.db")
    (tmp_path / "other.db").replace(tmp_path / "loa.db")
    with pytest.raises(StoreError, match="has been replaced or removed"), made.write():
        raise AssertionError("it must not come to this")
    made.close()


def test_the_version_counts_the_migrations() -> None:
    names = [each.name for each in migrations.pending(Database(sqlite3.connect(":memory:")))]
    assert len(names) == VERSION, "a new step in store/migrations raises VERSION in store/store"


def test_once_closed_the_file_is_nobodys_even_where_a_thread_is_just_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, closing = threading.Event(), set()

    def slowly(self: Connection) -> None:
        """Take its time, as a checkpoint may; whoever closes it meanwhile returns at once, as in the library."""
        if self in closing:
            return
        closing.add(self)
        if threading.get_ident() != threading.main_thread().ident:
            ending.set()
            time.sleep(0.2)
        sqlite3.Connection.close(self)

    made = Store(tmp_path / "loa.db")
    made.read()
    monkeypatch.setattr(Connection, "close", slowly, raising=False)
    thread = threading.Thread(target=made.read)
    thread.start()
    assert ending.wait(5)
    made.close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["loa.db"]
    thread.join()
