"""When posts are due, and what their occurrences are called through every edit."""

# ruff: noqa: DTZ001  (placements are local and naive)
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.lifecycle import Late
from scheduler.ground.model import CampaignEvent, Occurrence, Placement, Post
from scheduler.plan.calendar import Due, Pin, due, occurrences, originals, pin_of, window_of_event

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
UNTIL = datetime(2021, 6, 30, 16, 59, 59, tzinfo=UTC)  # the end of a day in the campaign's zone
AT = datetime(2021, 5, 3, 17)
EVENT = CampaignEvent("ra-quan", "Lễ ra quân", datetime(2021, 5, 12, 7, 30), datetime(2021, 5, 12, 10))
EVENTS = {EVENT.id: EVENT}
NINE = datetime(2021, 5, 9, 9)
MORNING, NOON, EVENING = time(5, 30), time(11), time(17)


def post(**placement: Any) -> Post:
    return Post("tin", "Tin", "Lời", Placement(**placement))


def named(item: Post, pin: Pin | None = None, zone: ZoneInfo = ZONE, until: datetime = UNTIL) -> dict[str, str]:
    """Return name → local time of the occurrences, and hold what is true of any."""
    found = occurrences(item, EVENTS, zone, until, pin)
    assert len({each.recurrence for each in found}) == len({each.publish_at for each in found}) == len(found)
    assert found == sorted(found, key=lambda each: each.publish_at)
    assert all(each.publish_at.tzinfo is UTC and each.publish_at <= until for each in found)
    return {each.recurrence: f"{each.publish_at.astimezone(zone):%d/%m %H:%M}" for each in found}


def test_a_post_at_a_time() -> None:
    assert occurrences(post(at=AT), {}, ZONE, UNTIL) == [
        Occurrence("tin", "20210503", datetime(2021, 5, 3, 10, tzinfo=UTC))
    ]


def test_a_draft_has_no_occurrence_and_keeps_its_pin() -> None:
    draft = replace(post(at=AT), draft=True)
    assert occurrences(draft, {}, ZONE, UNTIL) == []
    pin = Pin("20210501", date(2021, 5, 1))
    assert pin_of(draft, {}, ZONE, pin) == pin


def test_a_rule_with_several_times_and_exceptions() -> None:
    item = post(
        at=AT,
        repeat="FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20210512",
        times=(MORNING, EVENING),
        skipped=(date(2021, 5, 5), datetime(2021, 5, 10, 5, 30)),
        also=(datetime(2021, 5, 10, 20), datetime(2021, 5, 11, 8), datetime(2021, 5, 11, 7)),
    )
    assert named(item) == {
        "20210503": "03/05 05:30",
        "20210503-2": "03/05 17:00",
        "20210510-2": "10/05 17:00",
        "20210510": "10/05 20:00",
        "20210511-2": "11/05 07:00",
        "20210511": "11/05 08:00",
        "20210512": "12/05 05:30",
        "20210512-2": "12/05 17:00",
    }


def test_a_moved_occurrence_keeps_its_name_on_whatever_day() -> None:
    daily = {"at": AT, "repeat": "FREQ=DAILY;COUNT=3"}
    assert named(post(**daily, moved=(("20210504", datetime(2021, 5, 9, 8)),))) == {
        "20210503": "03/05 17:00",
        "20210505": "05/05 17:00",
        "20210504": "09/05 08:00",
    }
    back = post(**daily, moved=(("20210505", datetime(2021, 5, 2, 8)),))
    assert list(named(back)) == ["20210505", "20210503", "20210504"]
    assert list(named(back, until=datetime(2021, 5, 2, 12, tzinfo=UTC))) == ["20210505"], "from beyond the horizon"
    beyond = post(**daily, moved=(("20210504", datetime(2021, 7, 1, 8)),))
    assert list(named(beyond)) == ["20210503", "20210505"]
    second = post(at=AT, times=(MORNING, EVENING), moved=(("20210503-2", datetime(2021, 5, 4, 17)),))
    assert named(second) == {"20210503": "03/05 05:30", "20210503-2": "04/05 17:00"}


def test_a_move_renames_no_other_and_one_that_is_not_there_does_nothing() -> None:
    onto = post(at=AT, repeat="FREQ=DAILY;COUNT=2", moved=(("20210503", datetime(2021, 5, 4, 8)),))
    assert named(onto) == {"20210503": "04/05 08:00", "20210504": "04/05 17:00"}
    assert named(post(at=AT, moved=(("20210504", datetime(2021, 5, 9, 8)),))) == {"20210503": "03/05 17:00"}
    extra = post(at=AT, also=(datetime(2021, 5, 7, 8),), moved=(("20210507", datetime(2021, 5, 8, 8)),))
    assert named(extra) == {"20210503": "03/05 17:00", "20210507": "08/05 08:00"}


def test_a_name_in_the_far_future_makes_nobody_count_up_to_it() -> None:
    began = monotonic()
    item = post(at=AT, repeat="FREQ=DAILY", moved=(("99991231", datetime(2021, 5, 9, 8)), ("20230503", NINE)))
    found = named(item)
    assert ("20230503" in found, "99991231" in found) == (True, False)
    assert monotonic() - began < 5


def test_the_pinned_occurrence_can_be_moved_too() -> None:
    item = post(at=AT, repeat="FREQ=DAILY;COUNT=2", moved=(("20210501", datetime(2021, 5, 9, 8)),))
    assert named(item, Pin("20210501", date(2021, 5, 3))) == {"20210504": "04/05 17:00", "20210501": "09/05 08:00"}


def test_where_an_occurrence_would_be_had_it_not_been_moved() -> None:
    item = post(at=AT, repeat="FREQ=DAILY;COUNT=2", moved=(("20210503", datetime(2021, 5, 9, 8)),))
    assert originals(item, EVENTS, ZONE, UNTIL) == {"20210503": AT, "20210504": AT + timedelta(days=1)}


def test_the_end_of_a_rule_holds_for_each_hour() -> None:
    item = post(at=AT, repeat="FREQ=DAILY;UNTIL=20210504T120000", times=(MORNING, EVENING))
    assert list(named(item)) == ["20210503", "20210503-2", "20210504"]
    assert len(named(post(at=AT, repeat="FREQ=DAILY;COUNT=2", times=(MORNING, EVENING)))) == 4


def test_what_is_added_stays_even_on_an_excepted_day() -> None:
    added = datetime(2021, 5, 3, 17)
    assert named(post(at=AT, skipped=(AT.date(),), also=(added,))) == {"20210503": "03/05 17:00"}


def test_the_same_time_twice_is_one_occurrence() -> None:
    item = post(at=AT, times=(EVENING, EVENING, NOON), also=(AT, AT.replace(hour=11)))
    assert named(item) == {"20210503-3": "03/05 11:00", "20210503": "03/05 17:00"}


def test_the_horizon_is_included_and_names_do_not_depend_on_it() -> None:
    item = post(at=AT, repeat="FREQ=DAILY", times=(EVENING, MORNING), also=(datetime(2021, 5, 5, 3),))
    whole = named(item)
    for moment in (each.publish_at for each in occurrences(item, {}, ZONE, UNTIL)):
        cut = named(item, until=moment)
        assert cut.items() <= whole.items()
        assert f"{moment.astimezone(ZONE):%d/%m %H:%M}" in cut.values()
    assert named(item, until=AT.replace(tzinfo=ZONE) - timedelta(days=1)) == {}
    assert named(post(at=AT), until=datetime.max.replace(tzinfo=UTC)) == {"20210503": "03/05 17:00"}


def test_relative_to_an_event() -> None:
    def placed(**more: Any) -> list[str]:
        return list(named(post(event="ra-quan", **more)).values())

    assert placed() == ["12/05 07:30"]
    assert placed(offset=timedelta(days=-3)) == ["09/05 07:30"]
    assert placed(offset=timedelta(days=-1, hours=-2)) == ["11/05 05:30"]
    assert placed(offset=timedelta(minutes=30), anchor="end") == ["12/05 10:30"]
    assert placed(offset=timedelta(days=-3), time=EVENING) == ["09/05 17:00"]
    assert placed(offset=timedelta(days=2), anchor="end", time=EVENING) == ["14/05 17:00"]


def test_an_unknown_event_is_named_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"unknown event 'ra-quân'; did you mean 'ra-quan'\?"):
        occurrences(post(event="ra-quân"), EVENTS, ZONE, UNTIL)
    with pytest.raises(ValueError, match="needs `at` or `event`"):
        pin_of(post(), EVENTS, ZONE, None)
    with pytest.raises(ValueError, match="HOURLY"):
        occurrences(post(at=AT, repeat="FREQ=HOURLY"), EVENTS, ZONE, UNTIL)


@given(st.datetimes(datetime(2021, 1, 1), datetime(2021, 12, 31)), st.integers(-20, 20), st.integers(0, 1439))
def test_days_are_of_the_calendar_and_hours_pass(start: datetime, days: int, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0)
    events = {"e": replace(EVENT, id="e", start=start)}
    sign = -1 if days < 0 else 1
    offset = sign * timedelta(days=abs(days), minutes=minutes)
    (found,) = occurrences(post(event="e", offset=offset), events, BERLIN, UNTIL + timedelta(days=400))
    noted = (start + timedelta(days=days)).replace(tzinfo=BERLIN).astimezone(UTC)
    assert found.publish_at == noted + sign * timedelta(minutes=minutes)


def test_an_hour_that_the_clock_skips_moves_forward() -> None:
    assert named(post(at=datetime(2021, 3, 28, 2, 30)), zone=BERLIN) == {"20210328": "28/03 03:30"}
    twice = post(at=datetime(2021, 3, 28, 2, 30), times=(time(2, 30), time(3, 30)))
    assert named(twice, zone=BERLIN) == {"20210328": "28/03 03:30"}


def test_an_hour_that_the_clock_repeats_is_the_first() -> None:
    far = datetime(2022, 1, 1, tzinfo=UTC)
    (found,) = occurrences(post(at=datetime(2021, 10, 31, 2, 30)), {}, BERLIN, far)
    assert found.publish_at == datetime(2021, 10, 31, 0, 30, tzinfo=UTC)
    late = replace(EVENT, start=datetime(2021, 10, 31, 3, 30))
    hour_before = post(event="ra-quan", offset=timedelta(hours=-1))
    (found,) = occurrences(hour_before, {"ra-quan": late}, BERLIN, far)
    assert found.publish_at == datetime(2021, 10, 31, 1, 30, tzinfo=UTC)


def test_a_weekly_hour_keeps_its_place_on_the_wall() -> None:
    item = post(at=datetime(2021, 3, 21, 8), repeat="FREQ=WEEKLY;COUNT=2")
    first, second = occurrences(item, {}, BERLIN, UNTIL)
    assert second.publish_at - first.publish_at == timedelta(days=7, hours=-1)


def test_due_counts_back_from_publication_and_expiry_forward() -> None:
    moment = datetime(2021, 5, 3, 10, tzinfo=UTC)
    assert due(Occurrence("tin", "20210503", moment), timedelta(days=2), Late.ASK, timedelta(hours=6)) == Due(
        datetime(2021, 5, 1, 10, tzinfo=UTC), moment, datetime(2021, 5, 3, 16, tzinfo=UTC), Late.ASK
    )


@pytest.mark.parametrize(
    ("late", "grace", "seconds"),
    [
        (Late.SEND, timedelta(), 60),
        (Late.ASK, timedelta(seconds=59), 60),
        (Late.SEND, timedelta(seconds=61), 61),
        (Late.SKIP, timedelta(), 60),
        (Late.SKIP, timedelta(hours=6), 60),
    ],
)
def test_a_minute_is_never_late_and_skip_has_no_more_than_that(late: Late, grace: timedelta, seconds: int) -> None:
    moment = datetime(2021, 5, 3, 10, tzinfo=UTC)
    found = due(Occurrence("tin", "20210503", moment), timedelta(days=2), late, grace)
    assert found.expires_at - moment == timedelta(seconds=seconds)


def test_the_window_of_an_event_is_aware() -> None:
    assert window_of_event(EVENT, ZONE) == (
        datetime(2021, 5, 12, 0, 30, tzinfo=UTC),
        datetime(2021, 5, 12, 3, tzinfo=UTC),
    )


# What occurrences are called


def planned(item: Post, pin: Pin | None) -> tuple[dict[str, str], Pin | None]:
    """Do what the planner does: name the occurrences by the pin kept so far, then keep the new one."""
    return named(item, pin), pin_of(item, EVENTS, ZONE, pin)


def test_a_single_post_keeps_its_name_wherever_it_moves() -> None:
    names, pin = planned(post(at=AT), None)
    assert (names, pin) == ({"20210503": "03/05 17:00"}, Pin("20210503", date(2021, 5, 3)))
    names, pin = planned(post(at=datetime(2021, 5, 10, 8)), pin)
    assert (names, pin) == ({"20210503": "10/05 08:00"}, Pin("20210503", date(2021, 5, 10)))
    names, pin = planned(post(event="ra-quan", offset=timedelta(days=-1)), pin)
    assert (names, pin) == ({"20210503": "11/05 07:30"}, Pin("20210503", date(2021, 5, 11)))


def test_a_moved_event_moves_its_post() -> None:
    pin = pin_of(post(event="ra-quan"), EVENTS, ZONE, None)
    moved = {"ra-quan": replace(EVENT, start=datetime(2021, 5, 20, 7, 30))}
    (found,) = occurrences(post(event="ra-quan"), moved, ZONE, UNTIL, pin)
    assert (found.recurrence, found.publish_at.date()) == ("20210512", date(2021, 5, 20))


def test_a_moved_post_that_becomes_recurring_keeps_its_name() -> None:
    pin = Pin("20210503", date(2021, 5, 10))
    weekly = post(at=datetime(2021, 5, 10, 8), repeat="FREQ=WEEKLY;COUNT=3", also=(datetime(2021, 5, 3, 8),))
    names, kept = planned(weekly, pin)
    assert names == {
        "20210503-2": "03/05 08:00",
        "20210503": "10/05 08:00",
        "20210517": "17/05 08:00",
        "20210524": "24/05 08:00",
    }
    assert kept == pin
    without = replace(weekly, placement=replace(weekly.placement, skipped=(date(2021, 5, 10),)))
    assert planned(without, pin) == ({k: v for k, v in names.items() if k != "20210503"}, pin)


def test_a_taken_name_gives_way_to_the_next_free_number() -> None:
    pin = Pin("20210503", date(2021, 5, 10))
    item = post(at=AT, repeat="FREQ=WEEKLY", times=(MORNING, EVENING))
    assert list(named(item, pin))[:4] == ["20210503-3", "20210503-2", "20210503", "20210510-2"]


def test_a_recurring_post_that_becomes_single_goes_by_its_date() -> None:
    pin = pin_of(post(at=AT), EVENTS, ZONE, None)
    names, pin = planned(post(at=AT, repeat="FREQ=WEEKLY"), pin)
    assert "20210517" in names
    names, pin = planned(post(at=AT + timedelta(days=14)), pin)
    assert (names, pin) == ({"20210517": "17/05 17:00"}, Pin("20210517", date(2021, 5, 17)))


def test_a_moved_post_that_was_recurring_for_a_while_has_its_name_back() -> None:
    pin: Pin | None = Pin("20210503", date(2021, 5, 10))
    at = datetime(2021, 5, 10, 8)
    _, pin = planned(post(at=at, repeat="FREQ=WEEKLY"), pin)
    assert planned(post(at=at), pin)[0] == {"20210503": "10/05 08:00"}


def test_an_excepted_single_post_keeps_its_pin() -> None:
    pin = Pin("20210501", date(2021, 5, 2))
    assert planned(post(at=AT, skipped=(AT.date(),)), pin) == ({}, pin)


def test_except_and_also_on_one_day_are_a_move() -> None:
    item = post(at=AT, repeat="FREQ=DAILY;COUNT=2", skipped=(AT,), also=(datetime(2021, 5, 3, 20),))
    assert named(item) == {"20210503": "03/05 20:00", "20210504": "04/05 17:00"}


HOURS = st.lists(
    st.times().map(lambda each: each.replace(second=0, microsecond=0)), min_size=1, max_size=5, unique=True
)
RULES = st.sampled_from(("FREQ=DAILY;COUNT=20", "FREQ=WEEKLY;BYDAY=MO,WE,SU", "FREQ=MONTHLY;BYMONTHDAY=-1,3", ""))
DAYS = st.dates(date(2021, 4, 20), date(2021, 6, 20))
PINS = st.none() | st.tuples(DAYS, DAYS).map(lambda pair: Pin(f"{pair[0]:%Y%m%d}", pair[1]))
ADDED = st.lists(st.tuples(DAYS, st.sampled_from((MORNING, NOON, EVENING))).map(lambda pair: datetime.combine(*pair)))


@given(DAYS, RULES, HOURS, st.frozensets(DAYS), ADDED, PINS)
def test_names_are_unique_and_a_pinned_one_belongs_to_its_day(
    day: date, rule: str, hours: list[time], skipped: frozenset[date], also: list[datetime], pin: Pin | None
) -> None:
    item = post(
        at=datetime.combine(day, NOON), repeat=rule, times=tuple(hours), skipped=tuple(skipped), also=tuple(also)
    )
    names = named(item, pin)
    if pin and pin.recurrence in names and (rule or also or len(hours) > 1):
        assert names[pin.recurrence].startswith(f"{pin.day:%d/%m}")
    assert named(item, pin_of(item, EVENTS, ZONE, pin)) == names


@given(DAYS, RULES, HOURS, ADDED, PINS, st.data())
def test_excepting_a_day_renames_nothing_elsewhere(
    day: date, rule: str, hours: list[time], also: list[datetime], pin: Pin | None, data: st.DataObject
) -> None:
    item = post(at=datetime.combine(day, NOON), repeat=rule, times=tuple(hours), also=tuple(also))
    gone = data.draw(st.dates(date(2021, 5, 1), date(2021, 5, 31)))
    rest = replace(item, placement=replace(item.placement, skipped=(gone,)))
    before, after = named(item, pin), named(rest, pin)
    assert {k: v for k, v in after.items() if v[:5] != f"{gone:%d/%m}"} == {
        k: v for k, v in before.items() if v[:5] != f"{gone:%d/%m}"
    }


@given(DAYS, RULES, HOURS, PINS, st.data())
def test_an_hour_more_at_the_end_renames_nothing(
    day: date, rule: str, hours: list[time], pin: Pin | None, data: st.DataObject
) -> None:
    at = datetime.combine(day, NOON)
    rule = rule or "FREQ=DAILY;COUNT=1"
    longer = named(post(at=at, repeat=rule, times=tuple(hours)), pin)
    shorter = named(post(at=at, repeat=rule, times=tuple(hours[:-1] or hours)), pin)
    displaced = {name for name in shorter if pin and name.startswith(f"{pin.recurrence}-")}
    assert {k: v for k, v in shorter.items() if k not in displaced}.items() <= longer.items()


@given(DAYS, RULES, HOURS, PINS, st.data())
def test_a_changed_hour_changes_no_name_and_swaps_none(
    day: date, rule: str, hours: list[time], pin: Pin | None, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(hours) - 1))
    other = data.draw(st.times().map(lambda each: each.replace(second=30, microsecond=0)))
    changed = [*hours[:place], other, *hours[place + 1 :]]
    at = datetime.combine(day, NOON)
    before = named(post(at=at, repeat=rule, times=tuple(hours)), pin)
    after = named(post(at=at, repeat=rule, times=tuple(changed)), pin)
    assert before.keys() == after.keys()
    was = f"{hours[place]:%H:%M}"
    assert all(after[name] == when for name, when in before.items() if not when.endswith(was))


@given(st.lists(st.tuples(DAYS, RULES), min_size=1, max_size=6))
def test_nothing_delivered_returns_under_another_name_on_its_day(edits: list[tuple[date, str]]) -> None:
    """Whatever is made of a post, an occurrence that stays on its day stays what it was called."""
    pin: Pin | None = None
    before: dict[str, str] = {}
    for day, rule in edits:
        single_elsewhere = not rule and pin and pin.recurrence != f"{pin.day:%Y%m%d}" and pin.day != day
        after, pin = planned(post(at=datetime.combine(day, NOON), repeat=rule), pin)
        called = {when: name for name, when in before.items()}
        for name, when in after.items():
            # A pin that differs from its day does not say whether the post recurred in between.
            assert called.get(when, name) == name or single_elsewhere
        before = after
