from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.plan.durations import LONGEST, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2d", timedelta(days=2)),
        ("-1d 2h", -timedelta(days=1, hours=2)),
        ("+30m", timedelta(minutes=30)),
        ("90s", timedelta(seconds=90)),
        ("1w", timedelta(weeks=1)),
        ("1w2d", timedelta(days=9)),
        ("250ms", timedelta(milliseconds=250)),
        (" 1 d 2 h ", timedelta(hours=26)),
        ("0s", timedelta()),
        ("36500d", LONGEST),
    ],
)
def test_lengths(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a length of time; write a number and a unit"),
        ("2", "is not a length of time"),
        ("d", "is not a length of time"),
        ("1.5h", "is not a length of time"),
        ("1d-2h", "is not a length of time"),
        ("٣d", "is not a length of time"),
        ("2D", "is not a length of time"),
        ("2y", "no unit that Loa knows: 'y'"),
        ("2h 1d", "from large units to small ones"),
        ("1h 1h", "each of them once"),
        ("36501d", "longer than a century"),
        ("36500d 1s", "longer than a century"),
        ("999999999999w", "longer than a century"),
    ],
)
def test_what_is_no_length(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_duration(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (timedelta(), "0s"),
        (timedelta(days=7), "7d"),
        (-timedelta(hours=26), "-1d 2h"),
        (timedelta(seconds=90, milliseconds=5), "1m 30s 5ms"),
        (timedelta(microseconds=-400), "0s"),
    ],
)
def test_spelling(value: timedelta, expected: str) -> None:
    assert format_duration(value) == expected


@given(st.integers(-int(LONGEST.total_seconds() * 1000), int(LONGEST.total_seconds() * 1000)))
def test_what_is_spelt_is_read_back(milliseconds: int) -> None:
    value = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(value)) == value


@given(st.text(alphabet="+-0123456789 wdhms", max_size=30))
def test_every_text_is_a_length_or_an_error(text: str) -> None:
    with suppress(ValueError):
        assert abs(parse_duration(text)) <= LONGEST
