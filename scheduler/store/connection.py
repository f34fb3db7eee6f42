"""Opening the database, and the one way to write to it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scheduler.ground.borrowed import borrowed
from scheduler.ground.errors import StoreBusy, StoreError, StoreFull
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 10.0


class Connections:
    """One connection per thread to one database file, and its one write transaction.

    Writes of this process queue on a lock of its own, so that threads take turns in place of polling
    SQLite's; other processes meet SQLite's lock, for at most `BUSY_SECONDS`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._write = threading.RLock()
        self._all: list[sqlite3.Connection] = []

    def read(self) -> sqlite3.Connection:
        """Return this thread's connection, in autocommit mode, for reading."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self.path)
            self._all.append(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run the block in one BEGIN IMMEDIATE transaction: all of it is on disk afterwards, or none.

        Blocks do not nest. Raises `StoreBusy`, `StoreFull` or `StoreError` with nothing changed.
        """
        with self._write, translated():
            connection = self.read()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every thread's connection. Only once those threads have ended."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._local = threading.local()


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection: WAL, synchronous=FULL, foreign keys on, autocommit."""
    with translated():
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -8000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn SQLite's errors into the store's own."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            raise StoreBusy(
                _("the database stayed locked for {seconds:.0f} seconds").format(seconds=BUSY_SECONDS)
            ) from error
        if "full" in text or "disk I/O" in text or "readonly" in text or "unable to open" in text:
            raise StoreFull(_("the database cannot be written: {why}").format(why=borrowed(text))) from error
        raise StoreError(_("the database refused: {why}").format(why=borrowed(text))) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(_("the database refused: {why}").format(why=borrowed(str(error)))) from error
