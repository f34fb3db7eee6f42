from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Static

from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.text import use
from scheduler.store.deliveries import Query
from scheduler.tui.screens.approvals.screen import ApprovalsScreen
from scheduler.tui.screens.posts.screen import PostScreen
from tests.tui import campaign
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine


def rewrite(engine: Engine, name: str, *changes: tuple[str, str]) -> None:
    path = engine.folder / "content" / "posts" / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def unsettled(engine: Engine) -> Engine:
    """Three that wait: one rewritten since it was approved, one never approved, one sent back."""
    rewrite(
        engine,
        "toi-nay",
        ("17:30", "18:30"),
        ("channels: [fanpage, rss]", "channels: [fanpage, rss, sms]\nauthor: dung"),
        ("đóng hôm nay, có lương hưu", "góp từ hôm nay thì có lương hưu"),
        ("::: sms", "Hỏi cơ quan bảo hiểm xã hội huyện, hoặc gọi 1900 9068.\n\n::: sms"),
    )
    engine.refresh()
    engine.act.return_post("hang-tuan", "Chưa nêu tên người kể")
    return engine


async def here(seat: Seat) -> None:
    await seat.press("5")
    await seat.says("Góp hôm nay")
    await seat.settle()


async def test_what_waits_stands_in_the_order_of_its_haste_and_what_went_back_last(unsettled: Engine) -> None:
    async with seated(unsettled, (120, 30)) as seat:
        await here(seat)
        assert isinstance(seat.app.screen, ApprovalsScreen)
        rows = [row.status.post.id for row in seat.app.screen.pile.rows]
        assert rows == ["toi-nay", "cho-duyet", "hang-tuan"]
        assert "Waits for a yes · 2   sent back · 1" in seat.text
        assert "5 Approvals !2" in seat.text
        assert seat.line("Góp hôm nay, yên tâm ngày …").split()[:3] == ["‖", "10", "h"]


async def test_the_difference_to_what_was_approved_last(unsettled: Engine) -> None:
    async with seated(unsettled, (120, 30)) as seat:
        await here(seat)
        assert "What has changed since Lê Hoàng Sơn approved it" in seat.text
        assert "at        10/05/2021 17:30 → 10/05/2021 18:30" in seat.text
        assert "channels  fanpage, rss → fanpage, rss, sms" in seat.text
        assert "− Bảo hiểm xã hội tự nguyện: đóng hôm nay, có lương hưu" in seat.text
        assert "+ Bảo hiểm xã hội tự nguyện: góp từ hôm nay thì có lương hưu" in seat.text
        assert "… 3 lines as before" in seat.text
        await seat.press("z")
        await seat.says("::: sms")
        assert "What has changed" in seat.text
        assert "− Bảo hiểm" not in seat.text
        await seat.press("z", "down")
        await seat.says("It was never approved: this is all new.")
        await seat.press("down")
        await seat.says("↩ sent back by Lê Hoàng Sơn, 10/05/2021 08:00: Chưa nêu tên người kể")


async def test_a_line_that_is_long_hangs_below_its_text_beside_a_scrollbar_too(unsettled: Engine) -> None:
    long = "Bà con nào chưa tham gia thì hỏi cán bộ xã, bưu điện hoặc cơ quan bảo hiểm xã hội huyện. "
    rewrite(unsettled, "toi-nay", ("Hỏi cơ quan", long * 8 + "Hỏi cơ quan"))
    unsettled.refresh()
    async with seated(unsettled, (80, 24)) as seat:
        await here(seat)
        assert isinstance(seat.app.screen, ApprovalsScreen)
        sheet = seat.app.screen.query_one("#sheet", Static)
        assert seat.app.screen.query_one("#paper", VerticalScroll).show_vertical_scrollbar
        rows = str(sheet.content).count("\n") + 1
        assert sheet.size.height == rows, "no line is broken a second time"


async def test_what_has_gone_out_as_a_whole_waits_for_no_yes_when_it_is_edited(engine: Engine) -> None:
    was = engine.look.post("mo-dau")
    rewrite(engine, "mo-dau", ("đóng hôm nay", "góp hôm nay"))
    engine.refresh()
    found = engine.look.post("mo-dau")
    assert was.approval is not None
    assert found.approval is None
    assert (found.over, found.waits) == (True, False)
    waiting = [each for each in engine.look.posts() if each.waits and each.returned is None]
    assert engine.look.status().unapproved == len(waiting) == 1
    async with seated(engine, (120, 30)) as seat:
        await seat.press("4")
        await seat.settle()
        seat.app.go("posts", "mo-dau")
        await seat.says("has gone out as a whole, ")


async def test_approving_asks_once_and_lets_it_go(unsettled: Engine) -> None:
    async with seated(unsettled, (100, 30)) as seat:
        await here(seat)
        await seat.press("down", "a")
        await seat.says("Approve this text as it stands?")
        await seat.type("da doc")
        await seat.press("enter")
        await seat.until(lambda: "1 text approved." in seat.messages)
        await seat.says("Waits for a yes · 1   sent back · 1")
        approval = unsettled.look.post("cho-duyet").approval
        assert approval is not None
        assert (approval.by, approval.note) == ("giam-doc", "da doc")
        assert unsettled.look.count(Query(posts=["cho-duyet"], states=[State.SCHEDULED])) > 0


async def test_sending_back_wants_a_reason_that_everybody_sees(unsettled: Engine) -> None:
    async with seated(unsettled, (100, 30)) as seat:
        await here(seat)
        await seat.press("down", "b")
        await seat.says("Send back?")
        await seat.press("enter")
        await seat.says("This is needed.")
        await seat.type("Ghi ro phong hop")
        await seat.press("enter")
        await seat.until(lambda: "1 text sent back." in seat.messages)
        await seat.says("Ghi ro phong hop")
        status = unsettled.look.post("cho-duyet")
        assert status.returned is not None
        assert (status.returned.by, status.returned.note) == ("giam-doc", "Ghi ro phong hop")
        held = unsettled.look.deliveries(Query(posts=["cho-duyet"]))
        assert {row.state for row in held} == {State.HELD}
        assert all(Hold.APPROVAL in row.holds for row in held)
        seat.app.go("posts", "cho-duyet")
        await seat.says("sent back by Lê Hoàng Sơn: Ghi ro phong hop")


async def test_a_text_that_changed_while_it_was_read_is_not_approved(unsettled: Engine) -> None:
    async with seated(unsettled, (100, 30)) as seat:
        await here(seat)
        await seat.press("a")
        await seat.says("Approve this text as it stands?")
        rewrite(unsettled, "toi-nay", ("góp từ hôm nay", "góp ngay hôm nay"))
        await seat.press("enter")
        await seat.until(lambda: any("has changed since you read it" in each for each in seat.messages))
        assert unsettled.look.post("toi-nay").approval is None


async def test_several_are_marked_and_approved_together(unsettled: Engine) -> None:
    async with seated(unsettled, (100, 30)) as seat:
        await here(seat)
        await seat.press("space", "space", "a")
        await seat.says("Approve these 2 texts as they stand?")
        assert "Mời dự hội nghị đối thoại" in seat.text
        await seat.press("enter")
        await seat.until(lambda: "2 texts approved." in seat.messages)
        await seat.says("Waits for a yes · 0   sent back · 1")
        assert isinstance(seat.app.screen, ApprovalsScreen)
        assert seat.app.screen.pile.marks == set()


async def test_enter_and_v_open_the_post_beside_its_previews(unsettled: Engine) -> None:
    async with seated(unsettled, (100, 30)) as seat:
        for key in ("enter", "v"):
            await here(seat)
            await seat.press(key)
            await seat.until(lambda: isinstance(seat.app.screen, PostScreen))
            assert isinstance(seat.app.screen, PostScreen)
            assert seat.app.screen.chosen == "toi-nay"
            await seat.settle()


async def test_a_text_with_errors_cannot_be_approved_and_says_which(unsettled: Engine) -> None:
    rewrite(unsettled, "toi-nay", ("2021-05-10 18:30", "hôm nào"))
    unsettled.refresh()
    async with seated(unsettled, (120, 30)) as seat:
        await seat.press("5")
        await seat.says("Góp hôm nay")
        seat.app.screen.aim("toi-nay")  # type: ignore[attr-defined]
        await seat.says("✗ content/posts/toi-nay.md")
        await seat.press("a")
        assert seat.messages[-1] == "Approve: Góp hôm nay, yên tâm ngày mai: its file has errors"
        await seat.press("b")
        await seat.says("Send back?")


@pytest.fixture
def author(folder: Path) -> Iterator[Engine]:
    with campaign.reopen(folder, folder / "var", person="dung") as opened:
        yield opened


async def test_who_may_not_approve_reads_it_and_is_told_why(author: Engine) -> None:
    async with seated(author, (120, 30)) as seat:
        await seat.press("5")
        await seat.says("It was never approved")
        assert "a Approve" not in seat.text
        for key, name in (("a", "Approve"), ("b", "Send back")):
            await seat.press(key)
            assert seat.messages[-1] == f"{name}: Mỹ Dung may not: that needs the role 'approve' in content/plan.toml"
        assert author.look.post("cho-duyet").approval is None


async def test_nothing_waits(engine: Engine) -> None:
    engine.act.approve("cho-duyet")
    async with seated(engine) as seat:
        await seat.press("5")
        await seat.says("Nothing waits for a yes.")
        await seat.press("a")
        assert seat.messages[-1] == "Approve: Nothing waits for a yes."


async def test_what_was_read_is_read_again_after_a_restart(unsettled: Engine) -> None:
    async with seated(unsettled) as seat:
        await here(seat)
        await seat.press("down", "z")
        assert isinstance(seat.app.screen, ApprovalsScreen)
        memory = seat.app.screen.remember()
    screen = ApprovalsScreen()
    screen.recall(memory)
    assert (screen.chosen, screen.whole) == ("cho-duyet", True)


@every_look
@pytest.mark.parametrize(
    "keys", [[], ["z"], ["down", "down"], ["space", "space", "b"]], ids=["changed", "whole", "back", "asked"]
)
async def test_looks(
    unsettled: Engine, snapshot: SnapshotAssertion, keys: list[str], size: tuple[int, int], language: str
) -> None:
    use(language)
    async with seated(unsettled, size) as seat:
        await here(seat)
        await seat.press(*keys)
        await seat.settle()
        assert seat.text == snapshot


async def test_what_a_channel_cannot_say_or_had_to_have_before_is_said_and_why_it_is_not_approved(
    unsettled: Engine,
) -> None:
    rewrite(unsettled, "cho-duyet", ("ngày mai.", "ngày mai. Gọi điện thoại.Từ mai."), ("05-12 08:30", "05-10 19:30"))
    unsettled.refresh()
    async with seated(unsettled, (120, 40)) as seat:
        await here(seat)
        screen = seat.app.screen
        assert isinstance(screen, ApprovalsScreen)
        screen.aim("cho-duyet")
        await seat.says("✗ radio/")
        assert "thoại.Từ" in seat.line("✗ radio/")
        assert "! radio/" in seat.text
        await seat.press("a")
        assert seat.messages[-1].startswith("Approve: mend it first: radio/")
        seat.app.go("posts", "cho-duyet")
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen) and seat.app.screen.chosen == "cho-duyet")
        await seat.settle()
        await seat.press("a")
        assert seat.messages[-1].startswith("Approve: mend it first: radio/")
