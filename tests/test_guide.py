"""The officer's guide, and the tour of the README, are held to the screens: keys, words, the table of keys."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from scheduler.ground.text import use
from scheduler.tui.action import Scope
from scheduler.tui.keys import ACTIONS
from tests.pages import ROOT, named
from tools import keys_page, messages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GUIDE = sorted((ROOT / "docs" / "vi").glob("*.md"))
WALKING = {"Tab", "Enter", "Esc", "Shift", "PgUp", "PgDn", "Home", "End", "j", "k"}
"""Keys that walk through any list, and are in no table."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    use("en")


def keys() -> dict[str, set[str]]:
    """Return each key as it is pressed, with the names, in the language that is spoken, of what it does."""
    found: dict[str, set[str]] = {}
    for action in ACTIONS:
        for key in action.key.split(","):
            found.setdefault(keys_page.pressed(key), set()).add(action.label())
    return found


def test_the_table_of_keys_is_that_of_the_program() -> None:
    assert set(keys_page.TITLES) == set(Scope)
    assert keys_page.PAGE.read_text("utf-8") == keys_page.page(), "run: make screenshots"


@pytest.mark.parametrize(("page", "language"), [*((page, "vi") for page in GUIDE), (ROOT / "README.md", "en")])
def test_every_key_that_a_page_names_does_what_it_says(page: Path, language: str) -> None:
    use(language)
    known, text = keys(), page.read_text("utf-8")
    assert [key for key in re.findall(r"<kbd>(.*?)</kbd>", text) if key not in known and key not in WALKING] == []
    pairs = re.findall(r"<kbd>([^<]*)</kbd>\s+\*\*(.*?)\*\*", text)
    assert [(key, name) for key, name in pairs if name not in known.get(key, ())] == []


def test_the_guide_and_the_tour_name_keys() -> None:
    """So that the test before this one has something to look at."""
    for page in (*GUIDE, ROOT / "README.md"):
        if page.name != "thuat-ngu.md":
            assert "<kbd>" in page.read_text("utf-8"), named(page)


@cache
def spoken() -> set[str]:
    """Return all that the program says in Vietnamese."""
    with messages.CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="vi")
    strings = (string for entry in catalogue for string in ([entry.string] if isinstance(entry.string, str) else []))
    return {string.lower() for string in strings}


NOT_SAID = {
    "lượt phát": "lượt gửi",
    "khóa truy cập": "mã truy cập",
    "màn hình dòng lệnh": "cửa sổ dòng lệnh",
    "được phép gửi": "cho phát",
    "phần đầu bài": "phần đầu tệp",
    "plugin": "phần mở rộng",
    "xoá": "xóa",
    "huỷ": "hủy",
    "khoá": "khóa",
}
"""Words for which the glossary has another."""


def test_one_idea_has_one_word() -> None:
    pages = {named(page): re.sub(r"`[^`]*`|\(.*?\)", "", page.read_text("utf-8").lower()) for page in GUIDE}
    del pages["docs/vi/thuat-ngu.md"]
    found = [(word, where) for word in NOT_SAID for where, text in pages.items() if word in text]
    assert found == []
    said = {re.sub(r"\{.*?\}|`[^`]*`|plugins/", "", each) for each in spoken()}
    assert [(word, each) for word in NOT_SAID for each in said if word in each] == []


@pytest.mark.parametrize("page", GUIDE, ids=named)
def test_what_is_bold_in_the_guide_stands_on_the_screen(page: Path) -> None:
    words = {" ".join(each.split()) for each in re.findall(r"\*\*(.*?)\*\*", page.read_text("utf-8"), re.DOTALL)}
    assert [word for word in words if word.lower() not in spoken()] == []


def test_every_page_of_the_guide_is_in_its_index() -> None:
    index = (ROOT / "docs" / "vi" / "README.md").read_text("utf-8")
    assert [page.name for page in GUIDE if page.name != "README.md" and f"({page.name})" not in index] == []
