from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from scheduler.channels.loader import PluginStatus
from scheduler.engine.rehearsing.rehearsal import COPY
from scheduler.ground.model import Health
from scheduler.ground.text import use
from scheduler.store import health, settings
from scheduler.store.health import Probed
from scheduler.tui.screens.channels.listing import plugin_row
from scheduler.tui.screens.channels.screen import ChannelsScreen
from scheduler.tui.screens.channels.sheet import plugin_lines
from scheduler.tui.screens.queue.screen import QueueScreen
from tests.tui import campaign
from tests.tui.campaign import MORNING
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine

TOKEN = """\
[channels.fanpage]
rate = "20/min"
page_id = "1001"
token = { env = "LOA_TEST_TOKEN" }
"""
MORE = """
[channels.zalo]

[[channels.zalo.targets]]
name = "nhom"
"""


@pytest.fixture
def troubled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A token about to die, a channel that is unwell, one that no plugin brings, and a plugin that does not load."""
    monkeypatch.setenv("LOA_TEST_TOKEN", "rat-bi-mat")
    copy = folder / "var" / COPY
    config = (copy / "config.toml").read_text(encoding="utf-8")
    (copy / "config.toml").write_text(config.replace("[channels.fanpage]\n", TOKEN) + MORE, encoding="utf-8")
    (copy / "plugins").mkdir(exist_ok=True)
    (copy / "plugins" / "hong.py").write_text("import khong_co\n", encoding="utf-8")
    with campaign.reopen(folder, folder / "var") as opened:
        answers = {
            ("fanpage", "trang-so"): Health(ok=True, detail="Fanpage Sở (1001)", until=MORNING + timedelta(days=6)),
            ("rss", "ban-tin"): Health(ok=False, detail="var/public cannot be written: No space left on device"),
            ("sms", "phi-chinh-thuc"): Health(ok=True, detail="the spool is writable; waiting in the outbox: 0"),
        }
        with opened.store.write() as connection:
            for (channel, target), answer in answers.items():
                health.put(connection, channel, Probed(target, answer, MORNING - timedelta(hours=2)))
            settings.channel_failed(connection, "rss", "disk full", 2, None, MORNING - timedelta(hours=3))
        yield opened


async def here(seat: Seat, channel: str = "") -> None:
    await seat.press("6")
    await seat.says("fanpage")
    if channel:
        screen = seat.app.screen
        assert isinstance(screen, ChannelsScreen)
        screen.aim(channel)
        await seat.settle()


async def test_each_channel_says_in_a_line_how_it_is(troubled: Engine) -> None:
    async with seated(troubled, (120, 40)) as seat:
        await here(seat)
        assert "token ends in 6 d: renew it" in seat.line("!  fanpage")
        assert "would not work: var/public" in seat.line("rss ")
        assert "no plugin brings this channel" in seat.line("zalo")
        assert "did not load: ModuleNotF" in seat.line("hong")


async def test_the_sheet_has_health_pace_errors_targets_and_what_is_in_force(troubled: Engine) -> None:
    async with seated(troubled, (120, 40)) as seat:
        await here(seat, "fanpage")
        await seat.says("0 of 20/min used just now")
        known = seat.app.screen.query_one("#known", Static).content
        answer = "✓ Fanpage Sở (1001) · runs out 16/05/2021 08:00, in 6 d · asked 2 h ago"
        assert answer in " ".join(str(known).split())
        assert "••• environment variable LOA_TEST_TOKEN" in seat.text
        assert "rat-bi-mat" not in seat.text
        assert "time_limit" not in seat.text
        await seat.press("z")
        await seat.says("time_limit")
        await here(seat, "rss")
        await seat.says("2 in a row")
        assert "10/05/2021 05:00, 3 h ago: disk full" in seat.text
        assert "✗ var/public cannot be written" in seat.text


async def test_what_does_not_work_says_why(troubled: Engine) -> None:
    async with seated(troubled, (120, 40)) as seat:
        await here(seat, "zalo")
        await seat.says("It does not work here; its deliveries are held.")
        assert "no plugin brings this channel" in seat.text
        await seat.press("p")
        assert seat.messages[-1] == "Pause: choose a channel that works"
        await here(seat, "plugin hong plugins/hong.py")
        await seat.says("It did not load: ModuleNotFoundError")
        await here(seat, "plugin radio shipped/radio")
        await seat.says("register_channels")


async def test_the_arrows_lead_from_channels_to_plugins(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await here(seat)
        await seat.press("down", "down", "down", "down")
        assert seat.app.focused is not None
        assert seat.app.focused.id == "plugins"
        await seat.says("Version")
        await seat.press("up")
        await seat.says("plugin sms")


async def test_a_channel_is_paused_with_a_reason_and_resumed(engine: Engine) -> None:
    async with seated(engine) as seat:
        await here(seat, "radio")
        await seat.press("p")
        await seat.says("Pause this channel?")
        await seat.type("sua may")
        await seat.press("enter")
        await seat.says("paused by Lê Hoàng Sơn: sua may")
        assert engine.look.channel("radio").pause_reason == "sua may"
        await seat.press("p")
        await seat.until(lambda: engine.look.channel("radio").paused_by is None)


async def test_a_channel_is_asked_and_its_answer_kept(engine: Engine) -> None:
    async with seated(engine) as seat:
        await here(seat, "sms")
        await seat.press("K")
        await seat.until(lambda: any("SMS would work: the spool is writable" in each for each in seat.messages))
        await seat.says("asked just now")
        found = engine.look.channel("sms").health
        assert found is not None
        assert found.ok


async def test_a_test_is_sent_to_the_number_that_was_typed(engine: Engine) -> None:
    async with seated(engine) as seat:
        await here(seat, "sms")
        await seat.press("S")
        await seat.says("Send a test?")
        await seat.press("enter")
        await seat.says("This is needed.")
        await seat.type("0901234567")
        await seat.press("enter")
        await seat.until(lambda: any(each.startswith("A test was sent: OUTC") for each in seat.messages))
        assert [each.reason for each in engine.look.journal() if each.event == "test"] == ["•••••••567"]


async def test_where_no_test_can_be_sent_the_key_says_why(engine: Engine) -> None:
    async with seated(engine) as seat:
        await here(seat, "rss")
        await seat.press("S")
        assert seat.messages[-1].endswith(" sends no tests")
        engine.act.stop("")
        await here(seat, "sms")
        await seat.says("EVERYTHING IS STOPPED")
        await seat.press("S")
        assert seat.messages[-1] == "Send a test: everything is stopped"


async def test_enter_and_d_show_the_deliveries_of_the_channel(engine: Engine) -> None:
    async with seated(engine) as seat:
        for key in ("enter", "d"):
            await here(seat, "radio")
            await seat.press(key)
            await seat.says("channel:radio")
            assert isinstance(seat.app.screen, QueueScreen)


async def test_what_was_read_is_read_again_after_a_restart(engine: Engine) -> None:
    async with seated(engine) as seat:
        await here(seat, "sms")
        await seat.press("z")
        assert isinstance(seat.app.screen, ChannelsScreen)
        memory = seat.app.screen.remember()
    screen = ChannelsScreen()
    screen.recall(memory)
    assert (screen.chosen, screen.every) == ("sms", True)


@every_look
@pytest.mark.parametrize("channel", ["fanpage", "rss", "zalo", "plugin hong plugins/hong.py"])
async def test_looks(
    troubled: Engine, snapshot: SnapshotAssertion, channel: str, size: tuple[int, int], language: str
) -> None:
    use(language)
    async with seated(troubled, size) as seat:
        await here(seat, channel)
        await seat.settle()
        assert seat.text == snapshot


@every_look
async def test_the_question_before_a_test(
    engine: Engine, snapshot: SnapshotAssertion, size: tuple[int, int], language: str
) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await here(seat, "sms")
        await seat.press("S")
        await seat.until(lambda: seat.app.frame is None)
        await seat.settle()
        assert seat.text == snapshot


def test_a_plugin_that_is_off_says_the_way_back() -> None:
    off = PluginStatus("hong", "plugins/hong.py", contract="1.0", enabled=False)
    use("en")
    assert [line.plain for line in plugin_lines(off, 60)] == [
        "hong",
        "`loa plugins enable hong` switches it on",
        "",
        "Contract      1.0",
        "From          plugins/hong.py",
    ]
    assert [cell.text for cell in plugin_row(off).cells] == ["○", "hong", "plugins/hong.py · switched off"]
