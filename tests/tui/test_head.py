from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.lifecycle import State
from scheduler.ground.text import use
from scheduler.tui import head
from scheduler.tui.keys import BY_ID
from scheduler.tui.screens.index import PANELS, SCREENS
from tests.tui.screen import seated

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine
    from scheduler.engine.looks.status import Status


def place(engine: Engine, name: str) -> head.Place:
    scope = next(entry.scope for entry in SCREENS if entry.name == name)
    return head.Place((scope,), "Chiến dịch", False, engine.config.zone, str)


def busy(status: Status) -> Status:
    return replace(status, counts={State.FAILED: 250, State.UNKNOWN: 3}, unapproved=12)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("here", [entry.name for entry in SCREENS])
def test_nine_screens_stand_in_one_line_with_their_digits_and_the_current_one_whole(
    engine: Engine, here: str, width: int, language: str
) -> None:
    use(language)
    for status in (engine.look.status(), busy(engine.look.status())):
        line = head.tabs(place(engine, here), status, width)
        assert line.cell_length <= width
        for entry in SCREENS:
            label = BY_ID[entry.name].label()
            assert BY_ID[entry.name].key + label[:3].strip() in line.plain.replace(" ", "").replace(" ", "") or (
                f"{BY_ID[entry.name].key} {label[:3]}" in line.plain
            )
        assert BY_ID[here].label() in line.plain
        if width > 100:
            assert all(BY_ID[entry.name].label() in line.plain for entry in SCREENS)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_at_eighty_columns_no_name_of_a_screen_is_cut_however_much_waits(engine: Engine, language: str) -> None:
    use(language)
    line = head.tabs(place(engine, "today"), busy(engine.look.status()), 80).plain
    assert all(BY_ID[entry.name].label() in line for entry in SCREENS), line
    assert f"{BY_ID['queue'].label()}!" in line
    assert f"{BY_ID['approvals'].label()}!" in line


@pytest.mark.parametrize("language", ["vi", "en"])
def test_at_eighty_columns_the_pages_of_plugins_are_a_digit_before_a_screen_loses_its_name(
    engine: Engine, language: str
) -> None:
    use(language)
    where, status = replace(place(engine, "today"), panels=True), engine.look.status()
    quiet = head.tabs(where, replace(status, counts={}, unapproved=0), 80).plain
    assert quiet.endswith(" 0")
    assert all(BY_ID[entry.name].label() in quiet for entry in SCREENS), quiet
    line = head.tabs(where, busy(status), 80).plain
    assert line.endswith(" 0")
    assert line.count("…") == (language == "en"), line
    there = head.tabs(replace(where, scopes=(PANELS.scope,)), status, 80).plain
    assert there.endswith(f"0{BY_ID['panels'].label()}"), there


def test_what_waits_for_a_person_is_counted_on_its_screen(engine: Engine) -> None:
    status = engine.look.status()
    assert head.waiting(status) == {"queue": 2, "approvals": 1}
    line = head.tabs(place(engine, "today"), busy(status), 118).plain
    assert "Queue !99+ " in line
    assert "Approvals !12 " in line
    calm = replace(status, counts={}, unapproved=0)
    assert "!" not in head.tabs(place(engine, "today"), calm, 118).plain


@pytest.mark.parametrize(
    "trouble", ["", "the database stayed locked for 10 seconds, by another program on this machine"]
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_second_line_has_the_clock_where_there_is_room_and_never_runs_over(
    engine: Engine, language: str, trouble: str
) -> None:
    use(language)
    status = replace(engine.look.status(), unarmed_because="nobody armed it", engine=None)
    for width in (60, 80, 120):
        first, second = head.lines(place(engine, "today"), engine.clock.now(), status, trouble, width).split("\n")
        assert first.cell_length <= width
        assert second.cell_length <= width
        assert "08:00" in second.plain or width < 80 or trouble
        assert "10/05/2021 08:00" in second.plain or width < 120


@pytest.mark.parametrize("language", ["vi", "en"])
def test_at_eighty_columns_the_campaign_keeps_its_name_before_the_date_its_place(engine: Engine, language: str) -> None:
    use(language)
    status = replace(engine.look.status(), unarmed_because="nobody armed it", engine=None)
    where = replace(place(engine, "today"), campaign="Tháng vận động BHXH toàn dân 2021")
    second = head.lines(where, engine.clock.now(), status, "", 80).plain.split("\n")[1]
    assert second.startswith(" Tháng vận động"), second
    assert second.endswith("08:00")


@pytest.mark.parametrize("width", [80, 120])
async def test_a_click_on_a_screen_goes_there(engine: Engine, width: int) -> None:
    async with seated(engine, (width, 24)) as seat:
        for entry in reversed(SCREENS):
            label = BY_ID[entry.name].label()[:4]
            await seat.pilot.click(offset=(seat.text.splitlines()[0].index(label) + 1, 0))
            await seat.until(lambda name=entry.name: seat.app.current_mode == name)  # type: ignore[misc]
            await seat.settle()
