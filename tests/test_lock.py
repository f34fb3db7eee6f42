"""One engine per folder."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.lock import EngineLock, running
from scheduler.ground.errors import EngineRunning

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import pathlib, sys, time
from scheduler.engine.lock import EngineLock
lock = EngineLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_engine_is_refused_and_nothing_is_said_to_run_where_nothing_does(tmp_path: Path) -> None:
    assert not running(tmp_path)
    lock = EngineLock(tmp_path)
    with pytest.raises(EngineRunning):
        EngineLock(tmp_path)
    lock.release()
    assert not running(tmp_path)
    EngineLock(tmp_path).release()


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert running(tmp_path)
        with pytest.raises(EngineRunning):
            EngineLock(tmp_path)
        process.kill()
        process.wait()
    assert not running(tmp_path)
    EngineLock(tmp_path).release()
