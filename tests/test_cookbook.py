"""docs/plugins/cookbook.md: each of its channels works against a real counterpart, and keeps the contract."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Measure, Passage
from scheduler.ground.lifecycle import State
from scheduler.testing import Setting, check_channel, load_plugin
from tests.campaign import NOON, Desk, Folder
from tests.pages import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


PAGE = ROOT / "docs" / "plugins" / "cookbook.md"


PLUGINS = {block.marks["save"]: block.text for block in blocks(PAGE, "python")}
SETTINGS: dict[str, dict[str, Any]] = {
    "board": {"options": {"price": 500}, "targets": [{"copies": 12}, {"copies": 3}]},
}


def with_channel(folder: Folder, name: str, table: str = "") -> datetime:
    """Save a channel of the page in the folder, with a post for it; return when that is published."""
    folder.plugin(name, PLUGINS[f"plugins/{name}.py"])
    folder.switch_on(name, table)
    folder.post(at=NOON + timedelta(days=3), text="Xin chào.")
    return NOON + timedelta(days=3)


def test_the_board_writes_a_sheet_that_a_person_confirms(folder: Folder, desks: Callable[..., Desk]) -> None:
    publish = with_channel(folder, "board", "price = 500")
    desk = desks(folder)
    desk.at(publish - timedelta(days=1)).run()
    row = desk.row(channel="board")
    assert row.state is State.HANDED
    assert row.receipt is not None
    sheet = (folder.path / "var" / "out" / "board" / row.receipt["id"]).read_text("utf-8")
    assert sheet == "BÀI TIN\n\nXin chào.\n\nChiến dịch nhỏ, 06/05/2021\n"
    (preview,) = desk.look.preview("tin")
    assert preview.forecast is not None
    assert (preview.forecast.cost, preview.forecast.unit) == (500, "sheets")
    gauge, sheet_shown = preview.blocks
    assert isinstance(gauge, Measure)
    assert (gauge.value, gauge.limit, gauge.over) == (len(sheet), 1200, len(sheet) - 1200)
    assert sheet_shown == Passage(sheet)
    assert desk.act.confirm(row.id, "seen on the board").state is State.SENT


def test_the_board_takes_a_sheet_back_by_a_note_that_a_person_confirms(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    publish = with_channel(folder, "board")
    desk = desks(folder)
    desk.at(publish - timedelta(days=1)).run()
    made = desk.act.withdraw_delivery(desk.row(channel="board").id)
    desk.run()
    row = desk.look.delivery(str(made.id))
    assert (row.state, row.receipt) == (State.HANDED, {"id": "tin_20210506_board_noi_withdraw.txt"})
    note = (folder.path / "var" / "out" / "board" / "tin_20210506_board_noi_withdraw.txt").read_text("utf-8")
    assert note == "Take down: Bài tin (tin_20210506_board_noi_publish.txt)\n"
    assert desk.act.confirm(row.id, "taken down").state is State.SENT


def test_the_board_refuses_what_no_sheet_holds(folder: Folder, desks: Callable[..., Desk]) -> None:
    publish = with_channel(folder, "board", "longest = 20")
    desk = desks(folder)
    assert any("more than a sheet holds" in str(each) for each in desk.engine.problems())
    desk.at(publish - timedelta(days=1)).run()
    assert desk.row(channel="board").state is State.FAILED


def test_all_of_them_are_tried() -> None:
    assert [f"plugins/{name}.py" for name in SETTINGS] == list(PLUGINS)


@pytest.mark.parametrize("name", SETTINGS)
def test_each_keeps_the_contract(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.py"
    file.write_text(PLUGINS[f"plugins/{name}.py"], "utf-8")
    (channel,) = load_plugin(file).register_channels()
    report = check_channel(Setting(channel, plugin=name, **SETTINGS[name]))
    assert report.sound, str(report)
