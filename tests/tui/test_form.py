"""A new post by a short form: wrong fields say so, nothing entered is lost, and the text opens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.edits.drafts import NEW_POST
from scheduler.ground.text import use
from scheduler.tui.screens.editor.form import FIELDS, NewPostForm
from scheduler.tui.widgets.field import Field
from scheduler.tui.widgets.several import Several
from tests.tui import bursts
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look
from tests.tui.test_editor import WIDE, opened
from tests.tui.test_typing import send

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine

PLAN = """
[[audiences]]
id = "can-bo"
title = "Cán bộ, công chức, viên chức, người lao động làm công tác BHXH"

[[audiences]]
id = "nong-dan"
title = "Nông dân"

[[areas]]
id = "bac-ai"
title = "Huyện Bác Ái"
"""
EVENT = """---
id: ra-quan
title: Lễ ra quân
workstream: thu-hut
start: 2021-05-20 07:30
place: Quảng trường
---
"""
TEMPLATE = "---\nabout: Lời mời dự\nchannels: [radio, rss]\nworkstream: thu-hut\n---\nMời dự {{ event.title }}.\n"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """The campaign with audiences, an area, an event and a template."""
    content = engine.folder / "content"
    plan = content / "plan.toml"
    plan.write_text(plan.read_text("utf-8") + PLAN, "utf-8")
    for name, text in (("events/ra-quan.md", EVENT), ("templates/loi-moi.md", TEMPLATE)):
        (content / name).parent.mkdir(exist_ok=True)
        (content / name).write_text(text, "utf-8")
    engine.refresh()
    return engine


async def form(seat: Seat) -> NewPostForm:
    """Open the form."""
    await seat.press("N")
    await seat.until(lambda: isinstance(seat.app.screen, NewPostForm))
    await seat.says("Channels" if "New post" in seat.text else "Kênh")
    screen = seat.app.screen
    assert isinstance(screen, NewPostForm)
    await seat.pilot.pause()
    return screen


async def enter(seat: Seat, name: str, text: str) -> None:
    """Type a text into a field."""
    field = seat.app.screen.query_one(f"#{name}", Field)
    field.focus()
    await seat.pilot.pause()
    await send(seat.pilot, bursts.sent(text, "telex"))


async def test_a_post_is_written_and_opens_to_be_written(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await form(seat)
        await enter(seat, "title", "Mời dự lễ ra quân")
        await enter(seat, "at", "15/05/2021 08:00")
        await seat.press("f2")
        screen = await opened(seat)
        assert screen.original.path == "content/posts/moi-du-le-ra-quan.md"
        assert screen.writing.cursor_location[0] == screen.writing.document.line_count - 1
        status = engine.look.post("moi-du-le-ra-quan")
        assert f"{status.post.placement.at}" == "2021-05-15 08:00:00"
        assert status.post.draft
        assert set(status.post.channels) == {"radio", "fanpage", "rss", "sms"}
        assert status.post.author == "giam-doc"
        assert engine.look.draft(NEW_POST, engine.actor.id) is None


async def test_the_id_follows_the_title_until_one_is_written(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        own = screen.query_one("#id", Field)
        await enter(seat, "title", "Đóng bảo hiểm")
        assert own.value == "dong-bao-hiem"
        own.value = ""
        await enter(seat, "id", "rieng")
        await enter(seat, "title", " xã hội")
        assert own.value == "rieng"


async def test_it_starts_from_a_template_by_an_event_for_whom_and_where_one_chooses(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        await enter(seat, "title", "Mời dự")
        for name in ("template", "event"):
            screen.query_one(f"#{name}").focus()
            await seat.press("enter", "down", "enter")
        await enter(seat, "offset", "-2d")
        for name in ("audiences", "areas"):
            screen.query_one(f"#{name}").focus()
            await seat.press("end", "space")
        screen.query_one("#channels", Several).deselect_all()
        screen.query_one("#write").focus()
        await seat.press("enter")
        await opened(seat)
        post = engine.look.post("moi-du").post
        assert (post.placement.event, post.body) == ("ra-quan", "Mời dự {{ event.title }}.")
        assert (set(post.channels), post.audiences, post.areas) == ({"radio", "rss"}, ("nong-dan",), ("bac-ai",))


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"title": ""}, "title", "a post needs a title"),
        ({"title": "Hỏi", "id": "HOI"}, "id", "is not an id"),
        ({"title": "Hỏi", "id": "hom-nay"}, "id", "hom-nay is taken by content/posts/hom-nay.md"),
        ({"title": "Hỏi", "at": "mai"}, "at", "is no time"),
        ({"title": "Hỏi", "at": "15/05/2031 08:00"}, "workstream", "no workstream has that day"),
        ({"title": "Hỏi", "offset": "-2d"}, "offset", "an offset goes with an event"),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    engine: Engine, fields: dict[str, str], name: str, said: str
) -> None:
    before = {each.name for each in (engine.folder / "content" / "posts").iterdir()}
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        for field, text in fields.items():
            screen.query_one(f"#{field}", Field).value = text
            await seat.pilot.pause()
        await seat.press("f2")
        await seat.says(said)
        wrong = screen.query_one(f"#wrong-{name}")
        assert wrong.region.y == screen.query_one(f"#{name}").region.y + 1
        assert seat.app.focused is screen.query_one(f"#{name}")
        assert {field: screen.values()[field] for field in fields} == fields
        assert {each.name for each in (engine.folder / "content" / "posts").iterdir()} == before
        for field, text in (("title", "Hỏi gì"), ("id", "hoi-gi"), ("at", "15/05/2021 08:00"), ("offset", "")):
            screen.query_one(f"#{field}", Field).value = text
            await seat.pilot.pause()
        await seat.press("f2")
        await opened(seat)


async def test_what_was_entered_stands_there_the_next_time(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        await enter(seat, "title", "Dở dang")
        screen.query_one("#audiences", Several).select("nong-dan")
        await seat.pilot.pause()
        values = screen.values()
        await seat.press("escape")
        await seat.until(lambda: not isinstance(seat.app.screen, NewPostForm))
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        assert screen.values() == values
        assert values["title"] == "Dở dang"
        assert values["audiences"] == ["nong-dan"]


async def test_a_form_of_before_says_so_and_its_title_is_typed_over(engine: Engine) -> None:
    engine.edit.keep_draft(NEW_POST, json.dumps({"title": "Dở dang", "id": "do-dang", "offset": "-2d"}), b"")
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        assert "unfinished form of before" in seat.text
        await send(seat.pilot, bursts.sent("Khác hẳn", "telex"))
        assert (screen.values()["title"], screen.values()["id"]) == ("Khác hẳn", "khac-han")
        await seat.press("f5")
        await seat.pilot.pause()
        assert "unfinished" not in seat.text
        assert [screen.values()[name] for name in FIELDS] == ["", "", "", ""]
        assert len(screen.values()["channels"]) == 4
    async with seated(engine, WIDE) as seat:
        await form(seat)
        assert "unfinished" not in seat.text


async def test_every_field_that_is_wrong_is_named_and_a_mended_one_is_silent(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        await enter(seat, "at", "mai")
        await enter(seat, "offset", "-2d")
        await seat.says("'mai' is no time")
        assert "a post needs a title" not in seat.text
        await seat.press("f2")
        await seat.says("a post needs a title")
        for said in ("'mai' is no time", "an offset goes with an event"):
            assert said in seat.text
        screen.query_one("#at", Field).value = "15/05/2021 08:00"
        await seat.until(lambda: "is no time" not in seat.text)
        assert "an offset goes with an event" in seat.text


async def test_a_time_that_is_too_late_is_a_warning_at_its_field_while_it_is_typed(engine: Engine) -> None:
    """It is eight o'clock of 10 May, and radio wants its scripts a day before."""
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        await enter(seat, "at", "10/05/2021 18:00")
        await seat.says("! too late for Radio: it was due there by 09/05/2021 18:00")
        place = screen.query_one("#wrong-at")
        assert place.region.y == screen.query_one("#at").region.y + 1
        assert place.has_class("-warning")
        screen.query_one("#channels", Several).deselect("radio")
        await seat.until(lambda: "too late" not in seat.text)
        screen.query_one("#at", Field).value = "09/05/2021 18:00"
        await seat.says("! this time has passed")
        screen.query_one("#at", Field).value = "10/05/2021 18:00"
        screen.query_one("#channels", Several).select("radio")
        await seat.says("too late for Radio")
        await enter(seat, "title", "Trễ rồi")
        await seat.press("f2")
        await opened(seat)
        assert engine.look.post("tre-roi").post.placement.at


async def test_what_is_chosen_shows_without_colours(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        screen = await form(seat)
        screen.query_one("#audiences").focus()
        await seat.press("end", "space")
        assert "[x] Nông dân" in seat.text
        assert "[ ] Cán bộ" in seat.text


@every_look
async def test_the_form(engine: Engine, snapshot: SnapshotAssertion, language: str, size: tuple[int, int]) -> None:
    use(language)
    async with seated(engine, size) as seat:
        screen = await form(seat)
        assert seat.text == snapshot(name="empty")
        await enter(seat, "title", "Hỏi bảo hiểm")
        screen.query_one("#id", Field).value = "hom-nay"
        await enter(seat, "offset", "-2d")
        await seat.press("f2")
        await seat.until(lambda: bool(screen.query(".wrong.-shown")))
        await seat.pilot.pause()
        assert seat.text == snapshot(name="wrong")
        screen.query_one("#offset", Field).value = ""
        screen.query_one("#id", Field).value = "hoi-bao-hiem"
        screen.query_one("#at", Field).value = "10/05/2021 17:30"
        await seat.until(lambda: bool(screen.query(".wrong.-warning")))
        await seat.pilot.pause()
        assert seat.text == snapshot(name="late")
