"""docs/writing-a-channel.md: its channels work, and it names the whole door and nothing else."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler import api
from scheduler.api import Measure, Passage
from scheduler.channels import hookspecs
from scheduler.engine.rehearsal import rehearse
from scheduler.ground.lifecycle import State
from tests.campaign import NOON, Desk, Folder
from tests.pages import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer

GUIDE = ROOT / "docs" / "writing-a-channel.md"


def with_channel(folder: Folder, name: str, table: str = "") -> datetime:
    """Save a channel of the guide in the folder, with a post for it; return when that is published."""
    (code,) = [block.text for block in blocks(GUIDE, "python") if block.marks["save"] == f"plugins/{name}.py"]
    folder.plugin(name, code)
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


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, State.SENT), (429, State.RETRYING), (403, State.FAILED), (502, State.UNKNOWN)],
)
def test_the_chat_says_honestly_what_became_of_it(
    status: int,
    state: State,
    folder: Folder,
    desks: Callable[..., Desk],
    httpserver: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOA_CHAT_ADDRESS", httpserver.url_for("/hook"))
    key = {"Idempotency-Key": "tin/20210506/chat/noi/publish/1"}
    request = httpserver.expect_request("/hook", method="POST", headers=key, json={"text": "Bài tin\n\nXin chào."})
    request.respond_with_json({"id": 77}, status, {"Retry-After": "600"})
    publish = with_channel(folder, "chat", 'address = { env = "LOA_CHAT_ADDRESS" }')
    desk = desks(folder)
    desk.at(publish).run()
    row = desk.row(channel="chat")
    httpserver.check_assertions()
    assert (row.state, len(httpserver.log)) == (state, 1)
    if state is State.SENT:
        assert row.receipt == {"id": "77"}
    if state is State.RETRYING:
        assert row.next_at is not None
        assert row.next_at >= publish + timedelta(minutes=10)


def test_the_chat_is_tried_again_while_the_room_is_closed(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_CHAT_ADDRESS", "http://127.0.0.1:1/hook")
    publish = with_channel(folder, "chat", 'address = { env = "LOA_CHAT_ADDRESS" }')
    desk = desks(folder)
    desk.at(publish).run()
    assert desk.row(channel="chat").state is State.RETRYING


def test_both_are_rehearsed_offline(folder: Folder, tmp_path: Path) -> None:
    with_channel(folder, "board")
    publish = with_channel(folder, "chat", 'address = { env = "LOA_CHAT_ADDRESS" }')
    found = rehearse(folder.path, NOON, publish + timedelta(hours=1), tmp_path / "out")
    assert {row.channel: row.state for row in found.rows} == {"board": State.HANDED, "chat": State.SENT}


def test_the_guide_names_the_whole_door_and_nothing_else() -> None:
    text = GUIDE.read_text("utf-8")
    door = text.split("## The door")[1]
    assert set(re.findall(r"`([A-Za-z_]+)`", door)) == set(api.__all__)
    classes = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`", text)) - {"False"}
    assert classes <= set(api.__all__)
    hooks = {name for name in vars(hookspecs) if hasattr(getattr(hookspecs, name), f"{hookspecs.PROJECT}_spec")}
    assert hooks <= set(re.findall(r"`?\b([a-z_]+)\b", text))


def test_the_guide_names_all_that_a_channel_may_have() -> None:
    text = GUIDE.read_text("utf-8")
    for protocol in (api.Channel, api.Bulk, api.Projection, api.LooksUp, api.Probes, api.Shows, api.StandsIn):
        methods = [name for name, each in vars(protocol).items() if callable(each) and not name.startswith("_")]
        assert methods
        for name in methods:
            assert re.search(rf"`{name}[`(]", text), f"{protocol.__name__}.{name}"
    (context,) = re.findall(r"^What the context of a call has: (.*?)\.$", text, re.MULTILINE | re.DOTALL)
    has = {name for name in vars(api.DeliverContext) if not name.startswith("_")}
    assert set(re.findall(r"`(\w+)", context)) == has
