from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scheduler.channels.showing import Beside, Card, Measure, Passage, place_of
from scheduler.ground.text import use

AT = datetime(2021, 5, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english() -> None:
    use("en")


def test_a_passage_gives_its_text_in_parts_that_lose_nothing() -> None:
    assert Passage("một hai ba", cuts=(4, 8)).pieces() == ["một ", "hai ", "ba"]
    assert Passage("một").pieces() == ["một"]
    assert Passage("").pieces() == [""]


@pytest.mark.parametrize(
    ("value", "limit", "unit", "words", "rest"),
    [
        (61, 300, "s", "1:01 of 5:00", "3:59 left"),
        (150, 120, "s", "2:30 of 2:00", "30 s over"),
        (120, 120, "s", "2:00 of 2:00", "0 s left"),
        (45, 0, "s", "45 s", ""),
        (1250, 1200, "characters", "1.250 characters of 1.200 characters", "50 characters over"),
    ],
)
def test_a_measure_says_what_is_left_or_over(value: int, limit: int, unit: str, words: str, rest: str) -> None:
    found = Measure("Time", value, limit, unit)
    assert (found.words, found.rest) == (words, rest)


def test_a_card_folds_after_a_word_and_keeps_every_word() -> None:
    assert Card("a", AT, "một hai ba bốn", seen=9).fold() == ("một hai", "ba bốn")
    assert Card("a", AT, "mộthaibabốn", seen=3).fold() == ("một", "haibabốn")
    assert Card("a", AT, "một hai", seen=7).fold() == ("một hai", "")
    assert Card("a", AT, "một hai").fold() == ("một hai", "")


def test_what_stands_where() -> None:
    assert place_of(Passage("a")) == frozenset()
    assert place_of(Measure("a", 1, part="time")) == {"time"}
    assert place_of(Beside((Passage("a"), Passage("b", part="text")))) == {"text"}
    assert "media" in place_of(Card("a", AT, ""))
