"""The database of a campaign folder: opened, brought up to date, read and written."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from scheduler.ground.errors import StoreError
from scheduler.ground.text import _
from scheduler.store import settings
from scheduler.store.connection import Connections, connect, translated

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

IDENTITY = "store"


def make_place(var: Path) -> None:
    """Make the folder of what the program makes, if it is not there: others may pass through it and not look around.

    So a web server reaches ``public/`` and a gateway its spool, while the database and ``out/`` are the owner's alone.
    """
    if var.is_dir():
        return
    var.parent.mkdir(parents=True, exist_ok=True)
    var.mkdir(exist_ok=True)
    var.chmod(0o711)


class Store:
    """A database file. ``read()`` is this thread's connection, ``write()`` the one write transaction."""

    def __init__(self, path: Path) -> None:
        """Open ``path``, making it where it is missing. Raises `StoreError` where it is not a sound database of Loa."""
        self.path = path
        make_place(path.parent)
        self._connections = Connections(path)
        self._migrate()

    def read(self) -> sqlite3.Connection:
        """Return this thread's connection, for reading."""
        return self._connections.read()

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a write transaction: all of the block is on disk afterwards, or none of it."""
        return self._connections.write()

    def close(self) -> None:
        """Close the connections of every thread."""
        self._connections.close()

    def _migrate(self) -> None:
        if _current(self.read()):
            return
        import secrets

        from sqlite_utils import Database

        from scheduler.store.migrations import migrations

        with self.write() as writing:  # several may open a new one at once: the first makes it
            migrations.apply(Database(writing, execute_plugins=False))
            writing.execute(f"PRAGMA user_version = {VERSION}")
            if settings.get(writing, IDENTITY) is None:
                settings.put(writing, IDENTITY, secrets.token_hex(16))

    def problems(self) -> list[str]:
        """Return what SQLite's own integrity checks find, nothing where the file is sound."""
        found = [row[0] for row in self.read().execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [
            _("foreign key broken in {table}").format(table=row[0])
            for row in self.read().execute("PRAGMA foreign_key_check")
        ]
        return found

    def settle(self) -> None:
        """Bring all that was written into the one file, so that it can be moved without its log."""
        self.read().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def backup(self, target: Path) -> None:
        """Copy the database, as it stands now, into a new file. Raises `StoreError` where the target is there."""
        if target.exists():
            raise StoreError(_("{target} is there already").format(target=target))
        copy = connect(target)
        try:
            with translated():
                self.read().backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()

    def take(self, other: Store) -> None:
        """Take all that ``other`` holds in place of what is here, in one transaction: all of it, or none."""
        with translated():
            other.read().backup(self.read())


VERSION = 8
"""``user_version`` of a database to which every migration has been applied."""


def _current(connection: sqlite3.Connection) -> bool:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StoreError(
            _("the database was made by a newer Loa (schema {version}, this one knows {known})").format(
                version=version, known=VERSION
            )
        )
    return bool(version == VERSION)
