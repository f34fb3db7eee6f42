"""`loa rehearse` and `loa demo`: everything as it would go out, and nothing that does."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.cli.commands import demo
from scheduler.cli.commands.rehearse import money
from scheduler.cli.example import example_folder, scratch_folder
from scheduler.engine.engine import Engine
from scheduler.ground.delivery import Approval
from tests.cli.conftest import Loa, program_in_a_process, read_json

DAYS = ("--from", "2021-05-10", "--to", "2021-05-11")


def files(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_it_writes_below_its_own_folder_and_touches_nothing_else(loa: Loa, campaign: Path, tmp_path: Path) -> None:
    before = files(campaign)
    out = tmp_path / "out"
    shown = loa("rehearse", *DAYS, "--out", str(out), folder=campaign).stdout
    assert files(campaign) == before
    assert "nothing was sent" in shown
    assert str(out / "summary.html") in shown
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["deliveries"] > 5
    assert "<html" in (out / "summary.html").read_text("utf-8")


def test_json_is_the_summary(loa: Loa, campaign: Path, tmp_path: Path) -> None:
    summary = read_json(loa("rehearse", *DAYS, "--json", "--out", str(tmp_path / "out"), folder=campaign))
    assert summary["rows"]
    assert summary["start"].startswith("2021-05-10T00:00:00+07:00")
    assert summary["end"].startswith("2021-05-12T00:00:00+07:00")


def test_it_never_writes_over_other_files(loa: Loa, campaign: Path) -> None:
    content = files(campaign / "content")
    assert "content" in loa("rehearse", *DAYS, "--out", "content", folder=campaign, code=1).stderr
    assert files(campaign / "content") == content


def test_a_second_rehearsal_replaces_the_first(loa: Loa, campaign: Path) -> None:
    loa("rehearse", *DAYS, folder=campaign)
    loa("rehearse", *DAYS, folder=campaign)
    assert (campaign / "var" / "rehearsal" / "summary.json").exists()


def test_a_text_with_errors_ends_with_1(loa: Loa, campaign: Path) -> None:
    (campaign / "content" / "posts" / "empty.md").write_text("")
    assert "empty.md:1: error" in loa("rehearse", *DAYS, folder=campaign, code=1).stdout


def test_crossed_times(loa: Loa, campaign: Path) -> None:
    ended = loa("rehearse", "--from", "2021-05-10", "--to", "2021-05-01", folder=campaign, code=2)
    assert "--to lies before --from" in ended.stderr
    assert not (campaign / "var" / "rehearsal").exists()


def test_the_demo_rehearses_the_example_without_a_terminal(tmp_path: Path) -> None:
    ended = program_in_a_process("demo", folder=tmp_path, LOA_LANG="en")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("Rehearsal from 01/05/2021 00:00 to 01/07/2021 00:00; nothing was sent\n")
    for channel in ("radio", "fanpage", "rss", "sms"):
        assert f"\n{channel}\t" in ended.stdout
    assert "failed" not in ended.stdout.split("\n")[2]
    assert list(tmp_path.iterdir()) == []


def test_two_demos_at_once_have_a_folder_each_and_the_first_keeps_its_own(tmp_path: Path) -> None:
    first, held = demo.free_place(tmp_path)
    second, other = demo.free_place(tmp_path)
    assert (first.name, second.name) == ("demo", "demo-2")
    held.release()
    third, again = demo.free_place(tmp_path)
    assert third == first
    other.release()
    again.release()


def test_on_a_terminal_the_demo_is_a_copy_in_which_everything_may_be_tried(
    campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(campaign)
    tried: list[Approval] = []

    def show(engine: Engine) -> None:
        name = engine.look.posts()[0].post.id
        tried.extend([engine.act.revoke(name), engine.act.approve(name)])

    monkeypatch.setattr(demo, "show", show)
    demo._open(campaign, tmp_path / "out", ZoneInfo("Asia/Ho_Chi_Minh"))
    assert [each.verdict for each in tried] == ["revoked", "approved"]
    person = demo.approver(campaign)
    assert "approve" in person.roles
    assert {each.by for each in tried} == {person.id}
    assert f"you work as {person.name}" in capsys.readouterr().err
    assert files(campaign) == before


def test_a_rehearsal_writes_where_it_may(tmp_path: Path) -> None:
    assert scratch_folder(tmp_path) == tmp_path / "var" / "rehearsal"
    assert (example_folder() / "content" / "plan.toml").is_file()


def test_money() -> None:
    assert [money(n) for n in (0, 900, 78900, 1234567)] == ["", "900", "78.900", "1.234.567"]
