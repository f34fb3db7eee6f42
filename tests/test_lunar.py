from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler.plan.lunar import Lunar, lunar

TET = (
    "1968-01-29 1969-02-16 1985-01-21 2000-02-05 2001-01-24 2002-02-12 2003-02-01 2004-01-22 2005-02-09 2006-01-29"
    " 2007-02-17 2008-02-07 2009-01-26 2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08"
    " 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17"
    " 2027-02-06 2028-01-26 2029-02-13 2030-02-02 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08"
)
"""As the Vietnamese almanac has it; by the Chinese calendar 1968, 1969, 1985, 2007 and 2030 would be other days."""


@pytest.mark.parametrize("day", [date.fromisoformat(each) for each in TET.split()], ids=str)
def test_tet_is_the_first_day_of_the_lunar_year(day: date) -> None:
    assert lunar(day) == Lunar(1, 1, day.year)
    assert lunar(day - timedelta(days=1))[1:3] == (12, day.year - 1)


@pytest.mark.parametrize(
    ("day", "month"),
    [("2006-08-24", 7), ("2020-05-23", 4), ("2023-03-22", 2), ("2025-07-25", 6), ("2033-12-22", 11)],
)
def test_a_leap_month_begins_where_the_almanac_has_it(day: str, month: int) -> None:
    found = lunar(date.fromisoformat(day))
    assert (found.day, found.month, found.leap) == (1, month, True)


def test_days_follow_each_other_through_months_of_29_and_30_days() -> None:
    day, before = date(2000, 1, 1), lunar(date(1999, 12, 31))
    while day < date(2036, 1, 1):
        found = lunar(day)
        assert found.day == before.day + 1 or (found.day == 1 and before.day in (29, 30))
        day, before = day + timedelta(days=1), found
