from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.text import use
from scheduler.tui import words

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENT = datetime(2021, 5, 9, 22, 30, 7, tzinfo=UTC)


def test_every_state_has_a_symbol_of_one_cell_and_no_two_share_it() -> None:
    assert set(words.SYMBOLS) == set(words.TONES) == set(State)
    assert len(set(words.SYMBOLS.values())) == len(State)
    assert all(cell_len(symbol) == 1 for symbol in words.SYMBOLS.values())


def test_times_are_local_and_written_as_in_viet_nam() -> None:
    assert words.minute(MOMENT, HOME) == "10/05/2021 05:30"
    assert words.second(MOMENT, HOME) == "10/05/2021 05:30:07"
    assert words.short(MOMENT, HOME) == "10/05 05:30"
    assert words.day(MOMENT, HOME) == "10/05/2021"
    assert words.weekday(MOMENT, HOME) == "Mon"
    use("vi")
    assert words.weekday(MOMENT, HOME) == "T2"


@pytest.mark.parametrize(
    ("length", "spelled"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=1, seconds=59), "1 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=1, minutes=5), "1 h 5 min"),
        (timedelta(days=2, minutes=5), "2 d"),
        (timedelta(days=2, hours=3, minutes=5), "2 d 3 h"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_a_span_names_its_two_largest_units(length: timedelta, spelled: str) -> None:
    assert words.span(length) == spelled


def test_until_looks_both_ways() -> None:
    assert words.until(MOMENT + timedelta(minutes=5), MOMENT) == "in 5 min"
    assert words.until(MOMENT - timedelta(minutes=5), MOMENT) == "5 min ago"
    assert words.until(MOMENT, MOMENT) == "just now"


def test_a_countdown_ends_in_how_late_it_is() -> None:
    assert words.countdown(MOMENT + timedelta(hours=9, minutes=30), MOMENT) == "9 h 30 min"
    assert words.countdown(MOMENT, MOMENT) == "now"
    assert words.countdown(MOMENT - timedelta(minutes=5), MOMENT) == "late 5 min"


def test_what_holds_says_more_than_the_last_move() -> None:
    assert words.reason("planned", [Hold.APPROVAL, Hold.OPERATOR]) == "waits for approval, held by a person"
    assert words.reason("the line went dead") == "the line went dead"


def test_thousands_are_apart() -> None:
    assert words.number(1234567) == "1.234.567"


@pytest.mark.parametrize(
    ("hours", "said"), [(49, "in 2 d"), (10.5, "in 10 h"), (0.26, "in 15 min"), (-25.1, "1 d ago"), (0.01, "in 36 s")]
)
def test_roughly_is_in_one_unit(hours: float, said: str) -> None:
    assert words.until(words.roughly(MOMENT + timedelta(hours=hours), MOMENT), MOMENT) == said
