"""A plugin that is another by now: its deliveries wait, people are told, and its new version is taken up."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.ground.lifecycle import State
from scheduler.store import messages
from tests.campaign import NOON, Desk
from tests.kill.inside import running
from tests.kill.process import query, states, until

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine
    from tests.campaign import Folder

MINUTE = timedelta(minutes=1)
CODE = """
from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl

class Own(Options):
    footer: str = "A"

class Note(BaseChannel[Own]):
    name = "note"
    title = "Note"
    options = Own
    staged = False

    def render(self, item, context):
        return Rendered({}, f"{item.text} {context.options.footer}")

    def idempotent(self, rendered, context):
        return True

    def deliver(self, rendered, context):
        return Receipt(f"first: {rendered.text}")

@hookimpl
def register_channels():
    return [Note()]
"""
SECOND = CODE.replace("first:", "second:")
OTHER = SECOND.replace("staged = False", "staged = True")
"""A version that says something else of itself, too."""


@pytest.fixture
def desk(folder: Folder) -> Desk:
    """Return a campaign with a post that is due in a minute, on a channel in a process of its own."""
    return begun(folder)


def begun(folder: Folder, *, code: str = CODE, table: str = "", **more: Any) -> Desk:
    """Return such a campaign."""
    folder.plugin("note", code)
    folder.switch_on("note", f"{table}\n[plugins.note]\nisolated = true\n")
    folder.plan(**more)
    folder.post(at=NOON + MINUTE)
    made = Desk(folder)
    made._replan()
    return made


def update(engine: Engine, code: str) -> None:
    """Put another version there, and have no process of the old one left."""
    write(engine, code)
    end(engine)


def end(engine: Engine) -> None:
    """Have no process left."""
    channel: Any = engine.registry.channels["note"].channel
    for each in list(channel._pool._all):
        each.ended()


def write(engine: Engine, code: str) -> None:
    """Put another version there; compiled files go by second and size."""
    folder = engine.folder / "plugins"
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    (folder / "note.py").write_text(code, encoding="utf-8")


def test_what_is_due_waits_for_a_new_version_and_goes_out_once_it_is_taken_up(desk: Desk) -> None:
    update(desk.engine, OTHER)
    desk.at(NOON + MINUTE).run()
    row = desk.row(channel="note")
    assert (row.state.value, row.attempts, row.receipt) == ("scheduled", 0, None), row.reason
    assert desk.replans > 1, "the engine is asked to look at its files"
    assert desk.engine.refresh(), "and that look takes the new version up"
    desk._replan()
    desk.run()
    row = desk.row(channel="note")
    assert row.state.value == "sent", row.reason
    assert row.receipt is not None
    assert row.receipt["id"].startswith("second: ")
    assert desk.engine.registry.channels["note"].channel.staged
    assert not desk.engine.refresh(), "once"


def test_one_that_says_the_same_of_itself_is_told_by_its_code_and_never_mixed_with_the_old(desk: Desk) -> None:
    write(desk.engine, SECOND)
    assert desk.engine.refresh(), "that it has changed is said"
    (said,) = [each.message for each in desk.engine.snapshot.problems]
    assert said == "plugin note has changed since it was loaded, and works as it was"
    desk.at(NOON + MINUTE).run()
    first = desk.row(channel="note")
    assert first.receipt is not None
    assert first.receipt["id"].startswith("first: ")
    desk.folder.post("hai", at=NOON + 2 * MINUTE)
    desk.engine.refresh()
    desk._replan()
    end(desk.engine)
    desk.at(NOON + 2 * MINUTE).run()
    assert desk.row("hai", channel="note").state.value == "scheduled", "it waits for the new version"
    assert desk.engine.refresh()
    desk._replan()
    desk.run()
    receipt = desk.row("hai", channel="note").receipt
    assert receipt is not None
    assert receipt["id"].startswith("second: ")
    assert not [each for each in desk.engine.snapshot.problems if "changed" in each.message]


def test_a_new_version_that_does_not_load_is_waited_for_and_named_and_not_asked_each_second(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    update(desk.engine, "raise KeyError('half an update')\n")
    desk.at(NOON + MINUTE).run()
    row = desk.row(channel="note")
    assert (row.state.value, row.attempts) == ("scheduled", 0), row.reason
    status = next(each for each in desk.look.channels() if each.name == "note")
    assert status.last_error is not None
    assert "not called" in status.last_error
    assert "KeyError: 'half an update' (plugins/note.py:1)" in status.last_error
    assert "half an update" in caplog.text
    executor, told = desk.executor("note"), len(caplog.records)
    for _second in range(20):
        assert executor.step() > desk.clock.now()
        desk.after(seconds=1)
    assert len(caplog.records) == told
    update(desk.engine, SECOND)
    desk.after(seconds=30).run()
    assert desk.engine.refresh()
    desk._replan()
    desk.run()
    assert desk.row(channel="note").state.value == "sent", desk.row(channel="note").reason


def test_options_that_could_not_be_read_are_read_again_by_themselves(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(desk.engine, "raise KeyError('half an update')\n")
    desk.folder.post("hai", at=NOON + 2 * MINUTE)
    assert desk.engine.refresh()
    desk._replan()
    (problem,) = [each.message for each in desk.engine.snapshot.problems if each.key == "channels.note"]
    assert problem.startswith("plugin note: ")
    assert "half an update" in problem
    assert desk.row(channel="note").state.value == "held"
    write(desk.engine, SECOND)
    assert not desk.engine.refresh(), "not at once"
    monkeypatch.setattr("scheduler.channels.isolated.pool.LOOK_AGAIN", 0.0)
    assert desk.engine.refresh()
    desk._replan()
    desk.at(NOON + MINUTE).run()
    assert desk.row(channel="note").state.value == "sent", desk.row(channel="note").reason


def test_another_default_is_nobodys_approval(folder: Folder) -> None:
    desk = begun(folder, required=True)
    desk.act.approve("tin")
    desk._replan()
    assert desk.row(channel="note").state.value == "scheduled"
    update(desk.engine, SECOND.replace('footer: str = "A"', 'footer: str = "Another"'))
    desk.at(NOON + MINUTE).run()
    assert desk.row(channel="note").state.value == "scheduled"
    assert desk.engine.refresh()
    desk._replan()
    desk.run()
    row = desk.row(channel="note")
    assert (row.state.value, row.attempts) == ("held", 0)
    desk.act.approve("tin")
    desk._replan()
    desk.run()
    receipt = desk.row(channel="note").receipt
    assert receipt is not None
    assert receipt["id"].endswith("Another")


def test_a_machine_that_has_no_room_for_a_process_makes_nothing_fail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(desk.engine)
    with monkeypatch.context() as patch:
        patch.setattr("subprocess.Popen", _no_room)
        desk.at(NOON + MINUTE).run()
        row = desk.row(channel="note")
        assert (row.state.value, row.attempts) == ("scheduled", 0), row.reason
    desk.after(seconds=30).run()
    assert desk.row(channel="note").state.value == "sent"


WAYS = ("deliver", "withdraw", "deliver_batch", "recipients")
TO_MANY = """
    batch_size = 2

    def recipients(self, rendered, target, context):
        return [Recipient(str(number)) for number in range(3)]

    def deliver_batch(self, rendered, messages, context):
        return [Receipt(each.key) for each in messages]
"""
TAKES_BACK = """
    withdraws_again = True

    def withdraw(self, sent, context):
        return Receipt("back")
"""


@pytest.mark.parametrize("way", WAYS)
def test_a_call_that_finds_no_process_was_not_made_and_uses_nothing_up(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    more = TAKES_BACK if way == "withdraw" else "" if way == "deliver" else TO_MANY
    code = CODE.replace("import BaseChannel", "import BaseChannel, Recipient")
    code = code.replace("\n@hookimpl", f"{more}\n@hookimpl")
    desk = begun(folder, code=code, table="retry = { attempts = 1 }\nbreaker = { failures = 100 }")
    channel: Any = desk.engine.registry.channels["note"].channel
    desk.at(NOON + MINUTE)
    if way == "withdraw":
        desk.run()
        assert desk.act.withdraw("tin").made
    with monkeypatch.context() as patch:
        _away_at(patch, channel, way)
        for _time in range(5):
            desk.run()
            desk.after(seconds=30)
    waiting = next(each for each in desk.look.deliveries() if each.state.value not in ("sent", "handed"))
    assert waiting.state.value == "retrying", waiting.reason
    (status,) = [each for each in desk.look.channels() if each.name == "note"]
    for why in (waiting.reason, str(status.last_error)):
        assert ("3 messages to try again" if way == "deliver_batch" else "not called: [Errno 11] no room") in why
    desk.after(seconds=30).run()
    assert {each.state.value for each in desk.look.deliveries()} == {"sent"}, desk.rows()
    numbers = [each.attempts for each in messages.in_state(desk.store.read(), waiting.id, State.SENT)]
    assert set(numbers) <= {1}


def _away_at(patch: pytest.MonkeyPatch, channel: Any, way: str) -> None:
    """Have the processes end, and the machine have no room for others, at the moment of that call."""
    pool = channel._pool
    name = "stream" if way == "recipients" else "act"
    call = getattr(pool, name)

    def called(method: str, *given: Any) -> Any:
        assert method == way
        for each in list(pool._all):
            each.ended()
        with pytest.MonkeyPatch.context() as here:
            here.setattr("subprocess.Popen", _no_room)
            return iter(list(call(method, *given))) if name == "stream" else call(method, *given)

    patch.setattr(pool, name, called)


def _no_room(*given: Any, **more: Any) -> Any:
    raise BlockingIOError(11, "no room")


def test_a_running_engine_takes_a_new_version_up(folder: Folder) -> None:
    folder.plugin("note", CODE)
    folder.switch_on("note", "\n[plugins.note]\nisolated = true\n")
    folder.post(at=NOON)
    with running(folder.path) as engine:
        (row,) = engine.look.deliveries()
        update(engine, OTHER)
        engine.act.requeue(row.id)
        until(lambda: states(folder.path)["sent"] == 1, 20)
        ((receipt,),) = query(folder.path, "SELECT receipt FROM delivery")
        assert "second: " in receipt
        assert query(folder.path, "SELECT attempts FROM delivery") == [(1,)]


def test_what_is_loaded_no_more_keeps_no_process(desk: Desk) -> None:
    desk.at(NOON + MINUTE).run()
    channel: Any = desk.engine.registry.channels["note"].channel
    assert channel._pool.processes()
    desk.folder.switch_on("note", "\n[plugins.note]\nisolated = true\nenabled = false\n")
    assert desk.engine.refresh()
    assert not channel._pool.processes()
    assert channel.options.model_validate({"footer": "B"}).footer == "B", "who still has it may still ask"
    assert not channel._pool.processes()


@pytest.mark.parametrize("isolated", ["true", "false"])
def test_one_that_did_not_load_is_taken_up_once_it_is_mended(folder: Folder, isolated: str) -> None:
    folder.plugin("note", "raise KeyError('half written')\n")
    folder.switch_on("note", f"\n[plugins.note]\nisolated = {isolated}\n")
    folder.post(at=NOON + MINUTE)
    desk = Desk(folder)
    assert "note" not in desk.engine.registry.channels
    assert not desk.engine.refresh(), "not before its code is another"
    write(desk.engine, "raise KeyError('still')\n")
    assert desk.engine.refresh()
    assert not desk.engine.refresh()
    assert any("KeyError: 'still'" in each.message for each in desk.engine.snapshot.problems)
    assert not any("works as it was" in each.message for each in desk.engine.snapshot.problems)
    write(desk.engine, CODE)
    assert desk.engine.refresh()
    desk._replan()
    desk.at(NOON + MINUTE).run()
    assert desk.row(channel="note").state.value == "sent"
    assert not desk.engine.refresh()
