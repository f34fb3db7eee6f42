"""`loa check` and `loa plan` on the example campaign, and on a broken one."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from scheduler.cli.example import example_folder
from tests.cli.conftest import Loa, read_json

MAY = ("--from", "2021-05-01", "--to", "2021-05-31")


def test_the_example_has_no_errors(loa: Loa, campaign: Path) -> None:
    shown = loa("check", folder=campaign).stdout
    assert ": error" not in shown
    assert not [each for each in read_json(loa("check", "--json", folder=campaign)) if each["severity"] == "error"]


def test_every_problem_has_file_line_and_the_nearest_name(loa: Loa, campaign: Path) -> None:
    post = campaign / "content" / "posts" / "2021-05" / "03-phat-thanh-loi-moi.md"
    post.write_text(post.read_text("utf-8").replace("channels: [radio]", "channels: [rado]"), "utf-8")
    (campaign / "content" / "posts" / "empty.md").write_text("")
    result = loa("check", folder=campaign, code=1)
    assert "content/posts/2021-05/03-phat-thanh-loi-moi.md:6: error: channels" in result.stdout
    assert "did you mean 'radio'?" in result.stdout
    assert "content/posts/empty.md:1: error: is empty" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("2 errors")
    found = read_json(loa("check", "--json", folder=campaign, code=1))
    assert {each["file"] for each in found if each["severity"] == "error"} == {
        "content/posts/2021-05/03-phat-thanh-loi-moi.md",
        "content/posts/empty.md",
    }
    assert found == sorted(found, key=lambda each: (each["file"], each["line"] or 0))


def test_warnings_alone_are_problems_only_when_strict(loa: Loa, campaign: Path) -> None:
    post = campaign / "content" / "posts" / "2021-05" / "03-phat-thanh-loi-moi.md"
    post.write_text(post.read_text("utf-8").replace("unit: ", "languages: [vi, cjm]\nunit: "), "utf-8")
    assert "warning" in loa("check", folder=campaign).stdout
    loa("check", "--strict", folder=campaign, code=1)


def test_a_clean_campaign_says_so(loa: Loa, tmp_path: Path) -> None:
    loa("init", "new", folder=tmp_path)
    assert loa("check", "--strict", folder=tmp_path / "new").stdout == "No problems.\n"


def test_the_plan_is_in_order_of_due_times(loa: Loa, campaign: Path) -> None:
    due = read_json(loa("plan", *MAY, "--json", folder=campaign))
    assert len(due) > 100
    assert due == sorted(due, key=lambda each: each["due_at"])
    assert all(each["due_at"].endswith("+07:00") for each in due)
    assert all("2021-05-01" <= each["due_at"] < "2021-06-01" for each in due)
    radio = [each for each in due if each["channel"] == "radio"]
    lead = {datetime.fromisoformat(e["publish_at"]) - datetime.fromisoformat(e["due_at"]) for e in radio}
    assert {span.days for span in lead} == {2}
    assert all(each["state"] is None for each in due)


def test_only_the_channels_asked_for(loa: Loa, campaign: Path) -> None:
    due = read_json(loa("plan", *MAY, "--channel", "sms", "--channel", "rss", "--json", folder=campaign))
    assert {each["channel"] for each in due} == {"sms", "rss"}


def test_the_state_stands_beside_it_once_there_is_one(loa: Loa, open_campaign: Path) -> None:
    due = read_json(loa("plan", *MAY, "--json", folder=open_campaign))
    assert {each["state"] for each in due} == {"missed"}
    assert "missed" in loa("plan", *MAY, folder=open_campaign).stdout


def test_in_a_pipe_it_has_one_line_for_each_delivery(loa: Loa, campaign: Path) -> None:
    lines = loa("plan", *MAY, folder=campaign).stdout.splitlines()
    assert lines[0].split("\t") == ["Due", "Published", "Channel", "Title", "State"]
    assert len(lines) - 1 == len(read_json(loa("plan", *MAY, "--json", folder=campaign)))
    assert all(len(line.split("\t")) == 5 for line in lines)


def on_a_terminal(*args: str, folder: Path, columns: int = 80, **env: str) -> str:
    """Return what the program writes on a terminal."""
    mine, its = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(example_folder()), "COLUMNS": str(columns), "TERM": "xterm", **env}
    command = [sys.executable, "-m", "scheduler", *args]
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=its, stdout=its, stderr=its) as running:
        os.close(its)
        found = b""
        while True:
            try:
                part = os.read(mine, 65536)
            except OSError:
                break
            if not part:
                break
            found += part
        assert running.wait() == 0
    os.close(mine)
    return found.decode().replace("\r\n", "\n")


def test_on_a_terminal_it_is_an_agenda_no_wider_than_that(campaign: Path) -> None:
    shown = on_a_terminal("plan", "--from", "2021-05-10", "--to", "2021-05-12", folder=campaign, NO_COLOR="1")
    lines = shown.splitlines()
    assert lines[0] == "Mon 10/05/2021"
    assert "Wed 12/05/2021" in lines
    assert "\x1b[" not in shown.replace("\x1b[K", "")
    assert max(map(len, lines)) <= 80
    assert any("for 13/05 17:00" in line for line in lines)


def test_a_public_holiday_stands_beside_its_day(campaign: Path) -> None:
    shown = on_a_terminal("plan", "--from", "2021-04-29", "--to", "2021-05-02", folder=campaign, NO_COLOR="1")
    assert "Sat 01/05/2021  Labour Day" in shown.splitlines()


def test_colours_are_for_terminals(campaign: Path) -> None:
    assert "\x1b[1m" in on_a_terminal("plan", *MAY, folder=campaign)


def test_a_past_campaign_says_when_it_was(campaign: Path) -> None:
    shown = on_a_terminal("plan", folder=campaign)
    assert "The campaign ran from 01/05/2021 to 30/06/2021: loa plan --from 2021-05-01" in shown


@pytest.mark.parametrize("args", [("--from", "2021-05-31", "--to", "2021-05-01"), ("--channel", "tv")])
def test_what_cannot_be_is_a_usage_error(args: tuple[str, ...], loa: Loa, campaign: Path) -> None:
    assert loa("plan", *args, folder=campaign, code=2).stdout == ""
