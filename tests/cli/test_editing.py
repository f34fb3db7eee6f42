"""Editing, on a real terminal with a real (small) editor."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.cli.example import example_folder
from tests.cli.conftest import Loa

FILE = "content/posts/2021-05/03-phat-thanh-loi-moi.md"


def edit(folder: Path, editor: str, answers: bytes = b"", *args: str) -> tuple[int, str]:
    """Run `loa post edit` on a terminal, type ``answers``, and return its exit code and all that was seen."""
    mine, its = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(example_folder()), "EDITOR": editor, "VISUAL": "", "TERM": "xterm"}
    command = [sys.executable, "-m", "scheduler", *(args or ("post", "edit", "tv-loi-moi"))]
    with subprocess.Popen(command, cwd=folder, env=env, stdin=its, stdout=its, stderr=its) as running:
        os.close(its)
        os.write(mine, answers)
        seen = b""
        while True:
            try:
                part = os.read(mine, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
    os.close(mine)
    return running.returncode, seen.decode()


def test_a_good_edit_ends_well(campaign: Path) -> None:
    code, seen = edit(campaign, "sed -i s/Thưa/Kính/")
    assert code == 0
    assert "has no errors" in seen
    assert "Kính bà con" in (campaign / FILE).read_text("utf-8")


def test_a_bad_edit_is_shown_and_opened_again(campaign: Path) -> None:
    code, seen = edit(campaign, "sed -i s/radio/rado/", b"n\n")
    assert code == 1
    assert "did you mean 'radio'?" in seen
    assert seen.count("Open it again?") == 1
    code, seen = edit(campaign, "sed -i s/rado/radio/", b"y\n")
    assert code == 0


def test_an_editor_that_fails_or_is_not_there(campaign: Path) -> None:
    code, seen = edit(campaign, "false")
    assert (code, "ended with 1" in seen) == (1, True)
    code, seen = edit(campaign, "no-such-editor-here")
    assert (code, "cannot be started" in seen) == (1, True)


def test_an_event_too(campaign: Path) -> None:
    code, seen = edit(campaign, "sed -i s/Lễ/Buổi/", b"", "event", "edit", "ra-quan")
    assert code == 0
    assert "title: Buổi ra quân" in (campaign / "content/events/2021-05-12-le-ra-quan.md").read_text("utf-8")
    assert "has no errors" in seen


@pytest.mark.parametrize("args", [("post", "edit", "tv-loi-moi"), ("event", "edit", "ra-quan")])
def test_without_a_terminal_it_names_the_file(args: tuple[str, ...], loa: Loa, campaign: Path) -> None:
    assert ".md" in loa(*args, folder=campaign, code=1).stderr


def test_a_no_changes_nothing(campaign: Path) -> None:
    code, seen = edit(campaign, "true", b"n\n", "arm")
    assert code == 1
    assert "nothing was changed" in seen
    assert "Traceback" not in seen
