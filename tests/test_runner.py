"""The daemon, with its real clock, threads, signals and pipe."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schedule

from scheduler.api import Receipt
from scheduler.engine.daemon import runner as module
from scheduler.engine.daemon.runner import Runner
from scheduler.engine.engine import Engine
from scheduler.engine.lock import running
from scheduler.engine.waking import ring
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.errors import EngineRunning, StaleEpoch, StoreBusy
from scheduler.ground.lifecycle import Hold, State
from scheduler.store import settings
from tests.campaign import NOON, Folder
from tests.running import Daemon, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

SOON = NOON + timedelta(minutes=1)
POLL = '[engine]\npoll = "1s"\n'


# --- due times, and who wakes it ------------------------------------------------------------------------------------


def test_it_sends_when_the_time_has_come_and_not_before(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    kenh = folder.channel()
    called: list[datetime] = []

    def deliver(_: object, context: Any) -> Receipt:
        called.append(context.clock.now())
        return Receipt("1")

    kenh.does["deliver"] = deliver
    folder.post(at=NOON)
    daemon = daemons(folder, early=0.4)
    daemon.becomes(State.SENT)
    assert timedelta() <= called[0] - NOON < timedelta(seconds=1)


def test_a_command_in_another_process_wakes_it_at_once(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    folder.channel()
    folder.post(at=SOON)
    daemon = daemons(folder, early=1)
    daemon.becomes(State.SCHEDULED)
    (row,) = daemon.desk.look.deliveries()
    daemon.desk.act.cancel(row.id)
    began = time.monotonic()
    daemon.desk.act.requeue(row.id)
    daemon.becomes(State.SENT)
    assert time.monotonic() - began < 0.8  # long before the poll of five seconds


def test_arming_a_folder_whose_engine_runs_lets_it_go(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    kenh = folder.channel()
    folder.post(at=NOON)
    daemon = daemons(folder, early=0.3, armed=False)
    until(lambda: daemon.clock.now() > NOON + timedelta(seconds=0.1))
    assert kenh.calls == []
    daemon.desk.act.arm()
    assert daemon.state() is State.MISSED
    (row,) = daemon.desk.look.deliveries()
    daemon.desk.act.requeue(row.id)
    daemon.becomes(State.SENT)


def test_what_changes_while_it_runs_is_taken_up_within_the_poll(
    folder: Folder, daemons: Callable[..., Daemon], caplog: pytest.LogCaptureFixture
) -> None:
    folder.channel("moi")
    folder.channels.clear()
    folder.channel()
    folder.config(POLL)
    folder.post(at=SOON)
    daemon = daemons(folder, early=1)
    daemon.becomes(State.SCHEDULED)

    folder.post("sau", at=SOON)
    daemon.becomes(State.SCHEDULED, "sau")

    folder.switch_on("moi")
    folder.config(POLL)
    folder.post(at=SOON)
    daemon.look()
    daemon.becomes(State.SCHEDULED, "tin", "moi")
    until(lambda: any(each.name == "loa-moi-1" for each in threading.enumerate()))

    folder.file("sau").unlink()
    daemon.look()
    daemon.becomes(State.CANCELLED, "sau")
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


def test_a_new_rate_counts_without_a_restart(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    kenh = folder.channel(table='rate = "1/h"', targets=("a", "b", "c"))
    folder.config(POLL)
    folder.post(at=NOON)
    daemon = daemons(folder, early=0.3)
    until(lambda: len(kenh.calls) == 1)
    folder.switch_on("kenh", 'rate = "100/s"', ("a", "b", "c"))
    daemon.look()
    until(lambda: len(kenh.calls) == 3)
    until(lambda: {d.state for d in daemon.desk.look.deliveries()} == {State.SENT})


@pytest.mark.parametrize("broken", ["zone = [", "", None])
def test_a_config_that_cannot_be_read_holds_and_stops_nothing(
    folder: Folder, daemons: Callable[..., Daemon], broken: str | None
) -> None:
    kenh = folder.channel()
    folder.post(at=NOON)
    daemon = daemons(folder, early=0.6)
    daemon.becomes(State.SCHEDULED)
    config = folder.path / "config.toml"
    good = config.read_text(encoding="utf-8")
    if broken is None:
        config.unlink()
    else:
        config.write_text(broken, encoding="utf-8")
    daemon.look()
    until(lambda: daemon.clock.now() > NOON + timedelta(seconds=0.2))
    assert daemon.thread.is_alive()
    assert kenh.calls == []
    assert daemon.state() is State.HELD
    config.write_text(good, encoding="utf-8")
    daemon.look()
    daemon.becomes(State.SENT)


def test_a_plan_that_cannot_be_read_holds_until_it_can(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    folder.channel()
    folder.post(at=SOON)
    daemon = daemons(folder)
    daemon.becomes(State.SCHEDULED)
    folder.plan("[[workstreams]\n")
    daemon.look()
    daemon.becomes(State.HELD)
    assert daemon.desk.look.deliveries()[0].holds == {Hold.INVALID}
    folder.plan()
    daemon.look()
    daemon.becomes(State.SCHEDULED)


# --- ends -----------------------------------------------------------------------------------------------------------

CHILD = """
import sys
from pathlib import Path
from datetime import timedelta
from scheduler.engine.engine import Engine
from scheduler.engine.daemon.runner import Runner
from tests.campaign import NOON
from tests.running import ShiftedClock
engine = Engine.open(Path(sys.argv[1]), clock=ShiftedClock(NOON - timedelta(seconds=2)), person="giam-doc")
engine.act.arm()
Runner(engine).run()
engine.close()
print("ended", flush=True)
"""

SLOW = """
def deliver(self, rendered, context):
    print("called", flush=True)
    for each in range(100):
        if context.cancelled():
            break
        context.clock.sleep(timedelta(seconds=0.02))
    print("told to end" if context.cancelled() else "left alone", flush=True)
    return Receipt("1")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_call_that_is_under_way_end_and_tells_it(folder: Folder, number: int) -> None:
    folder.channel(sure=False, more=SLOW)
    folder.post(at=NOON)
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder.path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "called\n"
        began = time.monotonic()
        child.send_signal(number)
        assert child.stdout.read() == "told to end\nended\n"
        assert child.wait() == 0
        assert time.monotonic() - began < 1.5
    engine = Engine.open(folder.path, clock=SimulatedClock(NOON), person="giam-doc")
    (row,) = engine.look.deliveries()
    assert row.state is State.SENT
    last = engine.look.status().engine
    assert last is not None
    assert last.ended_at is not None
    assert not running(engine.var)
    engine.close()


def test_a_call_that_does_not_end_is_left_to_the_next_engine(
    folder: Folder, daemons: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.1)
    kenh = folder.channel(sure=False)
    folder.post(at=NOON)
    let_go = threading.Event()
    kenh.does["deliver"] = lambda *_: let_go.wait(20) and Receipt("1")
    daemon = daemons(folder, early=1)
    daemon.becomes(State.SENDING)
    daemon.runner.stop()
    daemon.thread.join(5)
    assert not daemon.thread.is_alive()
    assert "loa-kenh-1" in caplog.text
    let_go.set()
    until(lambda: not any(each.name == "loa-kenh-1" for each in threading.enumerate()))
    assert daemon.state() in (State.SENDING, State.SENT)  # heard after all, or found by the next engine
    daemon.engine.close()
    daemon.desk.close()


def test_a_second_engine_is_refused_and_disturbs_nothing(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    folder.channel()
    folder.post(at=SOON)
    daemon = daemons(folder)
    epoch = daemon.engine.core.epoch
    with pytest.raises(EngineRunning):
        Runner(daemon.desk).run()
    with pytest.raises(EngineRunning):
        Runner(daemon.desk).once()
    last = daemon.desk.look.status().engine
    assert last is not None
    assert (last.epoch, last.ended_at) == (epoch, None)


def test_an_engine_that_was_overtaken_ends_and_says_so(
    folder: Folder, daemons: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 1)
    folder.channel()
    daemon = daemons(folder)
    with daemon.desk.store.write() as connection:
        settings.new_epoch(connection, NOON)
    daemon.thread.join(5)
    assert isinstance(daemon.error, StaleEpoch)


def test_what_keeps_it_from_beginning_is_what_it_says(folder: Folder) -> None:
    folder.channel()
    engine = Engine.open(folder.path, clock=SimulatedClock(NOON), person="giam-doc")
    engine.store.read().execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(engine.store.path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        Runner(engine).run()
    assert not running(engine.var)
    assert not ring(engine.var)
    other.rollback()
    assert Runner(engine).once() == 0
    other.close()
    engine.close()


def test_stopped_before_it_has_begun_it_ends_at_once(folder: Folder) -> None:
    folder.channel()
    engine = Engine.open(folder.path, clock=SimulatedClock(NOON), person="giam-doc")
    runner = Runner(engine)
    runner.stop()
    runner.run()
    assert not running(engine.var)
    engine.close()


# --- its pulse ------------------------------------------------------------------------------------------------------


def test_it_beats_and_systemd_hears_it(
    folder: Folder, daemons: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 1)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "n"))
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        folder.channel()
        daemon = daemons(folder)
        assert manager.recv(100) == b"READY=1"
        first = daemon.desk.look.status().engine
        assert manager.recv(100) == b"WATCHDOG=1"
        second = daemon.desk.look.status().engine
        assert first is not None
        assert second is not None
        assert second.epoch == first.epoch
        assert second.heartbeat_at > first.heartbeat_at
        assert second.pid == os.getpid()
        daemon.runner.stop()
        assert manager.recv(100) == b"STOPPING=1"


def test_a_service_manager_that_is_gone_stops_nothing(
    folder: Folder, daemons: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    folder.channel()
    folder.post(at=NOON)
    daemon = daemons(folder, early=0.3)
    daemon.becomes(State.SENT)
    daemon.end()
    assert daemon.error is None


def test_idle_it_costs_next_to_nothing(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    for name in ("mot", "hai", "ba", "bon"):
        folder.channel(name)
    folder.config(POLL)
    for number in range(40):
        folder.post(f"tin-{number}", at=NOON + timedelta(days=1))
    daemon = daemons(folder)
    until(lambda: len(daemon.desk.look.deliveries()) == 160)
    began = time.process_time()
    time.sleep(1.5)
    assert time.process_time() - began < 0.08
    assert daemon.thread.is_alive()


def test_a_wall_clock_that_goes_back_does_not_stop_its_pulse(
    folder: Folder, daemons: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below `schedule` lies the machine's local time, which winter time alone sets back by an hour."""
    import datetime as datetimes

    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 1)
    back = timedelta()

    class Wall(datetimes.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetimes.datetime.now(tz) - back

    class Times:
        datetime = Wall
        timedelta = datetimes.timedelta

        def __getattr__(self, name: str) -> Any:
            return getattr(datetimes, name)

    monkeypatch.setattr(schedule, "datetime", Times())
    folder.channel()
    daemon = daemons(folder)

    def beat() -> datetime:
        last = daemon.desk.look.status().engine
        assert last is not None
        return last.heartbeat_at

    first = beat()
    until(lambda: beat() > first)
    clockwork: Any = daemon.runner.clockwork
    until(lambda: clockwork.idle_seconds > 0.2)
    second, back = beat(), timedelta(hours=1)
    ring(daemon.engine.var)
    until(lambda: beat() > second, 5)


# --- what goes wrong ------------------------------------------------------------------------------------------------


def test_a_planning_that_failed_is_made_up_for(
    folder: Folder, daemons: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder.channel()
    daemon = daemons(folder)
    plan, failed = daemon.runner._plan, threading.Event()

    def once() -> None:
        if failed.is_set():
            plan()
        else:
            failed.set()
            raise StoreBusy("somebody keeps the database")

    monkeypatch.setattr(daemon.runner, "_plan", once)
    folder.post(at=SOON)
    daemon.look()
    assert failed.wait(5)
    daemon.look()
    daemon.becomes(State.SCHEDULED)
    assert "somebody keeps the database" in caplog.text


def test_the_hourly_planning_also_hands_new_channels_to_workers(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the files anew, the workers hear of it."""
    folder.channel("moi")
    folder.channels.clear()
    folder.channel()
    folder.config('[engine]\npoll = "1h"\n')
    hourly: list[Callable[..., object]] = []
    do = schedule.Job.do

    def remember(self: schedule.Job, job: Callable[..., object], *given: Any, **named: Any) -> Any:
        if self.unit == "hours":
            hourly.append(lambda: job(*given, **named))
        return do(self, job, *given, **named)

    monkeypatch.setattr(schedule.Job, "do", remember)
    daemon = Daemon(folder)
    try:
        until(lambda: hourly)
        folder.switch_on("moi")
        folder.config('[engine]\npoll = "1h"\n')
        folder.post(at=SOON)
        hourly[-1]()
        daemon.look()
        until(lambda: any(each.name == "loa-moi-1" for each in threading.enumerate()))
    finally:
        daemon.end()


# --- once -----------------------------------------------------------------------------------------------------------


def test_once_does_what_is_due_and_counts_deliveries(folder: Folder) -> None:
    kenh = folder.channel(targets=("a", "b", "c"))
    folder.post(at=NOON)
    folder.post("mai", at=NOON + timedelta(days=1))
    clock = SimulatedClock(NOON - timedelta(minutes=1))
    engine = Engine.open(folder.path, clock=clock, person="giam-doc")
    engine.act.arm()
    clock.advance(NOON)
    assert Runner(engine).once() == 3
    assert len(kenh.calls) == 3
    assert {d.state for d in engine.look.deliveries() if d.key.post == "mai"} == {State.SCHEDULED}
    assert Runner(engine).once() == 0
    assert not running(engine.var)
    until(lambda: not any(each.name.startswith("loa-call") for each in threading.enumerate()))
    engine.close()


def test_once_recovers_what_a_dead_engine_left(folder: Folder) -> None:
    kenh = folder.channel(sure=True)
    folder.post(at=NOON)
    clock = SimulatedClock(NOON - timedelta(minutes=1))
    engine = Engine.open(folder.path, clock=clock, person="giam-doc")
    engine.act.arm()
    clock.advance(NOON)
    kenh.does["deliver"] = lambda *_: os._exit(9)
    pid = os.fork()
    if pid == 0:
        Runner(Engine.open(folder.path, clock=clock, person="giam-doc")).once()
    os.waitpid(pid, 0)
    assert [d.state for d in engine.look.deliveries()] == [State.SENDING]
    del kenh.does["deliver"]
    assert Runner(engine).once() == 1
    assert [d.state for d in engine.look.deliveries()] == [State.SENT]
    assert len(kenh.calls) == 1
    engine.close()


def test_once_sends_nothing_from_a_folder_that_is_not_armed(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    kenh = folder.channel()
    folder.post(at=NOON)
    engine = Engine.open(folder.path, clock=SimulatedClock(NOON), person="giam-doc")
    assert Runner(engine).once() == 0
    assert kenh.calls == []
    assert "loa arm" in caplog.text
    engine.close()


def test_housekeeping_keeps_what_a_picture_still_shows(folder: Folder) -> None:
    folder.channel()
    folder.post(at=NOON)
    clock = SimulatedClock(NOON - timedelta(minutes=1))
    engine = Engine.open(folder.path, clock=clock, person="giam-doc")
    engine.act.arm()
    clock.advance(NOON)
    runner = Runner(engine)
    runner.once()
    (row,) = engine.look.deliveries()
    assert engine.look.payload(row) is not None
    clock.advance(NOON + timedelta(days=399))
    runner._tidy()
    assert engine.look.payload(engine.look.deliveries()[0]) is not None
    clock.advance(NOON + timedelta(days=401))
    runner._tidy()
    assert engine.look.payload(engine.look.deliveries()[0]) is None
    assert engine.look.deliveries()[0].state is State.SENT
    engine.close()
    assert sqlite3.connect(folder.path / "var" / "loa.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)
