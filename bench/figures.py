"""How figures are taken and shown: several runs, medians, the reference beside them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


def in_turns(ways: Sequence[Callable[[], float]], runs: int = RUNS) -> list[float]:
    """Return the median of each way's runs; they take turns, so that what else the machine does weighs on all alike."""
    rounds = [[run() for run in ways] for _ in range(runs)]
    return [statistics.median(each) for each in zip(*rounds, strict=True)]
