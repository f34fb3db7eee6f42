from __future__ import annotations

import tomllib
from datetime import date, datetime
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from scheduler.plan.lines import KeyPath, Span, line_of, read_toml, toml_spans
from scheduler.plan.source import Report

EVERYTHING = '''\
# first
top = "a" # = "b"
"quoted key".'dot.ted' = 1
multi = """
[not.a.header]
x = 1 \\""" still
"""
literal = \'\'\'
''it's
\'\'\'
empty = ""
when = 2021-05-03 05:30:00 # space
spread = [
  1, # [
  [2, "]"],
  { a = 1, b.c = [ { d = 2 } ] },
]
[table.inner]
x = -1.5e3
[[list]]
name = "one"
[[list.under]]
k = true
[[list]]
name = "two"
[list.table]
x = 07:32:00
[[list.under]]
k = false
'''


def leaves(value: Any, path: KeyPath = ()) -> list[tuple[KeyPath, Any]]:
    """Every path in a parsed text, with its value."""
    found = [(path, value)] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [each for key, below in inner for each in leaves(below, (*path, key))]


def assert_all_found(text: str) -> None:
    """Every key has a span, and the text of a value's span is that value."""
    spans = toml_spans(text)
    for path, value in leaves(tomllib.loads(text)):
        span = spans[path]
        assert span.line == text.count("\n", 0, span.start) + 1
        if not isinstance(value, dict | list):
            assert tomllib.loads(f"x = {text[span.value : span.end]}") == {"x": value}


def test_every_kind_of_key_and_value() -> None:
    assert_all_found(EVERYTHING)
    assert_all_found(EVERYTHING.replace("\n", "\r\n"))


def test_lines_of_tables_and_elements() -> None:
    spans = toml_spans(EVERYTHING)
    lines = EVERYTHING.split("\n")
    assert lines[spans["list", 1, "under", 0, "k"].line - 1] == "k = false"
    assert lines[spans["list", 1].line - 1 : spans["list", 1].line + 1] == ["[[list]]", 'name = "two"']
    assert lines[spans["spread", 2, "b", "c", 0, "d"].line - 1].lstrip().startswith("{ a = 1")


def test_the_nearest_line_around() -> None:
    spans: dict[KeyPath, Span] = {("a",): Span(3, 0, 0, 0)}
    assert line_of(spans, ("a", 5, "b")) == 3
    assert line_of(spans, ("b",)) is None
    assert toml_spans("a = 1", above=4)["a",].line == 5


names = st.text(alphabet="abcXYZ012_-é\" .'\\", min_size=1, max_size=6)
scalars = st.one_of(
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(min_value=date(1900, 1, 1)),
    st.datetimes(min_value=datetime(1900, 1, 1)),  # noqa: DTZ001
    st.text(alphabet="ab[]{}#=,'\"\\\n\tđ", max_size=12),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=10
)


@given(st.dictionaries(names, values, max_size=5))
def test_any_text_that_a_writer_makes(document: dict[str, Any]) -> None:
    assert_all_found(tomlkit.dumps(document))


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a = 1\nb =", 2, "is not valid TOML"),
        ("a = 1\na = 2\n", 2, "is not valid TOML"),
        ('a = """x', 1, "is not valid TOML"),
        ("\n\na = [1,\n", 3, "is not valid TOML"),
        ('a = "x\nb = 1\n', 1, "is not valid TOML: a text is not closed: its second quotation mark is missing"),
        ("a = 'x\nb = 1\n", 2, "is not valid TOML: a text is not closed: its second quotation mark is missing"),
        ("a = vi\n", 1, "is not valid TOML: this is no value: a text stands between quotation marks"),
    ],
)
def test_a_text_that_is_no_toml_gives_one_error_with_its_line(text: str, line: int, message: str) -> None:
    report = Report("x.toml")
    assert read_toml(text, report, above=10) is None
    [problem] = report.problems
    assert message in problem.message
    assert problem.line == line + 10
    assert "line" not in problem.message
    assert "column" not in problem.message


def test_deep_nesting_is_an_error() -> None:
    report = Report("x.toml")
    assert read_toml("x = " + "[" * 100_000, report) is None
    assert report.problems[0].message == "is nested too deeply"


def test_what_tomllib_reads_the_scan_can_follow() -> None:
    depth = 10
    while True:
        text = "x = " + "[" * depth + "]" * depth
        report = Report("x.toml")
        if read_toml(text, report) is None:
            assert report.problems[0].message == "is nested too deeply"
            break
        depth *= 2
