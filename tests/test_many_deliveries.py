"""Acts on many deliveries: what each concerns, what it leaves alone and says so, and what happens between two parts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.api import Receipt
from scheduler.engine.acts import deliveries as acts
from scheduler.engine.acts.deliveries import Refused
from scheduler.engine.engine import Engine
from scheduler.ground.lifecycle import Event, Hold, State
from scheduler.store import moves
from scheduler.store.deliveries import Query
from scheduler.store.moves import Move
from tests.campaign import NOON, Desk, Folder
from tests.rows import PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel(sure=False)
    folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=5")
    return desks(folder)


def ids(desk: Desk) -> list[int]:
    return desk.look.numbers(Query())


def states(desk: Desk) -> list[State]:
    return [row.state for row in desk.look.deliveries()]


def set_off(desk: Desk, delivery: int) -> None:
    """Let an engine begin the call of a delivery."""
    with desk.store.write() as connection:
        move = Move(
            delivery, State.SCHEDULED, Event.INTEND, State.SENDING, "engine", payload=PAYLOAD.digest, intends=True
        )
        moves.apply(connection, [move], NOON)


def test_many_are_held_and_released(desk: Desk) -> None:
    first, *others = ids(desk)
    assert desk.act.hold_deliveries(others, "chờ số liệu").done == tuple(others)
    assert states(desk) == [State.SCHEDULED, *[State.HELD] * 4]
    last = desk.look.history(others[0])[-1]
    assert (last.actor, last.reason, last.event) == ("giam-doc", "chờ số liệu", "hold")
    found = desk.act.hold_deliveries([first, *others])
    assert found.done == (first,)
    assert found.refused == tuple(Refused(each, State.HELD, frozenset({Hold.OPERATOR})) for each in others)
    assert desk.act.release_deliveries(ids(desk)).done == tuple(ids(desk))
    assert set(states(desk)) == {State.SCHEDULED}


def test_a_release_leaves_what_waits_for_something_else(desk: Desk) -> None:
    desk.act.hold("tin")
    before = desk.dump()
    found = desk.act.release_deliveries(ids(desk))
    assert (found.done, {each.holds for each in found.refused}) == ((), {frozenset({Hold.POST})})
    assert desk.dump() == before


def test_many_are_cancelled_and_queued_again_at_one_time(desk: Desk) -> None:
    every, at = ids(desk), NOON + timedelta(days=2)
    assert len(desk.act.cancel_deliveries(every[:3], "thôi").done) == 3
    found = desk.act.requeue_deliveries(every, at)
    assert (set(found.done), {each.state for each in found.refused}) == (set(every[:3]), {State.SCHEDULED})
    rows = {row.id: row for row in desk.look.deliveries()}
    assert {(rows[each].state, rows[each].round, rows[each].due_at) for each in every[:3]} == {(State.SCHEDULED, 2, at)}
    assert {rows[each].round for each in every[3:]} == {1}


def test_many_are_confirmed_or_denied(desk: Desk) -> None:
    desk.folder.module("kenh").does["deliver"] = lambda *_: Receipt("gói-1", handed=True)
    desk.at(LATER).run()
    desk.at(LATER + timedelta(days=1)).run()
    first, second, third, *_ = ids(desk)
    assert desk.act.confirm_deliveries([first, third], "nghe trên sóng").done == (first,)
    assert desk.act.deny_deliveries([first, second], "đài không phát").done == (second,)
    assert states(desk)[:3] == [State.SENT, State.FAILED, State.SCHEDULED]
    receipt = desk.look.delivery(str(first)).receipt
    assert receipt == {"id": "gói-1", "detail": {"evidence": "nghe trên sóng", "by": "giam-doc"}}


@pytest.mark.parametrize(("outcome", "after"), [("sent", State.SENT), ("abandon", State.FAILED)])
def test_many_unknown_are_settled_alike(desk: Desk, outcome: str, after: State) -> None:
    first, second, third, *_ = ids(desk)
    for each in (first, second):
        set_off(desk, each)
        with desk.store.write() as connection:
            moves.apply(connection, [Move(each, State.SENDING, Event.LOSE, State.UNKNOWN, "engine")], NOON)
    found = desk.act.settle_deliveries([first, second, third], outcome, "hỏi tổng đài")  # type: ignore[arg-type]
    assert (found.done, [each.state for each in found.refused]) == ((first, second), [State.SCHEDULED])
    assert states(desk)[:3] == [after, after, State.SCHEDULED]


@pytest.mark.parametrize("act", ["hold_deliveries", "cancel_deliveries"])
def test_what_an_engine_took_between_question_and_answer_is_left_to_it(desk: Desk, act: str) -> None:
    first, second, *_ = ids(desk)
    event = Event.HOLD if act == "hold_deliveries" else Event.CANCEL
    assert desk.look.concerned([first, second], event).can == 2
    set_off(desk, first)
    concerned = desk.look.concerned([first, second], event)
    assert (concerned.can, dict(concerned.cannot)) == (1, {(State.SENDING, frozenset()): 1})
    found = getattr(desk.act, act)([first, second])
    assert (found.done, found.refused) == ((second,), (Refused(first, State.SENDING, frozenset()),))
    assert states(desk)[0] is State.SENDING


def test_what_was_queued_again_by_another_hand_is_not_queued_twice(desk: Desk) -> None:
    every = ids(desk)[:2]
    desk.act.cancel_deliveries(every)
    with Engine.open(desk.folder.path, clock=desk.clock, person="giam-doc") as other:
        other.act.requeue(every[0])
    assert desk.act.requeue_deliveries(every).done == (every[1],)
    assert [desk.look.delivery(str(each)).round for each in every] == [2, 2]


def test_it_goes_part_by_part_and_stops_where_it_is_told_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "PART", 2)
    heard: list[int] = []

    def told(count: int) -> bool:
        heard.append(count)
        assert states(desk).count(State.HELD) == count, "each part is on disk before it is told of"
        return count < 4

    found = desk.act.hold_deliveries(ids(desk), "", told)
    assert (heard, len(found.done), found.left) == ([2, 4], 4, 1)
    assert states(desk).count(State.HELD) == 4


def test_numbers_that_are_not_there_and_those_given_twice(desk: Desk) -> None:
    first = ids(desk)[0]
    assert desk.act.hold_deliveries([first, 999, first]).done == (first,)
    assert len([entry for entry in desk.look.history(first) if entry.event == "hold"]) == 1


def test_what_went_out_stands_by_when_it_did(desk: Desk) -> None:
    desk.folder.module("kenh").does["deliver"] = lambda *_: Receipt("gói-1", handed=True)
    desk.at(LATER).run()
    desk.at(LATER + timedelta(days=1)).run()
    first, second, *_ = ids(desk)
    assert [(row.id, at) for row, at in desk.look.gone(10)] == [
        (second, LATER + timedelta(days=1)),
        (first, LATER),
    ]
    desk.at(LATER + timedelta(days=2)).act.confirm(first, "nghe trên sóng")
    assert [row.id for row, _at in desk.look.gone(10)] == [first, second]
    assert [row.id for row, _at in desk.look.gone(1)] == [first]


def test_deliveries_are_counted_by_local_day_and_state(desk: Desk) -> None:
    desk.act.cancel(ids(desk)[1])
    days = desk.look.days(NOON, 7)
    assert days == [
        {State.SCHEDULED: 1},
        {State.CANCELLED: 1},
        {State.SCHEDULED: 1},
        {State.SCHEDULED: 1},
        {State.SCHEDULED: 1},
        {},
        {},
    ]
