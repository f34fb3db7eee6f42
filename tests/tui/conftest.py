"""A campaign of one's own for each test, as it stood on the morning of 10 May 2021."""

from __future__ import annotations

import asyncio
import inspect
import shutil
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import use
from tests.tui import campaign
from tests.tui.rest import Loop, at_rest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scheduler.engine.engine import Engine


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    with asyncio.Runner(loop_factory=Loop) as runner, pytest.MonkeyPatch.context() as patch:
        for module in ("textual.app", "textual.pilot"):
            patch.setattr(f"{module}.wait_for_idle", at_rest)
        runner.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak English, and see a terminal of many colours, whatever stands around."""
    for name in ("NO_COLOR", "COLORFGBG", "LOA_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    use("en")
    yield
    use("en")


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small campaign, played once."""
    folder = campaign.small(tmp_path_factory.mktemp("played"))
    campaign.stand(folder, folder / "var")
    return folder


@pytest.fixture
def folder(played: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(played, tmp_path / "campaign")


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    """The rehearsal's engine on that copy; the director sits before it."""
    with campaign.reopen(folder, folder / "var") as opened:
        yield opened
