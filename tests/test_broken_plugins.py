"""Broken plugins in one campaign: each is named with a clear line, and the sound channels deliver all the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.broken.stretch import BEGIN, ORIGIN, RATE
from tests.campaign import Folder
from tests.kill.process import ROOT, query

pytestmark = pytest.mark.long

BROKEN, WHOLE = ROOT / "tests/broken/plugins", ROOT / "tests/broken/sound"
SOURCES = {each.stem: each for each in sorted(BROKEN.glob("*.py"))}
FIRST = BEGIN + timedelta(minutes=5)
"""Late enough for the engine to have started, whose plugins take two seconds, which are a minute here."""
POSTS = 4
"""One each minute, from `FIRST` on."""
LATE = timedelta(seconds=60)
"""Two seconds of the machine's own clock."""
SECRET = "chim-se-di-nang"
SOUND = {"once": 1, "again": 1, "many": 3}
"""The sound channels, and how many are told by each."""
_WANT = re.compile(r"^# (\w+): (.+)$", re.MULTILINE)


@dataclass
class Played:
    """What the programs said of one campaign in which everything is broken but three channels."""

    folder: Path
    check: list[str]
    plugins: dict[str, dict[str, Any]]
    log: str
    code: int
    ending: float


def wants(name: str) -> dict[str, str]:
    """Return what a broken plugin's own file says that is said of it."""
    return dict(_WANT.findall(SOURCES[name].read_text("utf-8")))


WANTS = {name: wants(name) for name in SOURCES}
LOADED = [name for name in SOURCES if "loads" not in WANTS[name]]


def loa(folder: Path, *words: str, **given: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.broken.stretch", "-C", str(folder), *words]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **given)


def told(process: subprocess.Popen[str], code: int) -> str:
    text = process.communicate(timeout=60)[0]
    assert process.returncode == code, text
    return text


def campaign(path: Path) -> Path:
    folder = Folder(path)
    for source in (*SOURCES.values(), *WHOLE.glob("*.py")):
        shutil.copy(source, folder.path / "plugins")
    for name in (*SOUND, *LOADED):
        hangs = "within 1 seconds" in WANTS.get(name, {}).get("ends", "")
        folder.switch_on(name.replace("_", "-"), f'time_limit = "{1 if hangs else 9}s"')
    for number in range(POSTS):
        folder.post(f"bai-{number}", at=FIRST + timedelta(minutes=number), text=f"Bài số {number}.")
    return folder.path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Have the campaign played from before its first post to after its last, by programs of their own."""
    folder = campaign(tmp_path_factory.mktemp("broken") / "campaign")
    began = time.time()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ((ORIGIN, str(began)), ("TOKEN_OF_THE_OFFICE", SECRET), ("LOA_LANG", "en")):
            patch.setenv(name, value)
        told(loa(folder, "arm", "--yes"), 0)
        engine = loa(folder, "run", stderr=subprocess.STDOUT)
        looks = [loa(folder, *words) for words in (("check",), ("plugins", "list", "--json"))]
        try:
            check, listed = told(looks[0], 1).splitlines(), json.loads(told(looks[1], 0))
            over = FIRST + POSTS * timedelta(minutes=1)
            time.sleep(max(0.0, (over - BEGIN).total_seconds() / RATE - (time.time() - began)))
            assert engine.poll() is None, engine.communicate()[0]
            stopped = time.monotonic()
            engine.terminate()
            log = engine.communicate(timeout=60)[0]
            ending = time.monotonic() - stopped
        finally:
            engine.kill()
    return Played(folder, check, {each["name"]: each for each in listed}, log, engine.returncode, ending)


def test_there_are_twenty_of_them_and_each_says_what_is_to_be_said_of_it() -> None:
    assert len(SOURCES) >= 20
    assert all(WANTS.values())
    assert not {key for each in WANTS.values() for key in each} - {"loads", "check", "ends", "says", "kit"}


@pytest.mark.parametrize("name", [name for name in SOURCES if "loads" in WANTS[name]])
def test_one_that_does_not_load_is_named_with_its_reason(played: Played, name: str) -> None:
    why = WANTS[name]["loads"]
    assert why in played.plugins[name]["error"]
    line = f"plugins/{name}.py: error: plugin {name} did not load: {why}"
    assert any(each.startswith(line) for each in played.check), played.check


@pytest.mark.parametrize("name", [name for name in SOURCES if "check" in WANTS[name]])
def test_what_can_be_told_beforehand_is_said_by_check_for_each_post(played: Played, name: str) -> None:
    channel = name.replace("_", "-")
    line = f"content/posts/bai-%d.md:8: error: {channel}/noi: {WANTS[name]['check']}"
    lines = [line % number for number in range(POSTS)]
    assert [each for each in played.check if f" {channel}/noi: " in each] == lines


@pytest.mark.parametrize("name", LOADED)
def test_its_deliveries_say_what_became_of_them(played: Played, name: str) -> None:
    rows = query(played.folder, "SELECT post, state, reason FROM delivery WHERE channel = ?", name.replace("_", "-"))
    assert len(rows) == POSTS
    first = next(f"{state}: {reason}" for post, state, reason in rows if post == "bai-0")
    assert first.removesuffix(": ").startswith(WANTS[name]["ends"])
    assert {state for _post, state, _reason in rows} <= {"sent", "failed", "unknown", "scheduled"}


@pytest.mark.parametrize("channel", SOUND)
def test_the_sound_channels_deliver_everything_once_and_on_time(played: Played, channel: str) -> None:
    lines = (played.folder / "var/out" / channel / "called.txt").read_text("utf-8").splitlines()
    calls = [line.split(" ") for line in lines]
    assert len({key for _due, _called, key in calls}) == len(calls)
    assert Counter(due for due, *_rest in calls) == {
        (FIRST + timedelta(minutes=number)).isoformat(): SOUND[channel] for number in range(POSTS)
    }
    for due, called, key in calls:
        assert timedelta() <= datetime.fromisoformat(called) - datetime.fromisoformat(due) < LATE, key
    states = query(played.folder, "SELECT DISTINCT state FROM delivery WHERE channel = ?", channel)
    assert states == [("sent",)]


def test_the_engine_ends_well_whatever_is_left_behind(played: Played) -> None:
    assert played.code == 0, played.log
    assert played.ending < 15
    assert "Traceback" not in played.log
    assert any(WANTS["threads"]["says"] in each for each in played.log.splitlines())


def test_no_secret_stands_in_the_log_or_the_record(played: Played) -> None:
    with closing((played.folder / "var/loa.db").open("rb")) as file:
        assert SECRET.encode() not in file.read()
    texts = [each for each in (played.folder / "var").rglob("*") if each.is_file() and "log" in each.name]
    assert all(SECRET.encode() not in each.read_bytes() for each in texts)
    assert SECRET not in played.log
    assert re.search("WARNING sending with •••$", played.log, re.MULTILINE)
    assert re.search("INFO printed: sending with •••$", played.log, re.MULTILINE)
    assert re.search("INFO printed: failing with •••$", played.log, re.MULTILINE)


@pytest.mark.parametrize("name", [name for name in SOURCES if "kit" in WANTS[name]])
def test_what_no_campaign_notices_the_kit_names(name: str) -> None:
    command = [sys.executable, "-m", "scheduler", "--lang", "en", "plugins", "check", str(SOURCES[name])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert WANTS[name]["kit"] in done.stdout
