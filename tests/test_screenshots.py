"""The pictures of the screens: one of each, shown on some page, asking for nothing outside, and not stale."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from scheduler.ground.text import use
from scheduler.tui.screens.index import DETAIL, EDITOR, SCREENS
from tests.pages import ROOT, named
from tools import screenshots

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = sorted(screenshots.PLACE.rglob("*.svg"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SVG = "http://www.w3.org/2000/svg"
LIMIT = 100_000
ADDRESSES = r"https?://(?!example\.org|baohiemxahoi\.gov\.vn|graph\.facebook\.com)\S+?(?=[\"<\s])"
"""All but those that stand in the campaign's own texts."""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A terminal of many colours, and nobody's own settings."""
    for name in ("NO_COLOR", "COLORFGBG", "LOA_AS", "LOA_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    yield
    use("en")


def test_every_screen_has_its_picture() -> None:
    assert {entry.name for entry in (*SCREENS, DETAIL, EDITOR)} <= set(screenshots.SCENES)
    assert sorted(screenshots.file_of(*each) for each in screenshots.wanted()) == PICTURES


def test_every_picture_is_shown_on_a_page_with_words_for_who_cannot_see_it() -> None:
    shown = [
        (words, (page.parent / target).resolve())
        for page in PAGES
        for words, target in re.findall(r"!\[(.*?)\]\((.*?)\)", page.read_text("utf-8"), re.DOTALL)
    ]
    assert all(words for words, _ in shown)
    assert sorted({file for _, file in shown}) == PICTURES


@pytest.mark.parametrize("file", PICTURES, ids=named)
def test_a_picture_is_small_and_asks_for_nothing_outside(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(text.encode()) < LIMIT
    assert {each.tag for each in ElementTree.fromstring(text).iter()} <= {
        f"{{{SVG}}}{name}" for name in ("svg", "title", "style", "g", "rect", "path", "text")
    }
    assert re.findall(ADDRESSES, text) == [SVG]
    assert re.findall(r"url\(|@import|@font-face|href=", text) == []


@pytest.mark.parametrize("file", PICTURES, ids=named)
def test_a_picture_names_nothing_of_the_machine_that_made_it(file: Path) -> None:
    text = file.read_text("utf-8")
    assert [each for each in ("/tmp", str(Path.home()), str(ROOT), socket.gethostname()) if each in text] == []


def test_the_pictures_are_not_stale(tmp_path: Path) -> None:
    screenshots.stage("vi", tmp_path / "stage")
    made = screenshots.take("today", "vi", tmp_path / "stage")
    assert made == screenshots.file_of("vi", "today").read_text("utf-8"), "run: make screenshots"
