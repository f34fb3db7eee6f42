"""Texts are written whole, as the file was laid out, over nobody's change; a new post says what is wrong by field."""

from __future__ import annotations

import errno
import stat
import unicodedata
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.edits import drafts
from scheduler.engine.edits.text_edits import NewPost
from scheduler.ground.errors import CampaignInvalid, ChangedMeanwhile, LoaError, NotFound
from scheduler.ground.lifecycle import State
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = NOON + timedelta(hours=2)
ROUND = datetime(2021, 5, 4, 8, 0)  # noqa: DTZ001 - local and naive, as in the files
FAR = ROUND.replace(year=2031)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel()
    folder.post("tin", at=LATER)
    desk = desks(folder)
    desk.act.sync()
    return desk


def rewritten(desk: Desk, old: str, new: str) -> str:
    """Return the post's text with one part replaced."""
    text = desk.look.original("tin").text
    assert old in text
    return text.replace(old, new)


# --- saving ----------------------------------------------------------------------------------------------------------


def test_a_text_is_saved_planned_and_can_be_taken_back(desk: Desk) -> None:
    before = desk.look.original("tin")
    edit = desk.edit.save("tin", before.text + "Thêm một câu.\n", before.data)
    assert edit.file == before.path
    assert desk.look.post("tin").post.body.endswith("Thêm một câu.")
    assert desk.folder.file().read_bytes() == before.data + "Thêm một câu.\n".encode()
    desk.edit.undo()
    assert desk.folder.file().read_bytes() == before.data
    desk.edit.redo()
    assert desk.folder.file().read_text("utf-8").endswith("Thêm một câu.\n")


def test_encoding_mark_line_endings_and_mode_stay_and_letters_are_composed(desk: Desk) -> None:
    file = desk.folder.file()
    data = b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n")
    file.write_bytes(data)
    file.chmod(0o640)
    seen = desk.look.original("tin")
    assert "\r" not in seen.text
    assert not seen.text.startswith("\ufeff")
    desk.edit.save("tin", seen.text + unicodedata.normalize("NFD", "Bảo hiểm\n"), seen.data)
    assert file.read_bytes() == data + "Bảo hiểm\r\n".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_change_by_someone_else_is_never_overwritten(desk: Desk) -> None:
    seen = desk.look.original("tin")
    theirs = seen.data + b"Theirs.\n"
    desk.folder.file().write_bytes(theirs)
    with pytest.raises(ChangedMeanwhile) as error:
        desk.edit.save("tin", seen.text + "Mine.\n", seen.data)
    assert error.value.data == theirs
    assert desk.folder.file().read_bytes() == theirs
    desk.edit.save("tin", seen.text + "Mine.\n", error.value.data)
    assert desk.folder.file().read_bytes() == seen.data + b"Mine.\n"


def test_a_renamed_file_is_still_that_posts(desk: Desk) -> None:
    seen = desk.look.original("tin")
    desk.folder.file().rename(desk.folder.file().with_name("khac.md"))
    desk.edit.save("tin", seen.text + "Thêm.\n", seen.data)
    assert desk.look.original("tin").path == "content/posts/khac.md"
    assert not desk.folder.file().exists()


def test_a_text_with_errors_is_saved_and_its_deliveries_wait(desk: Desk) -> None:
    seen = desk.look.original("tin")
    desk.edit.save("tin", rewritten(desk, "workstream: chung", "workstream: khong-co"), seen.data)
    assert desk.row().state is State.HELD
    broken = desk.look.original("tin")
    desk.edit.save("tin", broken.text.replace("---\n", "", 1), broken.data)
    assert "tin" not in {each.post.id for each in desk.look.posts()}
    torn = desk.look.original("tin")
    desk.edit.save("tin", seen.text, torn.data)
    assert desk.look.post("tin").valid


def test_saving_throws_the_draft_away(desk: Desk) -> None:
    seen = desk.look.original("tin")
    desk.edit.keep_draft("tin", "nháp", seen.data)
    assert desk.look.draft("tin", "giam-doc") is not None
    desk.edit.save("tin", seen.text + "Thêm.\n", seen.data)
    assert desk.look.draft("tin", "giam-doc") is None


def test_a_draft_stays_where_saving_was_refused(desk: Desk) -> None:
    seen = desk.look.original("tin")
    desk.edit.keep_draft("tin", "nháp", seen.data)
    with pytest.raises(ChangedMeanwhile):
        desk.edit.save("tin", "x", b"something else")
    assert drafts.names(desk.core.var, "giam-doc") == ["tin"]


def test_there_is_no_text_of_a_post_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFound, match="did you mean 'tin'"):
        desk.look.original("tinh")


def test_what_is_not_utf_8_is_not_edited_here(desk: Desk) -> None:
    desk.folder.file().write_bytes(b"---\nid: tin\n---\n\xff\n")
    desk.act.sync()
    with pytest.raises(LoaError, match="is not UTF-8 and cannot be edited here"):
        desk.look.original("tin")


# --- before it is saved ----------------------------------------------------------------------------------------------


def test_a_text_is_tried_without_a_file_or_a_delivery_changing(desk: Desk) -> None:
    seen, before = desk.look.original("tin"), desk.dump()
    trial = desk.look.preview_text("tin", seen.text + "Lời mới.\n", seen.data)
    assert trial.post is not None
    assert trial.problems == ()
    assert [each.rendered.text.splitlines()[-1] for each in trial.previews if each.rendered] == ["Lời mới."]
    assert desk.folder.file().read_bytes() == seen.data
    assert desk.dump() == before
    assert "Lời mới" not in desk.look.post("tin").post.body


def test_problems_stand_at_their_lines_once(desk: Desk) -> None:
    seen = desk.look.original("tin")
    text = rewritten(desk, "workstream: chung", "workstream: chun")
    trial = desk.look.preview_text("tin", text, seen.data)
    line = text.splitlines().index("workstream: chun") + 1
    assert [(each.line, each.key, each.hint) for each in trial.problems] == [
        (line, "workstream", "did you mean 'chung'?")
    ]
    assert [each.problems for each in trial.previews] == [()]


def test_a_text_that_cannot_be_taken_apart_has_no_previews(desk: Desk) -> None:
    seen = desk.look.original("tin")
    trial = desk.look.preview_text("tin", "no front matter\n", seen.data)
    assert trial.post is None
    assert [each.line for each in trial.problems] == [1]
    assert trial.previews == ()


def test_what_could_go_out_again_by_a_text_is_said(desk: Desk) -> None:
    desk.folder.post("tin", at=LATER, repeat='"FREQ=DAILY;COUNT=3"')
    desk.act.sync()
    desk.at(LATER).run()
    assert desk.row(day="20210503").state is State.SENT
    seen = desk.look.original("tin")
    assert desk.edit.danger_of("tin", seen.text + "Thêm.\n", seen.data) == ""
    moved = rewritten(desk, "at: 2021-05-03 14:00", "at: 2021-05-13 14:00")
    assert "has gone out" in desk.edit.danger_of("tin", moved, seen.data)
    assert desk.folder.file().read_bytes() == seen.data


def test_another_id_is_seen_before_it_is_saved(desk: Desk) -> None:
    seen = desk.look.original("tin")
    trial = desk.look.preview_text("tin", rewritten(desk, "id: tin", "id: tin-moi"), seen.data)
    assert trial.post is not None
    assert trial.post.id == "tin-moi"


# --- a new post ------------------------------------------------------------------------------------------------------


def test_a_new_post_is_a_draft_until_it_is_finished(desk: Desk) -> None:
    edit = desk.edit.new_post(NewPost("moi-du", "Mời dự", at=ROUND))
    assert edit.file == "content/posts/moi-du.md"
    found = desk.look.post("moi-du").post
    assert (found.title, found.draft, found.workstream, set(found.channels)) == ("Mời dự", True, "chung", {"kenh"})
    desk.edit.undo()
    assert "moi-du" not in {each.post.id for each in desk.look.posts()}


def test_a_new_post_with_a_text_is_planned(desk: Desk) -> None:
    desk.edit.new_post(NewPost("moi-du", "Mời: dự", at=ROUND, text="Mời bà con."))
    assert desk.look.post("moi-du").post.title == "Mời: dự"
    assert desk.row("moi-du").state is State.SCHEDULED


def test_a_new_post_by_an_event_moves_with_it(desk: Desk) -> None:
    desk.folder.event("le", ROUND.astimezone())
    desk.edit.new_post(NewPost("moi-du", "Mời dự", event="le", offset="-2d"))
    assert desk.look.post("moi-du").post.placement.event == "le"


@pytest.mark.parametrize(
    ("wanted", "wrong"),
    [
        (NewPost("", ""), {"id", "title"}),
        (NewPost("Mời dự", "x"), {"id"}),
        (NewPost("tin", "x"), {"id"}),
        (NewPost("a", "x\ny"), {"title"}),
        (NewPost("a", "x", at=ROUND, event="le"), {"at", "event"}),
        (NewPost("a", "x", offset="-2d"), {"offset"}),
        (NewPost("a", "x", at=FAR), {"workstream"}),
        (NewPost("a", "x", workstream="b", channels=("c",), audiences=("d",), areas=("e",), template="f"),
         {"workstream", "channels", "audiences", "areas", "template"}),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_said_at_its_field(desk: Desk, wanted: NewPost, wrong: set[str]) -> None:
    with pytest.raises(CampaignInvalid) as error:
        desk.edit.new_post(wanted)
    assert {each.key for each in error.value.problems} == wrong
    assert [each.name for each in desk.folder.file().parent.iterdir()] == ["tin.md"]


def test_a_file_that_is_in_the_way_is_not_overwritten(desk: Desk) -> None:
    (desk.folder.file().with_name("moi-du.md")).write_text("broken", "utf-8")
    with pytest.raises(CampaignInvalid, match=r"taken by content/posts/moi-du\.md"):
        desk.edit.new_post(NewPost("moi-du", "Mời dự", at=ROUND))


def test_a_new_post_that_finds_no_room_leaves_no_half_of_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = desk.folder.path / "content" / "posts" / "moi.md"
    wanted = NewPost("moi", "Tin mới", at=ROUND, text="Xin chào.")
    with monkeypatch.context() as patched:
        patched.setattr("scheduler.plan.writing.os.fsync", full)
        with pytest.raises(LoaError, match="cannot be written"):
            desk.edit.new_post(wanted)
    assert (path.exists(), desk.edit.next_undo()) == (False, None)
    desk.edit.new_post(wanted)
    assert path.exists()


def test_a_text_that_is_saved_as_it_was_is_no_change(desk: Desk) -> None:
    there = desk.look.original("tin")
    desk.edit.save("tin", there.text + "Thêm.\n", there.data)
    desk.edit.undo()
    desk.edit.save("tin", there.text, there.data)
    assert desk.edit.next_undo() is None
    assert desk.edit.next_redo() is not None, "what was undone can still be done again"


def test_a_new_post_starts_from_a_template(desk: Desk) -> None:
    folder = desk.core.folder / "content" / "templates"
    folder.mkdir()
    template = (
        "---\nabout: Lời mời\nworkstream: chung\nclass: internal\nat: 2020-01-01 08:00\n---\nMời dự {{ post.title }}.\n"
    )
    (folder / "loi-moi.md").write_text(template, "utf-8")
    assert [(each.name, each.about) for each in desk.look.templates()] == [("loi-moi", "Lời mời")]
    desk.edit.new_post(NewPost("moi-du", "lễ ra quân", at=ROUND, template="loi-moi"))
    status = desk.look.post("moi-du")
    assert (status.valid, status.post.message_class, status.post.placement.at) == (True, "internal", ROUND)
    assert status.post.body == "Mời dự {{ post.title }}."
    written = (desk.folder.file().with_name("moi-du.md")).read_text("utf-8")
    assert written.startswith("---\nid: moi-du\n")
    assert "about" not in written


# --- a time that is too late ------------------------------------------------------------------------------------------


def warned(desk: Desk, **given: object) -> list[tuple[str, str]]:
    """Return what a new post is warned of, with its field."""
    return [(each.key, each.message) for each in desk.edit.too_late_for(NewPost("moi", "Mới", **given))]  # type: ignore[arg-type]


@pytest.fixture
def slow(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    """Two channels, one of which wants things two days before."""
    folder.channel()
    folder.channel("cham", table='lead = "2d"\n')
    return desks(folder)


def test_a_new_post_says_which_channel_its_time_is_too_late_for_and_what_would_do(slow: Desk) -> None:
    """It is noon of 3 May: the slow channel would have needed it on the 2nd, and can still make the 5th."""
    said = warned(slow, at=ROUND)
    latest = (
        "too late for cham: it was due there by 02/05/2021 08:00; the earliest that can be kept is 05/05/2021 12:00"
    )
    assert said == [("at", latest)]
    assert warned(slow, at=ROUND, channels=("kenh",)) == []
    assert warned(slow, at=ROUND.replace(day=5, hour=12)) == []
    assert warned(slow, at=ROUND.replace(day=5, hour=11, minute=59)) != []
    assert slow.edit.wrong_in(NewPost("moi", "Mới", at=ROUND)) == []


def test_a_new_post_by_an_event_says_it_at_the_offset_or_the_event(slow: Desk) -> None:
    slow.folder.event("le", NOON + timedelta(days=3))
    slow.engine.refresh()
    assert warned(slow, event="le") == []
    assert [key for key, _said in warned(slow, event="le", offset="-2d")] == ["offset"]
    slow.folder.event("le", NOON + timedelta(days=1))
    slow.engine.refresh()
    assert [key for key, _said in warned(slow, event="le")] == ["event"]
    assert warned(slow, event="le", offset="no length") == warned(slow, event="none") == warned(slow) == []


def test_a_new_post_at_a_time_that_has_passed_says_so(slow: Desk) -> None:
    assert warned(slow, at=ROUND.replace(day=2)) == [("at", "this time has passed: it would be missed everywhere")]


def test_a_new_post_from_a_template_is_too_late_for_the_channels_of_that(slow: Desk) -> None:
    folder = slow.folder.path / "content" / "templates"
    folder.mkdir()
    (folder / "nhanh.md").write_text("---\nchannels: [kenh]\n---\nMời.\n", "utf-8")
    assert warned(slow, at=ROUND, template="nhanh") == []
    assert len(warned(slow, at=ROUND, template="nhanh", channels=("cham",))) == 1


# --- drafts of posts that are gone ------------------------------------------------------------------------------------


@pytest.fixture
def gone(desk: Desk) -> str:
    """What somebody had typed of a post whose file is gone."""
    seen = desk.look.original("tin")
    text = seen.text + "Câu cuối.\n"
    desk.edit.keep_draft("tin", text, seen.data)
    assert desk.look.orphans("giam-doc") == []
    desk.folder.file().unlink()
    desk.engine.refresh()
    desk.act.sync()
    return text


def test_a_draft_of_a_post_that_is_gone_becomes_an_unfinished_new_post(desk: Desk, gone: str) -> None:
    desk.edit.keep_draft(drafts.NEW_POST, "{}", b"")
    assert desk.look.orphans("giam-doc") == ["tin"]
    assert desk.look.orphans("can-bo") == []
    edit = desk.edit.revive("tin")
    assert edit.file == "content/posts/tin.md"
    status = desk.look.post("tin")
    assert status.post.draft
    assert status.post.body.endswith("Câu cuối.")
    assert desk.look.orphans("giam-doc") == []
    with pytest.raises(NotFound, match="there is no draft of a post 'tin' that is gone"):
        desk.edit.revive("tin")


def test_a_draft_that_cannot_be_read_as_a_post_is_written_as_it_is(desk: Desk, gone: str) -> None:
    desk.edit.keep_draft("tin", "---\nid: [tin\n", b"")
    desk.edit.revive("tin")
    assert desk.folder.file().read_text("utf-8") == "---\nid: [tin\n"
    assert "tin" in desk.engine.campaign.torn


def test_what_is_taken_by_another_post_is_left_alone(desk: Desk, gone: str) -> None:
    desk.folder.post("khac", at=LATER)
    desk.engine.refresh()
    desk.edit.keep_draft("tin", gone.replace("id: tin", "id: khac"), b"")
    before = desk.folder.file("khac").read_bytes()
    with pytest.raises(LoaError, match=r"tin is taken by content/posts/khac\.md"):
        desk.edit.revive("tin")
    assert not desk.folder.file().exists()
    assert desk.folder.file("khac").read_bytes() == before
    assert desk.look.orphans("giam-doc") == ["tin"]
