"""Writing a post beside its previews: nothing that was typed is lost, and nobody's change is overwritten."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.text import use
from scheduler.tui.screens.editor import keeper
from scheduler.tui.screens.editor.opening import begin
from scheduler.tui.screens.editor.screen import EditorScreen
from scheduler.tui.screens.posts.screen import PostScreen
from scheduler.tui.screens.queue.screen import QueueScreen
from scheduler.tui.widgets.dialogs import Ask
from scheduler.tui.widgets.difference import Leaf
from tests.tui import bursts
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look
from tests.tui.test_typing import send

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.edits.drafts import Draft
    from scheduler.engine.engine import Engine

WIDE = (160, 40)
POST = "cho-duyet"
FIRST = "Bảo hiểm xã hội tự nguyện"


async def writing(seat: Seat, post: str = POST) -> EditorScreen:
    """Open a post to be written."""
    begin(seat.app, post)
    return await opened(seat)


async def opened(seat: Seat) -> EditorScreen:
    """Wait until a post is open to be written."""
    await seat.until(lambda: isinstance(seat.app.screen, EditorScreen))
    screen = seat.app.screen
    assert isinstance(screen, EditorScreen)
    await seat.until(lambda: screen.at_rest)
    await seat.settle()
    return screen


async def asked(seat: Seat) -> Ask:
    """Wait until something is asked."""
    await seat.until(lambda: isinstance(seat.app.screen, Ask))
    ask = seat.app.screen
    assert isinstance(ask, Ask)
    await seat.says(ask.question.title)
    return ask


def file_of(engine: Engine, post: str = POST) -> Path:
    """Return where a post's text stands."""
    return engine.folder / "content" / "posts" / f"{post}.md"


def draft_of(engine: Engine, post: str = POST) -> Draft | None:
    """Return what was typed of it and not saved."""
    return engine.look.draft(post, engine.actor.id)


async def add(seat: Seat, text: str) -> None:
    """Type a text at the end of the post's first line."""
    screen = seat.app.screen
    assert isinstance(screen, EditorScreen)
    row = next(n for n, line in enumerate(screen.writing.text.splitlines()) if line.startswith(FIRST))
    screen.writing.move_cursor((row, len(screen.writing.document.get_line(row))))
    await send(seat.pilot, text)
    await seat.until(lambda: screen.at_rest)
    await seat.settle()


# --- previews --------------------------------------------------------------------------------------------------------


async def test_e_opens_the_text_beside_its_previews(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        seat.app.go("posts", POST)
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen) and seat.app.screen.chosen == POST)
        await seat.settle()
        await seat.press("e")
        await opened(seat)
        assert "✓ saved" in seat.line("cho-duyet.md")
        assert "workstream: thu-hut" in seat.text
        assert "Fanpage Sở" in seat.text


async def test_a_lone_preview_is_drawn_in_the_width_it_has(engine: Engine) -> None:
    file_of(engine).write_text(file_of(engine).read_text("utf-8").replace("radio, fanpage, rss", "rss"), "utf-8")
    engine.refresh()
    async with seated(engine, (200, 60)) as seat:
        await writing(seat)
        await seat.says("╭──")
        edge = seat.line("╭──")
        assert edge.rstrip("▁▂▃▄▅▆▇█ ").endswith("╮"), edge
        assert len(edge) > 190


async def test_previews_follow_what_is_typed_and_nothing_is_written(engine: Engine) -> None:
    before = file_of(engine).read_bytes()
    async with seated(engine, WIDE) as seat:
        await writing(seat)
        await add(seat, " " + bursts.sent("Mời bà con", "telex"))
        assert "● not saved" in seat.text
        assert seat.text.count("Mời bà con") >= 2
        assert file_of(engine).read_bytes() == before


async def test_problems_stand_at_their_lines_as_one_types(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat, "mo-dau")
        assert "! 10: sms does not carry this post" in seat.text
        await add(seat, " {{ plan.themes }}")
        assert "✗ 8: unknown name plan.themes" in seat.text
        row = screen.writing.region.y + 7
        underlined = [s for s in screen._compositor.render_strips()[row] if s.style and s.style.underline]
        assert "Bảo hiểm xã hội tự nguyện" in "".join(segment.text for segment in underlined)
        screen.writing.move_cursor((0, 0))
        await seat.press("f8")
        assert screen.writing.cursor_location == (7, 0)
        await seat.press("f8", "f8")
        assert screen.writing.cursor_location == (7, 0)


async def test_previews_wait_for_a_pause_but_not_for_ever(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.tui.screens.editor.screen.PAUSE", 0.2)
    monkeypatch.setattr("scheduler.tui.screens.editor.screen.AT_LAST", 0.6)
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat)
        first = screen.trial
        for _ in range(3):
            await seat.pilot.press("a")
            await asyncio.sleep(0.05)
            assert screen.trial is first
        for _ in range(12):
            await seat.pilot.press("a")
            await asyncio.sleep(0.05)
        assert screen.trial is not first


async def test_keys_that_would_be_typed_are_not_offered(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat)
        await add(seat, "q")
        assert isinstance(seat.app.screen, EditorScreen)
        assert "q Leave" not in seat.text
        await seat.press("tab")
        assert seat.app.focused is not screen.writing
        await seat.says("q Leave")


# --- saving ----------------------------------------------------------------------------------------------------------


async def test_f2_saves_and_the_post_waits_for_approval(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat, "hom-nay")
        await seat.press("f2")
        assert seat.messages[-1] == "Save: it is saved"
        await add(seat, " Thêm.")
        await seat.press("f2")
        await seat.until(lambda: not screen.dirty)
        assert seat.messages[-1] == "Saved: content/posts/hom-nay.md"
        assert "ngày mai. Thêm." in file_of(engine, "hom-nay").read_text("utf-8")
        assert "✓ saved" in seat.text
        assert engine.look.post("hom-nay").approval is None
        await seat.press("escape")
        await seat.until(lambda: not isinstance(seat.app.screen, EditorScreen))


async def test_f4_makes_a_draft_of_a_text_and_a_text_of_a_draft(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat)
        where = screen.writing.cursor_location
        text = screen.writing.text
        await seat.press("f4")
        await seat.until(lambda: screen.at_rest and "status: draft" in screen.writing.text)
        assert screen.writing.cursor_location == (where[0] + 1, where[1])
        await seat.press("f4")
        await seat.until(lambda: screen.at_rest and not screen.dirty)
        assert screen.writing.text == text
        assert screen.writing.cursor_location == where


async def test_what_is_wrong_is_shown_before_it_is_saved(engine: Engine) -> None:
    before = file_of(engine).read_bytes()
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat)
        await add(seat, " {{ x }}")
        await seat.press("f2")
        await asked(seat)
        assert "8: unknown name x" in seat.text
        await seat.press("escape")
        assert file_of(engine).read_bytes() == before
        assert screen.dirty
        await seat.press("f2")
        await asked(seat)
        await seat.press("enter")
        await seat.until(lambda: not screen.dirty)
        assert b"{{ x }}" in file_of(engine).read_bytes()
        assert not engine.look.post(POST).valid


async def test_another_id_is_another_post_and_is_asked_about(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat)
        screen.writing.move_cursor((1, len("id: cho-duyet")))
        await send(seat.pilot, "-2")
        await seat.until(lambda: screen.at_rest)
        await seat.press("f2")
        await asked(seat)
        assert "It is another post by its id, cho-duyet-2" in seat.text
        await seat.press("enter")
        await seat.until(lambda: not screen.dirty)
        assert engine.look.post("cho-duyet-2").post.path == "content/posts/cho-duyet.md"
        await add(seat, " Thêm.")
        await seat.press("f2")
        await seat.until(lambda: not screen.dirty)
        assert draft_of(engine) is None
        assert draft_of(engine, "cho-duyet-2") is None


async def test_what_could_go_out_again_is_said_before_it_is_saved(engine: Engine) -> None:
    before = file_of(engine, "hang-tuan").read_bytes()
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat, "hang-tuan")
        screen.writing.replace_all(screen.writing.text.replace("at: 2021-05-15", "at: 2021-05-17"))
        await seat.until(lambda: screen.at_rest)
        await seat.press("f2")
        ask = await asked(seat)
        assert "has gone out, and would go by another date" in ask.question.lines[-1]
        await seat.press("escape")
        assert file_of(engine, "hang-tuan").read_bytes() == before


async def test_a_text_that_breaks_its_front_matter_can_still_be_mended_here(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat)
        good = screen.writing.text
        screen.writing.replace_all(good.replace("---\n", "", 1))
        await seat.until(lambda: screen.at_rest)
        await seat.press("f2")
        await asked(seat)
        await seat.press("enter")
        await seat.until(lambda: not screen.dirty)
        await seat.press("ctrl+z")
        assert screen.writing.text == good
        await seat.until(lambda: screen.at_rest)
        await seat.press("f2")
        await seat.until(lambda: not screen.dirty)
        assert engine.look.post(POST).valid


# --- someone else ----------------------------------------------------------------------------------------------------


def changed_outside(engine: Engine) -> bytes:
    """Let someone else add a line."""
    theirs = file_of(engine).read_bytes() + "Lời của người khác.\n".encode()
    file_of(engine).write_bytes(theirs)
    return theirs


async def test_a_change_by_someone_else_is_taken_over_where_nothing_was_typed(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat)
        changed_outside(engine)
        screen.renew()
        await seat.until(lambda: "Lời của người khác." in screen.writing.text)
        assert not screen.dirty


async def conflict(seat: Seat, engine: Engine) -> tuple[EditorScreen, bytes]:
    """Type something while someone else changes the file, and save."""
    screen = await writing(seat)
    await add(seat, " Lời của tôi.")
    theirs = changed_outside(engine)
    screen.renew()
    await seat.says("! changed by someone else")
    await seat.press("f2")
    await asked(seat)
    assert "Since you began to write" in seat.text
    assert file_of(engine).read_bytes() == theirs
    return screen, theirs


async def choose(seat: Seat, choice: str) -> None:
    """Press the button of a choice."""
    ask = await asked(seat)
    ask.query_one(f"#{choice}").focus()
    await seat.press("enter")


async def test_mine_can_be_kept(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen, _theirs = await conflict(seat, engine)
        await choose(seat, "mine")
        await seat.until(lambda: not screen.dirty)
        text = file_of(engine).read_text("utf-8")
        assert "Lời của tôi." in text
        assert "Lời của người khác." not in text
        assert engine.edit.undo() is not None
        assert "Lời của người khác." in file_of(engine).read_text("utf-8")


async def test_theirs_can_be_taken_and_undo_brings_mine_back(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen, theirs = await conflict(seat, engine)
        await choose(seat, "theirs")
        await seat.until(lambda: not screen.dirty)
        assert screen.writing.text == theirs.decode()
        assert file_of(engine).read_bytes() == theirs
        await seat.press("ctrl+z")
        assert "Lời của tôi." in screen.writing.text


async def test_both_can_be_seen_and_nothing_is_lost(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen, theirs = await conflict(seat, engine)
        await choose(seat, "both")
        await seat.says("+ Lời của người khác.")
        assert "- Bảo hiểm xã hội tự nguyện" in seat.text
        assert screen.dirty
        assert file_of(engine).read_bytes() == theirs
        await add(seat, " Lời của cả hai.")
        await seat.press("f2")
        await choose(seat, "mine")
        await seat.until(lambda: not screen.dirty)
        assert "+ Lời của người khác." not in seat.text


# --- drafts ----------------------------------------------------------------------------------------------------------


async def test_what_is_typed_is_a_draft_within_a_second_and_gone_when_it_is_saved(engine: Engine) -> None:
    assert keeper.DELAY < 1
    async with seated(engine, WIDE) as seat:
        screen = await writing(seat)
        await add(seat, " Lời mới.")
        await seat.until(lambda: draft_of(engine) is not None)
        draft = draft_of(engine)
        assert draft is not None
        assert draft.text == screen.writing.text
        await seat.press("f2")
        await seat.until(lambda: draft_of(engine) is None)


async def test_a_text_that_is_as_before_is_no_draft(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await writing(seat)
        await add(seat, "x")
        await seat.until(lambda: draft_of(engine) is not None)
        await seat.press("backspace")
        await seat.until(lambda: draft_of(engine) is None)
        await seat.press("escape")
        await seat.until(lambda: not isinstance(seat.app.screen, EditorScreen))


@pytest.mark.parametrize(("choice", "kept"), [("keep", True), ("throw", False)])
async def test_leaving_asks_what_becomes_of_the_text(engine: Engine, choice: str, kept: bool) -> None:
    async with seated(engine, WIDE) as seat:
        await writing(seat)
        await add(seat, " Lời mới.")
        await seat.press("escape")
        await asked(seat)
        await seat.press("escape")
        assert isinstance(seat.app.screen, EditorScreen)
        await seat.press("escape")
        await choose(seat, choice)
        await seat.until(lambda: not isinstance(seat.app.screen, EditorScreen))
        assert (draft_of(engine) is not None) is kept
        assert "Lời mới." not in file_of(engine).read_text("utf-8")


async def test_leaving_can_save(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await writing(seat)
        await add(seat, " Lời mới.")
        await seat.press("escape")
        await choose(seat, "save")
        await seat.until(lambda: not isinstance(seat.app.screen, EditorScreen))
        assert "Lời mới." in file_of(engine).read_text("utf-8")


async def test_going_elsewhere_asks_first(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await writing(seat)
        await add(seat, " Lời mới.")
        seat.app.go("queue")
        await asked(seat)
        await seat.press("escape")
        assert isinstance(seat.app.screen, EditorScreen)
        seat.app.go("queue")
        await choose(seat, "keep")
        await seat.until(lambda: isinstance(seat.app.screen, QueueScreen))
        await seat.until(lambda: draft_of(engine) is not None)


async def test_leaving_the_program_asks_first(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated(engine, WIDE) as seat:
        left: list[bool] = []
        monkeypatch.setattr(seat.app, "exit", lambda: left.append(True))
        await writing(seat)
        await add(seat, " Lời mới.")
        await seat.press("ctrl+q")
        await asked(seat)
        await seat.press("escape")
        assert isinstance(seat.app.screen, EditorScreen)
        assert left == []
        await seat.press("ctrl+q")
        await choose(seat, "keep")
        await seat.until(lambda: left == [True])
    assert draft_of(engine) is not None


async def test_the_other_language_keeps_what_was_typed(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        first = await writing(seat)
        await add(seat, " Lời mới.")
        seat.app.do_language()
        await seat.until(lambda: isinstance(seat.app.screen, EditorScreen) and seat.app.screen is not first)
        second = await opened(seat)
        assert second.writing.text == first.writing.text
        assert second.dirty


async def left_behind(engine: Engine) -> str:
    """Leave a draft behind; return its text."""
    original = engine.look.original(POST)
    text = original.text.replace("ngày mai.", "ngày mai. Lời dở dang.")
    engine.edit.keep_draft(POST, text, original.data)
    return text


async def test_a_draft_is_offered_and_can_be_taken_up(engine: Engine) -> None:
    text = await left_behind(engine)
    async with seated(engine, WIDE) as seat:
        begin(seat.app, POST)
        await choose(seat, "take")
        screen = await opened(seat)
        assert screen.writing.text == text
        assert screen.dirty
        await seat.press("f2")
        await seat.until(lambda: not screen.dirty)
        assert "Lời dở dang." in file_of(engine).read_text("utf-8")


async def test_a_draft_can_be_seen_and_thrown_away(engine: Engine) -> None:
    await left_behind(engine)
    async with seated(engine, WIDE) as seat:
        begin(seat.app, POST)
        await choose(seat, "see")
        await seat.until(lambda: isinstance(seat.app.screen, Leaf))
        await seat.says("+ Bảo hiểm xã hội tự nguyện: đóng hôm nay, có lương hưu ngày mai. Lời dở dang.")
        await seat.press("escape")
        await choose(seat, "throw")
        screen = await opened(seat)
        assert not screen.dirty
        assert draft_of(engine) is None


async def test_a_draft_of_an_older_file_says_so_and_does_not_overwrite_it(engine: Engine) -> None:
    await left_behind(engine)
    theirs = changed_outside(engine)
    async with seated(engine, WIDE) as seat:
        begin(seat.app, POST)
        await asked(seat)
        assert "The file was changed since." in seat.text
        await choose(seat, "take")
        await opened(seat)
        await seat.press("f2")
        await asked(seat)
        assert "Since you began to write" in seat.text
        assert file_of(engine).read_bytes() == theirs


async def test_a_draft_that_cannot_be_kept_is_said(engine: Engine) -> None:
    (engine.var / "drafts").write_text("in the way")
    async with seated(engine, WIDE) as seat:
        seat.app.push_screen(EditorScreen(engine.look.original(POST)))
        await opened(seat)
        await add(seat, "x")
        await seat.says("! the draft cannot be written")
        (engine.var / "drafts").unlink()
        await add(seat, "y")
        await seat.says("● not saved")


# --- looks -----------------------------------------------------------------------------------------------------------


@every_look
async def test_the_editor(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await writing(seat, "mo-dau")
        await add(seat, " {{ plan.themes }}")
        assert seat.text == snapshot


@every_look
async def test_the_conflict(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        screen = await writing(seat)
        await add(seat, " Lời của tôi.")
        changed_outside(engine)
        await seat.press("f2")
        await asked(seat)
        assert seat.text == snapshot(name="question")
        await choose(seat, "both")
        await seat.until(lambda: "(-)" in seat.text and screen.at_rest)
        assert seat.text == snapshot(name="both")


@every_look
async def test_the_draft(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    await left_behind(engine)
    (draft,) = (engine.var / "drafts").rglob(f"{POST}.md")
    os.utime(draft, (1620608400, 1620608400))
    async with seated(engine, size) as seat:
        begin(seat.app, POST)
        await asked(seat)
        assert seat.text == snapshot(name="question")
        await choose(seat, "see")
        await seat.until(lambda: isinstance(seat.app.screen, Leaf))
        await seat.pilot.pause()
        assert seat.text == snapshot(name="difference")


@every_look
async def test_leaving(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await writing(seat)
        await add(seat, " Lời mới.")
        await seat.press("escape")
        await asked(seat)
        assert seat.text == snapshot


async def test_what_a_channel_cannot_say_is_asked_about_before_it_is_saved(engine: Engine) -> None:
    before = file_of(engine).read_bytes()
    async with seated(engine, WIDE) as seat:
        await writing(seat)
        await add(seat, " Gọi điện thoại.Từ mai.")
        await seat.press("f2")
        question = (await asked(seat)).question
        assert question.title == "1 error"
        assert question.lines[0].startswith("radio/")
        assert "thoại.Từ" in question.lines[0]
        assert "Saved like this, it cannot be approved" in question.lines[-1]
        assert file_of(engine).read_bytes() == before
