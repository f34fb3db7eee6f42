"""Drafts of posts that are gone are offered on Today and among the posts, and nothing of them is lost silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import use
from scheduler.tui.screens.editor.screen import EditorScreen
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine

WIDE = (120, 40)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """The campaign, with drafts of two posts whose files are gone."""
    for post in ("hom-nay", "toi-nay"):
        original = engine.look.original(post)
        engine.edit.keep_draft(post, original.text + "Câu cuối của bài.\n", original.data)
        (engine.folder / original.path).unlink()
    engine.refresh()
    engine.act.sync()
    return engine


async def asked(seat: Seat, *keys: str) -> None:
    """Press keys that lead to a question."""
    await seat.press(*keys)
    await seat.until(lambda: seat.app.frame is None)
    await seat.pilot.pause()


async def test_today_offers_them_and_one_becomes_a_new_post(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await seat.says("2 drafts of posts that are gone: hom-nay, toi-nay")
        await asked(seat, "enter")
        assert "hom-nay" in seat.text
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.app.screen, EditorScreen))
        assert "status: draft" in engine.look.original("hom-nay").text
        assert engine.look.post("hom-nay").post.body.rstrip().endswith("Câu cuối của bài.")
        assert engine.look.orphans("giam-doc") == ["toi-nay"]


async def test_one_is_read_and_thrown_away_only_after_a_second_question(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await seat.press("4", "L")
        await seat.says("✎ 2 drafts of posts that are gone")
        await asked(seat, "Y")
        await seat.pilot.click("#see")
        await seat.says("Câu cuối của bài.")
        await seat.pilot.press("escape")
        await seat.until(lambda: bool(seat.app.screen.query("#throw")))
        await seat.pilot.click("#throw")
        await seat.says("Throw this draft away?")
        await seat.pilot.press("escape")
        await seat.until(lambda: bool(seat.app.screen.query("#next")))
        assert len(engine.look.orphans("giam-doc")) == 2
        await seat.pilot.click("#throw")
        await seat.says("Throw this draft away?")
        await seat.pilot.click("#throw")
        await seat.until(lambda: engine.look.orphans("giam-doc") == ["toi-nay"])
        await seat.until(lambda: "1 draft of a post that is gone" in seat.text)


async def test_where_there_are_none_the_key_says_so(engine: Engine) -> None:
    for post in ("hom-nay", "toi-nay"):
        engine.edit.discard_draft(post)
    async with seated(engine, WIDE) as seat:
        assert "drafts of posts" not in seat.text
        await seat.press("4", "Y")
        assert seat.messages[-1] == "Drafts left: there is no draft of a post that is gone"


@every_look
async def test_the_question(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        assert seat.text == snapshot(name="today")
        await seat.press("4")
        await asked(seat, "Y")
        text = "\n".join(line for line in seat.text.splitlines() if "│" in line or "─" in line)
        assert text.replace(stamp(engine, "hom-nay"), "dd/mm/yyyy hh:mm") == snapshot(name="question")


def stamp(engine: Engine, post: str) -> str:
    """Return when a draft was typed, as it is shown."""
    draft = engine.look.draft(post, "giam-doc")
    assert draft is not None
    return draft.at.astimezone(engine.config.zone).strftime("%d/%m/%Y %H:%M")
