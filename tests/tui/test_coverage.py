from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.looks.reach import Standing
from scheduler.ground.text import use
from scheduler.tui.screens.coverage.grid import rows_of
from scheduler.tui.screens.coverage.screen import CoverageScreen, bare_name
from scheduler.tui.screens.posts.screen import PostScreen
from tests.tui.campaign import PLAN, POSTS, write_post
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine

MORE = """
[[audiences]]
id = "can-bo"
title = "Cán bộ, công chức làm công tác BHXH"

[[audiences]]
id = "lao-dong"
title = "Người lao động"
parts = [
  { id = "chinh-thuc", title = "Người lao động khu vực chính thức" },
  { id = "phi-chinh-thuc", title = "Người lao động khu vực phi chính thức" },
]

[[areas]]
id = "phan-rang-thap-cham"
title = "Thành phố Phan Rang – Tháp Chàm"

[[areas]]
id = "ninh-hai"
title = "Huyện Ninh Hải"

[[areas]]
id = "bac-ai"
title = "Huyện Bác Ái"
"""


@pytest.fixture(autouse=True)
def with_areas(engine: Engine) -> None:
    """Give the plan areas and audiences; no post is for those who do the work in Bác Ái, and SMS are for one part."""
    folder: Path = engine.folder
    (folder / "content" / "plan.toml").write_text(PLAN + MORE, encoding="utf-8")
    config = folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('list = "', 'audiences = ["phi-chinh-thuc"]\nlist = "'), encoding="utf-8")
    for name in POSTS:
        write_post(folder, name)
        file = folder / "content" / "posts" / f"{name}.md"
        areas = "[ninh-hai]" if name == "hang-tuan" else "[phan-rang-thap-cham, ninh-hai]"
        people = "[lao-dong]" if name == "hom-nay" else "[can-bo, lao-dong]"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("id: ", f"areas: {areas}\naudiences: {people}\nid: ", 1), encoding="utf-8")


async def opened(seat: Seat) -> CoverageScreen:
    await seat.press("7")
    await seat.says("Ninh Hải")
    await seat.settle()
    screen = seat.app.screen
    assert isinstance(screen, CoverageScreen)
    return screen


@every_look
async def test_look(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await opened(seat)
        await seat.press("down", "right")
        assert seat.text == snapshot


async def test_the_grid_says_what_the_engine_says(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        reach = engine.look.reach()
        assert screen.grid.rows == rows_of(reach)
        assert reach.cell("can-bo", "radio", "bac-ai").standing is Standing.GAP
        assert reach.cell("can-bo", "sms", "ninh-hai").standing is Standing.NONE
        line = seat.line("  radio")
        assert line.split()[1:4] == ["2✓", "6✓", "0"]
        every = [reach.cell(*each) for each in product(reach.audiences, reach.channels, reach.areas)]
        gaps = sum(each.standing is Standing.GAP for each in every)
        assert f"{gaps} gaps " in seat.text, "as `loa coverage --gaps` counts them"


async def test_the_cursor_shows_the_posts_of_its_cell_and_enter_goes_down_to_one(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        await seat.press("down", "right")
        assert screen.part.section.total() == 3
        assert "Chuyện kể cuối tuần" in seat.text
        assert "×4" in seat.line("Chuyện kể cuối tuần")
        await seat.press("enter", "down", "up", "up")
        assert screen.grid.has_focus
        await seat.press("enter", "enter")
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen))


async def test_n_goes_from_gap_to_gap_and_a_gap_says_what_could_go_there(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        seen = []
        for _step in range(4):
            await seat.press("n")
            seen.append((screen.grid.cursor, screen.grid.column))
            assert all(place.standing is not Standing.DONE for place in screen.grid.here)
        assert len(set(seen)) == 4
        assert "could go by:" in seat.text
        await seat.press("enter")
        assert seat.messages[-1] == "Its posts: nothing goes there"


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_each_title_stands_above_its_column_on_any_screen(engine: Engine, width: int) -> None:
    def above(screen: CoverageScreen) -> None:
        label, column = screen.grid.widths()
        line = next(line for line in seat.text.splitlines() if "Ninh Hải" in line)
        for number, name in enumerate(("Rang – Tháp Chàm", "Ninh Hải", "Bác Ái"), 1):
            title = line[: 1 + label + column * number].rstrip()
            assert title.endswith((name, "…")), (width, name, line)

    async with seated(engine, (width, 40)) as seat:
        screen = await opened(seat)
        above(screen)
        await seat.pilot.resize_terminal(width + 30, 40)
        await seat.settle()
        above(screen)


async def test_where_nothing_goes_no_room_is_kept_for_posts(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        screen = await opened(seat)
        before = screen.grid.size.height
        await seat.press("n")
        assert not screen.part.section.rows
        assert screen.part.size.height == 2
        assert screen.grid.size.height > before
        assert "Nothing goes there." in seat.text


async def test_a_row_of_a_channel_has_its_colour(engine: Engine) -> None:
    async with seated(engine) as seat:
        grid = (await opened(seat)).grid
        for number, name in enumerate(("radio", "fanpage"), 1):
            label = next(each for each in grid.render_line(number) if name in each.text)
            hue = seat.app.marks[name].hue
            assert label.style is not None
            assert label.style.color == grid.get_component_rich_style(f"lines--channel-{hue}", partial=True).color


async def test_a_click_chooses_a_cell(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        label, width = screen.grid.widths()
        await seat.pilot.click("#grid", offset=(label + width + 3, 2))
        assert (screen.grid.cursor, screen.grid.column) == (2, 1)


async def test_d_leads_to_the_channels_deliveries_and_needs_one_channel(engine: Engine) -> None:
    async with seated(engine) as seat:
        await opened(seat)
        await seat.press("d")
        assert seat.messages[-1] == "Deliveries: choose one channel"
        await seat.press("down", "d")
        await seat.says("channel:radio")


async def test_it_remembers_its_cell(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = await opened(seat)
        await seat.press("down", "down", "right", "right")
        assert screen.remember() == {"audience": "can-bo", "channel": "fanpage", "column": 2}
        seat.app.habits.note()
    async with seated(engine) as seat:
        again = seat.app.screen
        assert isinstance(again, CoverageScreen)
        await seat.until(lambda: again.grid.cursor == 2)
        assert again.grid.column == 2
        seat.app.memory.keep({"screens": {"coverage": {"audience": "nobody", "column": "x"}}})


def test_what_an_area_is_called() -> None:
    assert bare_name("Huyện Ninh Hải") == "Ninh Hải"
    assert bare_name("Thành phố Phan Rang – Tháp Chàm") == "Phan Rang – Tháp Chàm"
    assert bare_name("Côn Đảo") == "Côn Đảo"
