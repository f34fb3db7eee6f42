from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.lifecycle import Late
from scheduler.plan import values
from scheduler.plan.values import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2021, 5, 3, 12)  # noqa: DTZ001
DAY = date(2021, 5, 3)


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (values.as_text, " a\nb ", "a\nb"),
        (values.as_text, "a\u0300", "à"),
        (values.as_line, " a ", "a"),
        (values.as_id, "doi-thoai-2", "doi-thoai-2"),
        (values.as_link, "https://example.org:8080/a?b=c#d", "https://example.org:8080/a?b=c#d"),
        (values.as_path, "a/b c.png", "a/b c.png"),
        (values.as_flag, True, True),
        (values.as_flag, "yes", True),
        (values.as_flag, "no", False),
        (values.as_count(1, 5), "5", 5),
        (values.as_count(1, 5), 1, 1),
        (values.as_choice(Late), "ask", Late.ASK),
        (values.as_duration(), "2h", timedelta(hours=2)),
        (values.as_duration(None), "-2h", -timedelta(hours=2)),
        (values.as_date, "2021-05-03", DAY),
        (values.as_date, DAY, DAY),
        (values.as_moment, "2021-05-03 12:00", NOON),
        (values.as_moment, "2021-05-03T12:00:00", NOON),
        (values.as_moment, NOON, NOON),
        (values.as_time, "05:30", time(5, 30)),
        (values.as_time, time(5, 30), time(5, 30)),
        (values.as_date_or_moment, "2021-05-03", DAY),
        (values.as_date_or_moment, DAY, DAY),
        (values.as_date_or_moment, "2021-05-03 12:00", NOON),
        (values.as_date_or_moment, NOON, NOON),
    ],
)
def test_right_values(convert: Callable[[object], object], value: object, expected: object) -> None:
    found = convert(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("convert", "value", "message", "hint"),
    [
        (values.as_text, 5, "must be text, not a number", ""),
        (values.as_text, True, "must be text, not true or false", ""),
        (values.as_text, NOON, "must be text, not a date and time", ""),
        (values.as_text, "a\x00", "holds the control character U+0000", ""),
        (values.as_text, "a\ud800", "holds the control character U+D800", ""),
        (values.as_line, "a\nb", "must be one line", ""),
        (values.as_id, "Đối thoại!", "'Đối thoại!' is not an id", "did you mean 'doi-thoai'?"),
        (values.as_id, "a--b", "is not an id", "did you mean 'a-b'?"),
        (values.as_id, "!", "is not an id", ""),
        (values.as_link, "javascript:alert(1)", "is not a web address", ""),
        (values.as_link, "https://", "is not a web address", ""),
        (values.as_link, "https://a.b/c d", "is not a web address", ""),
        (values.as_link, "https://a.b:x/", "is not a web address", ""),
        (values.as_link, "http://[", "is not a web address", ""),
        (values.as_path, "C:/a", "is not a path below this folder", ""),
        (values.as_path, "~/a", "is not a path below this folder", ""),
        (values.as_path, "a/../../b", "leads out of its folder", ""),
        (values.as_flag, "on", "must be true or false, not 'on'", ""),
        (values.as_flag, 1, "must be true or false, not a number", ""),
        (values.as_count(), "1.5", "must be a whole number, not '1.5'", ""),
        (values.as_count(), True, "must be a whole number, not true or false", ""),
        (values.as_count(1, 5), 6, "must be from 1 to 5, not 6", ""),
        (values.as_count(), "9" * 30, "must be a whole number", ""),
        (values.as_duration(), 5, "must be a length of time", ""),
        (values.as_duration(timedelta(1)), "1h", "'1h' is too short", ""),
        (values.as_date, NOON, "must be a date like 2021-05-03, not a date and time", ""),
        (values.as_date, "3/5/2021", "is not a date like", "write 2021-05-03"),
        (values.as_date, "٢٠٢١-05-03", "is not a date like", ""),
        (values.as_moment, DAY, "must be a date and time like", ""),
        (values.as_moment, "2021-05-03", "has no time of day", "write 2021-05-03 08:00"),
        (values.as_moment, "3.5.2021 17:00", "is not a date and time", "write 2021-05-03 17:00"),
        (values.as_moment, "2021-05-03 8:00", "is not a time like 05:30", "write 08:00"),
        (values.as_moment, "2021-05-03 08:00Z", "names a zone", "times are local to the campaign's zone"),
        (values.as_moment, NOON.astimezone(), "names a zone", "times are local to the campaign's zone"),
        (values.as_moment, "9999-12-31 08:00", "the year 9999 is not from 1900 to 2199", ""),
        (values.as_moment, "2021-05-03_08:00", "is not a date and time", ""),
        (values.as_time, "24:00", "there is no time 24:00", ""),
        (values.as_time, "8", "is not a time like 05:30", ""),
        (values.as_time, "18h", "is not a time like 05:30", "write 18:00"),
        (values.as_date_or_moment, 5, "must be a date like", ""),
        (values.one_of("draft", "ready"), "redy", "must be one of draft, ready, not 'redy'", "did you mean 'ready'?"),
        (values.reference("area", ["bac-ai"]), "bac-aj", "there is no area 'bac-aj'", "did you mean 'bac-ai'?"),
        (values.as_list, "a, b", "must be a list, not text", "write [a, b]"),
        (values.as_table, [1], "must be a table, not a list", ""),
    ],
)
def test_wrong_values(convert: Callable[[object], object], value: object, message: str, hint: str) -> None:
    with pytest.raises(Wrong) as raised:
        convert(value)
    assert message in str(raised.value)
    assert raised.value.hint == hint


def test_a_reference_that_cannot_be_checked_is_taken_as_it_is() -> None:
    assert values.reference("area", None)("xyz") == "xyz"


@given(st.text(max_size=100))
def test_a_slug_is_an_id_or_nothing(text: str) -> None:
    slug = values.slug(text)
    assert not slug or values.as_id(slug) == slug


def test_slugs_of_vietnamese() -> None:
    assert values.slug("Ngày hội Đại đoàn kết – 18/11") == "ngay-hoi-dai-doan-ket-18-11"


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.times(), st.datetimes(),
    st.lists(st.text()), st.dictionaries(st.text(), st.text()),
)  # fmt: skip
CONVERTERS = [
    values.as_text, values.as_line, values.as_id, values.as_link, values.as_path, values.as_list, values.as_table,
    values.as_flag, values.as_count(), values.as_choice(Late), values.as_duration(), values.as_date,
    values.as_moment, values.as_time, values.as_date_or_moment,
]  # fmt: skip


@given(anything, st.sampled_from(CONVERTERS))
def test_nothing_but_wrong_is_ever_raised(value: object, convert: Callable[[object], object]) -> None:
    try:
        convert(value)
    except Wrong as wrong:
        assert "\n" not in str(wrong)  # noqa: PT017 - whether it raises depends on the value
