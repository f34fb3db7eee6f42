"""``loa run`` is killed at random moments, hundreds of times: nothing is lost, nothing goes out twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kill.barrage import Barrage, Figures
from tests.kill.campaign import Wanted

SECONDS = float(os.environ.get("LOA_SOAK_SECONDS", "150"))
SOAK_SECONDS = float(os.environ.get("LOA_SOAK_SECONDS", "900"))
WORKERS = (("once", "workers = 4"), ("again", "workers = 2"), ("staged", "workers = 4"), ("many", "recipients = 500"))
Keep = Callable[[str, str], None]


def fire(
    place: Path, wanted: Wanted, kills: int, seconds: float, *, bulk: bool = False, withdraws: bool = False
) -> Figures:
    """Put two folders under fire side by side, so that two cores have work; share the kills, and add up."""
    barrages = [Barrage(place, wanted, seed, bulk, withdraws) for seed in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(barrage.run, -(-kills // 2), seconds) for barrage in barrages]
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
def test_200_kills_over_2000_deliveries(tmp_path: Path, figures: Keep) -> None:
    wanted = Wanted(channels=("once", "again"), posts=25, targets=20, later=5, settings=WORKERS)
    found = fire(tmp_path, wanted, 200, SECONDS * 0.8)
    figures("Killed while sending", found.table())
    holds(found)
    assert found.deliveries == 2000
    assert found.kills >= 200
    assert found.open_kills >= 150
    assert found.unknown > 0
    assert found.again > 0


@pytest.mark.kill
def test_a_staged_call_is_in_doubt_only_after_its_point_of_no_return(tmp_path: Path, figures: Keep) -> None:
    wanted = Wanted(channels=("staged",), posts=20, targets=15, settings=WORKERS)
    found = fire(tmp_path, wanted, 50, SECONDS * 0.5)
    figures("Killed while sending in stages", found.table())
    holds(found)
    assert found.kills >= 50
    assert found.unknown > 0
    assert found.returned > 0


@pytest.mark.kill
def test_each_recipient_of_a_bulk_delivery_gets_one_message(tmp_path: Path, figures: Keep) -> None:
    wanted = Wanted(channels=("many",), posts=3, settings=WORKERS)
    found = fire(tmp_path, wanted, 50, SECONDS * 0.5, bulk=True)
    figures("Killed while sending to 500 recipients at a time", found.table())
    holds(found)
    assert found.deliveries == 3000
    assert found.kills >= 50
    assert found.unknown > 0


@pytest.mark.kill
def test_what_is_taken_back_is_taken_back_once(tmp_path: Path, figures: Keep) -> None:
    wanted = Wanted(channels=("once", "again", "staged"), posts=10, targets=12, settings=WORKERS)
    found = fire(tmp_path, wanted, 60, SECONDS * 0.4, withdraws=True)
    figures("Killed while withdrawing", found.table())
    holds(found)
    assert found.deliveries == 2 * 720, "each delivery, and its withdrawal"
    assert found.kills >= 40
    assert found.unknown > 0
    assert found.again > 0


@pytest.mark.soak
def test_1000_kills_over_4000_deliveries(tmp_path: Path, figures: Keep) -> None:
    wanted = Wanted(channels=("once", "again", "staged"), posts=45, targets=15, later=5, settings=WORKERS)
    found = fire(tmp_path, wanted, 1000, SOAK_SECONDS * 0.5)
    figures("Killed while sending, at length", found.table())
    holds(found)
    assert found.deliveries == 4050
    assert found.kills >= 1000 or found.seconds >= SOAK_SECONDS * 0.5
    assert found.open_kills >= found.kills * 0.75
