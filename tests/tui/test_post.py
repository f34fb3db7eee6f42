from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import State
from scheduler.store.deliveries import Query
from scheduler.tui.screens.posts.screen import PostScreen
from scheduler.tui.screens.queue.screen import QueueScreen
from tests.tui import campaign
from tests.tui.screen import Seat, seated

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from scheduler.engine.engine import Engine

WIDE = (160, 40)


async def opened(seat: Seat, post: str) -> PostScreen:
    """Open a post."""
    seat.app.go("posts", post)
    await seat.until(lambda: isinstance(seat.app.screen, PostScreen))
    screen = seat.app.screen
    assert isinstance(screen, PostScreen)
    await seat.until(lambda: screen.at_rest and screen.post is not None and screen.post.post.id == post)
    await seat.settle()
    return screen


async def test_the_text_stands_beside_every_preview(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await opened(seat, "hom-nay")
        await seat.says("Bản tin của chiến dịch")
        text = seat.text
        assert "Hỏi bảo hiểm xã hội ở đâu" in text
        assert "approved by Lê Hoàng Sơn" in text
        assert "::: sms" in text
        assert "Lao động phi chính thức" in text
        assert "BHXH tu nguyen: hoi co quan BHXH huyen." in text
        assert "2 people" in text


async def test_problems_stand_with_the_post_that_has_them(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await opened(seat, "toi-nay")
        await seat.says("! 10: sms does not carry this post")


async def test_the_list_leads_to_another_post(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.press("o")
        await seat.says("Chuyện kể cuối tuần")
        await seat.press("end", "enter")
        await seat.until(lambda: screen.chosen == "mo-dau" and screen.at_rest)
        await seat.says("Mở đầu tháng vận động")
        await seat.press("n")
        assert seat.messages[-1] == "That was the last post."
        await seat.press("p")
        await seat.until(lambda: screen.chosen != "mo-dau")


async def test_approving_lets_its_deliveries_go_and_revoking_holds_them(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await opened(seat, "cho-duyet")
        await seat.says("waits for approval")
        await seat.press("a")
        await seat.says("Approve this text as it stands?")
        await seat.type("doc roi")
        await seat.press("enter")
        await seat.says("✓ approved by Lê Hoàng Sơn")
        assert engine.look.count(Query(posts=["cho-duyet"], states=[State.SCHEDULED])) == 4
        assert "Approved by Lê Hoàng Sơn." in seat.messages
        await seat.press("a")
        assert seat.messages[-1] == "Approve: it is approved as it stands"
        await seat.press("r")
        await seat.says("Take the approval back?")
        await seat.press("enter")
        await seat.until(lambda: engine.look.count(Query(posts=["cho-duyet"], states=[State.HELD])) == 4)
        assert screen.chosen == "cho-duyet"


async def test_who_may_not_approve_is_told_so_in_one_line(folder: Path) -> None:
    with campaign.reopen(folder, folder / "var", person="dung") as engine:
        async with seated(engine, WIDE) as seat:
            await opened(seat, "cho-duyet")
            await seat.press("a")
            await seat.says("Approve this text as it stands?")
            await seat.press("enter")
            await seat.until(lambda: bool(seat.messages))
            assert "Mỹ Dung may not approve" in seat.messages[-1]
            assert engine.look.count(Query(posts=["cho-duyet"], states=[State.HELD])) == 4


async def test_a_post_is_held_and_released(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await opened(seat, "hom-nay")
        await seat.press("h")
        await seat.says("Hold all its deliveries?")
        await seat.type("cho so lieu")
        await seat.press("enter")
        await seat.says("held by Lê Hoàng Sơn: cho so lieu")
        assert "2 deliveries held" in seat.messages
        await seat.press("l")
        await seat.says("Release its deliveries?")
        await seat.press("enter")
        await seat.says("✓ approved by Lê Hoàng Sơn")
        assert "2 deliveries released" in seat.messages


async def test_its_deliveries_are_one_key_away(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await opened(seat, "hang-tuan")
        await seat.press("d")
        await seat.says("8 deliveries")
        assert isinstance(seat.app.screen, QueueScreen)


async def test_an_edit_from_outside_shows_and_asks_for_a_new_approval(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await opened(seat, "hom-nay")
        campaign.write_post(engine.folder, "hom-nay", "Lời mới.")
        seat.app.renew_all()
        await seat.says("Lời mới.")
        await seat.says("waits for approval")
        await seat.until(lambda: engine.look.count(Query(posts=["hom-nay"], states=[State.HELD])) == 2)


async def test_where_no_editor_can_be_opened_that_is_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated(engine, WIDE) as seat:
        await opened(seat, "hom-nay")
        monkeypatch.setenv("VISUAL", "no-such-editor")
        await seat.press("e")
        assert seat.messages[-1] == "no editor is there: set EDITOR, for example to nano"
        monkeypatch.setenv("VISUAL", "true")
        await seat.press("e")
        assert seat.messages[-1] == "an editor cannot be opened here"
        assert os.environ["VISUAL"] == "true"
