"""(b) From due time to the start of the call, in a real ``loa run``, beside other ways to sleep until work is due.

Processor time is that of the whole process between its first call and its last.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import RUNS, Figure
from bench.folder import make
from scheduler.engine.engine import Engine
from scheduler.store.times import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NUMBER, APART = 200, 0.1
MEDIAN, TIMES = 3.0, 3
"""What the median lateness is to stay under, in milliseconds, and how many times the reference's it may be."""
READY = 4.0
"""Seconds from starting a process to its first due time."""
PEERS = "LOA_BENCH_PEERS"
"""Names a Python that has APScheduler 3 with SQLAlchemy, and Huey; without it these two are left out."""

_CHANNEL = "once"
_HOOK = """

import os
import time

CALLS = os.open(os.environ["LOA_BENCH_CALLS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def HOOK(context):
    now = time.time_ns()
    os.write(CALLS, f"{int(context.key.target[1:])} {now} {time.process_time_ns()}\\n".encode())
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Lateness in milliseconds, and the processor time in per cent of the time that passed."""

    median: float
    late: float
    busy: float


def measure(number: int = NUMBER, apart: float = APART, rounds: int = RUNS) -> list[Figure]:
    """Return lateness and processor time of Loa, then of what it is held against; medians of ``rounds``, in turns."""
    loa, raw = [], []
    for _ in range(rounds):
        loa.append(_loa(number, apart))
        raw.append(_other("raw", number, apart))
    ours, reference = _middle(loa), _middle(raw)
    idle = _loa(2, number * apart).busy
    return [
        Figure("Loa: median lateness", ours.median, "ms", f"aim: under {MEDIAN:g}", ours.median < MEDIAN),
        _against("Loa: median lateness", ours.median, reference.median),
        Figure("Loa: 95 of 100 are no later than", ours.late, "ms"),
        Figure("Loa: processor time", ours.busy, "%"),
        Figure("Loa: processor time of an engine with nothing to do", idle, "%"),
        _against("Loa: processor time", ours.busy, reference.busy),
        _against("Loa: processor time less that of an idle engine", ours.busy - idle, reference.busy),
        *_shown("sleeping until the next due row of a raw SQLite table", reference),
        *_shown("`schedule`, asked every 0.1 s", _other("polled", number, apart)),
        *_peers(number, apart),
    ]


def _against(name: str, value: float, reference: float) -> Figure:
    times = value / reference
    return Figure(f"  {name.removeprefix('Loa: ')}", times, "× raw", f"aim: at most {TIMES}", times <= TIMES)


def _shown(name: str, run: Run) -> list[Figure]:
    return [
        Figure(f"{name}: median", run.median, "ms"),
        Figure("  95 of 100 are no later than", run.late, "ms"),
        Figure("  processor time", run.busy, "%"),
    ]


def _middle(runs: Sequence[Run]) -> Run:
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in ("median", "late", "busy")))


def _peers(number: int, apart: float) -> list[Figure]:
    python = os.environ.get(PEERS)
    if not python:
        print(f"  (APScheduler and Huey are left out: {PEERS} names no Python that has them)")
        return []
    figures = []
    titles = {"apscheduler": "APScheduler 3 on SQLite", "huey": "Huey on SQLite, which knows whole seconds"}
    for name, title in titles.items():
        figures += _shown(title, _other(name, number, apart, python))
    return figures


def _loa(number: int, apart: float) -> Run:
    """Plan ``number`` deliveries, set their due times, and let ``loa run`` work through them."""
    with tempfile.TemporaryDirectory() as place:
        tomorrow = datetime.now() + timedelta(days=1)  # noqa: DTZ005
        folder = make(Path(place) / "c", _CHANNEL, number, {"p": f"at: {tomorrow:%Y-%m-%d} 08:00"})
        plugin = folder / "plugins" / "nothing.py"
        plugin.write_text(plugin.read_text(encoding="utf-8") + _HOOK, encoding="utf-8")
        calls = Path(place) / "calls"
        os.environ["LOA_BENCH_CALLS"] = str(calls)  # planning loads the plugin too
        start = time.time() + READY
        with Engine.open(folder) as engine:
            engine.act.arm()
            engine.act.sync()
            _spread(engine, number, start, apart)
        command = [sys.executable, "-m", "scheduler", "-C", str(folder), "run"]
        return _watched(command, calls, number, start, apart, lambda process: process.send_signal(signal.SIGTERM))


def _spread(engine: Engine, number: int, start: float, apart: float) -> None:
    """Give each delivery its due time, to the microsecond; files know minutes only."""
    with engine.store.write() as connection:
        changed = 0
        for each in range(number):
            due = to_text(datetime.fromtimestamp(start + apart * each, UTC))
            changed += connection.execute(
                "UPDATE delivery SET due_at = ?, wake_at = ?, placed_by = 'person'"
                " WHERE target = ? AND state = 'scheduled'",
                (due, due, f"t{each:04d}"),
            ).rowcount
    if changed != number:
        raise RuntimeError(f"{changed} of {number} deliveries were scheduled")


def _other(name: str, number: int, apart: float, python: str = sys.executable) -> Run:
    with tempfile.TemporaryDirectory() as place:
        start = time.time() + READY
        program = Path(__file__).with_name("sleepers.py")
        command = [python, str(program), name, place, repr(start), str(number), repr(apart)]
        return _watched(command, Path(place) / "calls", number, start, apart, lambda process: None)


def _watched(
    command: list[str],
    calls: Path,
    number: int,
    start: float,
    apart: float,
    end: Callable[[subprocess.Popen[bytes]], None],
) -> Run:
    """Run a process until it has made its calls, and return how late they were."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        patience = time.monotonic() + READY + number * apart + 60
        while _lines(calls) < number and process.poll() is None and time.monotonic() < patience:
            time.sleep(0.5)
        end(process)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    if process.returncode or _lines(calls) != number:
        raise RuntimeError(f"{_lines(calls)} of {number} calls were made: {said.decode(errors='replace')[-500:]}")
    rows = sorted(tuple(map(int, line.split())) for line in calls.read_text(encoding="utf-8").splitlines())
    lateness = sorted(at / 1e6 - (start + apart * each) * 1e3 for each, at, _ in rows)
    ended = sorted((at, used) for _, at, used in rows)
    passed, used = (ended[-1][each] - ended[0][each] for each in (0, 1))
    return Run(statistics.median(lateness), lateness[int(len(lateness) * 0.95) - 1], 100 * used / passed)


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
