"""What falls on some days: it is read by occurrence, and says what collides and where nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from scheduler.ground.lifecycle import State
from tests.campaign import NOON, Desk, Folder

MAY, JUNE = date(2021, 5, 1), date(2021, 6, 1)
LATER = NOON + timedelta(hours=2)
DAY = timedelta(days=1)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel()
    folder.channel("khac", targets=("a", "b"))
    return desks(folder)


def test_an_occurrence_stands_once_with_its_channels_and_their_states(desk: Desk) -> None:
    desk.folder.post(at=LATER, repeat='"FREQ=DAILY;COUNT=2"')
    desk.act.sync()
    desk.act.cancel(desk.row(channel="khac", target="b", day="20210503").id)
    first, second = desk.look.agenda(MAY, JUNE).showings
    assert (first.post, first.recurrence, first.title, first.publish_at) == ("tin", "20210503", "Bài tin", LATER)
    assert first.channels == {"kenh": {State.SCHEDULED: 1}, "khac": {State.CANCELLED: 1, State.SCHEDULED: 1}}
    assert list(first.channels) == ["kenh", "khac"]
    assert first.states == {State.SCHEDULED, State.CANCELLED}
    assert second.publish_at == LATER + DAY


def test_only_the_days_asked_for_are_shown_by_the_time_of_the_zone(desk: Desk) -> None:
    desk.folder.post("dem", at="2021-05-31 23:30")
    desk.folder.post("sang", at="2021-06-01 00:00")
    desk.act.sync()
    assert [each.post for each in desk.look.agenda(MAY, JUNE).showings] == ["dem"]
    assert [each.post for each in desk.look.agenda(JUNE, JUNE + DAY).showings] == ["sang"]


def test_drafts_stand_in_it_and_what_lies_past_the_horizon(desk: Desk) -> None:
    desk.folder.post("nhap", at=LATER, status="draft")
    desk.folder.post("khong-ai", at=LATER, channels="[]")
    desk.folder.post("xa", at=NOON + timedelta(days=3000))
    desk.folder.post("vo-dinh", at=None, status="draft")
    desk.act.sync()
    found = {each.post: each for each in desk.look.agenda(MAY, JUNE).showings}
    assert set(found) == {"nhap", "khong-ai"}
    assert (found["nhap"].draft, found["nhap"].goes, found["nhap"].channels) == (True, False, {"kenh": {}, "khac": {}})
    far = (NOON + timedelta(days=3000)).date()
    assert [each.post for each in desk.look.agenda(far, far + DAY).showings] == ["xa"]


def test_a_post_stands_once_across_the_horizon(desk: Desk) -> None:
    desk.folder.post(at=LATER, repeat='"FREQ=DAILY"')
    desk.act.sync()
    edge = (NOON + desk.engine.config.horizon).date()
    shown = desk.look.agenda(edge - 3 * DAY, edge + 3 * DAY).showings
    assert [each.recurrence for each in shown] == [f"{edge + number * DAY:%Y%m%d}" for number in range(-3, 3)]


def test_it_says_what_waits_for_approval_and_what_hangs_on_an_event(desk: Desk) -> None:
    desk.folder.plan(required=True)
    desk.folder.event("viec", LATER + DAY)
    desk.folder.post(at=None, event="viec", offset="-1h")
    desk.act.sync()
    (shown,) = desk.look.agenda(MAY, JUNE).showings
    assert (shown.approved, shown.event, shown.workstream) == (False, "viec", "chung")
    desk.act.approve("tin")
    assert desk.look.agenda(MAY, JUNE).showings[0].approved


def test_events_and_holidays_of_the_days_stand_behind(desk: Desk) -> None:
    desk.folder.event("dai", NOON - timedelta(days=3), end="2021-05-05 10:00")
    desk.folder.event("sau", NOON + timedelta(days=30))
    desk.act.sync()
    found = desk.look.agenda(MAY, date(2021, 5, 8))
    assert [each.id for each in found.events] == ["dai"]
    assert [(each.day, each.name) for each in found.holidays] == [(MAY, "Labour Day")]


def test_two_posts_at_one_minute_on_one_target_collide(desk: Desk) -> None:
    desk.folder.post("mot", at=LATER)
    desk.folder.post("hai", at=LATER, channels="[khac]")
    desk.folder.post("ba", at=LATER + timedelta(minutes=1))
    desk.act.sync()
    found = desk.look.agenda(MAY, JUNE).collisions
    assert [(each.channel, each.target) for each in found] == [("khac", "a"), ("khac", "b")]
    assert (found[0].first, found[0].second, found[0].at) == (("hai", "20210503"), ("mot", "20210503"), LATER)
    desk.act.cancel(desk.row("hai", "khac", "a").id)
    assert [each.target for each in desk.look.agenda(MAY, JUNE).collisions] == ["b"]


def test_a_slot_is_taken_for_as_long_as_the_target_says(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.plugin("dai", SLOTTED)
    folder.channels["dai"] = '[[channels.dai.targets]]\nname = "tinh"\nslot = "5m"\n'
    folder.config()
    desk = desks(folder)
    for number, minute in enumerate((0, 4, 9)):
        folder.post(f"tin-{number}", at=LATER + timedelta(minutes=minute))
    desk.act.sync()
    found = desk.look.agenda(MAY, JUNE).collisions
    assert [(each.first[0], each.second[0]) for each in found] == [("tin-0", "tin-1")]


SLOTTED = '''\
"""Stations with a slot."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl

FIVE = timedelta(minutes=5)


class Station(Options):
    slot: Annotated[timedelta, BeforeValidator(lambda text: FIVE)]


class Channel(BaseChannel[Options]):
    name = "dai"
    options = Options
    target_options = Station

    def render(self, item, context):
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered, context):
        return Receipt("x")


@hookimpl
def register_channels():
    return [Channel()]
'''


def test_days_of_a_workstream_on_which_nothing_is_said_are_named(desk: Desk) -> None:
    desk.folder.post("mot", at="2021-05-05 08:00")
    desk.folder.post("hai", at="2021-05-12 08:00")
    desk.folder.post("ba", at="2021-05-20 08:00")
    desk.folder.post("nhap", at="2021-05-16 08:00", status="draft")
    desk.folder.event("ngoai", datetime.fromisoformat("2021-05-17T01:00+00:00"), outside="true")
    desk.act.sync()
    found = desk.look.agenda(date(2021, 5, 5), date(2021, 5, 21))
    assert [(each.start, each.end) for each in found.gaps] == [(date(2021, 5, 13), date(2021, 5, 19))]
    assert found.gaps[0].workstream.id == "chung"
    assert len(found.empty) == 16 - 3
    assert date(2021, 5, 16) in found.empty
    assert date(2021, 5, 12) not in found.empty


def test_a_gap_is_seen_from_within_and_ends_with_the_workstream(desk: Desk) -> None:
    found = desk.look.agenda(date(2021, 12, 28), date(2022, 1, 5))
    assert [each.end for each in found.gaps] == [date(2021, 12, 31)]
    assert found.empty == {date(2021, 12, day) for day in range(28, 32)}


def test_it_is_read_in_few_queries_however_much_there_is(desk: Desk) -> None:
    for number in range(20):
        desk.folder.post(f"tin-{number}", at=LATER + number // 2 * DAY)
    desk.act.sync()
    asked: list[str] = []
    desk.store.read().set_trace_callback(asked.append)
    found = desk.look.agenda(MAY, JUNE)
    assert (len(found.showings), len(found.collisions)) == (20, 30)
    desk.store.read().set_trace_callback(None)
    assert len(asked) == 3
