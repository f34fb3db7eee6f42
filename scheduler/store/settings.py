"""What the whole folder is set to: armed, stopped; which engine is at work; what each channel's switch says."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.ground.errors import StaleEpoch
from scheduler.ground.text import _
from scheduler.plan.digest import Coverage
from scheduler.store.times import from_text, maybe, to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime


def get(connection: sqlite3.Connection, name: str) -> str | None:
    """Return a setting, or ``None``."""
    row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def put(connection: sqlite3.Connection, name: str, value: str | None) -> None:
    """Set a setting; ``None`` removes it."""
    if value is None:
        connection.execute("DELETE FROM setting WHERE name = ?", (name,))
    else:
        connection.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))


def coverage(connection: sqlite3.Connection) -> dict[str, Coverage]:
    """Return what approvals cover of the channels as last seen whole, by channel."""
    kept: dict[str, dict[str, Any]] = json.loads(get(connection, "coverage") or "{}")
    return {name: Coverage.restored(each) for name, each in kept.items()}


def keep_coverage(connection: sqlite3.Connection, found: Mapping[str, Coverage]) -> None:
    """Keep what approvals cover of the channels, by channel."""
    put(connection, "coverage", json.dumps({name: each.kept() for name, each in found.items()}, ensure_ascii=False))


# --- armed, in doubt, stopped ------------------------------------------------------------------------


def armed_token(connection: sqlite3.Connection) -> str | None:
    """Return the database's half of an arming, or ``None`` where it was never armed or has been put back."""
    return get(connection, "armed")


def armed_at(connection: sqlite3.Connection) -> datetime | None:
    """Return when the folder was armed (aware, in UTC), or ``None``."""
    return maybe(get(connection, "armed_at"))


def arm(connection: sqlite3.Connection, token: str, now: datetime) -> None:
    """Write the database's half of an arming."""
    put(connection, "armed", token)
    put(connection, "armed_at", to_text(now))


def disarm(connection: sqlite3.Connection, doubt: datetime) -> None:
    """Take the arming back, and keep since when this database cannot say what went out (aware)."""
    put(connection, "armed", None)
    put(connection, "armed_at", None)
    put(connection, "doubt_from", to_text(doubt))


def doubt_from(connection: sqlite3.Connection) -> datetime | None:
    """Return since when a database that was put back cannot say what went out (aware, in UTC), or ``None``."""
    return maybe(get(connection, "doubt_from"))


def end_doubt(connection: sqlite3.Connection) -> None:
    """Take the doubt back: arming has dealt with it."""
    put(connection, "doubt_from", None)


@dataclass(frozen=True, slots=True)
class Stop:
    """A person's stop of everything: by whom, when (aware, in UTC), and why."""

    by: str
    at: datetime | None
    reason: str


def stop(connection: sqlite3.Connection, by: str, reason: str, now: datetime) -> None:
    """Stop everything until `lift`."""
    put(connection, "stopped_by", by)
    put(connection, "stopped_at", to_text(now))
    put(connection, "stop_reason", reason)


def explain_stop(connection: sqlite3.Connection, reason: str) -> None:
    """Give the stop that stands its reason."""
    put(connection, "stop_reason", reason)


def lift(connection: sqlite3.Connection) -> None:
    """Take a stop back."""
    for name in ("stopped_by", "stopped_at", "stop_reason"):
        put(connection, name, None)


def stopped(connection: sqlite3.Connection) -> Stop | None:
    """Return the stop that stands, or ``None``."""
    by = get(connection, "stopped_by")
    if not by:
        return None
    return Stop(by, maybe(get(connection, "stopped_at")), get(connection, "stop_reason") or "")


# --- planning, asked for from another process --------------------------------------------------------


def asked(connection: sqlite3.Connection) -> int:
    """Return the number of the latest planning that somebody asked the engine for, or 0."""
    return int(get(connection, "planning_asked") or 0)


def ask(connection: sqlite3.Connection) -> int:
    """Ask the engine for a planning, and return the number by which `answered` tells that it is done."""
    number = asked(connection) + 1
    put(connection, "planning_asked", str(number))
    return number


def answered(connection: sqlite3.Connection) -> int:
    """Return up to which number of `ask` plannings have been done."""
    return int(get(connection, "planning_done") or 0)


def answer(connection: sqlite3.Connection, number: int) -> None:
    """Write that all that was asked for up to ``number`` has been planned."""
    put(connection, "planning_done", str(number))


# --- engines -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineRow:
    """An engine's life: its epoch, its process and its last heartbeat (aware, in UTC)."""

    epoch: int
    host: str
    pid: int
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None


def new_epoch(connection: sqlite3.Connection, now: datetime) -> int:
    """Begin a new epoch and return it; every older engine is stale from now on."""
    at = to_text(now)
    cursor = connection.execute(
        "INSERT INTO epoch (host, pid, started_at, heartbeat_at) VALUES (?, ?, ?, ?)",
        (socket.gethostname(), os.getpid(), at, at),
    )
    return int(cursor.lastrowid or 0)


def check_epoch(connection: sqlite3.Connection, epoch: int) -> None:
    """Raise `StaleEpoch` where a newer engine has begun."""
    newest = connection.execute("SELECT max(id) FROM epoch").fetchone()[0]
    if newest != epoch:
        raise StaleEpoch(_("engine {newest} has taken over from engine {epoch}").format(newest=newest, epoch=epoch))


def beat(connection: sqlite3.Connection, epoch: int, now: datetime) -> None:
    """Write a heartbeat."""
    connection.execute("UPDATE epoch SET heartbeat_at = ? WHERE id = ?", (to_text(now), epoch))


def end_epoch(connection: sqlite3.Connection, epoch: int, now: datetime) -> None:
    """Write that the engine has stopped cleanly."""
    connection.execute("UPDATE epoch SET ended_at = ? WHERE id = ?", (to_text(now), epoch))


def last_engine(connection: sqlite3.Connection) -> EngineRow | None:
    """Return the newest engine, or ``None`` where none has ever run."""
    row = connection.execute(
        "SELECT id, host, pid, started_at, heartbeat_at, ended_at FROM epoch ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    return EngineRow(row[0], row[1], row[2], from_text(row[3]), from_text(row[4]), maybe(row[5]))


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel's switch and its recent health. Times are aware, in UTC."""

    name: str
    paused_by: str | None = None
    paused_at: datetime | None = None
    pause_reason: str | None = None
    failures: int = 0
    open_until: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    last_success_at: datetime | None = None


def channels(connection: sqlite3.Connection) -> dict[str, ChannelRow]:
    """Return every channel that has a row."""
    rows = connection.execute(
        "SELECT name, paused_by, paused_at, pause_reason, failures, open_until, last_error, last_error_at,"
        " last_success_at"
        " FROM channel ORDER BY name"
    )
    return {
        r[0]: ChannelRow(r[0], r[1], maybe(r[2]), r[3], r[4], maybe(r[5]), r[6], maybe(r[7]), maybe(r[8])) for r in rows
    }


def paused(connection: sqlite3.Connection, name: str) -> bool:
    """Return whether a person has paused the channel."""
    row = connection.execute("SELECT paused_by FROM channel WHERE name = ?", (name,)).fetchone()
    return row is not None and row[0] is not None


def pause(connection: sqlite3.Connection, name: str, by: str | None, reason: str, now: datetime) -> None:
    """Pause the channel in a person's name; ``by=None`` resumes it."""
    connection.execute(
        "INSERT INTO channel (name, paused_by, paused_at, pause_reason) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET paused_by = excluded.paused_by, paused_at = excluded.paused_at,"
        " pause_reason = excluded.pause_reason",
        (name, by, to_text(now) if by else None, reason if by else None),
    )


def channel_failed(
    connection: sqlite3.Connection, name: str, error: str, failures: int, open_until: datetime | None, now: datetime
) -> None:
    """Keep a channel's last error, how many came in a row, and until when its breaker is open."""
    connection.execute(
        "INSERT INTO channel (name, failures, open_until, last_error, last_error_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, open_until = excluded.open_until,"
        " last_error = excluded.last_error, last_error_at = excluded.last_error_at",
        (name, failures, None if open_until is None else to_text(open_until), error, to_text(now)),
    )


def channel_worked(connection: sqlite3.Connection, name: str, now: datetime) -> None:
    """Keep that a channel works."""
    connection.execute(
        "INSERT INTO channel (name, last_success_at) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET failures = 0, open_until = NULL, last_success_at = excluded.last_success_at",
        (name, to_text(now)),
    )
