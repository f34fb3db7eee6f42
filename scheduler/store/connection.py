"""Opening the database, and the one way to write to it."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scheduler.ground.borrowed import borrowed
from scheduler.ground.errors import StoreBusy, StoreError, StoreFull
from scheduler.ground.letters import bare, folded
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Self

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
        self._inode: int | None = None
        self._open: set[_Held] = set()

    def read(self) -> sqlite3.Connection:
        """Return this thread's connection, in autocommit mode, for reading. It is closed when the thread ends."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self.path)
            held = _Held(connection)
            self._open.add(held)
            self._local.own = _Own(held, self._open)
            self._inode = self._inode or self.path.stat().st_ino
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run the block in one BEGIN IMMEDIATE transaction: all of it is on disk afterwards, or none.

        Blocks do not nest. Raises `StoreBusy`, `StoreFull` or `StoreError` with nothing changed, also where the file
        that this process has open is no longer the one that lies there.
        """
        with self._write:
            connection = self.read()
            self._check_place()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _check_place(self) -> None:
        try:
            there = self.path.stat().st_ino == self._inode
        except OSError:
            there = False
        if not there:
            raise StoreError(_("{path} has been replaced or removed: start this program again").format(path=self.path))

    def close(self) -> None:
        """Close every thread's connection. Only once those threads have ended; then the file is nobody's here."""
        for held in list(self._open):
            held.close()
        self._open.clear()
        self._local = threading.local()
        self._inode = None


class _Held:
    """A connection that two may want to close: the thread that ends, and the store. Either waits for the other."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._closing = threading.Lock()

    def close(self) -> None:
        """Close it; on return it is closed, whoever did it."""
        with self._closing:
            self._connection.close()


class _Own:
    """A thread's hold on its connection: it goes with the thread, and closes the connection."""

    def __init__(self, held: _Held, among: set[_Held]) -> None:
        self._held = held
        self._among = among

    def __del__(self) -> None:
        self._held.close()
        self._among.discard(self._held)


class Cursor(sqlite3.Cursor):
    """A cursor whose errors are the store's own, at the first row as at the thousandth."""

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        """Run one statement. Raises `StoreError`."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise told(error) from error

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Self:
        """Run one statement for each of ``parameters``. Raises `StoreError`."""
        try:
            return super().executemany(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise told(error) from error

    def fetchone(self) -> Any:
        """Return the next row, or ``None``. Raises `StoreError`."""
        try:
            return super().fetchone()
        except sqlite3.DatabaseError as error:
            raise told(error) from error

    def fetchall(self) -> list[Any]:
        """Return the rows that are left. Raises `StoreError`."""
        try:
            return super().fetchall()
        except sqlite3.DatabaseError as error:
            raise told(error) from error

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.DatabaseError as error:
            raise told(error) from error


class Connection(sqlite3.Connection):
    """A connection that works through `Cursor`."""

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """Run one statement on a new cursor. Raises `StoreError`."""
        return Cursor(self).execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Run one statement for each of ``parameters`` on a new cursor. Raises `StoreError`."""
        return Cursor(self).executemany(sql, parameters)


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection: WAL, synchronous=FULL, foreign keys on, autocommit; SQL may use `folded` and `bare`.

    Raises `StoreError`.
    """
    if path.is_dir():
        raise StoreError(
            _("{path} is a folder, not a database: move it away, then `loa restore` a backup").format(path=path)
        )
    _make_private(path)
    with translated():
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
        )
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -8000"):
            connection.execute(f"PRAGMA {pragma}")
        for name, function in (("folded", folded), ("bare", bare)):
            connection.create_function(name, 1, function, deterministic=True)
    except StoreError:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """Make a missing file for its owner alone, whatever the umask; SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError:
        return  # it is there, or SQLite will say what is wrong


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite says of a whole file into the store's own errors."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise told(error) from error


def told(error: sqlite3.DatabaseError) -> StoreError:
    """Return SQLite's error as the store's, in one line that says what to do."""
    text = str(error)
    if "malformed" in text or "not a database" in text:
        advice = _("the database is damaged: {why}; stop the engine and `loa restore` the last backup")
        return StoreError(advice.format(why=borrowed(text)))
    if isinstance(error, sqlite3.OperationalError):
        if "locked" in text or "busy" in text:
            return StoreBusy(_("the database stayed locked for {seconds:.0f} seconds").format(seconds=BUSY_SECONDS))
        if "full" in text or "disk I/O" in text or "readonly" in text or "unable to open" in text:
            return StoreFull(_("the database cannot be written: {why}").format(why=borrowed(text)))
    return StoreError(_("the database refused: {why}").format(why=borrowed(text)))
