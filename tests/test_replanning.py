"""Who plans after an act: the engine where one is at work, and nobody beside it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.channels import loader
from scheduler.engine.engine import Engine
from scheduler.engine.lock import EngineLock
from scheduler.engine.planning import replanning
from scheduler.engine.planning.planner import PlanReport
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.lifecycle import State
from scheduler.store import settings
from tests.campaign import NOON, Desk, Folder
from tests.running import Daemon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def folder(folder: Folder) -> Folder:
    folder.channel()
    folder.plan(required=True)
    folder.post(at=LATER)
    return folder


def test_an_act_beside_an_engine_returns_once_the_engine_has_planned_it(folder: Folder) -> None:
    daemon = Daemon(folder)
    try:
        assert daemon.state() is State.HELD
        daemon.desk.act.approve("tin")
        assert daemon.state() is State.SCHEDULED
        daemon.desk.act.hold("tin", "chờ")
        daemon.desk.act.release("tin")
        assert daemon.state() is State.SCHEDULED
        daemon.desk.act.revoke("tin")
        assert daemon.state() is State.HELD
        connection = daemon.desk.store.read()
        assert settings.answered(connection) == settings.asked(connection) > 0
    finally:
        daemon.end()


def test_a_process_whose_plugin_is_broken_changes_nothing_that_the_engine_knows(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desks(folder)
    desk.act.approve("tin")
    lock = EngineLock(desk.engine.var)
    real = loader.load_plugins

    def broken(place: Path, wishes: object, *, told: bool) -> loader.Plugins:
        found = real(place, told=told)
        found.channels.pop("kenh")
        return found

    monkeypatch.setattr(loader, "load_plugins", broken)
    monkeypatch.setattr(replanning, "PATIENCE", 0.1)
    with Engine.open(folder.path, clock=desk.clock, person="giam-doc") as other:
        assert not other.registry.channels
        assert other.act.sync() == PlanReport()
    assert desk.row().state is State.SCHEDULED
    lock.release()


def test_a_process_whose_clock_is_ahead_lets_nothing_go_for_its_time(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desks(folder)
    lock = EngineLock(desk.engine.var)
    with Engine.open(folder.path, clock=SimulatedClock(NOON + timedelta(days=365)), person="giam-doc") as other:
        other.act.sync()
    assert desk.row().state is State.HELD
    lock.release()


def test_an_engine_that_does_not_answer_is_waited_for_a_moment_only(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replanning, "PATIENCE", 0.2)
    desk = desks(folder)
    lock = EngineLock(desk.engine.var)
    began = time.monotonic()
    with Engine.open(folder.path, person="giam-doc") as other:
        other.act.approve("tin")
        assert time.monotonic() - began < 5
        assert settings.asked(other.store.read()) > settings.answered(other.store.read())
    lock.release()
    desk.act.sync()
    assert settings.asked(desk.store.read()) == settings.answered(desk.store.read())
    assert desk.row().state is State.SCHEDULED
