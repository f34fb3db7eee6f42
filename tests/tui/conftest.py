"""The 2021 campaign in a folder of its own, as it stood on the morning of 10 May 2021."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.text import use

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MORNING = datetime(2021, 5, 10, 1, 0, tzinfo=UTC)
BEFORE = datetime(2021, 4, 29, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak English, and see a terminal of many colours, whatever stands around."""
    for name in ("NO_COLOR", "COLORFGBG", "LOA_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    use("en")
    yield
    use("en")


def copy_campaign(target: Path) -> Path:
    """Copy what a campaign folder holds, without what the program makes."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("content", "plugins"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "config.toml", target)
    return target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A campaign folder."""
    return copy_campaign(tmp_path / "campaign")
