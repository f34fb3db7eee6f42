"""Moves that are killed in the middle, and moves while the engine sends: nothing is lost, nothing goes out twice."""

# ruff: noqa: DTZ001  (times in files are local and naive)
from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from tests.campaign import NOON
from tests.running import Daemon

if TYPE_CHECKING:
    from tests.campaign import Folder

LATER = datetime(2031, 5, 1, tzinfo=UTC)
CODE = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from scheduler.engine.edits import record
from scheduler.engine.engine import Engine

real = record.put_text

def put(*args):
    if sys.argv[2] == "after":
        real(*args)
    os.kill(os.getpid(), signal.SIGKILL)

with Engine.open(Path(sys.argv[1]), person="giam-doc") as engine:
    if sys.argv[3] == "undo":
        engine.edit.move_post("tin", datetime(2031, 5, 6, 8))
    record.put_text = put
    engine.edit.undo() if sys.argv[3] == "undo" else engine.edit.move_post("tin", datetime(2031, 5, 6, 8))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("act", ["move", "undo"])
def test_a_kill_around_the_write_leaves_file_and_record_that_fit(when: str, act: str, folder: Folder) -> None:
    folder.channel(sure=False)
    folder.post(at="2031-05-05 12:00")
    before = folder.file().read_bytes()
    moved = before.replace(b"2031-05-05 12:00", b"2031-05-06 08:00")
    done = subprocess.run([sys.executable, "-c", CODE, str(folder.path), when, act], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    there = folder.file().read_bytes()
    assert there == (moved if (act == "move") == (when == "after") else before)
    with Engine.open(folder.path, clock=SimulatedClock(LATER), person="giam-doc") as engine:
        last = engine.edit.next_undo()
        if act == "move" and when == "before":
            assert (last, engine.edit.edits()) == (None, [])
            return
        assert last
        engine.edit.undo()
        assert folder.file().read_bytes() == before
        engine.edit.redo()
        assert folder.file().read_bytes() == moved
        assert len(engine.look.deliveries()) == 1


@pytest.mark.parametrize(
    ("repeat", "at"),
    [(None, datetime(2021, 5, 3, 12, 1)), ("FREQ=DAILY;COUNT=2", datetime(2021, 5, 5, 12))],
    ids=["a post by a minute", "an occurrence by two days"],
)
def test_moves_to_and_fro_while_it_goes_out_send_it_once(repeat: str | None, at: datetime, folder: Folder) -> None:
    module = folder.channel(sure=False)
    folder.post(at=NOON, repeat=repeat)
    daemon = Daemon(folder, early=1.0)
    moves = 0
    try:
        end = time.monotonic() + 4
        while time.monotonic() < end and not module.calls:
            try:
                daemon.desk.edit.move_post("tin", at, "20210503")
                daemon.desk.edit.undo()
                moves += 1
            except LoaError:
                break  # it is out
        if (last := daemon.desk.edit.next_undo()) is not None:
            daemon.desk.edit.undo(last.id)
        first = [row for row in daemon.desk.look.deliveries() if row.key.recurrence == "20210503"]
        daemon.becomes(State.SENT) if len(first) == 1 else None
        assert moves
        assert [key for key, _round, _text in module.calls] == ["tin/20210503/kenh/noi/publish"]
        assert len({row.key for row in daemon.desk.look.deliveries()}) == (2 if repeat else 1)
    finally:
        daemon.end()
