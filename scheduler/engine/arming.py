"""Arming: a person's word that this folder, with this database, is the one that sends.

The database says that it is armed, and so does ``var/armed.json`` beside it, which also knows which database that was,
where it lay, and a late line of its journal. A copied, moved, deleted or replaced one does not fit, and sends nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.ground.files import replace_file, sync_folder
from scheduler.ground.text import N_, _
from scheduler.store import journal, settings
from scheduler.store.store import IDENTITY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from scheduler.store.store import Store

_GONE = N_(
    "not armed: armed before, with a database that is gone and knew what went out; 'loa restore' it, or 'loa arm'"
)


class Arming:
    """Whether the store in this folder is armed, and how it becomes so."""

    def __init__(self, store: Store, var: Path) -> None:
        self._store = store
        self._file = var / "armed.json"
        self._path = str(store.path.resolve())
        self._stamp: tuple[int, int, int] | None = None
        self._read: dict[str, Any] = {}

    def why_not(self) -> str:
        """Return why the folder is not armed, or "" where it is."""
        connection = self._store.read()
        token = settings.armed_token(connection)
        known = self._known()
        if token is None and self._lost(connection, known):
            return _(_GONE)
        if token is None:
            return _("not armed: run 'loa arm' once the plan is right")
        if known.get("token") != token:
            return _("not armed: this database was armed in another place or replaced; run 'loa arm'")
        if known.get("place") != self._place():
            return _("not armed: this database has been copied or moved here; run 'loa arm'")
        if not _knows(connection, known.get("mark")):
            return _("not armed: this database is older than the one that was armed here; run 'loa arm'")
        return ""

    def _lost(self, connection: sqlite3.Connection, known: dict[str, Any]) -> bool:
        """Whether another database than this one was armed in this place."""
        return known.get("place", [""])[0] == self._path and known.get("store") != settings.get(connection, IDENTITY)

    def older(self, connection: sqlite3.Connection) -> bool:
        """Return whether a former state of the database that was armed here has been put back in its place."""
        known = self._known()
        same = known.get("store") == settings.get(connection, IDENTITY) and known.get("place", [""])[0] == self._path
        return same and not _knows(connection, known.get("mark"))

    def arm(self, connection: sqlite3.Connection, now: datetime) -> str:
        """Write the database's half, inside the caller's transaction, and return the token for `seal`."""
        import secrets

        token = secrets.token_hex(16)
        settings.arm(connection, token, now)
        return token

    def seal(self, token: str) -> None:
        """Write the other half, after the transaction: from now on the folder is armed.

        Where somebody else has armed it since, that one's half stays.
        """
        connection = self._store.read()
        with self._locked():
            if settings.armed_token(connection) != token:
                return
            store, mark = settings.get(connection, IDENTITY), journal.newest(connection)
            self._write({"token": token, "store": store, "place": self._place(), "mark": mark})

    def mark(self) -> None:
        """Note the newest line of an armed database's journal, so that an older copy of it shows."""
        with self._locked():
            if not self.why_not():
                self._write({**self._known(), "mark": journal.newest(self._store.read())})

    def _known(self) -> dict[str, Any]:
        """Return what the file says; it is read again only where it has changed, since every step of a worker asks."""
        try:
            status = self._file.stat()
            stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
            if stamp != self._stamp:
                known = json.loads(self._file.read_text(encoding="utf-8"))
                self._stamp, self._read = stamp, known if isinstance(known, dict) else {}
        except (OSError, ValueError):
            self._stamp, self._read = None, {}
        return self._read

    def _place(self) -> list[Any]:
        try:
            return [self._path, self._store.path.stat().st_ino]
        except OSError:
            return [self._path, None]  # it is gone from under this process

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time read the file and write it."""
        lock = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, known: dict[str, Any]) -> None:
        replace_file(self._file, json.dumps(known).encode(), mode=0o600)
        sync_folder(self._file.parent)


def _knows(connection: sqlite3.Connection, mark: Any) -> bool:
    """Return whether the journal has that line: a copy that has grown since has another of the same number."""
    return isinstance(mark, list | tuple) and len(mark) == 2 and journal.has(connection, *mark)
