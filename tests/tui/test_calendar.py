"""The calendar: three views of the same days, one cursor, and moves that are looked at before they are made."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual.widgets import Static

from scheduler.engine.edits.text_edits import NewPost
from scheduler.engine.engine import Engine
from scheduler.ground.text import use
from scheduler.tui.screens.calendar.cells import Spot
from scheduler.tui.screens.calendar.page import Page
from scheduler.tui.screens.calendar.screen import CalendarScreen
from scheduler.tui.screens.editor.form import NewPostForm
from scheduler.tui.screens.posts.screen import PostScreen
from scheduler.tui.screens.queue.screen import QueueScreen
from scheduler.tui.widgets.field import Field
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

TODAY = date(2021, 5, 10)
FILES = {
    "events/ra-quan.md": """\
id: ra-quan
title: Lễ ra quân Tháng vận động
workstream: thu-hut
start: 2021-05-12 07:30
end: 2021-05-12 10:00
place: Quảng trường 16 tháng 4
""",
    "events/bau-cu.md": """\
id: bau-cu
title: Ngày bầu cử
start: 2021-05-23 00:00
end: 2021-05-23 23:59
outside: true
""",
    "posts/moi-ra-quan.md": """\
id: moi-ra-quan
title: Sáng mai ra quân
workstream: thu-hut
channels: [fanpage, rss]
event: ra-quan
offset: -14h30m
""",
    "posts/trung-gio.md": """\
id: trung-gio
title: Phát thanh trùng giờ
workstream: thu-hut
channels: [radio]
at: 2021-05-15 17:00
""",
    "posts/nhap.md": """\
id: nhap
title: Bài còn viết dở
workstream: thu-hut
channels: [sms]
at: 2021-05-19 09:00
status: draft
""",
}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """The small campaign with two events, a post that hangs on one, a collision and a draft."""
    for name, head in FILES.items():
        path = engine.folder / "content" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\n{head}---\nMời bà con tham gia.\n", encoding="utf-8")
    engine.refresh()
    engine.act.approve("moi-ra-quan")
    return engine


def calendar(seat: Seat) -> CalendarScreen:
    assert isinstance(seat.app.screen, CalendarScreen)
    return seat.app.screen


def spot(seat: Seat) -> tuple[str, str]:
    """Where the cursor stands: the day, and the item under it."""
    screen = calendar(seat)
    assert screen.spot is not None
    return f"{screen.spot.day:%d/%m}", screen.here.id if screen.here else ""


async def sit(seat: Seat, *keys: str) -> None:
    """Go to the calendar, and press keys there."""
    await seat.press("2")
    await seat.until(lambda: isinstance(seat.app.screen, CalendarScreen) and seat.app.screen.standing is not None)
    await seat.press(*keys)


async def foreseen(seat: Seat) -> None:
    """Wait until it is known what a move would do."""
    await seat.until(lambda: (ghost := calendar(seat).ghost) is not None and ghost.foresight is not None)
    await seat.settle()


def start_of(engine: Engine, event: str) -> str:
    engine.refresh()
    return f"{engine.look.event(event).start:%d/%m %H:%M}"


# --- what is seen ---------------------------------------------------------------------------------------------------


async def test_a_line_of_the_agenda_is_cut_where_it_is_seen(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        await seat.press("2")
        await seat.settle()
        screen = seat.app.screen
        assert isinstance(screen, CalendarScreen)
        screen.action_do("by_list")
        await seat.settle()
        page = screen.query_one("#page", Page)
        await seat.until(lambda: page.show_vertical_scrollbar)
        await seat.settle()
        assert {sum(cell_len(piece.text) for piece in row) for row in page.rows} == {page.size.width - 1}


async def test_a_month_shows_posts_events_holidays_collisions_and_empty_days(engine: Engine) -> None:
    async with seated(engine, (200, 50)) as seat:
        await sit(seat)
        assert "May 2021" in seat.line("collisions")
        assert "! 2 collisions" in seat.text
        assert "1/5 Labour Day" in seat.text
        assert "07:30 ◆FS Lễ ra" in seat.text
        assert "◇ Ngày bầu cử" in seat.text
        assert "17:00 !‖R Phát" in seat.text
        assert "09:00 ·M Bài còn" in seat.text
        assert "— nothing" in seat.text
        assert seat.line("R radio").rstrip().endswith("R radio  F fanpage  S rss  M sms")


async def test_a_week_has_its_hours_as_rows(engine: Engine) -> None:
    async with seated(engine, (160, 40)) as seat:
        await sit(seat, "w")
        assert "10/05 – 16/05/2021" in seat.text
        assert "Mon 10/5" in seat.text
        assert ":30 ✗FS Góp hôm" in seat.line("17 ")
        assert ":30 ◆FS Lễ ra" in seat.line("07 ")
        assert "┆" in seat.line("09 ")


async def test_the_agenda_lists_every_day_of_the_month(engine: Engine) -> None:
    async with seated(engine, (100, 60)) as seat:
        await sit(seat, "L")
        lines = [line for line in seat.text.splitlines() if "/05/2021" in line[:16]]
        assert len(lines) == 31
        assert seat.line("Hỏi bảo hiểm").split()[:2] == ["09:00", "○SM"]
        assert "01/05–07/05: 7 days without a word of: Thu hút" in seat.text


async def test_what_is_far_below_can_be_scrolled_to_at_80_columns(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        await sit(seat, "L", *["right"] * 21)
        assert "Mon 31/05/2021" in seat.text
        assert spot(seat) == ("31/05", "")


async def test_channels_have_their_colours(engine: Engine) -> None:
    async with seated(engine, (200, 50)) as seat:
        await sit(seat)
        page = calendar(seat).query_one("#page", Page)
        tones = {piece.text: piece.tones for row in page.rows for piece in row}
        assert tones["R"][0] == "channel-1"
        assert tones["M"][0] == "channel-4"
        radio = page.get_component_rich_style("page--channel-1", partial=True).color
        assert radio is not None
        assert radio.name == seat.app.theme_variables["channel-1"].lower()


async def test_an_event_has_the_channels_of_the_posts_that_it_places(engine: Engine) -> None:
    async with seated(engine, (200, 50)) as seat:
        await sit(seat)
        assert "◆FS Lễ ra" in seat.text
        page = calendar(seat).query_one("#page", Page)
        row = next(row for row in page.rows if any("Lễ ra quân" in piece.text for piece in row))
        at = next(number for number, piece in enumerate(row) if piece.text == "◆")
        assert [piece.tones[0] for piece in row[at : at + 4]] == ["strong", "channel-2", "channel-3", "event"]


async def test_the_panel_tells_all_about_the_item_under_the_cursor(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "right", "right")
        assert "Wed 12/05/2021  1/4 lunar" in seat.text
        assert "12/05/2021 07:30 – 10:00" in seat.text
        assert "11/05 17:00  Sáng mai ra quân" in seat.text
        await seat.press("right", "right", "right", "j")
        assert spot(seat) == ("15/05", "trung-gio/20210515")
        assert "waits for approval" in seat.text
        assert "! collides on radio/dai-huyen" in seat.text


# --- the cursor -----------------------------------------------------------------------------------------------------


async def test_arrows_lead_through_days_and_weeks_and_j_and_k_through_items(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat)
        assert spot(seat) == ("10/05", "hom-nay/20210510")
        await seat.press("right", "down", "left")
        assert spot(seat) == ("17/05", "")
        await seat.press("up")
        assert spot(seat)[0] == "10/05"
        await seat.press("j")
        assert spot(seat) == ("10/05", "toi-nay/20210510")
        await seat.press("tab")
        assert spot(seat) == ("11/05", "moi-ra-quan/20210511")
        await seat.press("k", "k")
        assert spot(seat) == ("10/05", "hom-nay/20210510")


async def test_down_goes_through_the_items_of_a_day_in_the_week_and_on_through_the_agenda(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "w", "down")
        assert spot(seat) == ("10/05", "toi-nay/20210510")
        await seat.press("down")
        assert spot(seat) == ("10/05", "toi-nay/20210510")
        await seat.press("L", "down", "down", "down", "down", "down")
        assert spot(seat) == ("14/05", "")
        await seat.press("up")
        assert spot(seat)[0] == "13/05"


async def test_pages_are_months_and_weeks_and_t_leads_back(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "pagedown")
        assert spot(seat) == ("10/06", "")
        await seat.says("June 2021")
        await seat.press("w", "pageup")
        assert spot(seat)[0] == "03/06"
        await seat.press("T")
        assert spot(seat)[0] == "10/05"
        await seat.press("pageup", "home")
        assert spot(seat)[0] == "10/05"


async def test_g_goes_to_the_first_day_of_the_campaign(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "pagedown", "pagedown", "g")
        assert spot(seat) == ("01/05", "")


async def test_another_month_is_read_when_the_cursor_comes_there(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, *["down"] * 4)
        assert spot(seat)[0] == "07/06"
        await seat.says("June 2021")
        screen = calendar(seat)
        assert screen.standing is not None
        assert screen.standing.found.agenda.start == date(2021, 5, 31)


async def test_n_goes_from_one_trouble_to_the_next(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "n")
        assert spot(seat) == ("13/05", "")
        await seat.press("n", "n")
        assert spot(seat) == ("15/05", "hang-tuan/20210515")
        await seat.press("n")
        assert spot(seat) == ("15/05", "trung-gio/20210515")


async def test_the_mouse_chooses_and_opens(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat)
        page = calendar(seat).query_one("#page", Page)
        row = next(
            n for n, pieces in enumerate(page.rows) if any(p.spot == Spot(TODAY, "toi-nay/20210510") for p in pieces)
        )
        await seat.pilot.click(page, offset=(5, row))
        await seat.settle()
        assert spot(seat) == ("10/05", "toi-nay/20210510")
        await seat.pilot.click(page, offset=(5, row), times=2)
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen))


async def test_enter_opens_the_post_and_d_its_deliveries(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "enter")
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen))
        assert seat.app.screen.chosen == "hom-nay"  # type: ignore[attr-defined]
        await sit(seat, "d")
        await seat.until(lambda: isinstance(seat.app.screen, QueueScreen))
        await seat.says("post:hom-nay")


async def test_enter_on_an_event_tells_all_about_it_and_escape_closes_that(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        await sit(seat, "right", "right")
        assert "Quảng trường" in seat.line("Wed 12/05")
        assert "Posts that move with it" not in seat.text
        await seat.press("enter")
        assert "Posts that move with it" in seat.text
        await seat.press("escape")
        assert "Posts that move with it" not in seat.text


async def test_keys_that_do_nothing_say_why(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "u", "U")
        assert seat.messages == ["Undo: nothing has been changed from here", "Redo: nothing has been undone"]
        await seat.press("down", "right", "right", "right", "enter", "d", "shift+right")
        assert seat.messages == [
            "Open: nothing stands on this day",
            "Deliveries: choose a post first",
            "+1 day: nothing stands on this day",
        ]


# --- moving ---------------------------------------------------------------------------------------------------------


async def test_moving_an_event_shows_what_moves_along_and_writes_nothing_before_enter(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "right", "right", "shift+right", "shift+right")
        await foreseen(seat)
        assert "From: Wed 12/05/2021 07:30" in seat.text
        assert "To: Fri 14/05/2021 07:30" in seat.text
        assert "1 post moves along" in seat.text
        assert "Thu 13/05/2021 17:00" in seat.text
        assert "1 approval falls" in seat.text
        assert spot(seat) == ("14/05", "event:ra-quan")
        assert start_of(engine, "ra-quan") == "12/05 07:30"


async def test_what_has_missed_its_time_is_said_to_stay_and_not_to_move_along(engine: Engine) -> None:
    text = "id: nhac\ntitle: Nhắc trước ba ngày\nworkstream: thu-hut\nchannels: [rss]\nevent: ra-quan\noffset: -3d\n"
    (engine.folder / "content" / "posts" / "nhac.md").write_text(f"---\n{text}---\nNhắc.\n", encoding="utf-8")
    config = engine.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('grace = "7d"', 'grace = "1h"'), encoding="utf-8")
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "right", "right", "shift+right")
        await foreseen(seat)
        assert "1 post moves along" in seat.text
        assert "rss ×1 missed: Nhắc trước ba ngày" in seat.text


async def test_enter_makes_the_move_and_u_takes_it_back_and_ctrl_r_does_it_again(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "right", "right", "shift+right")
        await foreseen(seat)
        await seat.press("enter")
        await seat.until(lambda: calendar(seat).ghost is None)
        assert start_of(engine, "ra-quan") == "13/05 07:30"
        assert seat.messages[-1].startswith("Moved. Lễ ra quân Tháng vận động: 12/05/2021 07:30 → 13/05/2021 07:30")
        await seat.until(lambda: spot(seat) == ("13/05", "event:ra-quan"))
        (post,) = (each for each in engine.look.agenda(TODAY, date(2021, 5, 20)).showings if each.post == "moi-ra-quan")
        assert f"{post.publish_at.astimezone(engine.config.zone):%d/%m %H:%M}" == "12/05 17:00"
        await seat.settle()
        await seat.press("u")
        await seat.until(lambda: start_of(engine, "ra-quan") == "12/05 07:30")
        back = "Taken back: Lễ ra quân Tháng vận động: 13/05/2021 07:30 → 12/05/2021 07:30"
        await seat.until(lambda: seat.messages[-1] == back)
        await seat.until(lambda: spot(seat) == ("12/05", "event:ra-quan"))
        await seat.settle()
        await seat.press("ctrl+r")
        await seat.until(lambda: start_of(engine, "ra-quan") == "13/05 07:30")
        again = "Done again: Lễ ra quân Tháng vận động: 12/05/2021 07:30 → 13/05/2021 07:30"
        await seat.until(lambda: seat.messages[-1] == again)
        await seat.until(lambda: spot(seat) == ("13/05", "event:ra-quan"))


async def test_the_cursor_goes_with_what_an_undo_moves_into_another_month(engine: Engine) -> None:
    engine.edit.move_post("hang-tuan", datetime.fromisoformat("2021-07-20 17:00"), "20210522")
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "u")
        await seat.until(lambda: spot(seat) == ("22/05", "hang-tuan/20210522"))
        await seat.press("U")
        await seat.until(lambda: spot(seat) == ("20/07", "hang-tuan/20210522"))
        await seat.says("July 2021")


@pytest.mark.parametrize(
    ("keys", "then"),
    [
        (("shift+right",), "13/05 08:30"),
        (("shift+left",), "11/05 08:30"),
        (("shift+down",), "19/05 08:30"),
        (("shift+down", "shift+up", "shift+left", "shift+left"), "10/05 08:30"),
        (("w", "shift+down"), "12/05 09:30"),
        (("w", "shift+up", "shift+up", "shift+right"), "13/05 06:30"),
        (("L", "shift+up"), "12/05 07:30"),
        (("shift+right", "right", "down", "w", "down"), "21/05 09:30"),
        (("shift+down",) * 4, "09/06 08:30"),
    ],
)
async def test_a_post_is_moved_by_days_weeks_and_hours(engine: Engine, keys: tuple[str, ...], then: str) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "right", "right", "j")
        assert spot(seat)[1] == "cho-duyet/20210512"
        await seat.press(*keys)
        await foreseen(seat)
        await seat.press("enter")
        await seat.until(lambda: calendar(seat).ghost is None)
    engine.refresh()
    placed = engine.look.post("cho-duyet").post.placement
    assert placed.at is not None
    assert f"{placed.at:%d/%m %H:%M}" == then


async def test_one_time_of_a_series_is_moved_alone(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "down", *["right"] * 5, "shift+left")
        assert spot(seat) == ("21/05", "hang-tuan/20210522")
        await foreseen(seat)
        await seat.press("enter")
        await seat.until(lambda: calendar(seat).ghost is None)
    engine.refresh()
    found = [
        f"{each.publish_at.astimezone(engine.config.zone):%d/%m %H:%M}"
        for each in engine.look.agenda(date(2021, 5, 11), date(2021, 6, 20)).showings
        if each.post == "hang-tuan" and each.goes
    ]
    assert found == ["15/05 17:00", "21/05 17:00", "29/05 17:00", "05/06 17:00"]


async def test_one_time_of_a_series_is_left_out_after_a_question(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "down", *["right"] * 5)
        assert spot(seat) == ("22/05", "hang-tuan/20210522")
        await seat.press("x")
        await seat.says("Leave this time out?")
        assert "Sat 22/05/2021 17:00" in seat.text
        await seat.press("enter")
        await seat.until(lambda: bool(seat.messages) and seat.messages[-1].startswith("Left out. Chuyện kể cuối tuần"))
        await seat.settle()
        assert "∅" in seat.text
        await seat.press("u")
        await seat.until(lambda: seat.messages[-1].startswith("Taken back"))


async def test_a_post_with_one_time_is_not_left_out_and_says_what_to_do(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "x")
        assert seat.messages == ["Leave out: it has one time only: hold it, or make it a draft"]


async def test_a_month_with_room_has_the_whole_name_of_a_holiday(engine: Engine) -> None:
    use("vi")
    async with seated(engine, (200, 60)) as seat:
        await sit(seat)
        head = seat.line("30 Giải phóng miền")
        below = seat.text.splitlines()[seat.text.splitlines().index(head) + 1]
        assert "…" not in head
        assert "Nam" in below
        assert "động" in below


async def test_a_move_says_what_it_would_meet_and_on_which_holiday_it_would_fall(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, *["right"] * 5, "j", "shift+down")
        await foreseen(seat)
        assert spot(seat) == ("22/05", "trung-gio/20210515")
        said = " ".join(calendar(seat).query_one("#about", Static).content.plain.split())  # type: ignore[union-attr]
        assert "! Phát thanh trùng giờ: at the same time as Chuyện kể cuối tuần" in said
        await seat.press("shift+right")
        await foreseen(seat)
        said = " ".join(calendar(seat).query_one("#about", Static).content.plain.split())  # type: ignore[union-attr]
        assert "at the same time" not in said
        assert "! Phát thanh trùng giờ: falls on Ngày bầu cử" in said


async def test_f1_says_how_to_walk_through_the_days(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "f1")
        await seat.says("arrows lead from day to day")


async def test_escape_gives_a_move_up(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "right", "right", "shift+right")
        await seat.press("escape")
        assert calendar(seat).ghost is None
        assert spot(seat) == ("12/05", "event:ra-quan")
        assert start_of(engine, "ra-quan") == "12/05 07:30"


@pytest.mark.parametrize(("keys", "at"), [(("right", "right"), "12/05/2021 08:00"), ((), ""), (("left",), "")])
async def test_a_new_post_begins_on_the_chosen_day_where_that_is_to_come(
    engine: Engine, keys: tuple[str, ...], at: str
) -> None:
    async with seated(engine) as seat:
        await sit(seat, *keys)
        await seat.press("N")
        await seat.until(lambda: isinstance(seat.app.screen, NewPostForm))
        await seat.until(lambda: seat.app.screen.query_one("#at", Field).value == at)


async def test_a_move_to_where_it_stands_is_none(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "right", "right", "shift+right", "shift+left", "enter")
        assert seat.messages[-1] == "Move it here: it stands there already"
        await seat.press("escape")


async def test_what_went_out_is_not_moved_and_says_so(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "left", "left")
        assert spot(seat) == ("08/05", "mo-dau/20210508")
        await seat.press("shift+right")
        await foreseen(seat)
        assert "✗ " in seat.text
        assert "has gone out" in " ".join(seat.text.split())
        await seat.press("enter")
        assert "has gone out" in seat.messages[-1]
        assert calendar(seat).ghost is not None
    engine.refresh()
    assert f"{engine.look.post('mo-dau').post.placement.at:%d/%m}" == "08/05"


async def test_other_keys_wait_until_the_move_is_made_or_given_up(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "right", "right", "shift+right", "T", "u", "pagedown")
        assert spot(seat)[0] == "13/05"
        assert all(each.endswith("⏎ makes it, Esc gives it up") for each in seat.messages)
        assert len(seat.messages) == 2


async def test_a_file_changed_meanwhile_is_not_written_over(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "right", "right", "shift+right")
        await foreseen(seat)
        await seat.press("enter")
        await seat.until(lambda: calendar(seat).ghost is None)
        path = engine.folder / "content" / "events" / "ra-quan.md"
        path.write_text(path.read_text("utf-8") + "Thêm một dòng.\n", encoding="utf-8")
        await seat.settle()
        await seat.press("u")
        await seat.until(lambda: any("has been changed since" in each for each in seat.messages))
        assert "Thêm một dòng." in path.read_text("utf-8")


# --- where one was --------------------------------------------------------------------------------------------------


async def test_view_day_and_item_are_remembered(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat, "w", "j")
        memory = calendar(seat).remember()
        assert memory == {"view": "week", "day": "2021-05-10", "item": "toi-nay/20210510"}
        await seat.press("m", "pagedown")
        calendar(seat).recall(memory)
        await seat.settle()
        assert spot(seat) == ("10/05", "toi-nay/20210510")
        assert "10/05 – 16/05" in seat.text
        with pytest.raises(ValueError, match="isoformat"):
            calendar(seat).recall({"view": "week", "day": "nonsense", "item": ""})


async def test_another_screen_can_lead_to_a_day(engine: Engine) -> None:
    async with seated(engine) as seat:
        seat.app.go("calendar", "2021-06-12")
        await seat.until(lambda: isinstance(seat.app.screen, CalendarScreen) and seat.app.screen.at_rest)
        await seat.says("June 2021")
        assert spot(seat)[0] == "12/06"


async def test_days_are_read_again_only_when_something_has_happened(engine: Engine) -> None:
    async with seated(engine) as seat:
        await sit(seat)
        first = calendar(seat).standing
        calendar(seat).renew()
        await seat.settle()
        second = calendar(seat).standing
        assert first is not None
        assert second is not None
        assert first.found is second.found
        engine.act.hold("hom-nay", "chờ")
        calendar(seat).renew()
        await seat.settle()
        assert calendar(seat).standing.found is not first.found  # type: ignore[union-attr]
        assert "‖SM" in seat.text


# --- as it looks ----------------------------------------------------------------------------------------------------


async def month(seat: Seat) -> None:
    await sit(seat)


async def week(seat: Seat) -> None:
    await sit(seat, "w", "right", "right")


async def agenda(seat: Seat) -> None:
    await sit(seat, "L")


async def move(seat: Seat) -> None:
    await sit(seat, "right", "right", "shift+right", "shift+right")
    await foreseen(seat)


@every_look
@pytest.mark.parametrize("visit", [month, week, agenda, move], ids=lambda visit: visit.__name__)
async def test_look(
    engine: Engine, snapshot: SnapshotAssertion, visit: object, size: tuple[int, int], language: str
) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await visit(seat)  # type: ignore[operator]
        assert seat.text == snapshot


def test_a_long_month_fits_in_few_rows() -> None:
    from scheduler.tui.screens.calendar.days import same_day, span, weeks

    assert span(date(2021, 5, 15)) == (date(2021, 4, 26), date(2021, 6, 7))
    assert len(weeks(date(2021, 2, 1))) == 4
    assert len(weeks(date(2021, 5, 31))) == 6
    assert same_day(date(2021, 1, 31), 1) == date(2021, 2, 28)
    assert same_day(date(2021, 1, 31), -1) == date(2020, 12, 31)
    assert weeks(date(2021, 12, 31))[-1] + timedelta(days=7) > date(2021, 12, 31)


async def test_what_somebody_else_wrote_or_a_whole_new_post_is_taken_back_after_a_question(engine: Engine) -> None:
    with Engine.open(engine.folder, person="dung", clock=engine.clock, var=engine.core.var) as other:
        other.edit.move_event("ra-quan", datetime.fromisoformat("2021-05-13 07:30"))
    new = NewPost(
        "moi-viet", "Bài mới", workstream="thu-hut", at=datetime.fromisoformat("2021-05-20 09:00"), channels=("rss",)
    )
    engine.edit.new_post(new)
    file = next((engine.folder / "content" / "posts").rglob("*moi-viet.md"))
    async with seated(engine, (120, 40)) as seat:
        await sit(seat, "u")
        await seat.says("Take this back?")
        assert "moi-viet: new" in seat.text
        assert "Lê Hoàng Sơn, 10/05/2021" in seat.text
        assert "The whole file goes away." in seat.text
        await seat.press("escape")
        await seat.settle()
        assert file.exists()
        await seat.press("u")
        await seat.says("Take this back?")
        await seat.press("enter")
        await seat.until(lambda: not file.exists())
        await seat.settle()
        await seat.press("u")
        await seat.says("Take this back?")
        assert "Lễ ra quân Tháng vận động: 12/05/2021 07:30 → 13/05/2021 07:30" in seat.text
        assert "Mỹ Dung, 10/05/2021" in seat.text
        await seat.press("enter")
        await seat.until(lambda: start_of(engine, "ra-quan") == "12/05 07:30")
        await seat.settle()
        await seat.press("U")
        await seat.says("Do this again?")
        assert "Lễ ra quân Tháng vận động: 12/05/2021 07:30 → 13/05/2021 07:30" in seat.text
        assert "Mỹ Dung, 10/05/2021" in seat.text
        await seat.press("escape")
        await seat.settle()
        assert start_of(engine, "ra-quan") == "12/05 07:30"
        await seat.press("U")
        await seat.says("Do this again?")
        await seat.press("enter")
        await seat.until(lambda: start_of(engine, "ra-quan") == "13/05 07:30")
        await seat.settle()
        await seat.press("U")
        await seat.says("The whole file is written anew.")
        await seat.press("enter")
        await seat.until(file.exists)
