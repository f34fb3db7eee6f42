"""A plugin switched off and on again: what waits is held and goes on, here and in an engine that is at work."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.errors import NotFound, TemporaryFailure
from scheduler.ground.lifecycle import Hold, State
from tests.campaign import NOON, Folder
from tests.running import Daemon, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.engine import Engine
    from tests.campaign import Desk

SOON = NOON + timedelta(hours=1)
OFF = "plugin kenh is switched off: `loa plugins enable kenh`"


def test_what_waits_is_held_and_goes_on(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.channel("khac")
    folder.post(at=SOON)
    desk = desks(folder)
    desk.act.sync()
    before = (folder.path / "config.toml").read_bytes()
    assert desk.edit.concerned("kenh").waiting == {"kenh": 1}
    assert desk.edit.switch_plugin("kenh", on=False).what == "plugin kenh: switched off"
    row = desk.row()
    assert (row.state, row.holds, row.reason) == (State.HELD, frozenset({Hold.INVALID}), OFF)
    assert desk.look.fault(row) == OFF
    assert desk.row(channel="khac").state is State.SCHEDULED
    assert [each.enabled for each in desk.look.plugins() if each.name == "kenh"] == [False]
    (problem,) = [each for each in desk.engine.problems() if each.key == "channels.kenh"]
    assert problem.hint == OFF
    desk.edit.undo()
    assert (folder.path / "config.toml").read_bytes() == before
    assert desk.row().state is State.SCHEDULED
    desk.at(SOON).run()
    assert (desk.row().state, desk.row(channel="khac").state) == (State.SENT, State.SENT)


def test_what_an_approval_covers_stays_approved(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.plan(required=True)
    folder.channel(table='greeting = "Chào"')
    folder.post(at=SOON)
    desk = desks(folder)
    desk.act.sync()
    desk.act.approve("tin")
    assert desk.row().state is State.SCHEDULED
    desk.edit.switch_plugin("kenh", on=False)
    assert desk.row().holds == {Hold.INVALID}
    desk.edit.switch_plugin("kenh", on=True)
    assert desk.row().state is State.SCHEDULED


def test_a_plugin_that_is_not_there_is_told_by_the_nearest_name(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    before = (folder.path / "config.toml").read_bytes()
    with pytest.raises(NotFound, match=r"no plugin 'kenk': did you mean 'kenh'\?"):
        desks(folder).edit.switch_plugin("kenk", on=False)
    assert (folder.path / "config.toml").read_bytes() == before


def test_an_engine_at_work_takes_it_up_at_once(folder: Folder, daemons: Callable[..., Daemon]) -> None:
    folder.channel()
    folder.post(at=NOON)
    daemon = daemons(folder, early=4.0)
    daemon.becomes(State.SCHEDULED)
    daemon.desk.edit.switch_plugin("kenh", on=False)
    daemon.becomes(State.HELD)
    until(lambda: daemon.clock.now() > NOON)
    until(lambda: daemon.engine.snapshot.registry.channels == {})
    assert daemon.state() is State.HELD
    daemon.desk.edit.switch_plugin("kenh", on=True)
    daemon.becomes(State.SENT)
    assert [call[0] for call in folder.module("kenh").calls] == ["tin/20210503/kenh/noi/publish"]


def test_an_engine_at_work_takes_up_a_plugin_that_comes_with_its_channel(
    folder: Folder, daemons: Callable[..., Daemon]
) -> None:
    daemon = daemons(folder)
    assert daemon.engine.snapshot.registry.channels == {}
    tables = folder.path / "config.toml"
    before = tables.read_text("utf-8")
    folder.channel()
    table = tables.read_text("utf-8").removeprefix(before)
    tables.write_text(before, "utf-8")
    folder.post(at=daemon.clock.now() + timedelta(minutes=1), channels="[kenh]")
    daemon.desk.edit.add_channel("kenh", table)
    daemon.becomes(State.SCHEDULED)
    assert list(daemon.engine.snapshot.registry.channels) == ["kenh"]


def test_several_that_are_off_are_all_named(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.plugin("mot", "")
    folder.plugin("hai", "")
    (folder.path / "plugins" / "kenh.py").rename(folder.path / "plugins" / "ten_khac.py")
    folder.config("[plugins]\nmot.enabled = false\nten_khac.enabled = false\n")
    (problem,) = [each for each in desks(folder).engine.problems() if each.key == "channels.kenh"]
    assert problem.hint == "switched off are mot, ten_khac: `loa plugins enable NAME`"


def test_a_mistyped_channel_is_told_from_one_that_is_off(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel("bang-tin")
    folder.switch_on("radoi")
    desk = desks(folder)
    desk.edit.switch_plugin("bang_tin", on=False)
    hints = {each.key: each.hint for each in desk.engine.problems() if each.key.startswith("channels.")}
    off = "plugin bang_tin is switched off: `loa plugins enable bang_tin`"
    assert hints == {"channels.bang-tin": off, "channels.radoi": f"did you mean 'radio'? {off}"}


def mended(folder: Folder, *, old: str, new: str) -> None:
    """Have the channel's plugin give a receipt of another word, in as many letters and the same second."""
    file = folder.path / "plugins" / "kenh.py"
    before = file.stat()
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1000))


def said_of(file: str, engine: Engine) -> list[str]:
    return [f"{each.message} ({each.hint})" for each in engine.problems() if each.file == file]


STEP = "`loa plugins disable kenh`, then `loa plugins enable kenh`; or start the engine anew"


def test_a_plugin_mended_while_it_is_off_is_loaded_as_it_is_now(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.plugin("kenh", (folder.path / "plugins" / "kenh.py").read_text("utf-8") + "\nWORD = 'mot'\n")
    desk = desks(folder)
    first = desk.engine.snapshot.registry.channels["kenh"].channel
    desk.edit.switch_plugin("kenh", on=False)
    mended(folder, old="'mot'", new="'hai'")
    desk.edit.switch_plugin("kenh", on=True)
    again = desk.engine.snapshot.registry.channels["kenh"].channel
    assert sys.modules[type(again).__module__].WORD == "hai"
    assert type(again) is not type(first)
    assert not said_of("plugins/kenh.py", desk.engine)


def test_a_plugin_that_changes_in_place_works_as_it_was_and_that_is_said(
    folder: Folder, daemons: Callable[..., Daemon]
) -> None:
    folder.channel()
    folder.plugin("kenh", (folder.path / "plugins" / "kenh.py").read_text("utf-8") + "\nWORD = 'mot'\n")
    daemon = daemons(folder)
    channel = daemon.engine.snapshot.registry.channels["kenh"].channel
    look = daemon.desk.look
    until(lambda: not look.plugin("kenh").behind)
    mended(folder, old="'mot'", new="'hai'")
    warning = f"plugin kenh has changed since it was loaded, and works as it was ({STEP})"
    until(lambda: warning in said_of("plugins/kenh.py", daemon.engine))
    assert daemon.engine.snapshot.registry.channels["kenh"].channel is channel
    found = look.plugin("kenh")
    assert (found.behind, found.step) == (True, STEP)
    daemon.desk.edit.switch_plugin("kenh", on=False)
    until(lambda: not daemon.engine.snapshot.registry.channels)
    daemon.desk.edit.switch_plugin("kenh", on=True)
    until(lambda: "kenh" in daemon.engine.snapshot.registry.channels)
    assert daemon.engine.snapshot.registry.channels["kenh"].channel is not channel
    until(lambda: not said_of("plugins/kenh.py", daemon.engine))
    until(lambda: not look.plugin("kenh").behind)


def test_what_comes_back_from_a_call_after_its_plugin_went_is_held_too(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    module = folder.channel()
    folder.post(at=SOON)
    desk = desks(folder)

    def goes(*_given: object) -> None:
        desk.edit.switch_plugin("kenh", on=False)
        raise TemporaryFailure("later")

    module.does["deliver"] = goes
    desk.at(SOON).run()
    assert (desk.row().state, desk.row().reason) == (State.RETRYING, "later")
    desk.act.sync()
    assert (desk.row().state, desk.row().holds, desk.row().reason) == (State.HELD, frozenset({Hold.INVALID}), OFF)
    module.does.clear()
    desk.edit.switch_plugin("kenh", on=True)
    desk.after(minutes=10).run()
    assert (desk.row().state, len(module.calls)) == (State.SENT, 2)
