"""(a) Durable hand-off of 10,000 due deliveries, beside raw sqlite3 making the same row changes."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench.figures import RUNS, Figure, in_turns
from bench.folder import make
from scheduler.engine.delivering.executor import Executor
from scheduler.engine.delivering.lane import Lane
from scheduler.engine.engine import Engine
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.lifecycle import State
from scheduler.store import settings
from scheduler.store.deliveries import Query

NUMBER, TARGETS = 10_000, 100
START = datetime(2021, 5, 1, tzinfo=UTC)


def measure(number: int = NUMBER, runs: int = RUNS) -> list[Figure]:
    """Return deliveries per second for both routes, with raw sqlite3 beside each; ``number`` is whole hundreds."""
    ways = (
        *(partial(_loa, channel, number) for channel in ("again", "once")),
        *(partial(_raw, size, number) for size in (100, 1)),
        *(partial(_raw, size, number, journal=False) for size in (100, 1)),
    )
    again, once, raw_again, raw_once, plain_again, plain_once = in_turns(ways, runs)
    return [
        Figure("idempotent, batches of 100: Loa", again, "/s", "aim: half of raw", again >= raw_again / 2),
        Figure("  raw sqlite3, the same row changes", raw_again, "/s"),
        Figure("  raw sqlite3, claim and finish with an attempt row only", plain_again, "/s"),
        Figure("non-idempotent, one by one: Loa", once, "/s", "aim: half of raw", once >= raw_once / 2),
        Figure("  raw sqlite3, the same row changes", raw_once, "/s"),
        Figure("  raw sqlite3, claim and finish with an attempt row only", plain_once, "/s"),
    ]


def _loa(channel: str, number: int) -> float:
    with tempfile.TemporaryDirectory() as place:
        folder = make(
            Path(place) / "c",
            channel,
            TARGETS,
            {"p": f"at: 2021-05-02 08:00\nrepeat: FREQ=DAILY;COUNT={number // TARGETS}"},
        )
        clock = SimulatedClock(START)
        with Engine.open(folder, clock=clock) as engine:
            engine.act.arm()
            with engine.store.write() as connection:
                engine.core.epoch = settings.new_epoch(connection, clock.now())
            clock.advance(START + timedelta(days=200))
            executor = Executor(Lane(engine.core, engine.registry.channels[channel]))
            began = time.perf_counter()
            while executor.step() <= clock.now():
                pass
            took = time.perf_counter() - began
            executor.close()
            sent = engine.look.count(Query(states=[State.SENT]))
            if sent != number:
                raise RuntimeError(f"{sent} of {number} were sent")
    return number / took


_SCHEMA = """
CREATE TABLE payload (digest TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY, key TEXT UNIQUE, state TEXT, wake_at TEXT, payload TEXT, attempts INTEGER DEFAULT 0,
  done_at TEXT, receipt TEXT);
CREATE INDEX wake ON delivery (wake_at) WHERE wake_at IS NOT NULL;
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY, delivery INTEGER, payload TEXT, started_at TEXT, ended_at TEXT, outcome TEXT);
CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT, delivery INTEGER, event TEXT, state TEXT);
"""
_NOW = "2021-05-03T05:30:00.000000Z"


def _raw(size: int, number: int, *, journal: bool = True) -> float:
    with tempfile.TemporaryDirectory() as place:
        connection = sqlite3.connect(Path(place) / "raw.db", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO delivery (id, key, state, wake_at) VALUES (?, ?, 'scheduled', ?)",
            [(n, f"post/2021/channel/target{n}/publish", _NOW) for n in range(1, number + 1)],
        )
        connection.execute("COMMIT")
        began = time.perf_counter()
        while _batch(connection, size, journal=journal):
            pass
        took = time.perf_counter() - began
        connection.close()
    return number / took


def _batch(connection: sqlite3.Connection, size: int, *, journal: bool) -> bool:
    rows = connection.execute(
        "SELECT id, key FROM delivery WHERE wake_at <= ? ORDER BY wake_at, id LIMIT ?", (_NOW, size)
    ).fetchall()
    if not rows:
        return False
    many = connection.executemany
    connection.execute("BEGIN IMMEDIATE")
    first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM attempt").fetchone()[0]
    if journal:
        many("INSERT OR IGNORE INTO payload VALUES (?, ?)", [(row[1], '{"text":"A text."}') for row in rows])
    many("UPDATE delivery SET state = 'sending', wake_at = NULL, payload = ?, attempts = attempts + 1 WHERE id = ?",
         [(row[1], row[0]) for row in rows])  # fmt: skip
    many("INSERT INTO attempt (id, delivery, payload, started_at) VALUES (?, ?, ?, ?)",
         [(first + n, row[0], row[1], _NOW) for n, row in enumerate(rows)])  # fmt: skip
    if journal:
        _journal(connection, rows, "intend", "sending")
    connection.execute("COMMIT")
    connection.execute("BEGIN IMMEDIATE")
    many("UPDATE attempt SET ended_at = ?, outcome = 'succeed' WHERE id = ?",
         [(_NOW, first + n) for n in range(len(rows))])  # fmt: skip
    many("UPDATE delivery SET state = 'sent', done_at = ?, receipt = ? WHERE id = ? AND state = 'sending'",
         [(_NOW, '{"id":"done"}', row[0]) for row in rows])  # fmt: skip
    if journal:
        _journal(connection, rows, "succeed", "sent")
    connection.execute("COMMIT")
    return True


def _journal(connection: sqlite3.Connection, rows: list[tuple[int, str]], event: str, state: str) -> None:
    connection.executemany(
        "INSERT INTO event (at, delivery, event, state) VALUES (?, ?, ?, ?)",
        [(_NOW, row[0], event, state) for row in rows],
    )
