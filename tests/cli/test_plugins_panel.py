"""``loa plugins panel``: the page that the screens show, and the list of them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Loa

PLUGIN = """\
from scheduler.api import Measure, Panel, Passage, hookimpl


def page(host):
    yield Measure("Posts", len(host.posts()))
    yield Passage("Mỗi tuần một bài.", "Nhịp")


def broken(host):
    raise RuntimeError("no data")


@hookimpl
def register_panels():
    return [Panel("nhip", "Nhịp chiến dịch", "Bao nhiêu bài", page), Panel("hong", "Trang hỏng", "", broken)]
"""


@pytest.fixture(autouse=True)
def here(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in the campaign with the plugin, and forget it afterwards."""
    monkeypatch.chdir(campaign)
    (campaign / "plugins").mkdir(exist_ok=True)
    (campaign / "plugins" / "nhip.py").write_text(PLUGIN, encoding="utf-8")
    yield
    for name in [each for each in sys.modules if each.startswith("loa_plugins.")]:
        del sys.modules[name]


def test_it_lists_the_pages(loa: Loa) -> None:
    shown = loa("plugins", "panel").output
    assert "Nhịp chiến dịch" in shown
    assert "Trang hỏng" in shown
    found = json.loads(loa("plugins", "panel", "--json").output)
    assert [(each["name"], each["plugin"], each["error"]) for each in found] == [
        ("nhip", "nhip", ""),
        ("hong", "nhip", ""),
    ]


def test_it_writes_one_as_the_screens_do(loa: Loa) -> None:
    shown = loa("plugins", "panel", "nhip").output
    assert "Mỗi tuần một bài." in shown
    assert "Bao nhiêu bài" in shown
    found = json.loads(loa("plugins", "panel", "nhip", "--json").output)
    assert [each["kind"] for each in found["blocks"]] == ["measure", "passage"]
    assert found["error"] == ""


def test_one_that_fails_is_named_and_ends_with_1(loa: Loa) -> None:
    shown = loa("plugins", "panel", "hong", code=1).output
    assert "plugin nhip: register_panels, hong: RuntimeError: no data (plugins/nhip.py:10)" in shown
    assert json.loads(loa("plugins", "panel", "hong", "--json", code=1).output)["blocks"] == []


def test_a_name_that_is_none_is_refused_with_the_nearest(loa: Loa) -> None:
    assert "did you mean 'nhip'?" in loa("plugins", "panel", "nhipp", code=1).output


def test_it_is_said_in_vietnamese_too(loa: Loa) -> None:
    shown = loa("--lang", "vi", "plugins", "panel").output
    use("en")
    assert "Trang thêm" in shown
