"""The checks run in a process of their own: a plugin that ends it is a finding, and the rest goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.testing import apart as module
from scheduler.testing.apart import Apart
from scheduler.testing.running import chosen
from tests.kill.test_isolated import alive, children

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = """
import ctypes, os, re, time
from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl

class Note(BaseChannel[Options]):
    options = Options
    name = "note"
    title = "Note"

    def render(self, item, context):
        return Rendered({{}}, item.text)

    def deliver(self, rendered, context):
        {deliver}
        return Receipt(str(context.key))

@hookimpl
def register_channels():
    return [Note()]
"""
SKIPPED = ("skipped", list[str]())
SPIN = "re.match('(a+)+$', 'a' * 40 + 'b')"
"""A loop in C that never lets any other Python run."""


def plugin(folder: Path, deliver: str) -> Path:
    """Return the file of a plugin whose calls do that."""
    file = folder / "note.py"
    file.write_text(CODE.format(deliver=deliver), encoding="utf-8")
    return file


def tried(file: Path, *checks: str) -> list[tuple[str, str, list[str]]]:
    """Return how each check ended."""
    with Apart(str(file)) as apart:
        assert apart.channels() == ["note"]
        results = [apart.run("note", each) for each in chosen(checks)]
    return [(each.check.id, each.verdict.value, [found.happened for found in each.findings]) for each in results]


@pytest.mark.parametrize(
    ("deliver", "how"),
    [
        ("os._exit(3)", "its process ended by itself, with 3"),
        ("ctypes.string_at(0)", "its process was ended by SIGSEGV"),
        ("os.kill(os.getpid(), 9)", "its process was ended by SIGKILL"),
    ],
)
def test_a_plugin_that_ends_its_process_is_a_finding_and_the_rest_goes_on(
    tmp_path: Path, deliver: str, how: str
) -> None:
    found = tried(plugin(tmp_path, deliver), "attributes", "options", "sends", "shows")
    assert found == [("attributes", "ok", []), ("options", "ok", []), ("sends", "failed", [how]), ("shows", *SKIPPED)]


def test_a_plugin_that_takes_all_memory_takes_it_from_its_own_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = tried(plugin(tmp_path, "hog = bytearray(3 << 30)"), "sends")
    assert found[1] == "failed"
    assert "MemoryError" in found[2][0]


def test_a_plugin_that_lets_nothing_else_run_is_killed_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", 6.0)
    began = time.monotonic()
    (found,) = tried(plugin(tmp_path, SPIN), "sends")
    assert found == ("sends", "failed", ["it did not end within 6 seconds, and was killed"])
    assert time.monotonic() - began < 30


def test_after_three_that_ended_it_the_rest_is_left(tmp_path: Path) -> None:
    file = plugin(tmp_path, "os._exit(3)")
    every = [each.id for each in chosen()]
    found = tried(file)
    assert [each[0] for each in found] == every
    ended = [number for number, each in enumerate(found) if each[1] == "failed"]
    assert 3 <= len(ended) <= len(every) / 2
    assert [each[1] for each in found[ended[-1] + 1 :]] == ["skipped"] * (len(every) - ended[-1] - 1)


def test_one_that_ends_the_process_at_its_import_is_said_in_a_line(tmp_path: Path) -> None:
    file = plugin(tmp_path, "pass")
    file.write_text("import os\nos._exit(7)\n", encoding="utf-8")
    done = _run("-m", "scheduler", "plugins", "check", str(file))
    assert done.returncode == 1
    assert "did not load: its process ended by itself, with 7" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_says_it_and_what_is_printed_is_no_part_of_its_json(tmp_path: Path) -> None:
    file = plugin(tmp_path, "print('noise'); os._exit(3)")
    done = _run("-m", "scheduler", "plugins", "check", str(file), "--only", "sends", "--only", "attributes", "--json")
    assert done.returncode == 1, done.stderr
    attributes, sends = json.loads(done.stdout)
    assert sends["findings"][0]["happened"] == "its process ended by itself, with 3"
    assert "whole process" in sends["findings"][0]["mend"]
    assert attributes["verdict"] == "ok"


def test_pytest_says_it(tmp_path: Path) -> None:
    file = plugin(tmp_path, "os._exit(3)")
    given = ("-q", "-p", "no:cacheprovider", "--loa-plugin", str(file), "-k", "sends or attributes")
    done = _run("-m", "pytest", *given, cwd=tmp_path)
    assert "note::sends: its process ended by itself, with 3" in done.stdout, done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_its_process_ends_with_whoever_asks(tmp_path: Path) -> None:
    file = plugin(tmp_path, "time.sleep(600)")
    asking = subprocess.Popen([sys.executable, "-m", "scheduler", "plugins", "check", str(file), "--only", "sends"])
    _until(lambda: children(asking.pid) != [])
    (pid,) = children(asking.pid)
    asking.kill()
    asking.wait()
    _until(lambda: not alive(pid))


def _run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    around = {name: value for name, value in os.environ.items() if not name.startswith("LOA_")} | {"LOA_LANG": "en"}
    whole = [sys.executable, *arguments]
    return subprocess.run(whole, capture_output=True, text=True, timeout=120, env=around, cwd=cwd)


def _until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
