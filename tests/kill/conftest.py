"""Figures that always show: a test records them, and the summary prints them, whichever process ran it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FIGURES = "figures"


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[str, str], None]:
    """Return what keeps a table of figures, under its title, for the end of the run."""

    def keep(title: str, table: str) -> None:
        record_property(FIGURES, f"{title}\n{table}")

    return keep


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what the tests recorded."""
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for name, value in report.user_properties:
                if name == FIGURES:
                    title, _, table = str(value).partition("\n")
                    terminalreporter.section(title, sep="-")
                    terminalreporter.write_line(table)
