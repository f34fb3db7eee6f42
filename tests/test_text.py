"""Sentences in the language in use."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scheduler.ground import text
from scheduler.ground.lifecycle import Event, Hold, Late, State
from scheduler.ground.problem import Severity
from scheduler.ground.text import LANGUAGES, N_, VERBS, WORDS, _, language, many, use

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin in English and leave it at that."""
    use("en")
    yield
    use("en")


def test_english_is_spoken_until_another_is_asked_for_and_may_be_changed_at_any_time() -> None:
    sentence = N_("its time has passed")
    assert (language(), _(sentence)) == ("en", "its time has passed")
    use("vi")
    vietnamese = _(sentence)
    assert language() == "vi"
    assert vietnamese != sentence
    use("en")
    assert _(sentence) == sentence
    use("vi")
    assert _(sentence) == vietnamese


def test_what_is_not_in_the_catalogue_is_said_as_it_is() -> None:
    use("vi")
    assert _("câu này không có trong danh mục") == "câu này không có trong danh mục"
    assert _("") == ""


def test_another_language_is_refused_and_changes_nothing() -> None:
    use("vi")
    for name in ("fr", "", "VI", "en_US"):
        with pytest.raises(ValueError, match="no such language"):
            use(name)
    assert language() == "vi"


def test_one_and_more() -> None:
    assert [many("%d delivery was done.", "%d deliveries were done.", n) for n in (0, 1, 2)] == [
        "0 deliveries were done.",
        "1 delivery was done.",
        "2 deliveries were done.",
    ]
    use("vi")
    said = [many("%d delivery was done.", "%d deliveries were done.", n) for n in (1, 2)]
    assert said[0].replace("1", "2") == said[1]
    assert "deliver" not in said[0]
    assert many("%d one", "%d more", 5) == "5 more"


@pytest.mark.parametrize("kind", [State, Hold, Late, Severity, Event])
def test_every_word_of_the_house_has_its_vietnamese(kind: type[State | Hold | Late | Severity | Event]) -> None:
    words = [each.value for each in kind]
    assert set(words) <= {*WORDS, *VERBS}
    use("vi")
    assert [word for word in words if _(word) == word] == []


def test_no_catalogue_is_read_where_english_is_spoken() -> None:
    code = (
        "import sys; from scheduler.ground.text import _, use, many; use('en'); _('held'); many('%d a', '%d b', 2);"
        "sys.exit('gettext' in sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-S", "-c", code], check=False, cwd=text.FOLDER[: -len("/scheduler/locale")]
        ).returncode
        == 0
    )


def test_the_languages_are_those_of_the_screens() -> None:
    assert LANGUAGES == ("vi", "en")


def test_measures_are_said_in_words_and_nothing_is_not_said() -> None:
    assert text.measures({"seconds": 31, "slot": 180, "over": 0}) == ["31 s", "slot of 180 s"]
    assert text.measures({"over": 4, "cách": 2, "encoding": "GSM"}) == ["4 s too long", "cách 2", "GSM"]
    use("vi")
    assert text.measures({"seconds": 31, "slot": 180, "over": 4}) == ["dài 31 giây", "khung 180 giây", "quá 4 giây"]
