"""How placements are written anew: rules that turn along, hours, offsets over a change of clocks."""

# ruff: noqa: DTZ001  (placements are local and naive)
from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.model import CampaignEvent, Placement, Post
from scheduler.plan.calendar import begins, occurrences
from scheduler.plan.durations import parse_duration
from scheduler.plan.ical import expand
from scheduler.plan.moving import event_keys, occurrence_keys, series_keys, single_keys, spelt
from scheduler.plan.rule import shifted

ZONE, BERLIN = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin")
START = datetime(2021, 5, 5, 12)
EVENT = CampaignEvent("le", "Lễ", datetime(2021, 5, 5, 9), datetime(2021, 5, 5, 11))

rules = st.builds(
    lambda freq, interval, days, end: ";".join(
        filter(None, (f"FREQ={freq}", f"INTERVAL={interval}", days and f"BYDAY={','.join(sorted(days))}", end))
    ),
    st.sampled_from(["DAILY", "WEEKLY"]),
    st.integers(1, 4),
    st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), max_size=4),
    st.sampled_from(["", "COUNT=9", "UNTIL=20210702", "UNTIL=20210702T120000", "WKST=SU", "WKST=WE;COUNT=12"]),
)


@given(rules, st.integers(-400, 400))
def test_a_rule_that_is_shifted_hits_what_it_hit_so_many_days_later(rule: str, days: int) -> None:
    by = timedelta(days=days)
    until = START + timedelta(days=150)
    before = [each + by for each in expand(rule, START, until, ZONE)]
    assert list(expand(shifted(rule, by), START + by, until + by, ZONE)) == before


@pytest.mark.parametrize(
    "rule",
    ["FREQ=MONTHLY;BYMONTHDAY=5", "FREQ=MONTHLY;BYDAY=1WE", "FREQ=YEARLY;BYMONTH=5", "FREQ=DAILY;BYSETPOS=1;BYDAY=MO"],
)
def test_a_rule_that_names_its_days_otherwise_is_not_shifted(rule: str) -> None:
    with pytest.raises(ValueError, match="names its days itself: edit `repeat` by hand"):
        shifted(rule, timedelta(days=1))
    assert shifted(rule, timedelta()) == rule, "by the hour it is"


def test_a_rule_by_the_month_is_not_shifted_where_months_are_too_short() -> None:
    placement = Placement(at=datetime(2021, 1, 28, 8), repeat="FREQ=MONTHLY;COUNT=4")
    with pytest.raises(ValueError, match="cannot be moved as a whole"):
        series_keys(placement, None, datetime(2021, 1, 28, 8), datetime(2021, 1, 31, 8), ZONE)


def test_an_event_keeps_its_length_and_says_its_end_only_where_it_did() -> None:
    start = datetime(2021, 5, 6, 14, 30)
    assert event_keys(EVENT, start, has_end=True) == {"start": "2021-05-06 14:30", "end": "2021-05-06 16:30"}
    assert event_keys(EVENT, start, has_end=False) == {"start": "2021-05-06 14:30"}


def test_moving_an_occurrence_back_takes_its_entry_out() -> None:
    placement = Placement(at=START, repeat="FREQ=DAILY", moved=(("20210506", START), ("20210507", START)))
    back = occurrence_keys(placement, "20210506", START + timedelta(days=1), START + timedelta(days=1))
    assert back == {"moved": '{20210507: "2021-05-05 12:00"}'}
    alone = Placement(at=START, repeat="FREQ=DAILY", moved=(("20210506", START),))
    assert occurrence_keys(alone, "20210506", START + timedelta(days=1), START + timedelta(days=1)) == {"moved": None}


@given(
    st.datetimes(datetime(2021, 3, 20), datetime(2021, 4, 5)).map(
        lambda each: each.replace(second=0, microsecond=0, fold=0)  # a file says no fold
    ),
    st.sampled_from([None, time(17)]),
    st.sampled_from(["start", "end"]),
    st.sampled_from([(), (time(8),)]),
)
def test_an_offset_lands_where_it_was_meant_over_a_change_of_clocks(
    at: datetime, hour: time | None, anchor: str, times: tuple[time, ...]
) -> None:
    event = CampaignEvent("le", "Lễ", datetime(2021, 3, 27, 12), datetime(2021, 3, 28, 14))
    placement = Placement(event="le", anchor=anchor, time=hour, times=times)
    keys = single_keys(placement, event, at, BERLIN)
    moved = Placement(
        event="le",
        anchor=anchor,
        offset=parse_duration(keys["offset"] or "0s"),
        time=time.fromisoformat(keys.get("time") or "") if keys.get("time") else hour,
        times=(at.time(),) if times else (),
    )
    (found,) = occurrences(Post("tin", "T", "", moved), {"le": event}, BERLIN, datetime(2022, 1, 1, tzinfo=BERLIN))
    assert found.publish_at == at.replace(tzinfo=BERLIN).astimezone(UTC)  # an hour that is none equals nothing


def test_a_series_begins_with_the_earliest_of_its_hours() -> None:
    assert begins(Placement(at=START, times=(time(17), time(7))), {}, ZONE) == datetime(2021, 5, 5, 7)
    assert begins(Placement(event="le", offset=timedelta(days=-1)), {"le": EVENT}, ZONE) == datetime(2021, 5, 4, 9)


def test_times_in_files_have_no_zone() -> None:
    assert spelt(datetime(2021, 5, 5, 8, 0, 5)) == "2021-05-05 08:00:05"
    with pytest.raises(ValueError, match="local and naive"):
        spelt(START.replace(tzinfo=ZONE))
