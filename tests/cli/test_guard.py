"""Errors of the user and of the machine are one line and an exit code, and never a traceback."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from scheduler.cli.example import example_folder
from scheduler.cli.guard import INTERRUPTED, PIPE_CLOSED, PROBLEMS, USAGE, guarded
from scheduler.ground.errors import CampaignInvalid, LoaError, NotFound
from scheduler.ground.problem import Problem
from tests.cli.conftest import Loa


def raising(error: BaseException, *, debug: bool = False) -> int:
    def work() -> None:
        raise error

    return guarded(work, debug=lambda: debug)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (NotFound("there is no post 'x'"), PROBLEMS, "loa: there is no post 'x'\n"),
        (LoaError("no"), PROBLEMS, "loa: no\n"),
        (OSError(errno.ENOSPC, "No space left on device"), PROBLEMS, "loa: the disk is full\n"),
        (PermissionError(errno.EACCES, "Permission denied", "var"), PROBLEMS, "loa: not permitted: var\n"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "x"), PROBLEMS, "No such file or directory: x"),
        (
            CampaignInvalid([Problem("is empty", "a.md", 1), Problem("is odd", "b.md", 2)]),
            PROBLEMS,
            "a.md:1: error: is",
        ),
        (click.UsageError("no such thing"), USAGE, "loa: no such thing\n"),
        (click.Abort(), PROBLEMS, "loa: stopped; nothing was changed\n"),
        (KeyboardInterrupt(), INTERRUPTED, "\n"),
        (click.exceptions.Exit(7), 7, ""),
        (RuntimeError("odd\nnews"), PROBLEMS, "loa: a fault of Loa itself: RuntimeError: odd news (with --debug"),
    ],
)
def test_each_ending(error: BaseException, code: int, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(error) == code
    shown = capsys.readouterr()
    assert text in shown.err
    assert shown.out == ""
    assert "Traceback" not in shown.err


def test_every_problem_of_an_invalid_campaign_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    raising(CampaignInvalid([Problem("is empty", "a.md", 1), Problem("is odd", "b.md", 2)]))
    assert capsys.readouterr().err == "a.md:1: error: is empty\nb.md:2: error: is odd\n"


@pytest.mark.parametrize("error", [LoaError("no"), PermissionError(errno.EACCES, "no"), ValueError("odd")])
def test_with_debug_it_says_where(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(error, debug=True) == PROBLEMS
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert shown.splitlines()[-1].startswith("loa: ")


def test_debug_stands_behind_the_command_too(loa: Loa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from scheduler.cli.program import program

    monkeypatch.chdir(tmp_path)
    assert "Traceback" in CliRunner().invoke(program, ["plan", "--debug"]).stderr


def start(*args: str, folder: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": str(example_folder())}
    command = [sys.executable, "-m", "scheduler", *args]
    return subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_reader_that_has_gone_is_no_error(campaign: Path) -> None:
    with start("plan", "--from", "2021-05-01", "--to", "2021-06-30", "--json", folder=campaign) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == PIPE_CLOSED


def test_ctrl_c_leaves_no_traceback(open_campaign: Path) -> None:
    with start("run", folder=open_campaign) as running:
        assert running.stderr is not None
        first = running.stderr.readline() + running.stderr.readline()
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert b"Traceback" not in first + rest
    assert running.returncode in (0, INTERRUPTED)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(loa: Loa, campaign: Path) -> None:
    campaign.chmod(0o500)
    try:
        assert loa("plan", folder=campaign, code=1).stderr.count("\n") == 1
    finally:
        campaign.chmod(0o700)


def test_var_is_a_file(loa: Loa, campaign: Path) -> None:
    (campaign / "var").write_text("in the way")
    assert loa("post", "list", folder=campaign, code=1).stderr.count("\n") == 1


def test_a_database_that_is_none(loa: Loa, campaign: Path) -> None:
    (campaign / "var").mkdir()
    (campaign / "var" / "loa.db").write_bytes(b"not a database at all" * 100)
    assert loa("post", "list", folder=campaign, code=1).stderr.startswith("loa: ")
    shown = loa("doctor", folder=campaign, code=1).stdout
    assert "fault\tcampaign" in shown
