"""``loa check`` on the whole corpus of broken files, line by line in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.broken.cases import good_campaign, put
from tests.broken.others import EVENTS
from tests.broken.posts import POSTS
from tests.test_languages import SAME, words

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Loa

SEVERITIES = {"error": "lỗi", "warning": "cảnh báo", "notice": "lưu ý"}
LINE = re.compile(r"(\S+(?::\d+)?): (error|warning|notice|lỗi|cảnh báo|lưu ý): ((?:(?:::: )?[\w./:-]+: )?)(.+)")


def told(loa: Loa, folder: Path, language: str) -> list[tuple[str, str, str, str]]:
    """Return the lines in parts, in the order of their places."""
    shown = loa("check", "--lang", language, folder=folder, code=1).stdout.splitlines()[:-1]
    found = [LINE.fullmatch(line) for line in shown]
    assert all(found), [line for line, match in zip(shown, found, strict=True) if not match]
    return [(match[1], match[2], match[3], match[4]) for match in found if match]


def test_every_line_is_in_the_language_asked_for(loa: Loa, tmp_path: Path) -> None:
    folder = good_campaign(tmp_path)
    for case in (*POSTS, *EVENTS):
        put(folder, case)
    english, vietnamese = told(loa, folder, "en"), told(loa, folder, "vi")
    assert len(english) == len(vietnamese) > 100
    assert sorted((place, SEVERITIES[how]) for place, how, _key, _text in english) == sorted(
        (place, how) for place, how, _key, _text in vietnamese
    )
    assert not {text for *_place, text in english} & {text for *_place, text in vietnamese}
    by_place: dict[str, set[str]] = {}
    for place, _how, _key, text in english:
        by_place.setdefault(place, set()).update(words(text))
    left = {text: words(text) & by_place[place] - SAME for place, _how, _key, text in vietnamese}
    assert {text: same for text, same in left.items() if same} == {}


def test_the_keys_of_the_screens_are_checked_with_the_rest(loa: Loa, tmp_path: Path) -> None:
    folder = good_campaign(tmp_path)
    config = folder / "config.toml"
    plain = config.read_text(encoding="utf-8")
    line = plain.count("\n") + 2
    config.write_text(f'{plain}[keys]\nhodl = "H"\nhold = "j"\nrelease = "L"\n', encoding="utf-8")
    shown = loa("check", "--lang", "en", folder=folder, code=1).stdout
    assert (
        f"config.toml:{line}: error: keys.hodl: no action of the screens is called so (did you mean 'hold'?)" in shown
    )
    assert f"config.toml:{line + 1}: error: keys.hold: 'j' moves within lists" in shown
    assert "keys.release" not in shown
