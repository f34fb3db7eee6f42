"""Going about in a text of many lines."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from scheduler.tui.widgets.writing import Writing


class Desk(App[None]):
    """A text of three lines."""

    def compose(self) -> ComposeResult:
        yield Writing("một\nhai\nba")


@pytest.mark.parametrize(
    ("keys", "cursor", "selected"),
    [
        (["ctrl+end"], (2, 2), ""),
        (["ctrl+end", "ctrl+home"], (0, 0), ""),
        (["down", "ctrl+shift+end"], (2, 2), "hai\nba"),
        (["down", "end", "ctrl+shift+home"], (0, 0), "một\nhai"),
    ],
)
async def test_keys_lead_to_both_ends_of_the_text(keys: list[str], cursor: tuple[int, int], selected: str) -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        writing = app.query_one(Writing)
        assert (writing.cursor_location, writing.selected_text) == (cursor, selected)
