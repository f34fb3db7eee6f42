from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.lifecycle import State
from scheduler.ground.model import Health
from scheduler.ground.text import use
from scheduler.store import health as healths
from scheduler.store.deliveries import Query
from scheduler.store.health import Probed
from scheduler.tui.screens.delivery.screen import DeliveryScreen
from scheduler.tui.screens.posts.screen import PostScreen
from scheduler.tui.screens.queue.screen import QueueScreen
from scheduler.tui.screens.today.screen import TodayScreen
from scheduler.tui.widgets.section import Section
from tests.tui import campaign
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


async def test_it_names_what_needs_me_what_is_next_and_what_went_out(engine: Engine) -> None:
    async with seated(engine, (120, 30)) as seat:
        assert "REHEARSAL — 10/05/2021 (simulated time)" in seat.text
        assert "Mon 10/05/2021 08:00" in seat.text
        assert seat.line("to approve").split(maxsplit=6)[3:] == ["11/05", "08:30", "×4", "Mời dự hội nghị đối thoại"]
        assert "the line went dead" in seat.line("? unknown")
        assert "the folder cannot be written" in seat.line("✗ failed")
        assert "◐ handed" in seat.text
        assert seat.line("10/05 09:00").split()[:5] == ["1", "h", "10/05", "09:00", "rss"]
        assert "radio ×2" in seat.line("07/05 07:00")
        assert "1 failed" in seat.line("! rss")


@pytest.mark.parametrize("width", [80, 160])
async def test_why_something_needs_me_stands_before_the_end_of_its_title(engine: Engine, width: int) -> None:
    async with seated(engine, (width, 30)) as seat:
        assert "… — not confirmed, 2 d 1 h ago" in seat.line("not confirmed") or width > 80
        assert "the line went dead" in seat.line("? unknown")


async def test_rows_that_wait_for_a_broken_file_name_it(engine: Engine) -> None:
    plan = engine.folder / "content" / "plan.toml"
    plan.write_text(plan.read_text("utf-8") + '\n[[areas]]\nid = "x y"\ntitle = "Sai"\n', "utf-8")
    engine.refresh()
    engine.act.sync()
    async with seated(engine, (120, 40)) as seat:
        assert "content/plan.toml:" in seat.line("‖ held")
        assert "its file" not in seat.text


@pytest.mark.parametrize("theme", ["loa-dark", "loa-light", "loa-16"])
async def test_a_channel_has_its_colour_in_rows_as_in_the_calendar(engine: Engine, theme: str) -> None:
    async with seated(engine, (120, 40)) as seat:
        seat.app.choose_theme(theme)
        await seat.settle()
        lists = [seat.app.screen.query_one("#gone", Section)]
        await seat.press("3")
        lists.append(seat.app.screen.query_one("Table"))  # type: ignore[arg-type]
        await seat.press("6")
        lists.append(seat.app.screen.query_one("#channels", Section))
        for rows in lists:
            seen = 0
            plain = (y for y in range(rows.size.height) if y + rows.scroll_offset.y != rows.cursor)
            segments = [each for y in plain for each in rows.render_line(y)]
            for name, mark in seat.app.marks.items():
                wanted = rows.get_component_rich_style(f"lines--channel-{mark.hue}", partial=True).color
                found = {each.style.color for each in segments if each.style and each.text.split()[:1] == [name]}
                seen += wanted in found
                assert wanted in found or not found, (theme, rows.id, name)
            assert seen, (theme, rows.id)
        assert len({mark.hue for mark in seat.app.marks.values()}) == 4


async def test_the_arrows_lead_through_all_parts(engine: Engine) -> None:
    async with seated(engine) as seat:
        parts = []
        for _ in range(16):
            parts.append(seat.app.focused.id if seat.app.focused else None)
            await seat.press("down")
        assert list(dict.fromkeys(parts)) == ["needs", "next", "gone", "channels"]
        await seat.press("tab")
        assert seat.app.focused is not None
        assert seat.app.focused.id == "needs"


def top(seat: Seat) -> type[object]:
    return type(seat.app.screen)


async def to(seat: Seat, words: str) -> None:
    """Stand on the row that has ``words``."""
    for section in seat.app.query(Section):
        for number, row in enumerate(section.rows):
            if words in " ".join(cell.text for cell in row.cells):
                section.focus()
                section.cursor = number
                await seat.settle()
                return
    raise AssertionError(f"no row has {words!r}")


async def test_in_a_new_folder_one_stands_on_what_needs_me_once_that_has_been_planned(
    folder: Path, tmp_path: Path
) -> None:
    clock = SimulatedClock(campaign.MORNING)
    with Engine.open(folder, person="giam-doc", clock=clock, var=tmp_path / "new") as engine:
        async with seated(engine) as seat:
            await seat.says("to approve")
            await seat.until(lambda: getattr(seat.app.focused, "id", "") == "needs")
            await seat.press("down")
            here = seat.app.frame.here()  # type: ignore[union-attr]
            seat.app.renew_all()
            await seat.settle()
            assert seat.app.frame.here() == here  # type: ignore[union-attr]


async def test_enter_opens_what_the_row_is_about(engine: Engine) -> None:
    async with seated(engine) as seat:
        await to(seat, "unknown")
        await seat.press("enter")
        await seat.says("Every attempt")
        assert top(seat) is DeliveryScreen
        await seat.press("escape")
        await to(seat, "radio ×2")
        await seat.press("enter")
        await seat.says("/ post:")
        assert top(seat) is QueueScreen


async def test_a_post_that_waits_is_opened_where_it_can_be_approved(engine: Engine) -> None:
    async with seated(engine) as seat:
        await to(seat, "to approve")
        await seat.press("enter")
        await seat.says("waits for approval")
        assert isinstance(seat.app.screen, PostScreen)
        assert seat.app.screen.chosen == "cho-duyet"


async def test_a_channel_is_paused_with_a_reason_and_resumed(engine: Engine) -> None:
    async with seated(engine) as seat:
        await to(seat, "fanpage 10/05")
        await seat.press("p")
        await seat.says("Pause this channel?")
        await seat.type("token hong")
        await seat.press("enter")
        section = seat.app.query_one("#channels", Section)
        await seat.until(lambda: any("paused by Lê Hoàng Sơn: token hong" in str(row.cells) for row in section.rows))
        await seat.press("p")
        await seat.until(lambda: all(channel.paused_by is None for channel in engine.look.channels()))


async def test_an_action_that_is_not_possible_says_why(engine: Engine) -> None:
    async with seated(engine) as seat:
        await to(seat, "to approve")
        await seat.press("h")
        assert seat.messages[-1] == "Hold: no delivery is chosen here"
        await to(seat, "radio ×2")
        await seat.press("x")
        assert seat.messages[-1] == "Cancel: these are several: open them"
        assert engine.look.count(Query(states=[State.CANCELLED])) == 0


async def test_only_what_has_changed_is_drawn(engine: Engine) -> None:
    async with seated(engine) as seat:
        section = seat.app.query_one("#next")
        rows = section.rows  # type: ignore[attr-defined]
        await seat.press("2", "1")
        await seat.says("Needs me")
        assert section.rows is rows  # type: ignore[attr-defined]
        engine.act.hold("toi-nay", "")
        seat.app.renew_all()
        await seat.says("held with its post")
        assert section.rows is not rows  # type: ignore[attr-defined]


async def test_what_is_held_is_told_beside_what_comes_up(engine: Engine) -> None:
    for each in engine.look.deliveries(Query(states=[State.SCHEDULED])):
        engine.act.hold_delivery(each.id, "chờ giám đốc")
    held = engine.look.count(Query(states=[State.HELD]))
    async with seated(engine, (120, 40)) as seat:
        await seat.says(f"Coming up · 0 · {held} are held")


async def test_countdowns_tick_without_reading_again(engine: Engine) -> None:
    async with seated(engine) as seat:
        screen = seat.app.screen
        assert isinstance(screen, TodayScreen)
        assert seat.line("10/05 09:00").split()[:2] == ["1", "h"]
        screen._next_reading = math.inf  # only the countdown itself might read
        await seat.settle()
        read = screen.standing
        for seconds, shown in ((1, "59:59"), (5, "59:55"), (3590, "00:10"), (3600, "now"), (3720, "late 2 min")):
            engine.core.clock = SimulatedClock(campaign.MORNING + timedelta(seconds=seconds))
            screen.count_down()
            await seat.says(f" {shown} ")
            assert screen.standing is read


async def test_the_week_is_plotted_with_today_marked(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        days = [day for day in seat.line("Tue 11").strip().split("  ") if day]
        assert days == [
            "Mon 10 █4",
            "Tue 11 ▄2",
            "Wed 12 ▄2",
            "Thu 13",
            "·",
            "Fri 14 ▄2",
            "Sat 15",
            "·",
            "Sun 16",
            "·",
        ]
        await seat.pilot.click("#plot")
        await seat.until(lambda: seat.app.current_mode == "calendar")
        await seat.press("1")
    async with seated(engine, (120, 40)) as seat:
        assert "Mon 10 · 4 ✗1" in seat.text
        assert seat.text.count("████████") == 4 + 2 + 2 + 2
    async with seated(engine, (170, 50)) as seat:
        assert "Mon 10 · 4 ✗1" in seat.text


async def test_what_went_out_stands_by_when_it_did_and_not_by_when_it_was_due(engine: Engine) -> None:
    async with seated(engine) as seat:
        (handed,) = engine.look.deliveries(Query(states=[State.HANDED]))
        unknown = engine.look.deliveries(Query(states=[State.UNKNOWN]))[0]
        engine.act.settle(unknown.id, "sent", "asked the station")
        seat.app.renew_all()
        await seat.settle()
        rows = seat.app.query_one("#gone", Section).rows
        assert [row.delivery.id for row in rows if row.delivery][:2] == [unknown.id, handed.id]
        assert rows[0].cells[1].text == "10/05 08:00", "when it was settled, not when it was due"


async def test_what_was_handed_over_needs_me_once_it_should_have_happened(engine: Engine) -> None:
    async with seated(engine, (120, 30)) as seat:
        await seat.says("not confirmed, 2 d 1 h ago")
        needs = seat.app.query_one("#needs", Section)
        engine.core.clock = SimulatedClock(campaign.START)
        seat.app.renew_all()
        await seat.until(lambda: not any(row.delivery and row.delivery.state is State.HANDED for row in needs.rows))


async def test_a_text_that_was_sent_back_to_me_says_by_whom_and_why(engine: Engine) -> None:
    async with seated(engine, (120, 30)) as seat:
        await seat.says("to approve")
        engine.act.return_post("cho-duyet", "ngày sai")
        seat.app.renew_all()
        await seat.says("↩ sent back")
        assert "Mời dự hội nghị đối thoại — Lê Hoàng Sơn: ngày sai" in seat.line("↩ sent back")
        assert seat.line("to approve") == ""
        await to(seat, "sent back")
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen))


@pytest.mark.parametrize(
    ("health", "said"),
    [
        (Health(ok=True, until=campaign.MORNING + timedelta(days=3)), "token ends in 3 d: renew it"),
        (Health(ok=True, until=campaign.MORNING - timedelta(days=3)), "its token has run out: renew it"),
        (Health(ok=False, detail="token refused"), "would not work: token refused"),
        (Health(ok=True, until=campaign.MORNING + timedelta(days=30)), ""),
    ],
)
async def test_a_token_that_is_about_to_die_needs_me(engine: Engine, health: Health, said: str) -> None:
    with engine.store.write() as connection:
        healths.put(connection, "fanpage", Probed("trang-so", health, campaign.MORNING))
    async with seated(engine, (120, 30)) as seat:
        needs = seat.app.query_one("#needs", Section)
        found = [row.cells[-1].text for row in needs.rows if row.channel]
        assert found == ([said] if said else [])


@every_look
async def test_screen(engine: Engine, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    use(language)
    engine.act.return_post("cho-duyet", "ngày sai")
    with engine.store.write() as connection:
        dying = Health(ok=True, until=campaign.MORNING + timedelta(days=3))
        healths.put(connection, "fanpage", Probed("trang-so", dying, campaign.MORNING))
    async with seated(engine, size) as seat:
        assert seat.text == snapshot


async def test_on_a_wide_screen_no_reason_is_cut(engine: Engine) -> None:
    async with seated(engine, (200, 60)) as seat:
        await seat.says("Needs me")
        assert "the folder cannot be written" in seat.line("✗ failed")
        assert "…" not in seat.line("◐ handed")
