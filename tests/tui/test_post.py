from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.lifecycle import State
from scheduler.ground.text import use
from scheduler.store.deliveries import Query
from scheduler.tui.screens.posts.cards import Tile
from scheduler.tui.screens.posts.listing import Listing
from scheduler.tui.screens.posts.screen import PostScreen
from scheduler.tui.screens.queue.screen import QueueScreen
from tests.tui import campaign
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine

WIDE = (160, 40)
ACCENTED = "Bảo hiểm xã hội tự nguyện: đóng hôm nay, có lương hưu ngày mai. Hỏi cơ quan bảo hiểm xã hội huyện."


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
        await seat.press("L")
        await seat.says("Chuyện kể cuối tuần")
        await seat.press("end", "enter")
        await seat.until(lambda: screen.chosen == "mo-dau" and screen.at_rest)
        await seat.says("Mở đầu tháng vận động")
        await seat.press("n")
        assert seat.messages[-1] == "That was the last post."
        await seat.press("B")
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
        await seat.press("R")
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
        await seat.press("ctrl+e")
        assert seat.messages[-1] == "no editor is there: set EDITOR, for example to nano"
        monkeypatch.setenv("VISUAL", "true")
        await seat.press("ctrl+e")
        assert seat.messages[-1] == "an editor cannot be opened here"
        assert os.environ["VISUAL"] == "true"


def rewrite(folder: Path, *, head: str = "", body: str = ACCENTED, channels: str = "radio, fanpage, sms, rss") -> None:
    """Give the post of this morning to every channel, in one text with accents."""
    front = f'id: hom-nay\ntitle: "Hỏi bảo hiểm xã hội ở đâu"\nworkstream: thu-hut\nchannels: [{channels}]\n{head}'
    text = f"---\n{front}at: 2021-05-10 09:00\n---\n{body}\n"
    (folder / "content" / "posts" / "hom-nay.md").write_text(text, encoding="utf-8")


def cards(screen: PostScreen) -> list[str]:
    """Return what stands on each card."""
    return [tile.shown.plain for tile in screen.query(Tile)]


async def carded(seat: Seat, screen: PostScreen, part: str) -> None:
    """Wait until a card has ``part``, in view or not."""
    await seat.until(lambda: any(part in card for card in cards(screen)))


def card_of(screen: PostScreen, channel: str) -> str:
    """Return the only card of a channel."""
    (found,) = [card for card in cards(screen) if card.startswith(f" {channel} ")]
    return found


async def test_an_sms_stands_with_its_accents_beside_that_without(engine: Engine) -> None:
    rewrite(engine.folder)
    async with seated(engine, WIDE) as seat:
        screen = await opened(seat, "hom-nay")
        await carded(seat, screen, "With accents")
        words = card_of(screen, "sms")
        lines = words.splitlines()
        assert "2 people × 300 đ = 600 đ" in lines
        accented, plainly = (
            next(n for n, line in enumerate(lines) if mark in line) for mark in ("With a", "▶ Without")
        )
        assert accented == plainly, "side by side"
        assert "2 parts · 31 used, 36 left" in words
        assert "1 part · 98 used, 62 left" in words
        assert "│2│" in words


async def test_a_script_stands_with_its_time_against_each_slot(engine: Engine) -> None:
    rewrite(engine.folder, body="Mời bà con tham gia bảo hiểm xã hội tự nguyện. " * 30)
    async with seated(engine, WIDE) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.says("2 targets")
        words = card_of(screen, "radio")
        names = [line for line in words.splitlines() if line in {"Đài tỉnh", "Đài huyện"}]
        assert names == ["Đài tỉnh", "Đài huyện"]
        assert words.count("Reading time") == 2
        assert " of 3:00" in words
        assert "over the slot of 2 phút" in words
        assert words.count("--- Nội dung") == 1, "the text is the same, and stands once"


async def test_a_page_and_a_reader_show_a_card_each(engine: Engine) -> None:
    rewrite(engine.folder, head="summary: Hỏi ở đâu, đóng ở đâu\n", body="Lời dài. " * 90)
    async with seated(engine, WIDE) as seat:
        screen = await opened(seat, "hom-nay")
        await carded(seat, screen, "… See more")
        page, entry = card_of(screen, "fanpage"), card_of(screen, "rss")
        assert page.splitlines()[2].startswith("╭")
        assert "│ Fanpage Sở" in page
        assert "10/05/2021 09:00" in page
        assert entry.index("│ Bản tin ") < entry.index("│ Hỏi bảo hiểm xã hội ở đâu") < entry.index("│ Hỏi ở đâu, đóng")
        assert "↗ https://example.org/ninh-thuan/posts/hom-nay-20210510.html" in entry


async def test_problems_stand_at_their_line_at_their_key_and_at_their_block(engine: Engine) -> None:
    body = "Lời đầu.\n\nChủ đề: {{ plan.them }}.\n\nLời cuối."
    rewrite(engine.folder, head="sumary: gõ sai\n", body=body)
    async with seated(engine, WIDE) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.says("sumary")
        rows = [line[:79].rstrip() for line in seat.text.splitlines()]
        keyed = rows.index("▌ sumary: gõ sai")
        assert rows[keyed + 1].startswith("▌ ✗ 6: is not a key that Loa knows")
        there = rows.index("▌ Chủ đề: {{ plan.them }}.")
        assert rows[there + 1].startswith("▌ ✗ 11: unknown name plan.them")
        assert "  Lời cuối." in rows
        assert seat.text.count("is not a key that Loa knows") == 1, "not once more in every card"
        rewrite(engine.folder, body="Không đủ chỗ cho một tin. " * 40, channels="sms")
        seat.app.renew_all()
        await carded(seat, screen, "max_parts is 3")
        words = card_of(screen, "sms")
        assert words.index("▶ Without accents") < words.index("✗ the text takes") < words.rindex("Khong du cho")


async def test_a_file_that_cannot_be_read_stays_on_the_screen_with_its_problem_at_its_line(engine: Engine) -> None:
    async with seated(engine, (200, 40)) as seat:
        screen = await opened(seat, "hom-nay")
        file = engine.folder / "content" / "posts" / "hom-nay.md"
        file.write_text(
            file.read_text("utf-8").replace("channels: [sms, rss]", "channels: [sms, rss"), encoding="utf-8"
        )
        seat.app.renew_all()
        await seat.says("its file cannot be read as a post")
        assert screen.chosen == "hom-nay"
        rows = [line[54:].rstrip() for line in seat.text.splitlines()]
        marked = [n for n, row in enumerate(rows) if row.startswith("▌ ✗ ")]
        assert marked, seat.text
        assert rows[marked[0] - 1].startswith("▌ ")
        assert "✗       hom-nay  " in seat.text
        assert "There is a preview once the file can be read." in seat.text
        assert screen.listing.ids[0] == "hom-nay"
        await seat.press("a")
        assert seat.messages[-1] == "Approve: its file has errors"
        await seat.press("slash")
        await seat.type("hom-nay.md")
        await seat.says("1 of 5")
        campaign.write_post(engine.folder, "hom-nay")
        seat.app.renew_all()
        await seat.says("Hỏi bảo hiểm xã hội ở đâu")


@pytest.mark.parametrize(("width", "whole"), [(120, 29), (200, 53)])
async def test_the_list_gives_titles_room_while_one_chooses(engine: Engine, width: int, whole: int) -> None:
    rewrite(engine.folder, head=f"summary: {'x' * 5}\n")
    file = engine.folder / "content" / "posts" / "hom-nay.md"
    title = "Một tiêu đề dài như các tiêu đề thường dài trong chiến dịch này, và còn dài hơn nữa một chút"
    file.write_text(file.read_text("utf-8").replace(campaign.POSTS["hom-nay"][0], title), encoding="utf-8")
    async with seated(engine, (width, 40)) as seat:
        await seat.press("4", "L")
        await seat.says(title[:whole])


async def test_cards_are_drawn_again_only_where_they_differ(engine: Engine) -> None:
    rewrite(engine.folder, channels="fanpage, rss", head="summary: Tóm tắt\n")
    async with seated(engine, WIDE) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.says("Fanpage Sở")
        before = [(tile, tile.shown) for tile in screen.query(Tile)]
        rewrite(engine.folder, channels="fanpage, rss", head="summary: Khác\n")
        seat.app.renew_all()
        await carded(seat, screen, "│ Khác")
        after = [(tile, tile.shown) for tile in screen.query(Tile)]
        assert [tile for tile, _shown in after] == [tile for tile, _shown in before]
        assert [now is was for (_t, now), (_u, was) in zip(after, before, strict=True)] == [True, False]


async def test_targets_that_get_the_same_are_taken_apart_and_put_together(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await opened(seat, "hang-tuan")
        await seat.says("2 targets")
        assert len(cards(screen)) == 1
        await seat.press("i")
        await seat.until(lambda: len(cards(screen)) == 2)
        await seat.says("KỊCH BẢN PHÁT THANH")
        assert [card.splitlines()[0] for card in cards(screen)] == [" radio  Đài tỉnh", " radio  Đài huyện"]
        await seat.press("i")
        await seat.until(lambda: len(cards(screen)) == 1)
        screen.choose("toi-nay")
        await seat.until(lambda: screen.at_rest and screen.chosen == "toi-nay")
        await seat.says("Fanpage Sở")
        await seat.press("i")
        assert seat.messages[-1] == "Each target: no two targets get the same"


async def test_tab_and_mouse_go_from_card_to_card_and_arrows_scroll_them(engine: Engine) -> None:
    rewrite(engine.folder)
    async with seated(engine, (80, 24)) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.says("2 targets")
        tiles = list(screen.query(Tile))
        await seat.press("tab")
        assert screen.focused is tiles[0]
        await seat.press("down", "down")
        await seat.until(lambda: screen.cards.scroll_offset.y == 2)
        await seat.press("tab")
        assert screen.focused is tiles[1]
        await seat.until(lambda: tiles[1].region.y < 22)
        await seat.pilot.click(offset=(10, 6))
        assert screen.reading.has_focus
        await seat.pilot.click(tiles[1], offset=(3, 1))
        assert tiles[1].has_focus


async def test_the_room_goes_to_the_previews_to_the_text_or_to_both(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.says("Bản tin của chiến dịch")
        for width, shown in ((80, screen.cards), (80, screen.reading), (40, screen.reading)):
            await seat.press("z")
            await seat.until(lambda width=width, shown=shown: shown.outer_size.width == width)  # type: ignore[misc]
        assert screen.cards.outer_size.width == 40


async def test_cards_stand_in_two_columns_where_there_is_room_and_none_is_cut(engine: Engine) -> None:
    rewrite(engine.folder)
    async with seated(engine, (200, 90)) as seat:
        screen = await opened(seat, "hom-nay")
        await carded(seat, screen, "Fanpage Sở")
        await seat.settle()
        columns = {tile.region.x for tile in screen.query(Tile)}
        assert len(columns) == 2
        for tile in screen.query(Tile):
            last = tile.shown.plain.splitlines()[-1].strip()
            assert last in seat.text, f"the card ends with {last!r}:\n{seat.text}"


async def test_the_list_is_filtered_as_one_types_and_opens_what_is_found(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.press("slash")
        await seat.type("doi thoai")
        await seat.says("1 of 5")
        assert screen.listing.ids == ["cho-duyet"]
        await seat.press("enter")
        await seat.until(lambda: screen.chosen == "cho-duyet" and screen.at_rest)
        await seat.says("waits for approval")
        await seat.press("slash")
        await seat.type("nothing like it")
        await seat.says("0 of 5")
        assert screen.listing.typed == "nothing like it", "what was typed takes the place of what stood there"
        screen.action_do("next")
        await seat.until(lambda: "No post fits the filter." in seat.messages)
        await seat.press("escape")  # leaves the filter as it is
        assert "nothing like it" in seat.text
        await seat.press("escape")
        await seat.says("5 of 5")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", 5),
        ("GÓP yên", 1),
        ("state:waiting", 1),
        ("state:approved channel:radio", 2),
        ("channel:sms", 1),
        ("waits", 1),
        ("không có bài nào như thế", 0),
    ],
)
async def test_what_the_filter_finds(engine: Engine, typed: str, found: int) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await opened(seat, "hom-nay")
        screen.listing.find(typed)
        await seat.until(lambda: screen.listing.typed == typed)
        assert len(screen.listing.ids) == found


async def test_a_row_of_the_list_has_its_channels_letters_in_their_colours(engine: Engine) -> None:
    async with seated(engine, (200, 40)) as seat:
        screen = await opened(seat, "hom-nay")
        rows = screen.query_one(Listing).rows
        index = next(number for number, row in enumerate(rows.rows) if row.post == "toi-nay")
        assert index != rows.cursor
        colours = {each.text.strip(): each.style.color for each in rows.render_line(index) if each.style is not None}
        for name in ("fanpage", "rss"):
            mark = seat.app.marks[name]
            style = rows.get_component_rich_style(f"lines--channel-{mark.hue}", partial=True)
            assert colours[mark.letter] == style.color


async def test_the_list_has_several_orders(engine: Engine) -> None:
    async with seated(engine, (200, 40)) as seat:
        screen = await opened(seat, "hom-nay")
        assert screen.listing.ids == ["hom-nay", "toi-nay", "cho-duyet", "hang-tuan", "mo-dau"]
        await seat.press("o")
        assert screen.listing.ids[0] == "cho-duyet"
        await seat.press("o")
        assert screen.listing.ids == ["hang-tuan", "toi-nay", "hom-nay", "mo-dau", "cho-duyet"]
        assert seat.messages[-1] == "Posts by title"
        row = screen.listing.rows.here
        assert row is not None
        assert row.post == "hom-nay", "the cursor stays on the post that is shown"


async def test_what_was_read_stands_again_after_a_restart(engine: Engine) -> None:
    rewrite(engine.folder, body="Một dòng.\n\n" * 60)
    async with seated(engine, (80, 24)) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.says("Một dòng.")
        await seat.press("o")
        screen.reading.scroll_to(y=9, animate=False)
        await seat.until(lambda: screen.reading.scroll_offset.y == 9)
        memory = screen.remember()
        await seat.until(lambda: seat.app.memory.screen("posts") == memory)
    assert memory["post"] == "hom-nay"
    async with seated(engine, (80, 24)) as seat:
        seat.app.go("posts")
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen))
        again = seat.app.screen
        assert isinstance(again, PostScreen)
        try:
            await seat.until(lambda: again.remember() == memory)
        except TimeoutError:
            raise AssertionError(f"{again.remember()} is not {memory}") from None


@every_look
async def test_every_kind_of_preview(
    engine: Engine, snapshot: SnapshotAssertion, size: tuple[int, int], language: str
) -> None:
    use(language)
    rewrite(engine.folder, head="summary: Hỏi ở đâu, đóng ở đâu\n", body=f"{ACCENTED}\n\nChủ đề: {{{{ plan.them }}}}.")
    async with seated(engine, size) as seat:
        screen = await opened(seat, "hom-nay")
        await seat.says("plan.them ")
        await seat.settle()
        assert seat.text == snapshot(name="problems")
        rewrite(engine.folder, head="summary: Hỏi ở đâu, đóng ở đâu\n", body="\n\n".join([ACCENTED] * 5))
        seat.app.renew_all()
        await carded(seat, screen, "╭")
        await seat.settle()
        assert seat.text == snapshot(name="from above")
        assert "\n\n".join(cards(screen)) == snapshot(name="cards")
        await seat.press("z")
        await seat.until(lambda: screen.cards.outer_size.width == size[0])
        await seat.settle()
        assert "\n\n".join(cards(screen)) == snapshot(name="previews alone")
        await seat.press("slash")
        await seat.type("hoi")
        await seat.settle()
        assert seat.text == snapshot(name="list")
