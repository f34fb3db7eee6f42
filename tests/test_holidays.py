from __future__ import annotations

from datetime import date

from scheduler.plan.holidays import holidays


def test_a_year_has_its_holidays_by_sun_and_moon() -> None:
    found = [(f"{each.day:%d/%m}", each.name) for each in holidays(date(2021, 1, 1), date(2022, 1, 1))]
    assert found == [
        ("01/01", "New Year"),
        ("11/02", "Tết's eve"),
        ("12/02", "Tết"),
        ("13/02", "Tết, second day"),
        ("14/02", "Tết, third day"),
        ("21/04", "Hùng Kings' Day"),
        ("30/04", "Liberation Day"),
        ("01/05", "Labour Day"),
        ("02/09", "National Day"),
    ]


def test_the_last_day_is_left_out() -> None:
    assert holidays(date(2021, 4, 30), date(2021, 5, 1))[0].name == "Liberation Day"
    assert not holidays(date(2021, 5, 2), date(2021, 9, 2))


def test_a_leap_third_month_has_no_second_feast() -> None:
    """1993 and 2031 had one."""
    for year in range(1990, 2050):
        names = [each.name for each in holidays(date(year, 1, 1), date(year + 1, 1, 1))]
        assert names.count("Hùng Kings' Day") == 1, year
        assert names.count("Tết") == 1, year
