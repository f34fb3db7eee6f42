from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cli.moments import MOMENT, after, iso, read, show, show_local

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EARLY, LATE = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2100-01-01")
NOW = datetime(2021, 5, 10, 18, 30, tzinfo=UTC)
"""Half past one in the night of 11 May, in Ninh Thuận."""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2021-05-03 05:30", "2021-05-03T05:30:00+07:00"),
        ("2021-05-03T05:30", "2021-05-03T05:30:00+07:00"),
        ("2021-05-03t05:30:10", "2021-05-03T05:30:10+07:00"),
        ("03/05/2021 05:30", "2021-05-03T05:30:00+07:00"),
        ("3/5/2021 5h30", "2021-05-03T05:30:00+07:00"),
        ("3/5/2021 8h", "2021-05-03T08:00:00+07:00"),
        ("2021-05-03", "2021-05-03T00:00:00+07:00"),
        ("05:30", "2021-05-11T05:30:00+07:00"),
        ("now", "2021-05-11T01:30:00+07:00"),
        ("+2h", "2021-05-11T03:30:00+07:00"),
        ("-1d 2h", "2021-05-09T23:30:00+07:00"),
        ("today", "2021-05-11T00:00:00+07:00"),
        ("tomorrow 17:00", "2021-05-12T17:00:00+07:00"),
        ("Yesterday", "2021-05-10T00:00:00+07:00"),
    ],
)
def test_forms(text: str, meant: str) -> None:
    assert read(text, ZONE, NOW).isoformat() == meant


@pytest.mark.parametrize(
    "text",
    ["", " ", "gestern", "2021-13-01", "31/02/2021", "2021-05-03 25:00", "2021-05-03 05:30 x", "+2", "12", "5.30"],
)
def test_what_is_no_time_says_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|length of time"):
        read(text, ZONE, NOW)


def test_a_bare_day_may_mean_all_of_it() -> None:
    assert read("2021-06-30", ZONE, NOW, whole_day_ends=True).isoformat() == "2021-07-01T00:00:00+07:00"
    assert read("2021-06-30 08:00", ZONE, NOW, whole_day_ends=True).isoformat() == "2021-06-30T08:00:00+07:00"


@given(st.datetimes(EARLY, LATE).map(lambda when: when.replace(second=0, microsecond=0)))
def test_what_is_shown_can_be_read_back(local: datetime) -> None:
    moment = local.replace(tzinfo=ZONE)
    assert read(show(moment, ZONE), ZONE, NOW) == moment
    assert read(show_local(local), ZONE, NOW) == moment
    assert datetime.fromisoformat(iso(moment, ZONE) or "") == moment


@given(st.text(max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    try:
        assert read(text, ZONE, NOW).tzinfo is not None
    except (ValueError, OverflowError):
        return


def test_nothing_is_shown_as_nothing() -> None:
    assert show(None, ZONE) == ""
    assert iso(None, ZONE) is None


def test_an_argument_stays_text_until_the_zone_is_known() -> None:
    assert MOMENT.convert("tomorrow 17:00", None, None) == "tomorrow 17:00"
    with pytest.raises(click.BadParameter):
        MOMENT.convert("gestern", None, None)
    with pytest.raises(click.BadParameter):
        MOMENT.convert("9999-12-31", None, None)
    assert timedelta(0) == read("now", ZONE, NOW) - NOW


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2021-06-30", "2021-07-01T00:00:00+07:00"),
        ("2021-06-30 08:00", "2021-06-30T08:01:00+07:00"),
        ("2021-06-30 08:00:30", "2021-06-30T08:00:30+07:00"),
        ("now", "2021-05-11T01:30:00+07:00"),
        ("+2h", "2021-05-11T03:30:00+07:00"),
    ],
)
def test_the_last_minute_named_is_taken_in(text: str, end: str) -> None:
    assert after(text, ZONE, NOW).isoformat() == end
