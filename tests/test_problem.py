"""A problem in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground import text
from scheduler.ground.problem import Problem, Severity, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin in English and leave it at that."""
    text.use("en")
    yield
    text.use("en")


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("too long"), "error: too long"),
        (Problem("too long", "a.md"), "a.md: error: too long"),
        (Problem("too long", "a.md", 3), "a.md:3: error: too long"),
        (Problem("too long", "a.md", 3, "at"), "a.md:3: error: at: too long"),
        (Problem("too long", "a.md", None, "at", Severity.WARNING), "a.md: warning: at: too long"),
        (Problem("too long", "", None, "at", Severity.NOTICE, "cut it"), "notice: at: too long (cut it)"),
        (Problem("too long", "", 3), "error: too long"),
    ],
)
def test_in_one_line(problem: Problem, line: str) -> None:
    assert str(problem) == line


def test_its_severity_is_said_in_the_language_in_use() -> None:
    text.use("vi")
    assert str(Problem("dài", "a.md")) == "a.md: lỗi: dài"


def test_equal_problems_are_one() -> None:
    assert len({Problem("a", "f", 1), Problem("a", "f", 1), Problem("a", "f", 2)}) == 2


def test_the_nearest_valid_name() -> None:
    assert nearest("radoi", ["radio", "rss"]) == "did you mean 'radio'?"
    assert nearest("khác hẳn", ["radio", "rss"]) == ""
    assert nearest("x", []) == ""
    assert nearest("ninh-thuan", {"ninh-thuận": 1}) == "did you mean 'ninh-thuận'?"
    text.use("vi")
    assert nearest("radoi", ["radio"]) != "did you mean 'radio'?"
    assert "radio" in nearest("radoi", ["radio"])
