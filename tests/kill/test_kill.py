"""``loa run`` is killed at random moments, hundreds of times: nothing is lost, nothing goes out twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kill.barrage import Barrage, Figures, halves
from tests.kill.campaign import Wanted

SECONDS = float(os.environ.get("LOA_SOAK_SECONDS", "150"))
WORKERS = (("once", "workers = 4"), ("again", "workers = 2"), ("staged", "workers = 4"))
Keep = Callable[[str, str], None]


def fire(barrages: Sequence[Barrage], kills: int, seconds: float) -> Figures:
    """Run all at once, ``kills`` shared evenly, and add up."""
    each = -(-kills // len(barrages))
    with ThreadPoolExecutor(len(barrages)) as pool:
        runs = [pool.submit(barrage.run, each, seconds) for barrage in barrages]
        return sum((run.result() for run in runs), Figures())


def holds(figures: Figures) -> None:
    """Assert what must hold after any number of kills."""
    assert figures.lost == 0
    assert figures.twice == 0
    assert figures.left == 0
    assert figures.unknown <= figures.in_flight
    assert figures.settled == figures.unknown
    assert figures.integrity == {"ok"}


@pytest.mark.kill
def test_killed_200_times_over_2000_deliveries(tmp_path: Path, figures: Keep) -> None:
    def wanted(port: int) -> Wanted:
        return Wanted(port, ("once", "again"), posts=25, targets=20, later=5, settings=WORKERS)

    found = fire(halves(tmp_path, wanted), 200, SECONDS * 0.8)
    figures("Killed while sending", found.table())
    holds(found)
    assert found.deliveries == 2000
    assert found.kills >= 200
    assert found.open_kills >= 150
    assert found.unknown > 0
    assert found.again > 0
