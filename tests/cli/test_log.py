"""``loa log``: what happened, the newest last, once and on and on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Loa, read_json


def test_the_newest_stands_last_and_no_more_than_asked(loa: Loa, open_campaign: Path) -> None:
    loa("channel", "pause", "radio", "--reason", "chờ số liệu", folder=open_campaign)
    loa("stop", "--reason", "sai", folder=open_campaign)
    lines = loa("log", "--lines", "2", folder=open_campaign).output.splitlines()
    assert lines[0].split("\t")[:1] == ["When"]
    assert [line.split("\t")[3] for line in lines[1:]] == ["paused: chờ số liệu", "everything was stopped: sai"]


def test_level_and_text_narrow_it(loa: Loa, open_campaign: Path) -> None:
    loa("channel", "pause", "radio", "--reason", "chờ số liệu", folder=open_campaign)
    loa("stop", folder=open_campaign)
    found = read_json(loa("log", "--level", "warning", "--json", folder=open_campaign))
    assert {each["level"] for each in found} == {"warning"}
    found = read_json(loa("log", "--grep", "cho so lieu", "--json", folder=open_campaign))
    assert [each["text"] for each in found] == ["chờ số liệu"]


def test_nothing_that_fits(loa: Loa, open_campaign: Path) -> None:
    assert loa("log", "--grep", "không có đâu", folder=open_campaign).output.splitlines() == [
        "When\tLevel\tAbout\tWhat happened\tBy"
    ]


@pytest.fixture
def following(open_campaign: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "scheduler", "-C", str(open_campaign), "log", "-f", "--json", "--level", "warning"],
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_following_shows_each_line_once_until_it_is_ended(
    following: subprocess.Popen[str], loa: Loa, open_campaign: Path
) -> None:
    assert following.stdout
    for reason in ("một", "hai", "ba"):
        loa("stop", "--reason", reason, folder=open_campaign)
    found: list[str] = []
    while len(found) < 3:
        line = json.loads(following.stdout.readline())
        found += [line["text"]] if line["event"] == "stop" else []
    assert found == ["một", "hai", "ba"]
    following.send_signal(signal.SIGINT)
    assert following.wait(10) == 130
    assert "stop" not in following.stdout.read()
