"""The rehearsal: the whole campaign on a simulated clock, offline, the same bytes each time, nothing real touched."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.engine.engine import Engine
from scheduler.engine.rehearsing.rehearsal import COPY, MARK, Rehearsal, rehearse, stand_at
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from scheduler.plan.approvals import read_approvals
from scheduler.store.deliveries import Query
from tests.campaign import LOCAL, NOON, Folder

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START, END = datetime(2021, 5, 10, tzinfo=ZONE), datetime(2021, 5, 13, tzinfo=ZONE)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Return a copy of the example campaign as it stands in the repository."""
    copy = tmp_path / "example"
    copy.mkdir()
    shutil.copytree(ROOT / "content", copy / "content")
    shutil.copy(ROOT / "config.toml", copy / "config.toml")
    return copy


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no socket be connected."""

    def refuse(*_: object) -> None:
        raise AssertionError("a rehearsal must not reach for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)


def _written(out: Path) -> dict[str, str]:
    """Return the digest of every file that a rehearsal wrote, but for its database and lock files."""
    skipped = ("loa.db", "loa.db-wal", "loa.db-shm", "armed.json", "engine.lock")
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in skipped
    }


def test_three_days_of_the_example_go_out_offline_and_the_same_twice(
    example: Path, tmp_path: Path, offline: None
) -> None:
    before = _written(example)
    summary = rehearse(example, START, END, tmp_path / "one")
    again = rehearse(example, START, END, tmp_path / "two")

    assert len(summary.rows) > 10
    assert {row.channel for row in summary.rows} == {"radio", "fanpage", "rss", "sms"}
    assert {row.state for row in summary.rows} <= {State.SENT, State.HANDED}
    assert summary.to_json() == again.to_json()
    assert _written(tmp_path / "one") == _written(tmp_path / "two")
    assert _written(example) == before
    assert not (example / "var").exists()


def test_what_it_writes_is_what_would_go_out(example: Path, tmp_path: Path) -> None:
    rehearse(example, START, END, tmp_path / "out")
    names = _written(tmp_path / "out")
    assert any(name.startswith("out/radio/") and name.endswith(".docx") for name in names)
    assert any(name.startswith("spool/") and "outbox" in name for name in names)
    assert "public/feed.xml" in names
    assert {"summary.json", "summary.html"} <= names.keys()


def test_the_summary_says_what_when_where_and_at_what_cost(example: Path, tmp_path: Path) -> None:
    summary = rehearse(example, START, END, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert document["deliveries"] == len(document["rows"]) == len(summary.rows)
    assert document["cost"] == sum(row["cost"] for row in document["rows"]) > 0
    assert all(row["at"].endswith("+07:00") for row in document["rows"])
    page = (tmp_path / "out" / "summary.html").read_text(encoding="utf-8")
    assert all(row.title.split()[0] in page for row in summary.rows)
    assert "http://" not in page.replace("http://www.w3.org", "") or "src=" not in page


def test_a_post_that_nobody_approved_stays_held_and_its_text_is_still_shown(folder: Folder, tmp_path: Path) -> None:
    folder.plan(required=True)
    folder.channel()
    folder.post(at=NOON, text="Chưa ai duyệt.")
    summary = rehearse(folder.path, NOON.replace(hour=0), NOON.replace(hour=20), tmp_path / "out")
    (row,) = summary.rows
    assert (row.state, row.text, row.reason) == (State.HELD, "Chưa ai duyệt.", "waits for approval")
    assert "waits for approval" in (tmp_path / "out" / "summary.html").read_text("utf-8")


def test_a_script_due_before_the_first_day_is_played_too(folder: Folder, tmp_path: Path) -> None:
    folder.channel(table='lead = "2d"')
    folder.post(at=NOON)
    summary = rehearse(folder.path, NOON.replace(hour=0), NOON.replace(hour=20), tmp_path / "out")
    assert [row.state for row in summary.rows] == [State.SENT]


def test_failures_and_warnings_are_in_the_summary(folder: Folder, tmp_path: Path) -> None:
    kenh = folder.channel()
    from scheduler.api import PermanentFailure, Problem, Severity

    def refuse(rendered: object, context: object) -> object:
        raise PermanentFailure("the page is gone")

    kenh.does["deliver"] = refuse
    kenh.does["check"] = lambda rendered, context: [Problem("rather long", severity=Severity.WARNING)]
    folder.post(at=NOON)
    summary = rehearse(folder.path, NOON.replace(hour=0), NOON.replace(hour=20), tmp_path / "out")
    assert [(row.state, row.reason) for row in summary.rows] == [(State.FAILED, "the page is gone")]
    assert [(p.file, p.key, p.message) for p in summary.problems] == [
        ("content/posts/tin.md", "kenh/noi", "rather long")
    ]


def test_retries_and_rate_limits_step_the_clock(folder: Folder, tmp_path: Path) -> None:
    from scheduler.api import Receipt, TemporaryFailure

    kenh = folder.channel(grace=86400, table='rate = "1/h"', targets=("a", "b", "c"))
    failed: list[object] = []

    def flaky(rendered: object, context: object) -> object:
        if not failed:
            failed.append(context)
            raise TemporaryFailure("busy")
        return Receipt("fine")

    kenh.does["deliver"] = flaky
    folder.post(at=NOON)
    rehearsal = Rehearsal(folder.path, NOON.replace(hour=0), NOON.replace(hour=20), tmp_path / "out")
    rehearsal.play(NOON.replace(hour=20))
    done = [each.done_at for each in rehearsal.engine.look.deliveries(Query(states=[State.SENT]))]
    rehearsal.close()
    assert len(done) == 3
    assert (max(d for d in done if d) - min(d for d in done if d)).total_seconds() >= 3600


def test_it_stands_at_a_moment_with_what_went_out_before_it(example: Path, tmp_path: Path) -> None:
    moment = datetime(2021, 5, 11, 10, 0, tzinfo=ZONE)
    engine = stand_at(example, tmp_path / "out", START, moment)
    try:
        assert engine.rehearsal
        assert engine.clock.now() == moment
        rows = engine.look.deliveries()
        assert all(row.due_at >= moment.astimezone(UTC) for row in rows if row.state is State.SCHEDULED)
        assert any(row.state is State.SENT for row in rows)
    finally:
        engine.close()


def test_what_is_tried_where_it_stands_touches_the_copy_alone(folder: Folder, tmp_path: Path) -> None:
    folder.plan(required=True)
    folder.channel()
    folder.post("mot", at=NOON)
    folder.post("hai", at=NOON)
    with Engine.open(folder.path, person="giam-doc", var=tmp_path / "scratch") as engine:
        engine.act.approve("mot")
    before = _written(folder.path)
    engine = stand_at(folder.path, tmp_path / "out", NOON, NOON.replace(hour=1), person="giam-doc")
    with engine:
        assert engine.folder == tmp_path / "out" / COPY
        assert [each.error for each in engine.look.plugins() if each.name == "kenh"] == [""]
        states = {each.key.post: each.state for each in engine.look.deliveries()}
        assert states == {"mot": State.SCHEDULED, "hai": State.HELD}
        engine.act.approve("hai")
        engine.act.revoke("mot")
        engine.act.hold("mot")
        (engine.folder / "content" / "posts" / "hai.md").write_text("", encoding="utf-8")
        assert engine.refresh()
        assert [each.verdict for each in read_approvals(engine.folder)[0]] == ["approved", "approved", "revoked"]
    assert _written(folder.path) == before


def test_a_folder_with_something_else_in_it_is_left_alone(folder: Folder, tmp_path: Path) -> None:
    folder.channel()
    precious = tmp_path / "out" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("three years of work", encoding="utf-8")
    with pytest.raises(LoaError, match="holds something else"):
        rehearse(folder.path, NOON, NOON + LOCAL, precious.parent)
    assert precious.read_text(encoding="utf-8") == "three years of work"
    assert not (precious.parent / MARK).exists()


def test_two_at_once_into_one_folder_are_one_and_a_refusal(example: Path, tmp_path: Path) -> None:
    first = Rehearsal(example, START, END, tmp_path / "out")
    try:
        first.play(START.replace(hour=18))
        before = _written(tmp_path / "out")
        with pytest.raises(LoaError, match="is under way: wait until it is over, or name another folder"):
            rehearse(example, START, END, tmp_path / "out")
        assert _written(tmp_path / "out") == before
        rehearse(example, START, END, tmp_path / "other")
    finally:
        first.close()
    rehearse(example, START, END, tmp_path / "out")
    assert _written(tmp_path / "out") == _written(tmp_path / "other")


def test_one_that_could_not_begin_keeps_nobody_out(folder: Folder, tmp_path: Path) -> None:
    folder.channel()
    folder.post(at=NOON)
    span = NOON.replace(hour=0), NOON.replace(hour=20)
    with pytest.raises(LoaError):
        Rehearsal(folder.path, *span, tmp_path / "out", person="khong-ai")
    assert len(rehearse(folder.path, *span, tmp_path / "out").rows) == 1


def test_it_can_be_cancelled(example: Path, tmp_path: Path) -> None:
    seen: list[datetime] = []
    rehearsal = Rehearsal(example, START, END, tmp_path / "out")
    rehearsal.play(END, lambda now, done: seen.append(now), lambda: len(seen) >= 5)
    summary = rehearsal.summary()
    rehearsal.close()
    assert len(seen) == 5
    assert START < summary.end == seen[-1] < END
    assert max(row.at for row in summary.rows) <= summary.end
    assert {row.state for row in summary.rows} <= {State.SENT, State.HANDED, State.HELD}


def test_a_channel_that_cannot_say_what_it_costs_is_named_and_others_are_counted(
    folder: Folder, tmp_path: Path
) -> None:
    xau, _tot = folder.channel("xau"), folder.channel("tot")
    xau.does["forecast"] = lambda *_: {"a": 1}["x"]
    folder.post(at=NOON)
    summary = rehearse(folder.path, NOON.replace(hour=0), NOON.replace(hour=20), tmp_path / "out")
    assert {row.channel: (row.state, row.cost) for row in summary.rows} == {
        "tot": (State.SENT, 300),
        "xau": (State.SENT, 0),
    }
    assert [(p.key, p.message) for p in summary.problems] == [
        ("xau/noi", "plugin xau: KeyError: 'x' (plugins/xau.py:30)")
    ]
