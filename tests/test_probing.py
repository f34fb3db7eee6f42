from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.engine.daemon.observers import alarms
from scheduler.engine.daemon.probing import Probing
from scheduler.engine.engine import Engine
from scheduler.ground.lifecycle import State
from tests.campaign import NOON, Desk, Folder
from tests.running import Daemon, until

if TYPE_CHECKING:
    from collections.abc import Callable

PROBE = """
calls_of_probe = []

def probe(self, context):
    from datetime import timedelta
    from scheduler.api import Health
    self.calls_of_probe.append(context.target.name)
    if context.target.name in self.dead:
        return Health(ok=False, detail="hết hạn")
    days = self.days.get(context.target.name)
    return Health(True, "tốt", None if days is None else context.clock.now() + timedelta(days=days))

dead = ()
days = {}
"""


SECRETIVE = """
from scheduler.api import BaseChannel, Options, Receipt, Rendered, Secret, hookimpl

class Keys(Options):
    token: Secret

class Secretive(BaseChannel):
    name, title, options = "kenh", "Kênh", Keys

    def render(self, item, context):
        return Rendered({}, item.text)

    def deliver(self, rendered, context):
        return Receipt("1")

@hookimpl
def register_channels():
    return [Secretive()]
"""


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel(more=PROBE, targets=("mot", "hai"))
    folder.channel("khac")
    return desks(folder)


def channel(desk: Desk) -> Any:
    found: Any = type(desk.engine.registry.channels["kenh"].channel)
    return found


def news(desk: Desk) -> list[tuple[str, str]]:
    return [(each.key, each.reason) for each in reversed(desk.look.journal()) if alarms(each)]


def test_what_channels_say_is_kept_and_asked_again_after_a_day(desk: Desk) -> None:
    assert desk.look.channels()[0].health is None
    probing = Probing(desk.core)
    probing.look()
    probing.look()
    asked = channel(desk).calls_of_probe
    assert asked == ["mot", "hai"]
    well, other = desk.look.channels()
    assert well.health is not None
    assert (well.health.ok, well.health.detail, well.health_at) == (True, "tốt", NOON)
    assert other.health is None
    desk.at(NOON + timedelta(hours=23))
    probing.look()
    assert len(asked) == 2
    desk.at(NOON + timedelta(hours=24))
    probing.look()
    assert len(asked) == 4
    assert news(desk) == []


def test_a_secret_that_is_not_there_is_named_before_anybody_is_asked(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GATEWAY_TOKEN", raising=False)
    folder.plugin("kenh", SECRETIVE)
    folder.switch_on("kenh", 'token = { env = "GATEWAY_TOKEN" }\n')
    desk = desks(folder)
    health = desk.act.probe("kenh")
    assert (health.ok, health.detail) == (False, "token: the environment variable GATEWAY_TOKEN is not set")
    monkeypatch.setenv("GATEWAY_TOKEN", "let me in")
    assert desk.act.probe("kenh").ok


def test_one_that_is_unwell_is_asked_each_hour_and_named_once(desk: Desk) -> None:
    channel(desk).dead = ("hai",)
    probing = Probing(desk.core)
    probing.look()
    found = desk.look.channels()[0].health
    assert found is not None
    assert (found.ok, found.detail) == (False, "hết hạn")
    desk.at(NOON + timedelta(hours=1))
    probing.look()
    assert channel(desk).calls_of_probe == ["mot", "hai", "hai"]
    assert news(desk) == [("kenh/hai", "hết hạn")]


def test_what_runs_out_is_told_a_week_before_and_a_day_before(desk: Desk) -> None:
    channel(desk).days = {"mot": 30, "hai": 8}
    probing = Probing(desk.core)
    probing.look()
    assert news(desk) == []
    status = desk.look.channels()[0]
    assert status.health is not None
    assert status.health.until == NOON + timedelta(days=8)
    for days in range(1, 10):
        channel(desk).days = {"mot": 30, "hai": 8 - days}
        desk.at(NOON + timedelta(days=days))
        probing.look()
    (first, second, third) = news(desk)
    assert first == ("kenh/hai", "it runs out on 11/05/2021 12:00: renew its token")
    assert second == first
    assert third == ("kenh/hai", "it ran out on 11/05/2021 12:00")


def test_a_change_of_options_is_asked_about_at_once(desk: Desk) -> None:
    probing = Probing(desk.core)
    probing.look()
    desk.folder.switch_on("kenh", 'rate = "3/1s"\n', ("mot", "hai"))
    desk.engine.refresh()
    probing.look()
    assert len(channel(desk).calls_of_probe) == 4


def test_a_test_by_a_person_is_kept_too(desk: Desk) -> None:
    channel(desk).dead = ("mot",)
    assert not desk.act.probe("kenh").ok
    assert desk.act.probe("kenh", "hai").ok
    status = desk.look.channels()[0]
    assert {each.target: each.health.ok for each in status.probed} == {"mot": False, "hai": True}


def test_a_probe_that_hangs_is_not_asked_again_before_it_has_ended(folder: Folder, desks: Callable[..., Desk]) -> None:
    more = """
        import threading
        begun = []
        go = threading.Event()

        def probe(self, context):
            self.begun.append(context)
            self.go.wait(20)
            return Health(ok=True, detail="")
    """
    folder.channel(more=more, table='time_limit = "50ms"')
    desk = desks(folder)
    kind = channel(desk)
    probing = Probing(desk.core)
    for hours in range(5):
        desk.at(NOON + timedelta(hours=2 * hours))
        probing.look()
    assert len(kind.begun) == 1, "each would leave a thread behind"
    kind.go.set()
    until(lambda: not [each for each in threading.enumerate() if each.name == "loa-probe-kenh"])
    desk.at(NOON + timedelta(hours=12))
    probing.look()
    assert len(kind.begun) == 2


def test_an_engine_asks_at_its_start_and_a_probe_that_hangs_holds_nothing_up(folder: Folder) -> None:
    folder.channel("cham", more="def probe(self, context):\n    import time\n    time.sleep(60)\n")
    folder.channel("kenh", more=PROBE)
    folder.post(at=NOON, channels="[cham]")
    daemon = Daemon(folder, early=1.0)
    try:
        daemon.becomes(State.SENT, channel="cham")
        assert daemon.desk.look.channels()[0].health is None
    finally:
        daemon.end()


def test_an_engine_keeps_what_it_heard(folder: Folder) -> None:
    folder.channel("kenh", more=PROBE)
    daemon = Daemon(folder)
    try:
        until(lambda: daemon.desk.look.channels()[0].health)
    finally:
        daemon.end()
    with Engine.open(folder.path, clock=daemon.clock) as after:
        health = after.look.channels()[0].health
        assert health is not None
        assert health.ok
