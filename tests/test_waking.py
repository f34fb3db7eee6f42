"""Waking a running engine through its pipe."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from scheduler.engine.waking import NAME, Bell, ring

if TYPE_CHECKING:
    from pathlib import Path


def test_ringing_where_nobody_listens_says_so_at_once(tmp_path: Path) -> None:
    assert not ring(tmp_path)
    os.mkfifo(tmp_path / NAME)
    assert not ring(tmp_path)


def test_a_ring_ends_the_wait_even_from_another_process(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    code = (
        "import pathlib, sys; from scheduler.engine.waking import ring; sys.exit(not ring(pathlib.Path(sys.argv[1])))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0
    began = time.monotonic()
    assert bell.wait(30)
    assert time.monotonic() - began < 5
    assert not bell.wait(0.01)
    bell.close()


def test_many_rings_are_one_and_a_full_pipe_blocks_nobody(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    for _ in range(100_000):
        bell.ring()
    assert bell.wait(1)
    bell.close()


def test_a_path_longer_than_a_socket_could_have(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    bell = Bell(deep)
    assert ring(deep)
    assert bell.wait(1)
    bell.close()


def test_a_file_in_its_place_is_replaced(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("what is this?", encoding="utf-8")
    bell = Bell(tmp_path)
    assert ring(tmp_path)
    bell.close()
