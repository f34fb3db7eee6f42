"""How figures are taken and shown: several runs, medians, the reference beside them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value, its reference where there is one, and what we aim for."""

    name: str
    value: float
    unit: str
    aim: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        mark = {True: "met", False: "NOT met", None: ""}[self.met]
        return f"  {self.name:<58} {self.value:>12,.2f} {self.unit:<6} {self.aim} {mark}".rstrip()


def median(run: Callable[[], float], runs: int = RUNS) -> float:
    """Return the median of several runs."""
    return statistics.median(run() for _ in range(runs))
