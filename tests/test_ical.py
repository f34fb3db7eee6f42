"""Expanding an RRULE, beside dateutil as an independent reading of RFC 5545."""

# ruff: noqa: DTZ001, DTZ007, DTZ901  (placements are local and naive)
from __future__ import annotations

import datetime as datetime_module
from datetime import datetime, timedelta
from itertools import islice, takewhile
from time import perf_counter
from types import SimpleNamespace
from unittest import mock
from zoneinfo import ZoneInfo

import dateutil.rrule
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.plan.ical import expand, parse_rule

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2021, 5, 3, 5, 30)
FAR = datetime(2400, 1, 1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def days(rule: str, start: datetime = START, until: datetime = FAR, count: int = 6) -> list[str]:
    return [f"{when:%Y%m%d}" for when in islice(expand(rule, start, until, ZONE), count)]


def test_the_rule_of_the_documentation() -> None:
    assert days("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20210531", count=99) == [
        "20210503", "20210505", "20210510", "20210512", "20210517",
        "20210519", "20210524", "20210526", "20210531",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [  # from the examples of RFC 5545, section 3.8.5.3
        ("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "19970905", ["19970905", "19971003", "19971107", "19971205"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", "19970928", ["19970928", "19971029", "19971128", "19971229"]),
        ("FREQ=YEARLY;BYDAY=20MO", "19970519", ["19970519", "19980518", "19990517"]),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512", ["19970512", "19980511", "19990517"]),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "19980213", ["19980213", "19980313", "19981113", "19990813"]),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904", ["19970904", "19971007", "19971106"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805", ["19970805", "19970810", "19970819"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805", ["19970805", "19970817", "19970819"]),
        ("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "19970101", ["19970101", "19970410", "19970719"]),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "19961105",
            ["19961105", "20001107", "20041102"],
        ),
    ],
)
def test_examples_of_the_rfc(rule: str, start: str, expected: list[str]) -> None:
    assert days(rule, datetime.strptime(start, "%Y%m%d"), count=len(expected)) == expected


def test_the_start_is_always_first_and_counts() -> None:
    assert days("FREQ=WEEKLY;BYDAY=WE;COUNT=3") == ["20210503", "20210505", "20210512"]
    assert days("FREQ=WEEKLY;BYDAY=WE;COUNT=1") == ["20210503"]
    assert days("FREQ=WEEKLY;BYDAY=WE;UNTIL=20210401") == ["20210503"]


def test_both_ends_are_included() -> None:
    until = datetime(2021, 5, 5, 5, 30)
    assert days("FREQ=DAILY", until=until) == ["20210503", "20210504", "20210505"]
    assert days("FREQ=DAILY", until=until - timedelta(minutes=1)) == ["20210503", "20210504"]
    assert days("FREQ=DAILY", until=START - timedelta(minutes=1)) == []


def test_until_counts_in_its_own_zone() -> None:
    assert days("FREQ=DAILY;UNTIL=20210504T053000") == ["20210503", "20210504"]
    assert days("FREQ=DAILY;UNTIL=20210504T052959") == ["20210503"]
    assert days("FREQ=DAILY;UNTIL=20210503T223000Z") == ["20210503", "20210504"]
    assert days("FREQ=DAILY;UNTIL=20210503T222959Z") == ["20210503"]


def test_a_week_number_without_a_weekday_takes_that_of_the_start() -> None:
    assert days("FREQ=YEARLY;BYWEEKNO=20", count=3) == ["20210503", "20210517", "20220516"]


def test_positions_count_within_the_whole_week() -> None:
    # The week from Tuesday to Monday began before the start; its first day of the rule is gone.
    saturday = datetime(2016, 1, 2, 8)
    rule = "FREQ=WEEKLY;WKST=TU;BYDAY=MO,TU;BYSETPOS=1"
    assert days(rule, saturday, count=3) == ["20160102", "20160105", "20160112"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2;BYMONTHDAY=1",
        "FREQ=DAILY;INTERVAL=999999999",
        "FREQ=YEARLY;INTERVAL=999999999",
    ],
)
def test_a_rule_that_never_hits_ends(rule: str) -> None:
    parse_rule(rule)
    begin = perf_counter()
    assert list(expand(rule, START, datetime.max, ZONE)) == [START]
    assert perf_counter() - begin < 5


def test_the_last_year_of_the_calendar_ends_quietly() -> None:
    start = datetime(9999, 12, 27, 8)
    for rule in ("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=YEARLY;BYWEEKNO=52,1"):
        assert days(rule, start, datetime.max)[0] == "99991227"
    assert len(days("FREQ=DAILY", start, datetime.max)) == 5
    early = datetime(1, 1, 1, 8)
    assert next(iter(expand("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", early, FAR, ZONE))) == early


def test_a_wrong_rule_is_refused_at_the_call() -> None:
    with pytest.raises(ValueError, match="HOURLY"):
        expand("FREQ=HOURLY", START, FAR, ZONE)


def _some(values: st.SearchStrategy[int], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(lambda found: ",".join(map(str, found)))


def _signed(limit: int) -> st.SearchStrategy[int]:
    return st.integers(-limit, limit).filter(bool)


_PLAIN = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True).map(",".join)


def _nth(limit: int) -> st.SearchStrategy[str]:
    one = st.tuples(_signed(limit), st.sampled_from(WEEKDAYS)).map(lambda pair: f"{pair[0]}{pair[1]}")
    return st.lists(one, min_size=1, max_size=3, unique=True).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Draw a rule that `parse_rule` accepts, within what dateutil reads as the RFC does."""
    freq = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = {"INTERVAL": str(draw(st.integers(1, 5))), "WKST": draw(st.sampled_from(WEEKDAYS))}
    choices = {"BYMONTH": _some(st.integers(1, 12)), "BYDAY": _PLAIN}
    if freq == "MONTHLY":
        choices["BYDAY"] = _PLAIN | _nth(5)
    if freq == "YEARLY":
        choices["BYYEARDAY"] = _some(_signed(366))
    if freq != "WEEKLY":
        choices["BYMONTHDAY"] = _some(_signed(31))
    for name in draw(st.sets(st.sampled_from(sorted(choices)), max_size=2)):
        parts[name] = draw(choices[name])
    if freq == "YEARLY" and "BYDAY" in parts and draw(st.booleans()):
        parts["BYDAY"] = draw(_nth(5 if "BYMONTH" in parts else 53))
    elif freq == "YEARLY" and "BYDAY" in parts and draw(st.booleans()):
        parts["BYWEEKNO"] = draw(_some(st.integers(-40, 53).filter(bool)))
    # Of the first week dateutil counts positions from the start on, the RFC from the week's own.
    if freq != "WEEKLY" and any(name.startswith("BY") for name in parts) and draw(st.booleans()):
        parts["BYSETPOS"] = draw(_some(_signed(5), 2))
    return ";".join([f"FREQ={freq}", *(f"{name}={value}" for name, value in parts.items())])


def reference(rule: str, start: datetime) -> list[datetime]:
    """Return dateutil's times after ``start``. It would look for a first one until the year 9999."""
    names = {**vars(datetime_module), "MAXYEAR": 2032}
    with mock.patch.object(dateutil.rrule, "datetime", SimpleNamespace(**names)):
        return [when for when in dateutil.rrule.rrulestr(rule, dtstart=start) if when != start]


@settings(max_examples=150, deadline=None)
@given(
    rules(),
    st.datetimes(datetime(2016, 1, 1), datetime(2024, 12, 31)),
    st.one_of(st.none(), st.integers(1, 9)),
    st.integers(0, 2500),
)
def test_dateutil_says_the_same(rule: str, start: datetime, count: int | None, span: int) -> None:
    start = start.replace(microsecond=0)
    until = start + timedelta(days=span)
    bound = f"{rule};UNTIL={until:%Y%m%dT%H%M%S}"
    expected = [start, *reference(bound, start)]
    assert list(expand(rule, start, until, ZONE)) == expected
    assert list(expand(bound, start, FAR, ZONE)) == expected
    if count is not None:
        counted = expand(f"{rule};COUNT={count}", start, until, BERLIN)
        assert list(counted) == expected[:count]


@settings(max_examples=50, deadline=None)
@given(rules(), st.integers(1, 3000))
def test_a_longer_look_only_adds(rule: str, span: int) -> None:
    until = START + timedelta(days=span)
    longer = expand(rule, START, until + timedelta(days=400), ZONE)
    assert list(takewhile(lambda when: when <= until, longer)) == list(expand(rule, START, until, ZONE))
