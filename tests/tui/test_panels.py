"""The pages of plugins: a screen that is there where a plugin brings one, and the same by `loa plugins panel`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.delivering.calls import Budget
from scheduler.engine.looks import panels
from scheduler.ground.errors import NotFound
from scheduler.ground.text import use
from scheduler.tui.screens.channels.screen import ChannelsScreen
from scheduler.tui.screens.panels.screen import PanelsScreen
from scheduler.tui.screens.queue.screen import QueueScreen
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine

GOOD = """\
from scheduler.api import Beside, Card, Measure, Panel, Passage, State, hookimpl


def page(host):
    sent = host.deliveries(states=[State.SENT])
    yield Measure("Đã gửi", len(sent), len(host.deliveries()))
    yield Passage("\\n".join(each.title for each in host.posts()), "Các bài", ("5 bài",))
    yield Beside((Passage("trái", "Tuần này"), Passage("phải", "Tuần sau", goes_out=False)))
    yield Card("Sở Lao động", host.clock.now(), "Một tấm thẻ.", "Tin")


def empty(host):
    return ()


@hookimpl
def register_panels():
    return [
        Panel("tien-do", "Tiến độ theo tuần", "Bao nhiêu đã gửi trong từng tuần của chiến dịch", page),
        Panel("trong", "Trang trống", "", empty),
    ]
"""
BAD = """\
from scheduler.api import Panel, hookimpl


def page(host):
    return [1 / 0]


def strange(host):
    yield 3


@hookimpl
def register_panels():
    return [
        Panel("hong", "Trang hỏng", "", page),
        Panel("la", "Trang lạ", "", strange),
        Panel("tien-do", "Trùng tên", "", page),
    ]
"""
WORSE = """\
from scheduler.api import hookimpl


@hookimpl
def register_panels():
    raise RuntimeError("no data")
"""


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    for name in [each for each in sys.modules if each.startswith("loa_plugins.")]:
        del sys.modules[name]


def bring(engine: Engine, **plugins: str) -> None:
    folder = engine.folder / "plugins"
    folder.mkdir(exist_ok=True)
    for name, code in plugins.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    config = engine.folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + "\n[plugins.khong-co]\nenabled = true\n", encoding="utf-8")
    engine.refresh()


async def opened(seat: Seat) -> PanelsScreen:
    await seat.press("0")
    await seat.until(lambda: isinstance(seat.app.screen, PanelsScreen))
    await seat.settle()
    screen = seat.app.screen
    assert isinstance(screen, PanelsScreen)
    return screen


@every_look
async def test_look(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    bring(engine, a=GOOD, b=BAD)
    async with seated(engine, size) as seat:
        await opened(seat)
        assert seat.text == snapshot


async def test_one_that_fails_says_so_in_its_place_and_the_others_stand(engine: Engine) -> None:
    bring(engine, a=GOOD, b=BAD, c=WORSE)
    async with seated(engine, (120, 40)) as seat:
        await opened(seat)
        assert "Mở đầu tháng vận động" in flat(seat)
        await seat.press("down")
        assert "There is nothing on this page now." in flat(seat)
        await seat.press("down")
        assert "plugin b: register_panels, hong: ZeroDivisionError: division by zero (plugins/b.py:5)" in flat(seat)
        await seat.press("down")
        assert "show gave int, which is no block of a preview" in flat(seat)
        await seat.press("down")
        assert "the panel 'tien-do' is brought by plugin a already" in flat(seat)
        await seat.press("down")
        assert "plugin c: register_panels: RuntimeError: no data (plugins/c.py:6)" in flat(seat)
        await seat.press("home")
        assert "Mở đầu tháng vận động" in flat(seat)


def flat(seat: Seat) -> str:
    """Return what stands on the page, wrapped lines put together."""
    return " ".join(" ".join(line[44:].split()) for line in seat.text.splitlines())


async def test_it_is_made_anew_and_shows_what_is_new(engine: Engine) -> None:
    bring(
        engine,
        a=GOOD.replace("def page(host):", "def page(host):\n    yield Passage((host.folder / 'so').read_text())"),
    )
    (engine.folder / "so").write_text("một")
    async with seated(engine) as seat:
        await opened(seat)
        await seat.says("một")
        (engine.folder / "so").write_text("hai")
        await seat.press("F")
        await seat.says("hai")


SLOW = """\
import time

from scheduler.api import Panel, Passage, hookimpl

asked = []


def page(host):
    asked.append(1)
    time.sleep(30)
    return [Passage("nobody waits for this")]


@hookimpl
def register_panels():
    return [Panel("cham", "Trang chậm", "", page)]
"""


async def test_one_that_hangs_delays_no_other_screen_and_no_other_page(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "SECONDS", 4.0)
    bring(engine, a=SLOW, b=GOOD)
    async with seated(engine, (120, 40)) as seat:
        began = time.monotonic()
        await seat.pilot.press("0")
        await seat.says("The plugin is making this page …")
        assert "Trang chậm" in seat.text
        await seat.pilot.press("3")
        await seat.until(lambda: isinstance(seat.app.screen, QueueScreen))
        await seat.settle()
        assert "⏎ Open" in seat.text
        assert "still reading" not in seat.text
        await seat.pilot.press("0")
        await seat.pilot.press("down")
        await seat.says("Mở đầu tháng vận động")
        assert time.monotonic() - began < 3.5
        assert "nobody waits" not in seat.text
    assert time.monotonic() - began < 5, "leaving waits for none"


async def test_one_that_hung_says_so_and_is_asked_again_by_a_key_or_after_a_pause(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "SECONDS", 0.2)
    bring(engine, a=SLOW, b=GOOD)
    late = "plugin a: register_panels, cham: did not answer within 0 seconds"
    async with seated(engine, (120, 40)) as seat:
        await opened(seat)
        assert late in flat(seat)
        assert "It is asked again after a pause that grows; F asks it now." in flat(seat)
        asked = sys.modules["loa_plugins.a"].asked
        assert len(asked) == 1
        for key in ("down", "up", "3", "0"):
            await seat.press(key)
            await seat.settle()
        assert late in flat(seat)
        assert len(asked) == 1
        rest = engine.snapshot.hooks.kept[panels.HOOK,]["cham"]
        first = rest._budget.left
        await seat.press("F")
        await seat.until(lambda: len(asked) == 2)
        await seat.settle()
        assert late in flat(seat)
        assert rest._budget.left > 1.5 * first
        rest._budget = Budget(0)
        await seat.press("down", "up")
        await seat.until(lambda: len(asked) == 3)


async def test_a_key_leads_to_its_plugin_and_the_palette_to_each_page(engine: Engine) -> None:
    bring(engine, a=GOOD)
    async with seated(engine) as seat:
        await seat.press("ctrl+p")
        await seat.type("panel trang")
        await seat.says("Go to panel: Trang trống")
        await seat.press("down", "enter")
        await seat.says("There is nothing on this page now.")
        await seat.press("I")
        await seat.until(lambda: isinstance(seat.app.screen, ChannelsScreen))
        await seat.settle()
        assert "plugins/a.py" in seat.text


async def test_without_a_plugin_that_brings_one_there_is_no_such_screen(engine: Engine) -> None:
    async with seated(engine, (120, 40)) as seat:
        await seat.press("0")
        assert seat.messages[-1] == "Panels: no plugin brings a panel"
        assert "Panels" not in seat.text.splitlines()[0]
        await seat.press("f1")
        assert "Pages that plugins bring" not in seat.text


def test_the_engine_gives_the_same_to_a_command(engine: Engine) -> None:
    bring(engine, a=GOOD)
    look = engine.look
    assert [(each.name, each.plugin) for each in look.panels()] == [("tien-do", "a"), ("trong", "a")]
    assert len(look.panel("tien-do").blocks) == 4
    with pytest.raises(NotFound, match="tien-do"):
        look.panel("tien-d")
