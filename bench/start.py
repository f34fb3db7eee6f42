"""(c) Cold start: ``loa --help`` and ``loa plan`` on the example campaign, beside a bare interpreter.

Every round starts each command once, so that whatever else the machine does weighs on all of them alike. All find
their bytecode, as an installed program does, in a folder that is filled before anything is measured.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure
from scheduler.cli.example import PARTS, example_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROUNDS = 21
HELP, PLAN = 8, 25
"""How many times a bare interpreter's start each may take."""

_BARE = (sys.executable, "-c", "pass")
_BAREST = (sys.executable, "-I", "-S", "-c", "pass")
_LOA = (sys.executable, "-m", "scheduler")
_SPAN = ("--from", "2021-05-01", "--to", "2021-06-30")


def measure(rounds: int = ROUNDS) -> list[Figure]:
    """Return milliseconds from starting a process to its end, and how many bare starts that is."""
    with tempfile.TemporaryDirectory() as place:
        folder = _example(Path(place))
        commands = {
            "bare": _BARE,
            "barest": _BAREST,
            "help": (*_LOA, "--help"),
            "plan": (*_LOA, "-C", str(folder), "plan", *_SPAN),
        }
        took = _medians(commands, rounds, warm_environment(Path(place) / "bytecode"))
    figures = [
        Figure("python -c pass", took["bare"], "ms"),
        Figure("python -I -S -c pass", took["barest"], "ms"),
    ]
    for name, command, most in (("help", "loa --help", HELP), ("plan", "loa plan, the example campaign", PLAN)):
        times = took[name] / took["bare"]
        figures.append(Figure(command, took[name], "ms"))
        figures.append(Figure("  in starts of a bare interpreter", times, "times", f"aim: under {most}", times < most))
    return figures


def _example(place: Path) -> Path:
    """Copy the example campaign to a folder of its own, so that the one in the tree stays as it is."""
    folder = place / "campaign"
    folder.mkdir()
    for part in PARTS:
        source = example_folder() / part
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, folder / part)
    return folder


def warm_environment(bytecode: Path) -> dict[str, str]:
    """Return an environment in which bytecode is kept there."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(bytecode)}


def _medians(commands: Mapping[str, Sequence[str]], rounds: int, environment: Mapping[str, str]) -> dict[str, float]:
    for command in commands.values():
        milliseconds(command, environment)  # it leaves bytecode, a database, and files in the disk's cache
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            took[name].append(milliseconds(command, environment))
    return {name: statistics.median(each) for name, each in took.items()}


def milliseconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run a process to its end, which must be a good one, and return how long that took."""
    began = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000
