"""Real campaign folders, and the real program in this process or in one of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scheduler.channels.channel import Rendered
from scheduler.cli.example import PARTS, example_folder
from scheduler.cli.program import program
from scheduler.engine.delivering.payload import pack
from scheduler.engine.engine import Engine
from scheduler.ground.clock import SystemClock
from scheduler.ground.lifecycle import Event, Hold, State
from scheduler.ground.text import use
from scheduler.store import attempts, moves, settings
from scheduler.store.attempts import Intent
from scheduler.store.moves import Move

Loa = Callable[..., Result]


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """English, no colours, nobody's own settings."""
    for name in ("LOA_AS", "VISUAL", "EDITOR", "NO_COLOR", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    use("en")


def copied(folder: Path) -> Path:
    """Copy the example campaign to ``folder``, with nothing made yet."""
    folder.mkdir()
    for part in PARTS:
        source = example_folder() / part
        if source.is_dir():
            shutil.copytree(source, folder / part)
        else:
            shutil.copy(source, folder / part)
    return folder


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Return a copy of the example campaign."""
    return copied(tmp_path / "campaign")


@pytest.fixture
def campaign(whole: Path) -> Path:
    """Return a copy of the example campaign; a file whose tests need less of it says so by one of its own."""
    return whole


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the example campaign in which nothing needs approval, and everything is planned and missed."""
    folder = copied(tmp_path_factory.mktemp("planned") / "campaign")
    plan = folder / "content" / "plan.toml"
    plan.write_text(plan.read_text("utf-8").replace("approval_required = true", "approval_required = false"), "utf-8")
    with Engine.open(folder) as engine:
        engine.act.sync()
    return folder


@pytest.fixture
def open_campaign(planned: Path, tmp_path: Path) -> Path:
    """Return a copy of the planned campaign to work in."""
    return Path(shutil.copytree(planned, tmp_path / "campaign"))


@pytest.fixture
def loa(monkeypatch: pytest.MonkeyPatch) -> Loa:
    """Return what runs the program in this process: ``loa("plan", "--json", folder=…)``."""

    def run(*args: str, folder: Path | None = None, code: int | None = 0, stdin: str | None = None) -> Result:
        if folder is not None:
            monkeypatch.chdir(folder)
        result = CliRunner().invoke(program, list(args), input=stdin, prog_name="loa")
        if code is not None:
            assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return run


def read_json(result: Result) -> Any:
    """Return what a command wrote with ``--json``."""
    return json.loads(result.stdout)


def program_in_a_process(*args: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the program as people do."""
    return subprocess.run(
        [sys.executable, "-m", "scheduler", *args],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(example_folder()), **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


WAYS: dict[State, tuple[tuple[Event, State], ...]] = {
    State.SCHEDULED: ((Event.REQUEUE, State.SCHEDULED),),
    State.HELD: ((Event.REQUEUE, State.HELD),),
    State.UNKNOWN: ((Event.REQUEUE, State.SCHEDULED), (Event.INTEND, State.SENDING), (Event.LOSE, State.UNKNOWN)),
    State.HANDED: ((Event.REQUEUE, State.SCHEDULED), (Event.INTEND, State.SENDING), (Event.HAND, State.HANDED)),
    State.FAILED: ((Event.REQUEUE, State.SCHEDULED), (Event.REFUSE, State.FAILED)),
    State.SENT: ((Event.REQUEUE, State.SCHEDULED), (Event.INTEND, State.SENDING), (Event.SUCCEED, State.SENT)),
}
"""How a missed delivery gets into each state, step by legal step."""


def put(folder: Path, number: int, state: State) -> None:
    """Bring a missed delivery into ``state``, with a payload and a receipt where they belong to it."""
    now, payload = SystemClock().now(), pack(Rendered({}, "the text"))
    with Engine.open(folder) as engine, engine.store.write() as connection:
        epoch = settings.new_epoch(connection, now)
        before = State.MISSED
        for event, after in WAYS[state]:
            move = Move(
                number,
                before,
                event,
                after,
                actor="test",
                reason="for a test",
                holds={Hold.OPERATOR} if after is State.HELD else (),
                wake_at=now if after is State.SCHEDULED else None,
                payload=payload.digest if after is State.SENDING else None,
                intends=after is State.SENDING,
                receipt={"id": "file.txt"} if after in (State.HANDED, State.SENT) else None,
            )
            if after is State.SENDING:
                attempts.begin(connection, [Intent(number, 1, payload, False, False)], epoch, now)
            moves.apply(connection, [move], now)
            before = after
