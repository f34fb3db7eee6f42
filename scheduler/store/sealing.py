"""Addresses that were let go: unreadable, and still known when they come again: nobody gets a second message."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from scheduler.store import settings

if TYPE_CHECKING:
    import sqlite3

SEALED = "let-go:"
"""What a sealed address begins with."""
_SECRET = "address_secret"  # noqa: S105 - the name of a setting


def secret(connection: sqlite3.Connection) -> bytes | None:
    """Return the key of this database's seals, or ``None`` where none has been made yet."""
    known = settings.get(connection, _SECRET)
    return None if known is None else bytes.fromhex(known)


def make_secret(connection: sqlite3.Connection) -> bytes:
    """Return the key of this database's seals, made when first asked for."""
    known = secret(connection)
    if known is None:
        known = secrets.token_bytes(32)
        settings.put(connection, _SECRET, known.hex())
    return known


def seal(key: bytes, address: str) -> str:
    """Return what stands for an address that is let go: a keyed hash (HMAC-SHA-256)."""
    return SEALED + hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:32]
