"""Arming: a person's word that this folder, with this database, is the one that sends.

The database says that it is armed, and so does ``var/armed.json`` beside it, which also knows where the database lay, which
file it was, and how far its journal had come. A copied, moved, deleted or replaced database does not fit, and sends nothing.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING, Any

from scheduler.store import journal, settings
from scheduler.store.times import to_text

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path

    from scheduler.store.store import Store

TOKEN = "armed"  # noqa: S105 - the name of a setting
AT = "armed_at"


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
        token = settings.get(connection, TOKEN)
        if token is None:
            return "not armed: run 'loa arm' once the plan is right"
        known = self._known()
        if known.get("token") != token:
            return "not armed: this database was armed in another place or replaced; run 'loa arm'"
        if known.get("place") != self._place():
            return "not armed: this database has been copied or moved here; run 'loa arm'"
        if journal.mark(connection) < int(known.get("mark", 0)):
            return "not armed: this database is older than the one that was armed here; run 'loa arm'"
        return ""

    def arm(self, connection: sqlite3.Connection, now: datetime) -> str:
        """Write the database's half, inside the caller's transaction, and return the token for `seal`."""
        token = secrets.token_hex(16)
        settings.put(connection, TOKEN, token)
        settings.put(connection, AT, to_text(now))
        return token

    def seal(self, token: str) -> None:
        """Write the other half, after the transaction: from now on the folder is armed."""
        self._write({"token": token, "place": self._place(), "mark": journal.mark(self._store.read())})

    def mark(self) -> None:
        """Note how far the journal has come, so that an older copy of the database shows."""
        known = self._known()
        if known:
            self._write({**known, "mark": max(int(known.get("mark", 0)), journal.mark(self._store.read()))})

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
        return [self._path, self._store.path.stat().st_ino]

    def _write(self, known: dict[str, Any]) -> None:
        temporary = self._file.with_suffix(".new")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(known, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._file)
