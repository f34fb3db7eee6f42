"""``loa plugins enable`` and ``disable``, as people call them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.cli.example import example_folder
from scheduler.engine.engine import Engine
from tests.campaign import Folder
from tests.cli.conftest import Loa, read_json
from tests.running import until


def told(folder: Path) -> object:
    return tomllib.loads((folder / "config.toml").read_text("utf-8")).get("plugins")


@pytest.fixture
def waiting(tmp_path: Path, loa: Loa) -> Path:
    """Return a small campaign whose only delivery is due in two days."""
    folder = Folder(tmp_path / "small")
    folder.channel()
    folder.post(at=datetime.now(UTC) + timedelta(days=2))
    with Engine.open(folder.path) as engine:
        engine.act.sync()
    return folder.path


def test_disable_says_what_waits_and_asks_first(waiting: Path, loa: Loa) -> None:
    before = (waiting / "config.toml").read_bytes()
    refused = loa("plugins", "disable", "kenh", folder=waiting, code=2)
    assert "without a terminal this needs --yes" in refused.output
    assert "channel kenh: 1 delivery waits" in refused.output
    assert (waiting / "config.toml").read_bytes() == before
    said = loa("plugins", "disable", "kenh", "--yes").output
    assert "kenh is switched off; `loa plugins enable kenh` takes it back." in said
    assert told(waiting) == {"kenh": {"enabled": False}}
    assert (waiting / "config.toml").read_bytes().startswith(before)
    held = read_json(loa("delivery", "show", "1", "--json"))
    assert (held["state"], held["holds"]) == ("held", ["invalid"])
    way_back = "plugin kenh is switched off: `loa plugins enable kenh`"
    assert way_back in loa("delivery", "show", "1").output
    assert way_back in loa("check", code=1).output
    assert "switched off already" in loa("plugins", "disable", "kenh").output
    assert "channel kenh: 1 delivery waits" in loa("plugins", "enable", "kenh").output
    assert told(waiting) == {"kenh": {"enabled": True}}
    assert read_json(loa("delivery", "show", "1", "--json"))["state"] == "scheduled"
    assert "switched on already" in loa("plugins", "enable", "kenh").output
    loa("undo")
    assert told(waiting) == {"kenh": {"enabled": False}}


def state(loa: Loa) -> str:
    """Return the state of the only delivery."""
    return str(read_json(loa("delivery", "show", "1", "--json"))["state"])


def test_an_engine_in_another_process_follows_at_once(waiting: Path, loa: Loa) -> None:
    loa("arm", "--yes", folder=waiting)
    env = {**os.environ, "PYTHONPATH": str(example_folder())}
    command = [sys.executable, "-m", "scheduler", "run"]
    with subprocess.Popen(command, cwd=waiting, env=env, stderr=subprocess.PIPE, text=True) as engine:
        try:
            assert engine.stderr is not None
            assert engine.stderr.readline().startswith("At work in")
            loa("plugins", "disable", "kenh", "--yes")
            until(lambda: state(loa) == "held")
            loa("plugins", "enable", "kenh")
            until(lambda: state(loa) == "scheduled")
        finally:
            engine.send_signal(signal.SIGTERM)
            engine.communicate(timeout=30)
    assert engine.returncode == 0


def test_where_nothing_waits_nobody_is_asked(campaign: Path, loa: Loa) -> None:
    (campaign / "plugins").mkdir()
    (campaign / "plugins" / "extra.py").write_text("", "utf-8")
    assert "extra is switched off" in loa("plugins", "disable", "extra", folder=campaign).output
    assert told(campaign) == {"extra": {"enabled": False}}


def test_enable_of_a_broken_one_says_so(campaign: Path, loa: Loa) -> None:
    (campaign / "plugins").mkdir()
    (campaign / "plugins" / "extra.py").write_text("raise ValueError('no')", "utf-8")
    loa("plugins", "disable", "extra", folder=campaign)
    said = loa("plugins", "enable", "extra", code=1).output
    assert "extra is switched on, but did not load: ValueError: no (plugins/extra.py:1)" in said


def test_nothing_is_said_of_channels_of_others(waiting: Path, loa: Loa) -> None:
    (waiting / "plugins" / "extra.py").write_text("raise ValueError('no')", "utf-8")
    (waiting / "plugins" / "sound.py").write_text(
        "from scheduler.api import hookimpl\n\n@hookimpl\ndef register_commands():\n    return []\n", "utf-8"
    )
    loa("plugins", "disable", "kenh", "--yes", folder=waiting)
    for name in ("extra", "sound"):
        assert "kenh" not in loa("plugins", "disable", name).output
        assert "kenh" not in loa("plugins", "enable", name, code=None).output
    assert "channel kenh: 1 delivery waits" in loa("plugins", "enable", "kenh").output


def test_the_name_of_a_channel_is_told_from_that_of_its_plugin(campaign: Path, loa: Loa) -> None:
    loa("plugins", "new", "chat-room", "--kind", "drop", "--file", folder=campaign)
    for word in ("disable", "show"):
        said = loa("plugins", word, "chat-room", code=1).output
        assert "there is no plugin 'chat-room': that is a channel of plugin chat_room" in said


def test_a_name_that_nobody_has(campaign: Path, loa: Loa) -> None:
    for word in ("enable", "disable"):
        said = loa("plugins", word, "radoi", folder=campaign, code=1).output
        assert "there is no plugin 'radoi': did you mean 'radio'?" in said
    assert told(campaign) is None
