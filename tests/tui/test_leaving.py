"""Leaving, while the screens still beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import scheduler.tui.app
from scheduler.ground.text import use
from scheduler.tui.screens.index import SCREENS
from tests.tui.screen import seated

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine

OFTEN = 0.0005


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # many beats, of which few begin
@pytest.mark.parametrize("name", [entry.name for entry in SCREENS])
async def test_no_beat_in_the_middle_of_leaving_breaks_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(scheduler.tui.app, "BEAT", OFTEN)
    async with seated(engine) as seat:
        seat.app.go(name)
        await seat.until(lambda: seat.app.frame is not None and seat.app.frame.place == name)


@pytest.mark.parametrize(("tongue", "said"), [("en", "^q leaves Loa."), ("vi", "^q để rời Loa.")])
async def test_ctrl_c_says_in_ones_language_which_key_leaves(engine: Engine, tongue: str, said: str) -> None:
    use(tongue)
    async with seated(engine) as seat:
        await seat.press("ctrl+c")
        await seat.says(said)


@pytest.mark.parametrize("name", [entry.name for entry in SCREENS])
async def test_a_reading_that_ends_when_one_has_left_draws_on_nothing(engine: Engine, name: str) -> None:
    async with seated(engine) as seat:
        seat.app.go(name)
        await seat.until(lambda: seat.app.frame is not None and seat.app.frame.place == name)
        await seat.settle()
        frame = seat.app.frame
        assert frame is not None
        assert frame.standing is not None
        last = frame.standing
    frame.standing = None
    frame.receive(last)
    assert frame.standing is None
