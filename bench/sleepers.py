"""What lateness is held against: other ways to start calls at given times, each run as a process of its own.

``python bench/sleepers.py NAME FOLDER START NUMBER APART`` makes ``NUMBER`` calls, due from ``START`` (seconds since
the epoch) on and ``APART`` seconds from each other. Each call writes one line to ``FOLDER/calls``: its number, the
time, and the processor time of the process so far, both in nanoseconds. This file imports nothing of Loa's, so that any
Python that has APScheduler or Huey can run it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

FOLDER = Path(sys.argv[2]) if len(sys.argv) == 6 else Path()


def call(number: int) -> None:
    """Note that the call has begun."""
    line = f"{number} {time.time_ns()} {time.process_time_ns()}\n"
    handle = os.open(FOLDER / "calls", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, line.encode())
    os.close(handle)


def raw(dues: list[float]) -> None:
    """Sleep until the next due row of a SQLite table, claim it, call, and note its end: two commits for each."""
    database = sqlite3.connect(FOLDER / "raw.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, due REAL, state TEXT)")
    database.execute("CREATE INDEX waiting ON job (due) WHERE state = 'scheduled'")
    database.execute("BEGIN")
    database.executemany("INSERT INTO job VALUES (?, ?, 'scheduled')", enumerate(dues))
    database.execute("COMMIT")
    while row := database.execute("SELECT id, due FROM job WHERE state = 'scheduled' ORDER BY due LIMIT 1").fetchone():
        if (left := row[1] - time.time()) > 0:
            time.sleep(left)
            continue
        _move(database, row[0], "sending")
        call(row[0])
        _move(database, row[0], "sent")


def _move(database: sqlite3.Connection, number: int, state: str) -> None:
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE job SET state = ? WHERE id = ?", (state, number))
    database.execute("COMMIT")


def polled(dues: list[float]) -> None:
    """Ask the library ``schedule`` every 0.1 s what is due."""
    import schedule

    clockwork = schedule.Scheduler()

    def once(number: int) -> type[schedule.CancelJob]:
        call(number)
        return schedule.CancelJob

    for number, due in enumerate(dues):
        clockwork.every().day.do(once, number).next_run = datetime.fromtimestamp(due)  # noqa: DTZ006
    while clockwork.jobs:
        clockwork.run_pending()
        time.sleep(0.1)


def apscheduler(dues: list[float]) -> None:
    """Let APScheduler 3 keep its jobs in SQLite."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # type: ignore[import-not-found,unused-ignore]
    from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-not-found,unused-ignore]

    clockwork = BackgroundScheduler(timezone=UTC)
    clockwork.add_jobstore(SQLAlchemyJobStore(url=f"sqlite:///{FOLDER / 'apscheduler.db'}"))
    clockwork.start(paused=True)
    for number, due in enumerate(dues):
        moment = datetime.fromtimestamp(due, UTC)
        clockwork.add_job(call, "date", run_date=moment, args=[number], misfire_grace_time=3600)
    clockwork.resume()
    while clockwork.get_jobs():
        time.sleep(0.5)
    clockwork.shutdown()


def huey(dues: list[float]) -> None:
    """Let Huey keep its tasks in SQLite, with its consumer as it comes, in this process."""
    from huey import SqliteHuey  # type: ignore[import-not-found,unused-ignore]

    queue = SqliteHuey(filename=str(FOLDER / "huey.db"), fsync=True)
    task = queue.task()(call)
    for number, due in enumerate(dues):
        task.schedule(args=(number,), eta=datetime.fromtimestamp(due))  # noqa: DTZ006
    consumer = queue.create_consumer(workers=1, worker_type="thread")
    consumer._set_signal_handlers = lambda: None
    threading.Thread(target=consumer.run, daemon=True).start()
    while not (FOLDER / "calls").exists() or (FOLDER / "calls").read_bytes().count(b"\n") < len(dues):
        time.sleep(0.5)


WAYS = {each.__name__: each for each in (raw, polled, apscheduler, huey)}


def main(name: str, start: float, number: int, apart: float) -> None:
    """Make the calls in one of the ways."""
    WAYS[name]([start + apart * each for each in range(number)])


if __name__ == "__main__":
    partial(main, sys.argv[1])(float(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
