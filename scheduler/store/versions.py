"""The texts that people have approved, so that a later one can be held beside the last of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.store.times import from_text, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any


@dataclass(frozen=True, slots=True)
class Version:
    """A post's file as it was approved, and what else the digest ``covered``, in values of JSON."""

    post: str
    digest: str
    source: str
    covered: Mapping[str, Any]
    by: str
    at: datetime


def put(connection: sqlite3.Connection, version: Version) -> None:
    """Keep a version; one that was approved before has the later approval's name and time."""
    connection.execute(
        'INSERT OR REPLACE INTO version (post, digest, source, covered, "by", at) VALUES (?, ?, ?, ?, ?, ?)',
        (
            version.post,
            version.digest,
            version.source,
            json.dumps(version.covered, ensure_ascii=False),
            version.by,
            to_text(version.at),
        ),
    )


def known(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return post and digest of every version that is kept."""
    return set(connection.execute("SELECT post, digest FROM version"))


def get(connection: sqlite3.Connection, post: str, digest: str) -> Version | None:
    """Return a version, or ``None`` where it was never kept."""
    row = connection.execute(
        'SELECT source, covered, "by", at FROM version WHERE post = ? AND digest = ?', (post, digest)
    ).fetchone()
    return None if row is None else Version(post, digest, row[0], json.loads(row[1]), row[2], from_text(row[3]))
