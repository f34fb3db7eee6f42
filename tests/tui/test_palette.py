from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import language, use
from scheduler.tui.action import Scope
from scheduler.tui.keys import of
from scheduler.tui.palette import Everything, fits, spans
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion
    from textual.command import DiscoveryHit, Hit

    from scheduler.engine.engine import Engine


async def hits(seat: Seat, query: str = "") -> list[DiscoveryHit | Hit]:
    provider = Everything(seat.app.screen)
    return [hit async for hit in (provider.search(query) if query else provider.discover())]


async def test_it_has_every_action_of_the_screen_with_its_command_or_why_it_is_not_possible(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3")
        await seat.says("20 deliveries")
        helps = {hit.text: hit.help for hit in await hits(seat)}
        actions = of(*seat.app.screen.scopes, Scope.EVERYWHERE)  # type: ignore[attr-defined]
        assert {action.label() for action in actions} - {"Commands", "Panels"} <= set(helps)
        assert helps["Hold"] == "Keep this delivery back · loa delivery hold · h"
        assert helps["Settle"] == "not now: this delivery is scheduled · loa delivery settle · s"


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("gop hom nay", "Go to post: Góp hôm nay, yên tâm ngày mai"),
        ("HOM NAY gop", "Go to post: Góp hôm nay, yên tâm ngày mai"),
        ("channel sms", "Go to channel: "),
        ("12", "Open delivery 12"),
        ("delivery #7", "Open delivery 7"),
        ("colours light", "Colours: light"),
        ("tieng viet", "Language: Tiếng Việt"),
        ("coverage", "Coverage"),
        ("xyz", "Nothing here has these words."),
    ],
)
async def test_it_finds(engine: Engine, query: str, first: str) -> None:
    async with seated(engine) as seat:
        assert str((await hits(seat, query))[0].text).startswith(first)


async def choose(seat: Seat, query: str, title: str) -> None:
    """Write a query into the palette, and take what is found first."""
    await seat.press("ctrl+p")
    await seat.type(query)
    await seat.says(title)
    await seat.press("enter")


async def test_it_goes_to_a_post_opens_a_delivery_and_changes_language_and_colours(engine: Engine) -> None:
    async with seated(engine) as seat:
        await choose(seat, "gop hom nay", "Go to post: Góp hôm nay")
        await seat.until(lambda: seat.app.current_mode == "posts")
        await choose(seat, "open delivery 3", "Open delivery 3")
        await seat.says("History")
        await choose(seat, "colours light", "Colours: light")
        await seat.until(lambda: seat.app.theme == "loa-light")
        await choose(seat, "tieng viet", "Language: Tiếng Việt")
        await seat.says("Diễn biến")
        assert language() == "vi"


def test_what_begins_with_the_words_stands_higher() -> None:
    assert fits(["hom"], "Hôm nay") > fits(["nay"], "Hôm nay") > fits(["om"], "Hôm nay") > 0
    assert fits(["hom", "mai"], "Hôm nay") == 0
    assert fits([], "Hôm nay") == 0
    assert spans(["nay"], "Hôm nay") == [(4, 7)]


@every_look
async def test_palette(engine: Engine, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await seat.press("3", "ctrl+p")
        await seat.type("hom nay")
        await seat.pilot.pause(0.8)
        assert seat.text == snapshot
