"""Reading an RRULE: what is understood, and one clear line for what is not."""

# ruff: noqa: DTZ001  (placements are local and naive)
from __future__ import annotations

import re
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.plan.rule import read_rule


def test_every_part_is_read() -> None:
    rule = read_rule("RRULE:freq=yearly;INTERVAL=2;COUNT=3;BYMONTH=1,12;BYDAY=1MO,-1FR;WKST=SU;BYSETPOS=-1")
    assert (rule.freq, rule.interval, rule.count, rule.until) == ("YEARLY", 2, 3, None)
    assert rule.months == {1, 12}
    assert rule.weekdays == {(1, 0), (-1, 4)}
    assert rule.positions == {-1}
    assert rule.week_start == 6


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("20210531", datetime.combine(datetime(2021, 5, 31), time.max)),
        ("20210531T170000", datetime(2021, 5, 31, 17)),
        ("20210531T100000Z", datetime(2021, 5, 31, 10, tzinfo=UTC)),
    ],
)
def test_until_is_a_date_a_local_time_or_utc(text: str, until: datetime) -> None:
    assert read_rule(f"FREQ=DAILY;UNTIL={text}").until == until


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the rule is empty"),
        ("INTERVAL=2", "no FREQ"),
        ("FREQ=SECONDLY", "FREQ=SECONDLY is not supported"),
        ("FREQ=MINUTELY", "FREQ=MINUTELY is not supported"),
        ("FREQ=HOURLY", "FREQ=HOURLY is not supported"),
        ("FREQ=WEEKLYY", "did you mean 'WEEKLY'?"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0 must be a whole number from 1"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL=-1 must be"),
        ("FREQ=DAILY;COUNT=0", "COUNT=0 must be"),
        ("FREQ=DAILY;COUNT=１", "must be a whole number"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20210531", "by COUNT or by UNTIL, not by both"),
        ("FREQ=DAILY;UNTIL=20210532", "UNTIL=20210532 must be a date"),
        ("FREQ=DAILY;UNTIL=2021-05-31", "must be a date"),
        ("FREQ=DAILY;UNTIL=20210531T250000", "must be a date"),
        ("FREQ=DAILY;BYHOUR=5", "BYHOUR is not supported; list the hours of a day in `times`"),
        ("FREQ=DAILY;BYSECOND=5", "BYSECOND is not supported"),
        ("FREQ=WEEKLY;BYDAYS=MO", "unknown part 'BYDAYS' of a rule; did you mean 'BYDAY'?"),
        ("FREQ=WEEKLY;X=1", "valid are FREQ, UNTIL"),
        ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "BYDAY stands in the rule twice"),
        ("FREQ=WEEKLY;", "'' is not a part of a rule"),
        ("FREQ=WEEKLY;BYDAY", "'BYDAY' is not a part of a rule"),
        ("FREQ=WEEKLY;BYDAY=MI", "BYDAY=MI must be one of MO, TU"),
        ("FREQ=WEEKLY;BYDAY=1MO", "write the weekday alone"),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY=6MO must count from 1 to 5"),
        ("FREQ=YEARLY;BYDAY=54MO", "from 1 to 53"),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO", "write the weekday alone"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY=0MO must count"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not go with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY does not go with FREQ=MONTHLY"),
        ("FREQ=DAILY;BYWEEKNO=1", "BYWEEKNO does not go with FREQ=DAILY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32 must be from 1 to 31, or -1 to -31 from the end"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH=-1 must be from 1 to 12"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY=0 must be"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS picks among days"),
        ("FREQ=WEEKLY;WKST=XX", "WKST=XX must be one of"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_rule(text)
    assert "\n" not in str(caught.value)


@given(st.text("FREQ=DAILYWKUNTBMOS;0123456789,-+:Tz é", max_size=60))
def test_any_text_gives_a_rule_or_a_value_error(text: str) -> None:
    try:
        rule = read_rule(f"FREQ=DAILY;{text}")
    except ValueError:
        return
    assert rule.freq == "DAILY"
