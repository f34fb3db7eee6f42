from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cli.table import LEAST, Column, aligned, cut, tabbed, width, wrapped

TEXTS = st.text(alphabet="ab ế\u0302日本e\u0301🙂Đ", max_size=30)


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("Tiếng Việt", 10), ("Tie\u0302\u0301ng", 5), ("日本", 4), ("a\u200bb", 2), ("🙂", 2)],
)
def test_width_is_what_a_terminal_shows(text: str, cells: int) -> None:
    assert width(text) == cells


@given(TEXTS, st.integers(1, 20))
def test_what_is_cut_fits(text: str, room: int) -> None:
    shown = cut(text, room)
    assert width(shown) <= room
    assert shown == text or shown.endswith("…")


def test_columns_line_up_by_width() -> None:
    rows = [("日本", "x"), ("Tiếng", "y"), ("Tie\u0302\u0301ng", "z")]
    lines = aligned([Column("A"), Column("B")], rows, 80)
    assert [width(line[: line.index(letter)]) for line, letter in zip(lines, "Bxyz", strict=True)] == [7] * 4


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5), st.integers(3, 60))
def test_no_line_is_wider_than_the_room(rows: list[tuple[str, str, str]], room: int) -> None:
    columns = [Column("No.", right=True), Column("Title", shrinks=True), Column("Why", shrinks=True)]
    assert all(width(line) <= room for line in aligned(columns, rows, room))


def test_only_columns_that_may_shrink_do() -> None:
    lines = aligned([Column("Key"), Column("Title", shrinks=True)], [("k" * 20, "t" * 60)], 40)
    assert lines[1] == "k" * 20 + "  " + "t" * 17 + "…"
    narrow = aligned([Column("Key"), Column("Title", shrinks=True)], [("k" * 20, "t" * 60)], 25)
    assert "k" * 20 in narrow[1]
    assert len(lines[0]) <= 40
    assert LEAST == 8


def test_numbers_stand_flush_right() -> None:
    assert aligned([Column("No.", right=True)], [("7",), ("1234",)], 80)[1:] == ["   7", "1234"]


def test_a_style_colours_the_text_and_not_the_room_around_it() -> None:
    line = aligned(
        [Column("State", style=lambda text: click.style(text, fg="green")), Column("x")], [("sent", "y")], 80
    )
    assert line[1] == click.style("sent", fg="green") + "   y"


def test_tabs_and_newlines_in_cells_make_no_columns() -> None:
    assert tabbed([Column("A"), Column("B")], [("a\tb", "c\nd")]) == ["A\tB", "a b\tc d"]


@given(st.lists(st.text("abế", min_size=1, max_size=8), min_size=1, max_size=12), st.integers(8, 30))
def test_wrapping_loses_nothing(words: list[str], room: int) -> None:
    lines = wrapped(" ".join(words), room)
    assert " ".join(lines) == " ".join(words)
    assert all(width(line) <= room for line in lines)


def test_wrapping_keeps_the_spaces_in_front() -> None:
    assert wrapped("    code", 80) == ["    code"]
