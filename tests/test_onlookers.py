"""Plugins that observe: every line of the journal, in order, at least once, each for itself and beside the work."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.engine.daemon.observers import Onlooker, Onlookers
from scheduler.engine.daemon.runner import Runner
from scheduler.ground.lifecycle import State
from scheduler.store import journal
from tests.campaign import NOON, Desk, Folder
from tests.running import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.running import Daemon

LATER = NOON + timedelta(hours=1)
PLUGIN = """\
import json

from scheduler.api import hookimpl


@hookimpl
def observe(entry, host):
    {first}
    with (host.out("{name}") / "seen.txt").open("a") as file:
        file.write(json.dumps([entry.id, entry.event, entry.key]) + "\\n")
"""


def observer(folder: Folder, name: str, first: str = "pass") -> None:
    folder.plugin(name, PLUGIN.format(name=name, first=first))


def seen(folder: Folder, name: str) -> list[Any]:
    file = folder.path / "var" / "plugins" / name / "seen.txt"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def written(desk: Desk) -> list[int]:
    return [each.id for each in journal.after(desk.store.read(), 0, 10_000)]


def test_it_sees_every_line_once_and_in_order_from_when_it_came(folder: Folder, desks: Callable[..., Desk]) -> None:
    observer(folder, "so")
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    Onlooker(desk.core, "so").look()
    began = journal.mark(desk.store.read())
    desk.at(LATER).run()
    Onlooker(desk.core, "so").look()
    Onlooker(desk.core, "so").look()
    assert [each[0] for each in seen(folder, "so")] == [number for number in written(desk) if number > began]
    assert ["succeed", "tin/20210503/kenh/noi/publish"] in [each[1:] for each in seen(folder, "so")]


def test_the_line_that_it_does_not_take_comes_again_and_the_others_go_on(
    folder: Folder, desks: Callable[..., Desk], caplog: pytest.LogCaptureFixture
) -> None:
    observer(folder, "hong", 'if entry.event == "succeed" and not (host.folder / "het").exists(): 1 / 0')
    observer(folder, "tot")
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    bad, good = Onlooker(desk.core, "hong"), Onlooker(desk.core, "tot")
    bad.look()
    good.look()
    desk.at(LATER).run()
    bad.look()
    good.look()
    assert "plugin hong: observe, of line" in caplog.text
    assert "ZeroDivisionError: division by zero (plugins/hong.py:8); again in 30 seconds" in caplog.text
    taken = [each[1] for each in seen(folder, "hong")]
    assert "succeed" not in taken
    assert "succeed" in [each[1] for each in seen(folder, "tot")]
    (folder.path / "het").touch()
    bad.look()
    assert [each[1] for each in seen(folder, "hong")] == taken, "not before its pause is over"
    desk.after(seconds=31)
    bad.look()
    assert [each[0] for each in seen(folder, "hong")] == [each[0] for each in seen(folder, "tot")]


def test_they_come_and_go_with_their_plugins(folder: Folder, desks: Callable[..., Desk]) -> None:
    observer(folder, "so")
    desk = desks(folder)
    watching = Onlookers(desk.core)
    watching.meet()
    assert list(watching._watching) == ["so"]
    thread = watching._watching["so"]._thread
    folder.config("[plugins.so]\nenabled = false\n")
    desk.engine.refresh()
    watching.meet()
    assert not watching._watching
    thread.join(5)
    assert not thread.is_alive()


def test_one_that_is_switched_off_while_it_reads_keeps_what_it_has_taken(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    observer(folder, "so")
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    Onlooker(desk.core, "so").look()
    desk.at(LATER).run()
    folder.config("[plugins.so]\nenabled = false\n")
    desk.engine.refresh()
    Onlooker(desk.core, "so").look()
    assert not seen(folder, "so")
    folder.config("")
    desk.engine.refresh()
    Onlooker(desk.core, "so").look()
    assert "succeed" in [each[1] for each in seen(folder, "so")]


def test_in_a_rehearsal_nobody_observes(folder: Folder, desks: Callable[..., Desk]) -> None:
    observer(folder, "so")
    desk = desks(folder)
    desk.core.rehearsal = True
    watching = Onlookers(desk.core)
    watching.meet()
    watching.look()
    assert not watching._watching
    assert not seen(folder, "so")


def test_run_once_has_them_look_too(folder: Folder, desks: Callable[..., Desk]) -> None:
    observer(folder, "so")
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    Onlookers(desk.core).look()
    desk.at(LATER)
    Runner(desk.engine).once()
    assert "succeed" in [each[1] for each in seen(folder, "so")]


def test_a_slow_one_holds_nothing_up_and_goes_on_where_it_was(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    observer(folder, "cham", "import time; time.sleep(0.5)")
    observer(folder, "nhanh")
    folder.channel()
    for number in range(20):
        folder.post(f"bai-{number}", at=NOON)
    daemon = daemons(folder, early=1.0)
    until(lambda: {each.state for each in daemon.desk.look.deliveries()} == {State.SENT})
    daemon.look()
    until(lambda: len(seen(folder, "nhanh")) >= 40)
    began = time.monotonic()
    daemon.end()
    assert time.monotonic() - began < 8
    first = seen(folder, "cham")
    assert 0 < len(first) < len(seen(folder, "nhanh"))
    assert first == seen(folder, "nhanh")[: len(first)]
