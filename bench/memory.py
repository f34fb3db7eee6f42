"""(d) Memory of a real ``loa run`` with 100,000 planned deliveries, and how long planning them takes.

Planning is measured in processes of their own: first, again with nothing changed, and after an edit of one post; beside
the first, raw sqlite3 writing the same rows with their journal lines in as many transactions, into the same tables.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure
from bench.folder import make

if TYPE_CHECKING:
    from collections.abc import Sequence

TARGETS, POSTS, DAYS = 100, 10, 100
"""Their product is the number of deliveries."""
MOST = 120.0
"""What the engine may need, in MB of 1,000,000 bytes."""
SETTLED = 60.0
"""Seconds for which the engine is left alone before its memory is read."""
ROUNDS = 3

_PLANNING = """
import json, sys, time
from pathlib import Path
from scheduler.engine.engine import Engine

with Engine.open(Path(sys.argv[1])) as engine:
    began = time.perf_counter()
    report = engine.act.sync()
    print(json.dumps([time.perf_counter() - began, report.created, report.changed]))
"""


@dataclass(frozen=True, slots=True)
class _Planned:
    """Seconds that each planning took."""

    first: float
    again: float
    edited: float
    raw: float


def measure(
    targets: int = TARGETS, posts: int = POSTS, days: int = DAYS, settled: float = SETTLED, rounds: int = ROUNDS
) -> list[Figure]:
    """Return MB of memory, and seconds of planning as medians of ``rounds``."""
    number = targets * posts * days
    with tempfile.TemporaryDirectory() as place:
        peak, now = _running(_folder(Path(place) / "c", targets, posts, days), number, settled)
    plannings = [_plannings(targets, posts, days) for _ in range(rounds)]
    first, again, edited, raw = (
        statistics.median(getattr(each, name) for each in plannings) for name in ("first", "again", "edited", "raw")
    )
    return [
        Figure(
            f"loa run, {number:,} deliveries planned by itself: peak", peak, "MB", f"aim: under {MOST:g}", peak < MOST
        ),
        Figure(f"  now, idle for {settled:g} s", now, "MB", f"aim: under {MOST:g}", now < MOST),
        Figure("planning them for the first time", first, "s"),
        Figure("  in times of raw sqlite3 inserting the same rows", first / raw, "times"),
        Figure("  raw sqlite3 inserting the same rows", raw, "s"),
        Figure("planning again, nothing changed", again, "s"),
        Figure(f"planning again, one post of {posts} edited", edited, "s"),
    ]


def _folder(folder: Path, targets: int, posts: int, days: int) -> Path:
    first = date.today() + timedelta(days=2)  # noqa: DTZ011
    placement = f"at: {first} 08:00\nrepeat: FREQ=DAILY;COUNT={days}"
    return make(folder, "again", targets, {f"p{each:03d}": placement for each in range(posts)})


def _running(folder: Path, number: int, settled: float) -> tuple[float, float]:
    """Start ``loa run`` on an empty store, let it plan and rest, and return its peak and its memory now, in MB."""
    process = subprocess.Popen([sys.executable, "-m", "scheduler", "-C", str(folder), "run"], stderr=subprocess.PIPE)
    try:
        patience = time.monotonic() + 900
        while not _planned(folder, number):
            if process.poll() is not None or time.monotonic() > patience:
                raise RuntimeError("the engine did not plan them all")
            time.sleep(0.5)
        time.sleep(settled)
        peak, now = _memory(process.pid)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    return peak, now


def _planned(folder: Path, number: int) -> bool:
    try:
        with sqlite3.connect(f"file:{folder / 'var' / 'loa.db'}?mode=ro", uri=True) as database:
            found: int = database.execute("SELECT count(*) FROM delivery").fetchone()[0]
        return found == number
    except sqlite3.OperationalError:
        return False  # not made yet


def _memory(pid: int) -> tuple[float, float]:
    """Return the peak and the present resident size of a process, in MB; Linux tells both, elsewhere `ps` one."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        now = (
            int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True).stdout) / 976.5625
        )
        return now, now
    rows = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    peak, now = (int(rows[name].split()[0]) * 1024 / 1e6 for name in ("VmHWM", "VmRSS"))
    return peak, now


def _plannings(targets: int, posts: int, days: int) -> _Planned:
    number = targets * posts * days
    with tempfile.TemporaryDirectory() as place:
        folder = _folder(Path(place) / "c", targets, posts, days)
        first = _plan(folder, created=number)
        again = _plan(folder)
        post = folder / "content" / "posts" / "p000.md"
        post.write_text(post.read_text(encoding="utf-8") + "One more sentence.\n", encoding="utf-8")
        edited = _plan(folder, changed=targets * days)
        raw = _raw(folder / "var" / "loa.db", Path(place) / "raw.db")
    return _Planned(first, again, edited, raw)


def _plan(folder: Path, created: int = 0, changed: int = 0) -> float:
    """Plan in a process of its own; return the seconds of planning alone."""
    done = subprocess.run([sys.executable, "-c", _PLANNING, str(folder)], check=True, capture_output=True)
    seconds, *counts = json.loads(done.stdout)
    if counts != [created, changed]:
        raise RuntimeError(f"created and changed {counts}, where {[created, changed]} were expected")
    return float(seconds)


def _raw(planned: Path, target: Path) -> float:
    """Write what was planned once more, by `executemany` alone: the same tables, a transaction for each post."""
    source = sqlite3.connect(planned)
    schema = source.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    raw = sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        raw.execute(f"PRAGMA {pragma}")
    for (statement,) in schema:
        raw.execute(statement)
    for table in ("state", "way"):
        _insert(raw, table, source.execute(f"SELECT * FROM {table}").fetchall())
    names = [name for (name,) in source.execute("SELECT DISTINCT post FROM delivery ORDER BY post")]
    parts = [
        (
            source.execute("SELECT * FROM delivery WHERE post = ? ORDER BY id", (name,)).fetchall(),
            source.execute(
                "SELECT * FROM event WHERE event = 'plan' AND delivery IN (SELECT id FROM delivery WHERE post = ?)"
                " ORDER BY id",
                (name,),
            ).fetchall(),
        )
        for name in names
    ]
    began = time.perf_counter()
    for deliveries, events in parts:
        raw.execute("BEGIN IMMEDIATE")
        _insert(raw, "delivery", deliveries)
        _insert(raw, "event", events)
        raw.execute("COMMIT")
    took = time.perf_counter() - began
    source.close()
    raw.close()
    return took


def _insert(database: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
