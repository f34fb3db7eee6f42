from __future__ import annotations

from typing import Any

import pytest

from scheduler.plan.fields import Fields
from scheduler.plan.lines import read_toml
from scheduler.plan.source import Report
from scheduler.plan.values import as_count, as_line

TEXT = """\
name = "a"
empty = " "
numbers = [1, "x", 2, 1]
[inner]
count = 5
[[rows]]
id = "first"
size = 1
[[rows]]
size = "big"
"""


@pytest.fixture
def fields() -> Fields:
    report = Report("a.toml")
    parsed = read_toml(TEXT, report)
    assert parsed
    return Fields(*parsed, report)


def said(fields: Fields) -> list[str]:
    return [str(each) for each in fields.report.problems]


def test_a_value_is_read_or_has_its_default(fields: Fields) -> None:
    assert fields.read("name", as_line, "") == "a"
    assert fields.read("absent", as_line, "b") == "b"
    assert fields.read("empty", as_line, "b") == "b"
    assert fields.read("numbers", as_line, "b") == "b"
    assert said(fields) == ["a.toml:3: error: numbers: must be text, not a list"]


def test_a_required_value(fields: Fields) -> None:
    fields.required("absent", as_line, "")
    fields.required("empty", as_line, "")
    assert said(fields) == ["a.toml:1: error: absent: is missing", "a.toml:2: error: empty: is empty"]


def test_a_wrong_element_is_left_out(fields: Fields) -> None:
    assert fields.each("numbers", as_count()) == (1, 2)
    assert said(fields) == [
        "a.toml:3: error: numbers.1: must be a whole number, not 'x'",
        "a.toml:3: warning: numbers.3: 1 stands here twice",
    ]


def test_tables_are_called_by_their_id(fields: Fields) -> None:
    assert fields.table("inner").read("count", as_count(), 0) == 5
    assert fields.table("absent").read("count", as_count(), 0) == 0
    first, second = fields.tables("rows")
    first.read("size", as_line, "")
    second.read("size", as_count(), 0)
    assert said(fields) == [
        "a.toml:8: error: rows.first.size: must be text, not a number",
        "a.toml:10: error: rows.1.size: must be a whole number, not 'big'",
    ]


def test_what_is_no_table(fields: Fields) -> None:
    assert fields.tables("numbers") == []
    fields.table("name")
    assert said(fields)[-1] == "a.toml:1: error: name: must be a table, not text"
    assert len(said(fields)) == 5


def test_keys_that_nobody_took(fields: Fields) -> None:
    taken: list[Any] = [fields.read("name", as_line, ""), fields.each("numbers", as_count()), fields.tables("rows")]
    assert taken
    fields.read("inne", as_line, "")
    fields.finish()
    assert said(fields)[2:] == [
        "a.toml:2: error: empty: is not a key that Loa knows",
        "a.toml:4: error: inner: is not a key that Loa knows (did you mean 'inne'?)",
    ]
    fields.finish()
    assert len(said(fields)) == 4


def test_the_rest_and_its_lines(fields: Fields) -> None:
    fields.read("name", as_line, "")
    assert list(fields.rest()) == ["empty", "numbers", "inner", "rows"]
    assert fields.rest() == {}
    assert fields.table("inner").lines() == {"": 4, "count": 5}
