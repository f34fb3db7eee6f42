from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.cli.example import example_folder


def complete(words: str, folder: Path) -> list[str]:
    """Return what bash would offer after ``words``."""
    program = "from scheduler.cli import main; main()"
    env = {
        "PYTHONPATH": str(example_folder()),
        "_LOA_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - (0 if words.endswith(" ") else 1)),
    }
    ended = subprocess.run([sys.executable, "-c", program], cwd=folder, env=env, capture_output=True, text=True)
    assert ended.stderr == ""
    return [line.partition(",")[2] for line in ended.stdout.split()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("loa pl", {"plan", "plugins"}),
        ("loa post sh", {"show"}),
        ("loa post show tv-l", {"tv-loi-moi", "tv-loi-ket"}),
        ("loa event move ra-", {"ra-quan"}),
        ("loa channel pause r", {"radio", "rss"}),
        ("loa plan --ch", {"--channel"}),
        ("loa plugins disable r", {"radio", "rss"}),
        ("loa delivery show tv-loi-m", {"tv-loi-moi/"}),
    ],
)
def test_the_shell_offers_what_there_is(words: str, offered: set[str], campaign: Path) -> None:
    assert set(complete(words, campaign)) == offered


def test_outside_a_campaign_nothing_is_offered_and_nothing_said(tmp_path: Path) -> None:
    assert complete("loa post show tv", tmp_path) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str, tmp_path: Path) -> None:
    env = {"PYTHONPATH": str(example_folder()), "_LOA_COMPLETE": f"{shell}_source", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", "from scheduler.cli import main; main()"]
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert "_LOA_COMPLETE" in ended.stdout
