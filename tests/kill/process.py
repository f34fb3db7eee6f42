"""``loa`` as a real process, and its database read without a line of Loa's own code."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]
LOA = (sys.executable, "-m", "scheduler")


def loa(folder: Path, *arguments: str) -> str:
    """Run a command of ``loa`` to its end, and return what it wrote. It must end well."""
    done = subprocess.run(
        [*LOA, "-C", str(folder), *arguments], cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"loa {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


class Daemon:
    """``loa run`` in a folder, with its standard error beside it; as a context manager it leaves none behind."""

    def __init__(self, folder: Path, before: Sequence[str] = ()) -> None:
        self.log = folder.parent / f"{folder.name}.log"
        self.began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*before, *LOA, "-C", str(folder), "run"], cwd=ROOT, env=_environment(), stderr=log
            )

    def kill(self) -> float:
        """Kill it with SIGKILL, and return when (monotonic). It must have been running."""
        self.running()
        moment = time.monotonic()
        self.process.kill()
        self.process.wait()
        return moment

    def end(self, number: int = signal.SIGTERM, seconds: float = 30.0) -> float:
        """Ask it to end, and return how many seconds that took. It must end well."""
        self.running()
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        assert code == 0, f"ended with {code}:\n{self.tail()}"
        return time.monotonic() - began

    def __enter__(self) -> Daemon:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def running(self) -> None:
        """Assert that it has not ended by itself."""
        assert self.process.poll() is None, f"ended by itself with {self.process.returncode}:\n{self.tail()}"

    def tail(self) -> str:
        """Return the end of what it logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("LOA_")}


def query(folder: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the folder's database."""
    with closing(sqlite3.connect(folder / "var" / "loa.db", timeout=30)) as connection:
        return connection.execute(sql, values).fetchall()


def states(folder: Path, channel: str = "%") -> Counter[str]:
    """Return how many deliveries are in each state."""
    sql = "SELECT state, count(*) FROM delivery WHERE channel LIKE ? GROUP BY state"
    return Counter(dict(query(folder, sql, channel)))


def until(what: Callable[[], bool], seconds: float = 20.0, daemon: Daemon | None = None) -> None:
    """Wait until ``what`` holds. Fails after ``seconds``, and where the daemon ends meanwhile."""
    end = time.monotonic() + seconds
    while not what():
        if daemon is not None:
            daemon.running()
        assert time.monotonic() < end, f"not within {seconds} s" + (f":\n{daemon.tail()}" if daemon else "")
        time.sleep(0.02)
