"""Every example of every help text does what it says, on the campaign that it names."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scheduler.cli.example import example_folder
from scheduler.cli.program import program
from scheduler.cli.shape import Spoken
from scheduler.ground.lifecycle import State
from tests.cli.conftest import Loa, put

NEEDS = {
    "delivery settle": State.UNKNOWN,
    "delivery confirm": State.HANDED,
    "delivery deny": State.HANDED,
    "delivery hold": State.SCHEDULED,
    "delivery release": State.HELD,
    "delivery cancel": State.SCHEDULED,
}
"""In which state the first delivery must be for a command to have a point."""
ENDS_WITH = {
    "loa check --strict": {0, 1},
    "loa channel test fanpage --target trang-so --json": {0, 1},
}
ELSEWHERE = {"loa run", "loa demo", "loa log -f", "loa web", "loa web --port 8321 --open"}
ELSEWHERE |= {
    "loa plugins install loa-village-app",
    "loa plugins install ../loa-village-app",
    "loa plugins install loa_village_app-0.1.0-py3-none-any.whl",
    "loa plugins uninstall village-app --yes",
}
"""Examples that other tests run: a daemon, a server, what never ends, a rehearsal of two months, an installation."""


def ask_for_approval(folder: Path) -> None:
    """Have the campaign ask for approval again; without that nothing can be sent back."""
    plan = folder / "content" / "plan.toml"
    plan.write_text(plan.read_text("utf-8").replace("approval_required = false", "approval_required = true"), "utf-8")


def commands(group: click.Group, path: str = "loa") -> Iterator[tuple[str, Spoken]]:
    """Yield every command with its path."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert isinstance(command, Spoken)
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


EVERY = [("loa", program), *commands(program)]
EXAMPLES = sorted({example for _path, command in EVERY for example in command.examples} - ELSEWHERE)


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[path for path, _command in EVERY])
def test_help_has_an_example_of_that_very_command(path: str, command: Spoken) -> None:
    assert command.examples
    name = path.removeprefix("loa").strip()
    assert all(name in example for example in command.examples)


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_work(example: str, open_campaign: Path, loa: Loa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(open_campaign.parent / "config"))
    words = shlex.split(example)[1:]
    if words[:2] in (["post", "edit"], ["event", "edit"]):
        pytest.skip("needs a terminal: test_editing")
    for start, state in NEEDS.items():
        if words[:2] == start.split():
            put(open_campaign, 1, state)
    if "withdraw" in words:
        put(open_campaign, 1, State.SENT)
        loa("arm", "--yes", folder=open_campaign)
    if "--send" in words:
        loa("arm", "--yes", folder=open_campaign)
    if words[2:4] == ["post", "return"]:
        ask_for_approval(open_campaign)
    if words[0] in ("undo", "redo"):
        loa("post", "move", "thu-tu-hoi-dap", "+1h", folder=open_campaign)
        if words[0] == "redo":
            loa("undo", folder=open_campaign)
    if words[0] == "restore":
        loa("backup", words[1], folder=open_campaign)
    result = loa(*words, folder=open_campaign, code=None)
    assert result.exit_code in ENDS_WITH.get(example, {0}), result.output


def test_the_daemon_ends_cleanly_when_asked(open_campaign: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(example_folder())}
    command = [sys.executable, "-m", "scheduler", "run"]
    with subprocess.Popen(command, cwd=open_campaign, env=env, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        first = running.stderr.readline() + running.stderr.readline()
        running.send_signal(signal.SIGTERM)
        rest = running.stderr.read()
    assert running.returncode == 0, first + rest
    assert first.startswith(f"At work in {open_campaign}; Ctrl-C ends it.\n")
    assert "not armed" in first
    assert rest.endswith(f"Ended; what is due waits in {open_campaign}.\n")
    assert "Traceback" not in first + rest
