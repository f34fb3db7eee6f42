"""What surfaces are told of posts: how their deliveries stand, and how they would go out, finished or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from scheduler.engine.lock import EngineLock
from scheduler.ground.delivery import held_by
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.lifecycle import State
from scheduler.store.deliveries import Query
from tests.campaign import NOON, Desk, Folder

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel()
    folder.channel("khac", targets=("a", "b"))
    return desks(folder)


def test_each_post_stands_as_its_deliveries_do(desk: Desk) -> None:
    desk.folder.post("mot", at=LATER)
    desk.folder.post("hai", at=LATER + timedelta(days=1))
    desk.folder.post("nhap", at=LATER, status="draft")
    desk.act.sync()
    desk.act.cancel(desk.row("mot").id)
    found = {each.post.id: each for each in desk.look.posts()}
    assert {name: dict(each.counts) for name, each in found.items()} == {
        "hai": {State.SCHEDULED: 3}, "mot": {State.CANCELLED: 1, State.SCHEDULED: 2}, "nhap": {},
    }  # fmt: skip
    assert (found["mot"].next_at, found["nhap"].next_at) == (LATER, None)
    assert all(desk.look.post(name) == each for name, each in found.items())


def test_the_posts_are_read_in_two_queries_however_many_there_are(desk: Desk) -> None:
    for number in range(20):
        desk.folder.post(f"tin-{number}", at=LATER)
    desk.act.sync()
    asked: list[str] = []
    desk.store.read().set_trace_callback(asked.append)
    assert len(desk.look.posts()) == 20
    desk.store.read().set_trace_callback(None)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("front", "at", "errors"),
    [
        ({"at": LATER}, LATER, []),
        ({"at": LATER, "status": "draft"}, LATER, []),
        ({"status": "draft"}, NOON, []),
        ({"at": LATER + timedelta(days=3000)}, LATER + timedelta(days=3000), []),
        ({"at": LATER, "repeat": '"FREQ=DAILY;COUNT=3"', "status": "draft"}, LATER, []),
        ({"at": LATER, "areas": "[khong-co]"}, LATER, ["there is no area 'khong-co'"]),
        ({"event": "khong-co"}, NOON, ["there is no event 'khong-co'"]),
        ({"at": "hom-nao"}, NOON, ["hom-nao"]),
    ],
    ids=["sound", "draft", "draft of no time", "far", "recurring draft", "wrong area", "unknown event", "no time"],
)
def test_every_readable_post_has_its_preview(front: dict[str, Any], at: Any, errors: list[str], desk: Desk) -> None:
    desk.folder.post(**front)
    desk.engine.refresh()
    found = desk.look.preview("tin")
    assert [(p.target.channel, p.target.name) for p in found] == [("kenh", "noi"), ("khac", "a"), ("khac", "b")]
    for each in found:
        assert each.publish_at == at
        assert each.rendered is not None
        assert each.rendered.text == "Xin chào."
        assert len(each.problems) == len(errors)
        assert all(said in str(problem) for said, problem in zip(errors, each.problems, strict=True))
    assert len(desk.look.preview("tin", ["khac"])) == 2


def test_a_text_that_cannot_be_made_is_shown_as_its_error(desk: Desk) -> None:
    desk.folder.post(at=LATER, text="{{ plan.khong_co }}", status="draft")
    desk.engine.refresh()
    for each in desk.look.preview("tin"):
        assert each.rendered is None
        assert any("khong_co" in str(problem) for problem in each.problems)


# --- what is to come --------------------------------------------------------------------------------------------------


def planned(desk: Desk) -> list[tuple[Any, ...]]:
    return [
        (d.key, d.due_at, d.publish_at, d.expires_at, d.late, d.title, d.digest, d.variant)
        for d in sorted(desk.look.deliveries(), key=lambda d: (d.due_at, d.key))
    ]


def upcoming(desk: Desk, days: float = 300, channels: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    return [
        (w.key, w.due_at, w.publish_at, w.expires_at, w.late, w.title, w.digest, w.variant)
        for w in desk.look.upcoming(NOON, NOON + timedelta(days=days), channels)
    ]


def test_what_is_to_come_is_what_the_planner_plans(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.channel("truoc", table='lead = "2d"', targets=("a", "b"))
    folder.event("ra-quan", NOON + timedelta(days=9))
    folder.post("mot", at=LATER + timedelta(days=3))
    folder.post("deu", at=LATER + timedelta(days=3), repeat='"FREQ=WEEKLY;COUNT=5"', late="ask")
    folder.post("theo", event="ra-quan", offset='"-1d"', channels="{truoc: [b]}")
    folder.post("nhap", at=LATER, status="draft")
    folder.post("hong", at="hôm qua")
    desk = desks(folder)
    desk.act.sync()
    assert len(planned(desk)) == 3 + 15 + 1
    assert upcoming(desk) == planned(desk)


def test_a_post_that_was_moved_keeps_its_key_in_both(folder: Folder, desks: Callable[..., Desk]) -> None:
    """The key of a delivery is its first day, wherever the post is moved since."""
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    folder.post(at=LATER + timedelta(days=2))
    desk.act.sync()
    (row,) = desk.look.deliveries()
    assert (row.key.recurrence, row.due_at) == ("20210503", LATER + timedelta(days=2))
    assert upcoming(desk) == planned(desk)
    folder.post(at=LATER + timedelta(days=2), repeat='"FREQ=DAILY;COUNT=3"')
    desk.act.sync()
    assert upcoming(desk) == planned(desk)
    assert len(planned(desk)) == 3


def test_the_ends_of_what_is_to_come(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.channel("truoc", table='lead = "1h"')
    folder.post(at=LATER)
    desk = desks(folder)

    def due(start: timedelta, end: timedelta, *channels: str) -> list[str]:
        return [w.key.channel for w in desk.look.upcoming(NOON + start, NOON + end, channels)]

    hour, tick = timedelta(hours=1), timedelta(microseconds=1)
    assert due(timedelta(), 3 * hour) == ["truoc", "kenh"]
    assert due(timedelta(), 3 * hour, "kenh") == ["kenh"]
    assert due(timedelta(), 3 * hour, "khac") == []
    assert due(hour, 2 * hour) == ["truoc"]
    assert due(hour + tick, 2 * hour + tick) == ["kenh"]
    assert due(2 * hour, hour) == []


# --- one thing --------------------------------------------------------------------------------------------------------


def test_a_delivery_by_number_by_key_and_by_the_beginning_of_its_key(desk: Desk) -> None:
    desk.folder.post(at=LATER)
    desk.folder.post("mot", at=LATER, channels="[kenh]")
    desk.act.sync()
    row = desk.row("mot")
    for ref in (str(row.id), str(row.key), "mot", "mot/2021", "mot/20210503/kenh"):
        assert desk.look.delivery(ref) == row
    with pytest.raises(NotFound, match="tin/20210503/"):
        desk.look.delivery("tin")
    assert desk.look.delivery("tin/20210503/khac/b").key.target == "b"


@pytest.mark.parametrize(
    "ref",
    ["", "99", "9" * 30, "khong-co", "mot/20210504", "mot/x/y/z/w", "/", "////", "-1", "1.0", "²", "mot/%", "m_t"],
)
def test_what_is_not_there_is_said(desk: Desk, ref: str) -> None:
    desk.folder.post("mot", at=LATER)
    desk.act.sync()
    with pytest.raises(NotFound):
        desk.look.delivery(ref)


def test_a_post_and_an_event_that_are_not_there_are_told_with_the_nearest(desk: Desk) -> None:
    desk.folder.post("bao-hiem", at=LATER)
    desk.folder.event("ra-quan", LATER)
    desk.engine.refresh()
    with pytest.raises(NotFound, match="bao-hiem"):
        desk.look.post("bao-hien")
    with pytest.raises(NotFound, match="bao-hiem"):
        desk.look.preview("bao-hien")
    with pytest.raises(NotFound, match="ra-quan"):
        desk.look.event("ra-qua")
    assert desk.look.event("ra-quan").title == "Việc ra-quan"


def test_events_come_in_the_order_of_their_start(desk: Desk) -> None:
    for name, days in (("c", 1), ("a", 2), ("b", 1)):
        desk.folder.event(name, LATER + timedelta(days=days))
    desk.engine.refresh()
    assert [each.id for each in desk.look.events()] == ["b", "c", "a"]


# --- what became of it ------------------------------------------------------------------------------------------------


def test_attempts_history_payload_and_journal_of_what_went_out(desk: Desk) -> None:
    desk.folder.post(at=LATER, channels="[kenh]")
    desk.act.sync()
    row = desk.row()
    assert (desk.look.attempts(row.id), desk.look.payload(row), desk.look.messages(row.id)) == ([], None, {})
    desk.at(LATER).run()
    row = desk.row()
    (attempt,) = desk.look.attempts(row.id)
    assert (attempt.round, attempt.outcome, attempt.started_at) == (1, "succeed", LATER)
    payload = desk.look.payload(row)
    assert payload is not None
    assert payload.text == "Xin chào."
    assert [each.event for each in desk.look.history(row.id)] == ["plan", "intend", "succeed"]
    lines = desk.look.journal(2)
    assert [each.event for each in lines] == ["succeed", "intend"]
    assert {each.key for each in lines} == {str(row.key)}
    assert (desk.look.attempts(99), desk.look.history(99)) == ([], [])


def test_it_is_told_where_the_file_has_changed_since(desk: Desk) -> None:
    desk.folder.post(at=LATER, channels="[kenh]")
    desk.act.sync()
    desk.at(LATER).run()
    assert not desk.look.differs(desk.row())
    desk.folder.post(at=LATER, channels="[kenh]", text="Khác.")
    desk.engine.refresh()
    assert desk.look.differs(desk.row())
    desk.folder.file().unlink()
    desk.engine.refresh()
    assert desk.look.differs(desk.row())


def test_lists_are_counted_and_cut_as_asked(desk: Desk) -> None:
    for number in range(4):
        desk.folder.post(f"tin-{number}", at=LATER + timedelta(hours=number))
    desk.act.sync()
    assert desk.look.count() == len(desk.look.deliveries()) == 12
    asked = Query(channels=["kenh"], start=LATER + timedelta(hours=1), limit=2)
    assert [d.key.post for d in desk.look.deliveries(asked)] == ["tin-1", "tin-2"]
    assert desk.look.count(asked) == 3
    assert desk.look.count(Query(states=[State.SENT])) == 0


# --- the folder -------------------------------------------------------------------------------------------------------


def test_channels_with_their_switch_their_health_and_their_deliveries(desk: Desk) -> None:
    desk.folder.post(at=LATER)
    desk.act.sync()
    desk.act.pause("khac", "máy hỏng")
    found = {each.name: each for each in desk.look.channels()}
    assert set(found) == {"kenh", "khac"}
    assert [target.name for target in found["khac"].targets] == ["a", "b"]
    assert (found["khac"].paused_by, found["khac"].pause_reason) == ("giam-doc", "máy hỏng")
    assert found["khac"].paused_at == NOON
    assert (found["kenh"].paused_by, found["kenh"].failures, found["kenh"].plugin) == (None, 0, "kenh")
    assert found["khac"].counts == {State.SCHEDULED: 2}
    assert found["kenh"].next_at == LATER
    desk.at(LATER).run()
    assert {each.name: each.last_success_at for each in desk.look.channels()} == {"kenh": LATER, "khac": None}


def test_plugins_and_why_one_did_not_load(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.plugin("hong", "import khong_co\n")
    found = {each.name: each for each in desks(folder).look.plugins()}
    assert found["kenh"].channels == ("kenh",)
    assert found["kenh"].error == ""
    assert "khong_co" in found["hong"].error
    assert {"radio", "fanpage", "rss", "sms"} <= set(found)


def test_how_the_folder_stands(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder, armed=False)
    desk.act.sync()
    status = desk.look.status()
    assert status.armed_at is None
    assert "loa arm" in status.unarmed_because
    assert (status.stopped_by, status.clock_trouble, status.running) == (None, "", False)
    desk.act.arm()
    desk.act.stop("lũ lụt")
    status = desk.look.status()
    assert (status.armed_at, status.unarmed_because) == (NOON, "")
    assert (status.stopped_by, status.stopped_at, status.stop_reason) == ("giam-doc", NOON, "lũ lụt")
    assert status.counts == {State.SCHEDULED: 1}
    assert status.next_at == LATER
    assert status.engine is not None
    assert status.engine.epoch == desk.core.epoch
    lock = EngineLock(desk.engine.var)
    assert desk.look.status().running
    lock.release()


def test_looking_changes_nothing(desk: Desk) -> None:
    desk.folder.post(at=LATER)
    desk.act.sync()
    desk.at(LATER).run("kenh")
    before = desk.dump()
    look = desk.look
    for ask in (look.posts, look.events, look.deliveries, look.journal, look.channels, look.plugins, look.status):
        ask()
    look.preview("tin")
    look.upcoming(NOON, LATER)
    assert desk.dump() == before


def test_a_preview_shows_what_will_go_out_and_what_it_costs(desk: Desk) -> None:
    desk.folder.post(at=LATER, channels="[kenh]")
    desk.engine.refresh()
    (shown,) = desk.look.preview("tin")
    assert shown.forecast is not None
    assert shown.forecast.cost == 300
    desk.act.sync()
    desk.at(LATER).run()
    assert desk.look.payload(desk.row()) == shown.rendered


def test_a_preview_outlives_a_plugin_that_raises(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    kenh.does["forecast"] = lambda *_: 1 / 0
    (shown,) = desk.look.preview("tin")
    assert any("plugin kenh: ZeroDivisionError" in str(each) for each in shown.problems)
    kenh.does["render"] = lambda *_: 1 / 0
    (shown,) = desk.look.preview("tin")
    assert shown.rendered is None
    assert any("plugin kenh: ZeroDivisionError" in str(each) for each in shown.problems)


def test_a_lead_that_has_passed_is_told_before_and_after_it_is_planned(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.plan(required=True)
    folder.channel("loa-xa", table='lead = "2d"')
    folder.channel("trang")
    desk = desks(folder)
    soon = NOON + timedelta(minutes=5)
    desk.folder.post("gap", at=soon, status="draft")
    desk.folder.post("som", at=NOON + timedelta(days=2, minutes=5))
    desk.act.sync()

    def told(post: str) -> list[str]:
        return [f"{p.severity}: {p.message}" for each in desk.look.preview(post) for p in each.problems]

    due = "warning: loa-xa was due 01/05 12:05, before now: "
    assert told("gap") == [due + "it will be missed"]
    desk.folder.post("gap", at=soon)
    desk.act.sync()
    assert told("gap") == [due + "it is missed, unless somebody requeues it"]
    assert told("som") == []
    desk.after(hours=1)
    (late,) = told("som")
    assert late.endswith("before now: it goes as soon as it may")


def test_whose_fault_it_is_that_a_post_cannot_go_out(desk: Desk) -> None:
    desk.folder.post("mot", at=LATER)
    desk.folder.post("hai", at="hôm nay")
    desk.engine.refresh()
    assert (desk.look.post("mot").fault, desk.look.post("hai").fault) == ("", "its file has errors")
    desk.folder.plan('[[areas]]\nid = "x y"\ntitle = "Sai"\n')
    desk.engine.refresh()
    assert desk.look.post("hai").fault == "its file has errors"
    assert desk.look.post("mot").fault.startswith("content/plan.toml:")
    assert desk.look.post("mot").fault.endswith(" has errors")


def test_a_delivery_that_waits_for_errors_says_which_file_or_channel_has_them(desk: Desk) -> None:
    desk.folder.event("le", LATER)
    desk.folder.post("mot", at=LATER)
    desk.folder.post("hai", at=None, event="le")
    desk.engine.refresh()
    desk.act.sync()
    assert desk.look.fault(desk.row("mot")) == ""
    desk.folder.event("le", LATER, end="hôm qua")
    desk.engine.refresh()
    desk.act.sync()
    assert desk.look.post("hai").fault.startswith("content/events/le.md")
    assert desk.look.fault(desk.row("hai")) == desk.look.post("hai").fault
    desk.folder.plan('[[areas]]\nid = "x y"\ntitle = "Sai"\n')
    desk.engine.refresh()
    desk.act.sync()
    for row in (desk.row("mot"), desk.row("hai")):
        assert desk.look.fault(row).startswith("content/plan.toml:")
        assert held_by(row.holds, desk.look.fault(row)) == desk.look.fault(row)
        assert held_by(row.holds) == "its files have errors"
    with pytest.raises(NotAllowed, match=r"content/plan\.toml:"):
        desk.act.approve("mot")


def test_an_error_of_config_that_stops_all_is_blamed_for_all(desk: Desk) -> None:
    desk.folder.post("mot", at=LATER)
    desk.engine.refresh()
    desk.act.sync()
    desk.folder.config('zone = "Nirgends"')
    config = desk.folder.path / "config.toml"
    config.write_text(config.read_text("utf-8").replace('zone = "Asia/Ho_Chi_Minh"\n', ""), "utf-8")
    desk.engine.refresh()
    desk.act.sync()
    status = desk.look.post("mot")
    assert not status.valid
    assert status.fault.startswith("config.toml:")
    assert desk.look.fault(desk.row("mot")) == status.fault
