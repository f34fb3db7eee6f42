"""Each broken plugin is caught by the check that is meant for it, and by no other; each check has one to catch.

A file has the name of its check, and after two underscores what else is wrong with it.
"""

from __future__ import annotations

import os
import socket
from importlib import import_module
from pathlib import Path

import pytest

from scheduler.testing import CHECKS, Setting, check_channel

pytestmark = pytest.mark.long

BROKEN = sorted(path.stem for path in Path(__file__).with_name("broken").glob("*.py"))


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_caught_by_the_check_that_is_meant_for_it(name: str) -> None:
    (channel,) = import_module(f"tests.conformance.broken.{name}").register_channels()
    report = check_channel(Setting(channel))
    assert report.failed() == [name.partition("__")[0]], str(report)
    for result in report.results:
        for line in result.lines():
            assert line
            assert "\n" not in line
            assert "Traceback" not in line


def test_each_thing_that_all_share_is_named_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    before = (Path.cwd(), dict(os.environ), socket.getdefaulttimeout())
    (channel,) = import_module("tests.broken.plugins.surroundings").register_channels()
    report = check_channel(Setting(channel), ["surroundings"])
    (result,) = report.results
    assert [each.happened for each in result.findings] == [
        "it changed the current folder",
        "it changed environment variables",
        "it changed the time zone",
        "it changed the locale",
        "it changed the umask",
        "it changed the time limit of all sockets",
    ]
    assert (Path.cwd(), dict(os.environ), socket.getdefaulttimeout()) == before


def test_every_check_has_something_to_catch() -> None:
    assert {name.partition("__")[0] for name in BROKEN} == {each.id for each in CHECKS}
