from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from scheduler.tui.hues import HUES, variables
from scheduler.tui.widgets.lines import Cell, Lines, fit, middle, reasoned
from scheduler.tui.words import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence


@given(st.text(), st.integers(0, 40), st.booleans())
def test_a_text_fills_exactly_its_cells(text: str, width: int, right: bool) -> None:
    text = "".join(each for each in text if each.isprintable())
    assert cell_len(fit(text, width, right=right)) == width


@given(st.text(), st.text(min_size=1), st.integers(0, 60))
def test_a_text_and_why_fill_exactly_their_cells(text: str, why: str, width: int) -> None:
    assert cell_len(reasoned(text, why, width)) == width


def test_a_text_gives_way_to_why_down_to_a_quarter_of_the_room() -> None:
    assert reasoned("Lễ ra quân", "chưa ai xác nhận", 40).rstrip() == "Lễ ra quân — chưa ai xác nhận"
    assert reasoned("Lễ ra quân Tháng vận động", "chưa ai xác nhận", 30) == "Lễ ra quân… — chưa ai xác nhận"
    assert reasoned("Lễ ra quân Tháng vận động", "chưa ai xác nhận được gì cả", 30) == "Lễ ra … — chưa ai xác nhận đư…"


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    assert fit("Ninh Thuận", 6) == "Ninh …"
    assert fit("Ninh Thuận", 12, right=True) == "  Ninh Thuận"


class Hundred(Lines):
    def total(self) -> int:
        return 100

    def cells(self, index: int) -> Sequence[Cell]:
        return [Cell(f"row {index}", Tone.GOOD, 8), Cell("left"), Cell("right", width=6, right=True)]


class ListApp(App[None]):
    heard: list[str]

    def compose(self) -> ComposeResult:
        self.heard = []
        yield Hundred()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"quiet": "#888888", **variables(["#888888"] * HUES)}

    def on_mount(self) -> None:
        self.query_one(Hundred).resized()
        self.query_one(Hundred).focus()

    def on_lines_opened(self, event: Lines.Opened) -> None:
        self.heard.append(f"opened {event.lines.cursor}")

    def on_lines_left(self, event: Lines.Left) -> None:
        self.heard.append(f"left {event.step}")


async def test_keys_move_the_cursor_and_the_view_follows() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 10)) as pilot:
        lines = app.query_one(Hundred)
        seen = []
        for key in ("down", "pagedown", "end", "up", "pageup", "home"):
            await pilot.press(key)
            seen.append((lines.cursor, lines.scroll_offset.y))
        assert seen == [(1, 0), (10, 1), (99, 90), (98, 90), (89, 89), (0, 0)]


async def test_past_the_ends_it_says_so_and_enter_opens() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("up", "end", "down", "enter")
        await pilot.pause()
        assert app.heard == ["left -1", "left 1", "opened 99"]


async def test_a_click_moves_the_cursor_and_two_open_the_row() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.click(Hundred, offset=(3, 4))
        assert app.query_one(Hundred).cursor == 4
        await pilot.click(Hundred, offset=(3, 4), times=2)
        await pilot.pause()
        assert app.heard == ["opened 4"]


async def test_a_row_is_laid_out_in_its_columns() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        text = app.query_one(Hundred).render_line(1).text
        assert text.startswith(" row 1     left ")
        assert text.rstrip().endswith(" right")
        assert cell_len(text) == app.query_one(Hundred).size.width


def test_names_that_begin_alike_differ_when_they_are_cut() -> None:
    one, other = "Người lao động khu vực chính thức", "Người lao động khu vực phi chính thức"
    assert middle(one, 60) == one
    for width in range(18, 60):
        assert cell_len(middle(one, width)) <= width
        assert middle(one, width) != middle(other, width)
