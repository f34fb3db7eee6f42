"""An engine that is opened ahead of its plugins: what it knows, and what it never does before they are there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.errors import CampaignInvalid
from scheduler.ground.lifecycle import State
from scheduler.ground.model import Health
from scheduler.store import health
from scheduler.store.health import Probed
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    """A folder with two channels, one approved post and one that waits, all planned."""
    folder.plan(required=True)
    folder.channel("mot", table='rate = "10/1m"', targets=("noi", "kia"))
    folder.channel("hai")
    folder.post("tin", at=NOON + timedelta(hours=1))
    folder.post("cho", at=NOON + timedelta(hours=2))
    desk = desks(folder)
    desk.act.approve("tin", "")
    desk.act.sync()
    desk.act.pause("hai", "nghỉ")
    with desk.store.write() as connection:
        health.put(connection, "mot", Probed("kia", Health(ok=False, detail="hỏng"), NOON))
    return desk


@pytest.fixture
def ahead(desk: Desk) -> Iterator[Engine]:
    """The same folder, opened once more."""
    with Engine.open(desk.folder.path, clock=desk.clock, person="giam-doc", ahead=True) as engine:
        yield engine


def test_ahead_of_the_plugins_the_folder_stands_as_it_does_with_them(desk: Desk, ahead: Engine) -> None:
    assert not ahead.equipped
    assert ahead.look.status() == desk.look.status()
    assert ahead.look.status().unapproved == 1
    assert ahead.snapshot.digests == desk.engine.snapshot.digests
    assert ahead.snapshot.approvals == desk.engine.snapshot.approvals


def test_ahead_of_the_plugins_each_channel_stands_as_the_database_knows_it(desk: Desk, ahead: Engine) -> None:
    known = [
        replace(each, title=each.name, kind=None, plugin="", targets=(), used=0, tests=False, test_to="")
        for each in desk.look.channels()
    ]
    assert ahead.look.channels() == known
    assert [each.paused_by for each in ahead.look.channels()] == [None, "giam-doc"]
    assert [each.health for each in ahead.look.channels()] == [Health(ok=False, detail="hỏng"), None]


def test_once_it_is_equipped_it_is_as_any_other(desk: Desk, ahead: Engine) -> None:
    ahead.equip()
    assert ahead.equipped
    assert ahead.look.channels() == desk.look.channels()
    before = ahead.snapshot
    ahead.equip()
    assert ahead.snapshot is before
    assert not ahead.refresh()


def test_no_planning_is_done_without_the_plugins(desk: Desk, ahead: Engine) -> None:
    ahead.act.sync()
    assert ahead.equipped
    assert ahead.look.status().counts == {State.SCHEDULED: 3, State.HELD: 3}


def test_a_database_that_knows_too_little_of_the_channels_lets_the_plugins_be_loaded_at_once(desk: Desk) -> None:
    desk.folder.channel("ba")
    with Engine.open(desk.folder.path, clock=desk.clock, person="giam-doc", ahead=True) as engine:
        assert engine.equipped
        assert set(engine.registry.channels) == {"mot", "hai", "ba"}


def test_a_channel_that_is_switched_off_keeps_nobody_waiting(desk: Desk) -> None:
    desk.folder.switch_on("sau", "enabled = false")
    with Engine.open(desk.folder.path, clock=desk.clock, person="giam-doc", ahead=True) as engine:
        assert not engine.equipped
        assert [each.name for each in engine.look.channels()] == ["mot", "hai"]


def test_what_a_plugin_does_wrong_is_told_once_it_is_equipped(desk: Desk) -> None:
    desk.folder.plugin("ba", "raise RuntimeError('đứt')")
    with Engine.open(desk.folder.path, clock=desk.clock, person="giam-doc", ahead=True) as engine:
        assert "ba.py" not in str(engine.snapshot.problems)
        engine.equip()
        assert [each.message for each in engine.snapshot.problems] == [
            "plugin ba did not load: RuntimeError: đứt (plugins/ba.py:1)"
        ]


def test_where_there_is_no_config_it_says_so_and_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(CampaignInvalid, match="loa init"):
        Engine.open(tmp_path, ahead=True)
    assert list(tmp_path.iterdir()) == []


def test_what_today_shows_is_read_without_plugins_and_what_they_are_made_of(desk: Desk) -> None:
    code = f"""
import sys
from pathlib import Path
from scheduler.engine.engine import Engine
from scheduler.tui.start import today

with Engine.open(Path({str(desk.folder.path)!r}), person="giam-doc", ahead=True) as engine:
    assert today(engine).found.upcoming is not None
print(*sorted({{name.split(".")[0] for name in sys.modules}} & {{"pydantic", "pluggy", "loa_plugins", "textual"}}))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.split() == []
