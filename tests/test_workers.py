"""Workers: each channel at its own pace, and what goes wrong in one stays in it."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Receipt
from scheduler.engine.daemon import workers as module
from scheduler.engine.daemon.workers import Workers
from scheduler.engine.delivering.executor import Executor
from scheduler.ground.errors import LoaError, StaleEpoch
from scheduler.ground.lifecycle import State
from scheduler.store import settings
from tests.campaign import NOON
from tests.running import Daemon, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from tests.campaign import Desk, Folder

SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def start() -> Iterator[Callable[..., Daemon]]:
    """Start engines, and end them when the test is over."""
    started: list[Daemon] = []

    def begin(folder: Folder, **options: Any) -> Daemon:
        started.append(Daemon(folder, **options))
        return started[-1]

    yield begin
    for daemon in started:
        daemon.end()


def names() -> set[str]:
    return {each.name for each in threading.enumerate() if each.name.startswith("loa-")}


def test_a_channel_that_hangs_does_not_delay_another(folder: Folder, start: Callable[..., Daemon]) -> None:
    slow, quick = folder.channel("cham"), folder.channel("nhanh")
    let_go, begun = threading.Event(), threading.Event()
    called: list[datetime] = []

    def hang(*_: object) -> Receipt:
        begun.set()
        let_go.wait(20)
        return Receipt("1")

    def deliver(_: object, context: Any) -> Receipt:
        called.append(context.clock.now())
        return Receipt("1")

    slow.does["deliver"], quick.does["deliver"] = hang, deliver
    folder.post("mot", at=NOON, channels="[cham]")
    folder.post("hai", at=SOON, channels="[nhanh]")
    daemon = start(folder, early=0.2)
    try:
        assert begun.wait(5)
        (row,) = [d for d in daemon.desk.look.deliveries() if d.key.post == "hai"]
        daemon.desk.act.cancel(row.id)
        due = daemon.desk.act.requeue(row.id, daemon.clock.now() + timedelta(seconds=0.3)).due_at
        until(lambda: called)
        assert called[0] - due < timedelta(seconds=1)
        daemon.becomes(State.SENT, "hai", "nhanh")
        assert daemon.state("mot", "cham") is State.SENDING
    finally:
        let_go.set()


def test_as_many_calls_at_once_as_it_has_workers(folder: Folder, start: Callable[..., Daemon]) -> None:
    kenh = folder.channel(sure=False, table="workers = 3", targets=("a", "b", "c", "d", "e"))
    together = threading.Barrier(3)

    def deliver(_: object, context: Any) -> Receipt:
        if context.target.name in "abc":
            together.wait(5)
        return Receipt(context.target.name)

    kenh.does["deliver"] = deliver
    folder.post(at=NOON)
    daemon = start(folder, early=0.2)
    until(lambda: {each.state for each in daemon.desk.look.deliveries()} == {State.SENT})
    assert {name for name in names() if name.startswith("loa-kenh")} == {"loa-kenh-1", "loa-kenh-2", "loa-kenh-3"}
    assert sorted(key for key, _, _ in kenh.calls) == [f"tin/20210503/kenh/{each}/publish" for each in "abcde"]


@pytest.mark.parametrize("error", [RuntimeError("lỗi của ta"), LoaError("một câu cho người")])
def test_an_error_of_loa_itself_is_logged_and_the_worker_goes_on(
    folder: Folder,
    start: Callable[..., Daemon],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    monkeypatch.setattr(module, "PAUSE", timedelta(seconds=0.05))
    folder.channel()
    folder.post(at=NOON)
    step, failed = Executor.step, threading.Event()

    def once(executor: Executor) -> Any:
        if not failed.is_set():
            failed.set()
            raise error
        return step(executor)

    monkeypatch.setattr(Executor, "step", once)
    daemon = start(folder, early=0.2)
    daemon.becomes(State.SENT)
    assert str(error) in caplog.text
    assert ("Traceback" in caplog.text) is isinstance(error, RuntimeError)
    assert daemon.thread.is_alive()


def test_an_error_that_stays_does_not_spin(
    folder: Folder, start: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder.channel()

    def fail(_: object) -> Any:
        raise RuntimeError("lỗi")

    monkeypatch.setattr(Executor, "step", fail)
    start(folder)
    time.sleep(0.3)
    assert 1 <= len([each for each in caplog.records if "an error of Loa's own" in each.getMessage()]) <= 3


def test_a_worker_that_finds_a_newer_engine_ends_them_all(
    folder: Folder, start: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.channel("mot")
    folder.channel("hai")

    def stale(_: object) -> Any:
        raise StaleEpoch("another")

    daemon = start(folder)
    monkeypatch.setattr(Executor, "step", stale)
    daemon.engine.core.wake()
    daemon.thread.join(5)
    assert not daemon.thread.is_alive()
    assert isinstance(daemon.error, StaleEpoch)


def test_they_meet_a_changed_configuration_and_keep_what_is_under_way(folder: Folder) -> None:
    from scheduler.engine.engine import Engine

    folder.channel("mot", table='rate = "1/h"')
    folder.channel("hai")
    engine = Engine.open(folder.path)
    failures: list[BaseException] = []
    workers = Workers(engine.core, failures.append)
    workers.meet()
    lane = workers._lanes["mot"]
    lane.busy.add(7)
    limiter, hai = lane.limiter, workers._lanes["hai"].configured
    workers.meet()
    assert lane.limiter is limiter

    folder.switch_on("mot", 'rate = "1/h"\ntime_limit = "9s"')
    engine.refresh()
    workers.meet()
    assert workers._lanes["mot"] is lane
    assert lane.configured.config.time_limit == timedelta(seconds=9)
    assert lane.limiter is limiter  # an unchanged rate keeps what has been used of it
    assert lane.busy == {7}
    assert workers._lanes["hai"].configured is not hai

    folder.switch_on("mot", 'rate = "5/h"')
    engine.refresh()
    workers.meet()
    assert lane.limiter is not limiter

    engine.core.stopping.set()
    assert workers.join(5) == []
    assert not {name for name in names() if name.startswith(("loa-mot", "loa-hai"))}
    assert failures == []
    engine.close()


def test_a_channel_that_is_switched_off_rests_and_comes_back(folder: Folder, start: Callable[..., Daemon]) -> None:
    kenh = folder.channel(table="enabled = true")
    folder.post(at=SOON)
    daemon = start(folder, early=1)
    daemon.becomes(State.SCHEDULED)
    folder.switch_on("kenh", "enabled = false")
    daemon.look()
    daemon.becomes(State.HELD)
    folder.switch_on("kenh", "enabled = true")
    daemon.look()
    daemon.becomes(State.SCHEDULED)
    (row,) = daemon.desk.look.deliveries()
    daemon.desk.act.cancel(row.id)
    daemon.desk.act.requeue(row.id)
    daemon.becomes(State.SENT)
    assert len(kenh.calls) == 1


def test_an_engine_that_was_overtaken_lets_nothing_go_either(folder: Folder, desks: Callable[..., Desk]) -> None:
    """Also where no call is needed: what has passed its time is the newer engine's to say."""
    folder.channel(grace=60)
    folder.post(at=SOON)
    desk = desks(folder)
    with desk.store.write() as connection:
        settings.new_epoch(connection, NOON)
    before = desk.dump()
    desk.after(hours=1)
    with pytest.raises(StaleEpoch):
        desk.executor().step()
    assert desk.dump() == before
