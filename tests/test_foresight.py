"""What a change would move, told before anything is written."""

# ruff: noqa: DTZ001  (times in files are local and naive)
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.planning.foresight import Moved
from scheduler.ground.errors import NotAllowed
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.problem import Severity
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LE = datetime(2021, 5, 8, 12)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    """An event on 8 May at noon: one post a day before it, one two hours after its end; another day's post apart."""
    folder.channel(sure=False)
    folder.plan(required=True)
    folder.event("le", NOON + 5 * DAY, end="2021-05-08 14:00")
    folder.post("moi", at=None, event="le", offset="-1d", time="17:00")
    folder.post("tin", at=None, event="le", anchor="end", offset="+2h")
    folder.post("khac", at=NOON + 6 * DAY)
    desk = desks(folder)
    desk.act.approve_all(["moi", "tin", "khac"])
    return desk


def at(text: str, year: int = 2021) -> datetime:
    """Return a local time of May 2021, aware, in UTC."""
    return datetime.strptime(f"{text} {year} +0700", "%d/%m %H:%M %Y %z").astimezone(UTC)


def test_an_event_takes_its_end_and_its_posts_along(desk: Desk) -> None:
    file = desk.folder.path / "content/events/le.md"
    text, before = file.read_text("utf-8"), desk.rows()
    moving = desk.engine.edit.foresee_event("le", datetime(2021, 5, 9, 11))
    assert (moving.title, moving.file) == ("Việc le", "content/events/le.md")
    assert (moving.before, moving.after) == (at("08/05 12:00"), at("09/05 11:00"))
    assert moving.along == (
        Moved("moi", "20210507", "Bài moi", at("07/05 17:00"), at("08/05 17:00")),
        Moved("tin", "20210508", "Bài tin", at("08/05 16:00"), at("09/05 15:00")),
    )
    assert (moving.stays, moving.refused) == ((), "")
    assert moving.reapproval == ("moi", "tin")
    assert (file.read_text("utf-8"), desk.rows()) == (text, before)

    edit = desk.engine.edit.move_event("le", datetime(2021, 5, 9, 11))
    assert edit.what == "Việc le: 08/05/2021 12:00 → 09/05/2021 11:00"
    assert file.read_text("utf-8") == text.replace("2021-05-08 12:00", "2021-05-09 11:00").replace(
        "2021-05-08 14:00", "2021-05-09 13:00"
    )
    after = desk.rows()
    assert after.keys() == before.keys()
    assert {str(row.key): row.due_at for row in after.values() if row.due_at != before[str(row.key)].due_at} == {
        f"{each.post}/{each.recurrence}/kenh/noi/publish": each.after for each in moving.along
    }
    assert desk.row("moi").holds == {Hold.APPROVAL}
    assert desk.row("khac").state is State.SCHEDULED
    desk.engine.edit.undo()
    assert file.read_text("utf-8") == text
    assert desk.row("moi").state is State.SCHEDULED, "what was approved is approved again"


def test_a_move_back_to_what_was_approved_asks_for_no_new_approval(desk: Desk) -> None:
    desk.engine.edit.move_event("le", datetime(2021, 5, 9, 11))
    assert desk.engine.edit.foresee_event("le", datetime(2021, 5, 10, 11)).reapproval == ()
    assert desk.engine.edit.foresee_event("le", LE).reapproval == ()


def test_what_has_gone_out_stays_where_the_event_moves(desk: Desk) -> None:
    desk.at(at("07/05 17:00")).run()
    moving = desk.engine.edit.foresee_event("le", datetime(2021, 5, 10, 12))
    assert [(row.key.post, row.state) for row in moving.stays] == [("moi", State.SENT)]
    assert moving.refused == ""
    desk.engine.edit.move_event("le", datetime(2021, 5, 10, 12))
    desk.act.approve_all(["moi", "tin"])
    desk.at(at("10/05 16:00")).run()
    keys = [key for key, _round, _text in desk.folder.module("kenh").calls]
    assert sorted(keys) == sorted(set(keys)) == [
        "moi/20210507/kenh/noi/publish", "tin/20210508/kenh/noi/publish",
    ]  # fmt: skip


def test_an_event_whose_posts_have_several_times_is_not_moved_once_one_of_them_is_out(desk: Desk) -> None:
    desk.folder.post("moi", at=None, event="le", times="[08:00, 17:00]", offset="-1d")
    desk.act.sync()
    desk.act.approve("moi")
    assert desk.engine.edit.foresee_event("le", datetime(2021, 5, 10, 12)).refused == ""
    desk.at(at("07/05 08:00")).run()
    with pytest.raises(NotAllowed, match="moi/20210507/kenh/noi/publish has gone out, and would go by another date"):
        desk.engine.edit.move_event("le", datetime(2021, 5, 10, 12))
    desk.engine.edit.move_event("le", datetime(2021, 5, 8, 15))
    assert desk.row("moi", day="20210507").state is State.SENT


def test_what_meets_something_else_on_its_target_is_told(desk: Desk) -> None:
    (found,) = desk.engine.edit.foresee_post("khac", datetime(2021, 5, 8, 16)).problems
    assert (found.severity, found.message) == (Severity.WARNING, "kenh noi gets 'Bài tin' at the same minute")
    assert desk.engine.edit.foresee_post("khac", datetime(2021, 5, 8, 16, 1)).problems == ()
    desk.act.cancel(desk.row("tin").id)
    assert desk.engine.edit.foresee_post("khac", datetime(2021, 5, 8, 16)).problems == ()


def test_what_moves_together_does_not_meet_itself(desk: Desk) -> None:
    desk.folder.post("tin", at=None, event="le", offset="-1d", time="17:00")
    desk.act.sync()
    assert desk.engine.edit.foresee_event("le", datetime(2021, 5, 9, 12)).problems == ()


def test_what_would_lie_in_the_past_is_told(desk: Desk) -> None:
    (found,) = desk.engine.edit.foresee_event("le", datetime(2021, 5, 3, 14)).problems
    assert (found.severity, found.message) == (Severity.WARNING, "1 would lie in the past, and is missed")


def test_new_errors_of_its_own_file_refuse_a_move_those_of_others_are_told(desk: Desk) -> None:
    desk.folder.plan(
        '\n[[facts]]\nid = "muc"\ntext = "Mức đóng"\nto = 2021-05-09\n'
        '\n[[workstreams]]\nid = "ngan"\ntitle = "Ngắn"\nfrom = 2021-05-01\nto = 2021-05-09\n',
        required=False,
    )
    desk.folder.post("khac", at=NOON + 6 * DAY, facts="[muc]")
    desk.folder.post("tin", at=None, event="le", facts="[muc]")
    desk.act.sync()
    moving = desk.engine.edit.foresee_post("khac", datetime(2021, 5, 10, 12))
    assert "'muc' ends on 2021-05-09, and the post is dated 2021-05-10" in moving.refused
    with pytest.raises(NotAllowed, match="ends on"):
        desk.engine.edit.move_post("khac", datetime(2021, 5, 10, 12))
    moving = desk.engine.edit.foresee_event("le", datetime(2021, 5, 10, 12))
    assert moving.refused == ""
    assert [(each.file, each.severity) for each in moving.problems] == [("content/posts/tin.md", Severity.ERROR)]
    desk.engine.edit.move_event("le", datetime(2021, 5, 10, 12))
    assert desk.row("tin").holds == {Hold.INVALID}


def test_what_a_person_gave_its_own_time_stays_there(desk: Desk) -> None:
    row = desk.act.requeue(desk.act.cancel(desk.row("khac").id).id, at("20/05 08:00"))
    moving = desk.engine.edit.foresee_post("khac", datetime(2021, 5, 11, 12))
    assert [each.id for each in moving.stays] == [row.id]
    desk.engine.edit.move_post("khac", datetime(2021, 5, 11, 12))
    assert desk.row("khac").due_at == at("20/05 08:00")


def test_what_was_missed_stays_until_a_person_sends_it(desk: Desk) -> None:
    desk.folder.post("cu", at=NOON - DAY)
    desk.act.sync()
    moving = desk.engine.edit.foresee_post("cu", datetime(2021, 5, 11, 12))
    assert [each.state for each in moving.stays] == [State.MISSED]
    assert moving.refused == ""


def test_what_lies_beyond_the_horizon_moves_too_and_none_seems_to_vanish_at_its_end(desk: Desk) -> None:
    for name, more in {"xa": {}, "mai": {"repeat": "FREQ=WEEKLY;BYDAY=TU"}}.items():
        desk.folder.post(name, at="2031-05-06 12:00", **more)
        moving = desk.engine.edit.foresee_post(name, datetime(2031, 5, 8, 12))
        assert (moving.before, moving.after) == (at("06/05 12:00", 2031), at("08/05 12:00", 2031))
        assert moving.refused == ""
    desk.folder.post("hang-ngay", at=NOON + DAY, repeat="FREQ=WEEKLY;BYDAY=TU")
    moving = desk.engine.edit.foresee_post("hang-ngay", datetime(2021, 6, 30, 12))
    assert len(moving.along) > 5
    assert all(m.before and m.after and m.after - m.before == 57 * DAY for m in moving.along)


def test_a_draft_that_stands_nowhere_yet_gets_its_place(desk: Desk) -> None:
    desk.folder.post("nhap", status="draft")
    moving = desk.engine.edit.foresee_post("nhap", datetime(2021, 5, 11, 12))
    assert (moving.before, moving.after, moving.refused) == (None, at("11/05 12:00"), "")
    assert desk.engine.edit.move_post("nhap", datetime(2021, 5, 11, 12)).what == "Bài nhap: 11/05/2021 12:00"


def test_drafts_move_too(desk: Desk) -> None:
    desk.folder.post("nhap", at=NOON + DAY, status="draft")
    desk.folder.post("tron", at=NOON + DAY, status="draft", repeat="FREQ=DAILY;COUNT=2")
    for name in ("nhap", "tron"):
        moving = desk.engine.edit.foresee_post(name, datetime(2021, 5, 11, 12))
        assert (moving.before, moving.after) == (at("04/05 12:00"), at("11/05 12:00"))
        assert (len(moving.along), moving.stays) == (name == "tron", ())
        desk.engine.edit.move_post(name, datetime(2021, 5, 11, 12))
        assert "at: 2021-05-11 12:00" in desk.folder.file(name).read_text("utf-8")
