"""`loa doctor`: each thing that can be wrong is told, with what to do, and someone outside hears of a fault."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.cli import alarm
from scheduler.cli.alarm import AGAIN, Told
from scheduler.cli.filesystem import filesystem
from scheduler.cli.health import Finding
from scheduler.engine.engine import Engine
from scheduler.engine.lock import EngineLock
from scheduler.ground.clock import SystemClock
from scheduler.ground.lifecycle import State
from scheduler.store import settings
from tests.cli.conftest import Loa, put, read_json

NOW = datetime(2021, 5, 10, 1, 0, tzinfo=UTC)
KEPT = 5
FAULTS = (Finding("engine", "fault", "silent", "loa run"), Finding("disk", "fault", "full"))


@pytest.fixture
def campaign(whole: Path) -> Path:
    """Return a copy of the example campaign with a few of its posts: what a folder needs is not in its texts."""
    for post in sorted((whole / "content" / "posts").rglob("*.md"))[KEPT:]:
        post.unlink()
    return whole


def found(loa: Loa, folder: Path, code: int | None = None) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in read_json(loa("doctor", "--json", folder=folder, code=code))}


@contextmanager
def at_work(folder: Path, age: timedelta = timedelta()) -> Iterator[None]:
    """Be the folder's engine, as far as others can see, with the last sign of life that long ago."""
    lock = EngineLock(folder / "var")
    with Engine.open(folder) as engine, engine.store.write() as connection:
        settings.new_epoch(connection, SystemClock().now() - age)
    yield
    lock.release()


def test_a_new_folder_has_warnings_and_no_fault(loa: Loa, whole: Path) -> None:
    every = found(loa, whole, code=0)
    assert {name for name, each in every.items() if each["level"] == "fault"} == set()
    assert {name for name, each in every.items() if each["level"] == "warning"} >= {"armed", "engine", "alert"}
    assert all(each["todo"] for each in every.values() if each["level"] != "ok")
    assert every["database"]["text"] == "sound"
    assert len(loa("doctor", folder=whole).stdout.splitlines()) == len(every)


def test_an_armed_folder_without_an_engine_is_at_fault(loa: Loa, campaign: Path) -> None:
    loa("arm", "--yes", folder=campaign)
    assert found(loa, campaign, code=1)["engine"]["level"] == "fault"


@pytest.mark.parametrize(("age", "level"), [(10, "ok"), (89, "ok"), (91, "fault")])
def test_an_engine_that_fell_silent(age: int, level: str, loa: Loa, campaign: Path) -> None:
    loa("arm", "--yes", folder=campaign)
    with at_work(campaign, timedelta(seconds=age)):
        assert found(loa, campaign)["engine"]["level"] == level


def test_the_engine_of_the_folder_that_this_one_is_a_copy_of_is_not_at_work_here(
    loa: Loa, campaign: Path, tmp_path: Path
) -> None:
    loa("arm", "--yes", folder=campaign)
    with at_work(campaign):
        assert found(loa, campaign)["engine"]["level"] == "ok"
        copy = Path(shutil.copytree(campaign, tmp_path / "copy"))
        every = found(loa, copy)
    assert "none is at work in this folder" in every["engine"]["text"]
    assert every["engine"]["level"] == "warning"
    assert "copied or moved" in every["armed"]["text"]


def test_a_folder_whose_database_was_deleted_is_told_from_a_new_one(loa: Loa, campaign: Path, tmp_path: Path) -> None:
    assert "armed before" not in found(loa, campaign)["armed"]["text"]
    loa("backup", str(tmp_path / "monday.tar.gz"), folder=campaign)
    loa("arm", "--yes", folder=campaign)
    for file in (campaign / "var").glob("loa.db*"):
        file.unlink()
    told = found(loa, campaign)["armed"]
    assert told["level"] == "warning"
    assert "armed before, with a database that is gone and knew what went out; 'loa restore' it" in told["text"]
    loa("arm", "--yes", folder=campaign)
    assert found(loa, campaign)["armed"]["level"] == "ok"
    loa("restore", str(tmp_path / "monday.tar.gz"), "--yes", folder=campaign)
    assert found(loa, campaign)["armed"]["level"] == "warning"


def test_a_stop_a_pause_and_unknown_outcomes_are_not_forgotten(loa: Loa, open_campaign: Path) -> None:
    put(open_campaign, 1, State.UNKNOWN)
    loa("stop", "--reason", "wrong number", folder=open_campaign)
    loa("channel", "pause", "sms", folder=open_campaign)
    every = found(loa, open_campaign)
    assert every["stop"]["level"] == every["channels"]["level"] == every["outcomes"]["level"] == "warning"
    assert "wrong number" in every["stop"]["text"]
    assert "sms" in every["channels"]["text"]


def test_broken_files(loa: Loa, campaign: Path) -> None:
    (campaign / "content" / "posts" / "empty.md").write_text("")
    assert found(loa, campaign)["files"]["level"] == "warning"
    (campaign / "config.toml").write_text("[channels\n")
    assert found(loa, campaign, code=1)["files"]["level"] == "fault"


def test_a_channel_without_its_plugin(loa: Loa, campaign: Path) -> None:
    with (campaign / "config.toml").open("a") as file:
        file.write('\n[channels.pigeon]\nlate = "send"\n')
    assert "pigeon" in found(loa, campaign, code=1)["plugins"]["text"]


def test_a_plugin_that_is_off_is_not_counted(loa: Loa, campaign: Path) -> None:
    (campaign / "plugins").mkdir()
    (campaign / "plugins" / "extra.py").write_text("raise RuntimeError")
    loa("plugins", "disable", "extra", folder=campaign)
    told = found(loa, campaign)["plugins"]
    assert (told["level"], told["text"]) == ("ok", "4 plugins loaded")


def test_secrets_must_resolve_and_be_private(loa: Loa, campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = campaign / "config.toml"
    text = config.read_text("utf-8").replace("[channels.fanpage]", '[channels.fanpage]\npage_id = "1"\ntoken = {}', 1)
    config.write_text(text.replace("token = {}", 'token = { env = "LOA_TEST_TOKEN" }'), "utf-8")
    monkeypatch.delenv("LOA_TEST_TOKEN", raising=False)
    assert "LOA_TEST_TOKEN is not set" in found(loa, campaign, code=1)["secrets"]["text"]
    monkeypatch.setenv("LOA_TEST_TOKEN", "hush")
    assert found(loa, campaign)["secrets"]["level"] == "ok"
    assert "hush" not in loa("doctor", "--json", folder=campaign).output
    config.write_text(text.replace("token = {}", 'token = { file = "token" }'), "utf-8")
    (campaign / "token").write_text("hush")
    (campaign / "token").chmod(0o644)
    assert "chmod 600" in found(loa, campaign, code=1)["secrets"]["text"]
    (campaign / "token").chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert found(loa, campaign)["secrets"]["level"] == "ok"


def test_the_alert_reaches_someone_once(loa: Loa, campaign: Path) -> None:
    heard = campaign / "heard"
    config = campaign / "config.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace("[alert]", f"[alert]\ncommand = \"sh -c 'cat >> {heard}'\"", 1), "utf-8")
    loa("doctor", "--alert", folder=campaign)
    assert not heard.exists()
    loa("arm", "--yes", folder=campaign)
    loa("doctor", "--alert", folder=campaign, code=1)
    told = heard.read_text("utf-8")
    assert "engine" in told
    loa("doctor", "--alert", folder=campaign, code=1)
    assert heard.read_text("utf-8") == told
    with at_work(campaign):
        loa("doctor", "--alert", folder=campaign)
    assert heard.read_text("utf-8").endswith("all is well again") or "all is well again" in heard.read_text("utf-8")


def test_an_alert_that_does_not_get_through_is_tried_again(loa: Loa, campaign: Path) -> None:
    config = campaign / "config.toml"
    config.write_text(config.read_text("utf-8").replace("[alert]", '[alert]\ncommand = "false"', 1), "utf-8")
    loa("arm", "--yes", folder=campaign)
    assert "did not get through" in loa("doctor", "--alert", folder=campaign, code=1).stderr
    assert not (campaign / "var" / "alarm.json").exists()


def test_what_is_told_and_when() -> None:
    folder, names = Path("x"), ("engine", "disk")
    assert "silent → loa run" in alarm.text(folder, FAULTS, Told(), NOW)
    assert alarm.text(folder, (), Told(), NOW) == ""
    assert alarm.text(folder, FAULTS, Told(names, NOW), NOW + AGAIN - timedelta(seconds=1)) == ""
    assert alarm.text(folder, FAULTS, Told(names, NOW), NOW + AGAIN) != ""
    assert alarm.text(folder, FAULTS[:1], Told(names, NOW), NOW) != ""
    assert "well again" in alarm.text(folder, (), Told(names, NOW), NOW)


def test_the_note_of_what_was_told(tmp_path: Path) -> None:
    assert alarm.read(tmp_path) == Told()
    alarm.write(tmp_path / "var", FAULTS, NOW)
    assert alarm.read(tmp_path / "var") == Told(("engine", "disk"), NOW)
    for torn in ("", "[]", "{}", json.dumps({"faults": 3, "at": "x"}), json.dumps({"faults": [], "at": 3})):
        (tmp_path / "var" / alarm.FILE).write_text(torn)
        assert alarm.read(tmp_path / "var") == Told()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x", "ext4"),
        ("/mnt/share/camp", "nfs4"),
        ("/mnt/sharemore", "ext4"),
        ("/mnt/a b/c", "cifs"),
        ("/", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(path: str, kind: str, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda / ext4 rw 0 0\nhost:/x /mnt/share nfs4 rw 0 0\n//host/y /mnt/a\\040b cifs rw 0 0\n")
    assert filesystem(Path(path), mounts) == kind
    assert filesystem(Path(path), tmp_path / "none") == ""


def test_a_folder_on_a_share_is_at_fault(
    loa: Loa, campaign: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"host:/x {campaign} nfs4 rw 0 0\n")
    monkeypatch.setattr(filesystem, "__defaults__", (mounts,))
    assert found(loa, campaign, code=1)["disk"]["level"] == "fault"


def test_a_killed_engine_is_seen_at_once(loa: Loa, campaign: Path) -> None:
    loa("arm", "--yes", folder=campaign)
    with at_work(campaign):
        pass
    engine = found(loa, campaign, code=1)["engine"]
    assert "it died" in engine["text"]
    assert engine["todo"] == "start it: loa run"
