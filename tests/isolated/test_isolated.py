"""Plugins in processes of their own: what they do to their process happens to nothing else."""

from __future__ import annotations

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.channels.loader import load_plugins
from scheduler.plan.config import PluginConfig
from tests.campaign import NOON, Desk
from tests.isolated.conftest import CODE
from tests.kill.process import loa

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Folder

MINUTE = timedelta(minutes=1)


def went(folder: Folder, channel: str) -> list[str]:
    """Return who has tried what, as the channel itself wrote it down."""
    file = folder.path / "var" / "out" / channel / "went"
    return file.read_text().splitlines() if file.exists() else []


def pids(channel: Any) -> list[int]:
    """Return the processes that a channel has."""
    found: list[int] = channel._pool.processes()
    return found


def sent(hard: Callable[..., Folder], channel: str, text: str, **more: Any) -> Desk:
    """Have one post delivered, as far as it goes."""
    folder = hard(channel, **more)
    folder.post(at=NOON + MINUTE, text=text)
    desk = Desk(folder)
    desk._replan()
    desk.at(NOON + MINUTE).run()
    return desk


def test_it_is_delivered_from_a_process_of_its_own(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "sure", "Xin chào.")
    row = desk.row(channel="sure")
    assert row.state.value == "sent", row.reason
    assert row.receipt is not None
    assert row.receipt["detail"]["pid"] != os.getpid()
    assert not [name for name in sys.modules if name == "loa_plugins.hard"]


def test_a_process_that_is_killed_is_started_anew(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "sure", "Một.")
    first = pids(desk.executor("sure").lane.configured.channel)
    for each in first:
        os.kill(each, signal.SIGKILL)
    desk.folder.post("hai", at=NOON + 2 * MINUTE, text="Hai.")
    desk.at(NOON + 2 * MINUTE)
    desk.engine.refresh()
    desk._replan()
    desk.run()
    assert desk.row("hai", "sure").state.value == "sent"
    assert pids(desk.executor("sure").lane.configured.channel) != first
    assert [line.split()[-1] for line in went(desk.folder, "sure")] == ["Một.", "Hai."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("crash", "its process was ended by SIGSEGV"),
        ("exit", "its process ended by itself, with 3"),
        ("leave", "SystemExit: 3"),
        ("own", "Own is a class of the plugin's own"),
        ("key", "KeyError: 'NO_SUCH_NAME'"),
    ],
)
def test_what_ends_a_call_means_what_it_means_of_a_call_in_loas_own_process(
    hard: Callable[..., Folder], text: str, why: str
) -> None:
    desk = sent(hard, "sure", text)
    assert desk.row(channel="sure").state.value == "retrying"
    assert why in desk.row(channel="sure").reason
    desk = _again(hard, desk, "once", text)
    assert desk.row(channel="once").state.value == "unknown"
    assert why in desk.row(channel="once").reason
    desk = _again(hard, desk, "staged", text)
    assert desk.row(channel="staged").state.value == "retrying"
    assert len(went(desk.folder, "once")) == 1


def _again(hard: Callable[..., Folder], desk: Desk, channel: str, text: str) -> Desk:
    """Do the same on another channel of the same folder."""
    desk.engine.close()
    for file in (desk.folder.path / "content" / "posts").iterdir():
        file.unlink()
    desk.folder.channels.clear()
    hard(channel)
    desk.folder.post("tin", at=NOON + MINUTE, text=text)
    for each in (desk.folder.path / "var").glob("loa.db*"):
        each.unlink()
    made = Desk(desk.folder)
    made._replan()
    made.at(NOON + MINUTE).run()
    return made


def test_past_the_point_of_no_return_an_end_is_unknown(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "staged", "late")
    assert desk.row(channel="staged").state.value == "unknown"


def test_verdicts_come_back_as_what_they_are(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "once", "say temporary")
    row = desk.row(channel="once")
    assert (row.state.value, row.reason) == ("retrying", "later")
    assert row.next_at is not None
    assert row.next_at >= NOON + 8 * MINUTE
    assert _again(hard, desk, "once", "say permanent").row(channel="once").state.value == "failed"
    assert _again(hard, desk, "once", "say unknown").row(channel="once").state.value == "unknown"


def test_the_context_is_loas_own(
    hard: Callable[..., Folder], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TOKEN", "mat-khau")
    with caplog.at_level("INFO"):
        desk = sent(hard, "once", "tell", table='token = { env = "TOKEN" }\n')
    row = desk.row(channel="once")
    assert row.receipt is not None, row.reason
    assert row.receipt["id"] == "05:01 once"
    assert row.receipt["detail"] == {"taken": False}
    assert desk.look.attempts(row.id)[-1].checkpoint == {"step": 1}
    assert [each.getMessage() for each in caplog.records if "the word is" in each.getMessage()] == ["the word is •••"]


def test_what_it_prints_breaks_nothing_and_is_logged(
    hard: Callable[..., Folder], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        desk = sent(hard, "once", "print")
        assert desk.row(channel="once").state.value == "sent"
        _until(lambda: any("a word" in each.getMessage() for each in caplog.records))


def _until(true: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def group(leader: int) -> list[int]:
    """Return the processes of a group."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = each.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(each.parent.name))
    return found


@pytest.mark.parametrize("channel", ["sure", "once", "staged"])
def test_a_call_that_hangs_is_killed_when_it_is_given_up(hard: Callable[..., Folder], channel: str) -> None:
    desk = sent(hard, channel, "hang", table='time_limit = "600ms"\n')
    row = desk.row(channel=channel)
    assert row.state.value == ("unknown" if channel == "once" else "retrying"), row.reason
    assert "no answer within 0.6 seconds" in row.reason
    pool: Any = desk.executor(channel).lane.configured.channel
    _until(lambda: not pids(pool))
    _until(lambda: not desk.executor(channel).lane.hanging)


def test_a_rendering_that_hangs_is_killed_and_not_begun_again(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "sure", "render hang", table='time_limit = "600ms"\n')
    assert desk.row(channel="sure").state.value == "failed"
    assert "render did not end within 0.6 seconds" in desk.row(channel="sure").reason
    _until(lambda: not pids(desk.executor("sure").lane.configured.channel))


def test_a_rendering_whose_process_is_killed_is_done_again(hard: Callable[..., Folder], tmp_path: Path) -> None:
    desk = sent(hard, "sure", f"render die {tmp_path / 'died'}")
    assert (tmp_path / "died").exists()
    assert desk.row(channel="sure").state.value == "sent", desk.row(channel="sure").reason
    crashes = _again(hard, desk, "sure", "render crash")
    assert crashes.row(channel="sure").state.value == "failed"
    assert "render: its process was ended by SIGSEGV" in crashes.row(channel="sure").reason


def test_what_it_forks_ends_with_it_and_answers_nothing(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "sure", "fork")
    assert desk.row(channel="sure").state.value == "sent"
    channel = desk.executor("sure").lane.configured.channel
    (leader,) = pids(channel)
    assert len(group(leader)) == 2
    os.kill(leader, signal.SIGKILL)
    desk = _again(hard, desk, "sure", "return")
    assert desk.row(channel="sure").state.value == "sent"
    assert len(went(desk.folder, "sure")) == 2


def test_it_has_no_more_memory_than_it_is_given(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "once", "leak", more='memory = "400 MB"\n')
    row = desk.row(channel="once")
    assert row.state.value == "unknown"
    assert "MemoryError" in row.reason or "its process" in row.reason
    assert not pids(desk.executor("once").lane.configured.channel), "what has leaked is let go"


def test_one_that_cannot_start_is_named_with_its_reason(hard: Callable[..., Folder]) -> None:
    folder = hard("sure", more='memory = "1 MB"\n')
    desk = Desk(folder)
    status = next(each for each in desk.engine.registry.plugins if each.name == "hard")
    words = 'it may take 1 MB, which is too little to load it: set memory = "64 MB" or more ('
    assert status.error.startswith(words)
    assert status.channels == ()
    assert [each for each in desk.engine.snapshot.problems if words in each.message]
    folder.plugin("hard", "import os\nos._exit(7)\n")
    folder.config("[plugins.hard]\nisolated = true\n")
    status = next(each for each in Desk(folder).engine.registry.plugins if each.name == "hard")
    assert "its process ended by itself, with 7" in status.error
    folder.plugin("hard", "raise KeyError('what')\n")
    status = next(each for each in Desk(folder).engine.registry.plugins if each.name == "hard")
    assert status.error.startswith("KeyError: 'what' (plugins/hard.py:1)")


def test_a_limit_that_the_plugin_itself_goes_beyond_is_said_with_twice_as_much(hard: Callable[..., Folder]) -> None:
    folder = hard("sure", more='memory = "100 MB"\n')
    folder.plugin("hard", "table = bytearray(300 << 20)\n")
    status = next(each for each in Desk(folder).engine.registry.plugins if each.name == "hard")
    assert 'may take 100 MB, which is too little to load it: set memory = "200 MB" or more (MemoryError' in status.error
    folder.plugin("hard", "raise KeyError('what')\n")
    status = next(each for each in Desk(folder).engine.registry.plugins if each.name == "hard")
    assert status.error.startswith("KeyError: 'what'")


def test_hooks_beyond_channels_are_not_asked_and_said_so(hard: Callable[..., Folder]) -> None:
    engine = Desk(hard("sure")).engine
    status = next(each for each in engine.registry.plugins if each.name == "hard")
    assert status.hooks == ("register_channels",)
    assert status.unasked == ("spoken_forms",)
    assert "hard" not in engine.snapshot.hooks.names("spoken_forms")
    (warning,) = [each for each in engine.snapshot.problems if each.key == "plugins.hard.isolated"]
    assert warning.severity.value == "warning"
    assert "spoken_forms of it count for nothing" in warning.message


def test_a_picture_is_drawn_over_there(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "picture", "Một.")
    assert (desk.folder.path / "var" / "out" / "picture" / "noi.txt").read_text() == "tin:Một.;"


def test_a_bulk_delivery_streams_its_recipients_and_each_has_its_answer(hard: Callable[..., Folder]) -> None:
    desk = sent(hard, "many", "half 2500")
    counts = dict(desk.store.read().execute("SELECT state, count(*) FROM message GROUP BY state").fetchall())
    assert counts == {"sent": 1250, "retrying": 1250}


def test_no_process_and_no_descriptor_is_left(hard: Callable[..., Folder]) -> None:
    import gc

    desk = sent(hard, "sure", "Một.")
    before = descriptors()
    channel: Any = desk.executor("sure").lane.configured.channel
    for _ in range(5):
        (leader,) = pids(channel)
        os.kill(leader, signal.SIGKILL)
        assert channel._validate("sure", "options", {})[0] == "valid"
    _until(lambda: descriptors() <= before)
    (leader,) = pids(channel)
    desk.executor("sure").close()
    desk.engine.close()
    del desk, channel
    _until(lambda: gc.collect() >= 0 and not alive(leader))
    _until(lambda: not [each for each in Path("/proc").glob("[0-9]*/stat") if _ours_dead(each)])


def descriptors() -> int:
    return sum(1 for _each in Path("/proc/self/fd").iterdir())


def _ours_dead(stat: Path) -> bool:
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] == "Z" and int(fields[1]) == os.getpid()


def test_one_that_hangs_at_its_import_is_killed_and_named(folder: Folder) -> None:
    folder.plugin("slow", "import time\ntime.sleep(600)\n")
    began = time.monotonic()
    plugins = load_plugins(folder.path, {"slow": PluginConfig(isolated=True)}, seconds=2)
    status = next(each for each in plugins.statuses if each.name == "slow")
    assert "did not load within 2 seconds" in status.error or "SIGKILL" in status.error
    assert time.monotonic() - began < 8
    assert "radio" in plugins.channels


def test_calls_at_the_same_time_have_a_process_each(hard: Callable[..., Folder]) -> None:
    plugins = load_plugins(hard("sure").path, {"hard": PluginConfig(isolated=True)})
    channel: Any = plugins.channels["sure"][0]
    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(lambda number: channel._validate("sure", "options", {"limit": number % 9 + 1}), range(200))
        )
    assert [values["limit"] for _found, values, _dumped in found] == [number % 9 + 1 for number in range(200)]
    assert 1 <= len(pids(channel)) <= 4


def test_it_is_not_started_for_commands_that_nobody_asks_it_for(hard: Callable[..., Folder]) -> None:
    folder = hard("sure")
    started = folder.path / "started"
    folder.plugin("hard", f"{CODE}\nPath({str(started)!r}).touch()\ndef register_commands():\n    return []\n")
    done = loa(folder.path, "--help")
    assert "Usage" in done
    assert not started.exists()
    loa(folder.path, "plugins", "list")
    assert started.exists()
