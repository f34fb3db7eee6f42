"""Problems as lines of text, which stand below what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.ground.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.ground.problem import Problem

STYLES = {Severity.ERROR: "bold $error", Severity.WARNING: "$warning", Severity.NOTICE: "$quiet"}
_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTICE: "·"}


def problem_line(problem: Problem, *, numbered: bool = True) -> Content:
    """Return a problem in one line, with the number of its line where that is wanted and known."""
    where = f"{problem.line}: " if numbered and problem.line else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return Content.styled(f"{_SIGNS[problem.severity]} {where}{problem.message}{hint}", STYLES[problem.severity])


def problem_lines(problem: Problem, width: int, *, numbered: bool = False) -> list[Content]:
    """Return a problem in lines of at most ``width`` cells; all but the first are indented."""
    whole = problem_line(problem, numbered=numbered)
    first, *more = whole[2:].wrap(max(2, width - 2))
    return [whole[:2] + first, *(Content("  ") + line for line in more)]


def told(problems: Iterable[Problem], width: int) -> list[Content]:
    """Return the lines of some problems."""
    return [line for problem in problems for line in problem_lines(problem, width)]


def flow(text: str, width: int, style: str = "") -> list[Content]:
    """Return a text in lines of at most ``width`` cells."""
    return Content.styled(text, style).wrap(max(2, width)) if text else [Content("")]
