"""Outcomes nobody heard: looked up, heard late, recovered after a crash, or settled by a person."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Absent, CannotTell, OutcomeUnknown, Receipt, TemporaryFailure
from scheduler.engine.delivering import settling
from scheduler.engine.delivering.outcome import Judgement
from scheduler.ground.errors import IllegalTransition, StoreFull
from scheduler.ground.lifecycle import Event, State
from scheduler.store import moves
from tests.campaign import NOON, Desk, Folder
from tests.running import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

LATER = NOON + timedelta(hours=1)
ASKS = """
settle_after = timedelta(minutes=2)

def look_up(self, call, context):
    asked.append(call)
    return does["look_up"](call, context)
"""


def raising(error: BaseException) -> Callable[..., Receipt]:
    def deliver(*_: object) -> Receipt:
        raise error

    return deliver


def unknown(
    folder: Folder, desks: Callable[..., Desk], *, asks: bool = True, **options: Any
) -> tuple[Desk, ModuleType]:
    module = folder.channel(sure=False, more=ASKS if asks else "", **options)
    module.asked = []  # type: ignore[attr-defined]
    module.does["look_up"] = lambda *_: CannotTell()
    module.does["deliver"] = raising(OutcomeUnknown("mất mạng"))
    folder.post(at=LATER, grace="3d")
    desk = desks(folder)
    desk.at(LATER).run()
    assert desk.row().state is State.UNKNOWN
    del module.does["deliver"]
    return desk, module


def test_without_a_look_up_it_waits_for_a_person(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = unknown(folder, desks, asks=False)
    assert desk.row().next_at is None
    desk.after(days=30).run()
    assert (desk.row().state, len(module.calls)) == (State.UNKNOWN, 1)


def test_what_is_found_is_sent(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = unknown(folder, desks)
    module.does["look_up"] = lambda *_: Receipt("thấy", link="https://example.org/1")
    desk.after(seconds=2).run()
    row = desk.row()
    assert (row.state, row.receipt, row.reason) == (
        State.SENT,
        {"id": "thấy", "link": "https://example.org/1"},
        "looked up",
    )
    (call,) = module.asked
    assert (call.key, call.round, call.started_at, call.rendered.text) == (row.key, 1, LATER, "Xin chào.")


def test_what_was_handed_to_people_is_handed(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = unknown(folder, desks)
    module.does["look_up"] = lambda *_: Receipt("thấy", handed=True)
    desk.after(seconds=2).run()
    assert desk.row().state is State.HANDED


def test_absence_counts_only_once_it_can_be_known(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = unknown(folder, desks)
    module.does["look_up"] = lambda *_: Absent()
    desk.after(seconds=119).run()
    assert (desk.row().state, len(module.calls)) == (State.UNKNOWN, 1)
    assert desk.row().next_at == LATER + timedelta(minutes=2)
    desk.after(seconds=1).run()
    assert (desk.row().state, len(module.calls)) == (State.SENT, 2)
    assert [round for _, round, _ in module.calls] == [1, 1]


def test_absence_after_the_grace_is_missed(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = unknown(folder, desks)
    module.does["look_up"] = lambda *_: Absent()
    desk.after(days=4).run()
    assert (desk.row().state, len(module.calls)) == (State.MISSED, 1)


def test_it_is_asked_ever_more_rarely_and_then_no_more(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = unknown(folder, desks)
    while (wake := desk.row().next_at) is not None:
        desk.at(wake).run()
    times = len(module.asked)
    assert 100 < times < 250
    assert desk.clock.now() - LATER >= timedelta(days=7)
    assert desk.row().state is State.UNKNOWN


@pytest.mark.parametrize("answer", [None, "có", 1, CannotTell("bận"), ...])
def test_an_answer_that_is_none_settles_nothing(folder: Folder, desks: Callable[..., Desk], answer: Any) -> None:
    desk, module = unknown(folder, desks)

    def look_up(*_: object) -> Any:
        if answer is ...:
            raise RuntimeError("hỏng")
        return answer

    module.does["look_up"] = look_up
    desk.after(minutes=5).run()
    assert (desk.row().state, len(module.calls)) == (State.UNKNOWN, 1)
    assert desk.row().next_at is not None


def test_another_deliverys_receipt_is_not_this_ones(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(sure=False, more=ASKS)
    module.asked = []  # type: ignore[attr-defined]
    module.does["deliver"] = lambda *_: Receipt("bài 1")
    folder.post("a", at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    module.does["deliver"] = raising(OutcomeUnknown("?"))
    taken: list[bool] = []

    def look_up(_: object, context: Any) -> Receipt:
        taken.append(context.taken("bài 1"))
        return Receipt("bài 1")

    module.does["look_up"] = look_up
    folder.post("b", at=LATER + timedelta(hours=1))
    desk.act.sync()
    desk.after(hours=1).run()
    desk.after(minutes=10).run()
    assert desk.row("b").state is State.UNKNOWN
    assert taken
    assert all(taken)


def test_a_target_that_is_gone_keeps_it_unknown_and_stops_nobody(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, _ = unknown(folder, desks, targets=("noi", "khac"))
    folder.switch_on("kenh", targets=("khac",))
    desk.act.sync()
    desk.after(minutes=5).run()
    assert desk.row().state is State.UNKNOWN
    folder.switch_on("kenh", targets=("noi", "khac"))
    desk.act.sync()
    folder.module("kenh").does["look_up"] = lambda *_: Receipt("thấy")
    desk.after(hours=1).run()
    assert desk.row().state is State.SENT


# --- what a person says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state", "calls"), [("sent", State.SENT, 1), ("not-sent", State.SENT, 2), ("abandon", State.FAILED, 1)]
)
def test_a_person_settles_it(
    folder: Folder, desks: Callable[..., Desk], outcome: Any, state: State, calls: int
) -> None:
    desk, module = unknown(folder, desks, asks=False)
    desk.act.settle(desk.row().id, outcome, "gọi điện hỏi")
    desk.run()
    assert (desk.row().state, len(module.calls)) == (state, calls)
    entry = next(each for each in desk.look.history(desk.row().id) if each.event.startswith(("settle", "abandon")))
    assert (entry.actor, entry.reason) == ("giam-doc", "gọi điện hỏi")


@pytest.mark.parametrize("act", ["cancel", "hold_delivery", "release_delivery", "requeue"])
def test_nothing_else_can_be_done_to_it(folder: Folder, desks: Callable[..., Desk], act: str) -> None:
    desk, _ = unknown(folder, desks)
    before = desk.dump()
    with pytest.raises(IllegalTransition):
        getattr(desk.act, act)(desk.row().id)
    assert desk.dump() == before


def rounds(module: ModuleType) -> list[int]:
    return [number for _, number, _ in module.calls]


def test_only_established_non_sending_raises_the_round(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = unknown(folder, desks, asks=False)
    desk.act.settle(desk.row().id, "abandon", "không rõ được")
    desk.act.requeue(desk.row().id)
    desk.run()
    assert rounds(module) == [1, 1], "a gateway that remembers the id does not send it twice"


@pytest.mark.parametrize("between", ["cancel", "expire"])
def test_nor_does_a_detour(folder: Folder, desks: Callable[..., Desk], between: str) -> None:
    desk, module = unknown(folder, desks, asks=False)
    desk.act.settle(desk.row().id, "abandon", "không rõ được")
    desk.act.requeue(desk.row().id, desk.clock.now() + timedelta(hours=1))
    if between == "cancel":
        desk.act.cancel(desk.row().id)
    else:
        desk.after(days=30).run()
    assert desk.row().state in (State.CANCELLED, State.MISSED)
    desk.act.requeue(desk.row().id)
    desk.run()
    assert rounds(module) == [1, 1]


def test_a_failure_does(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = unknown(folder, desks, asks=False)
    desk.act.settle(desk.row().id, "abandon", "không rõ được")
    module.does["deliver"] = raising(TemporaryFailure("bận"))
    desk.act.requeue(desk.row().id)
    desk.run()
    assert desk.row().state is State.RETRYING
    desk.act.cancel(desk.row().id)
    del module.does["deliver"]
    desk.act.requeue(desk.row().id)
    desk.run()
    assert rounds(module) == [1, 1, 2]


# --- after a crash ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sure", "staged", "passed", "state"),
    [
        (True, False, False, State.RETRYING),
        (True, True, True, State.RETRYING),
        (False, False, False, State.UNKNOWN),
        (False, True, False, State.RETRYING),
        (False, True, True, State.UNKNOWN),
    ],
)
def test_what_a_dead_engine_left_open(
    folder: Folder, desks: Callable[..., Desk], sure: bool, staged: bool, passed: bool, state: State
) -> None:
    folder.channel(sure=sure, staged=staged)
    folder.post(at=LATER)
    desk = desks(folder)
    executor = desk.at(LATER).executor()
    claimed = executor._claim(LATER)
    assert isinstance(claimed, list)
    if passed:
        claimed[0].context.no_return()
    assert desk.row().state is State.SENDING
    assert settling.recover(desk.core) == (0, 0), "its own calls are not a dead engine's"
    desk.begin()
    row = desk.row()
    assert row.state is state
    (attempt,) = desk.look.attempts(row.id)
    assert attempt.outcome == ("recover" if state is State.RETRYING else "lose")
    assert settling.recover(desk.core) == (0, 0)


def test_an_outcome_that_an_older_engine_writes_keeps_its_receipt(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(sure=False)
    folder.post(at=LATER)
    desk = desks(folder)

    def deliver(*_: object) -> Receipt:
        desk.begin()
        return Receipt("đã gửi")

    module.does["deliver"] = deliver
    desk.at(LATER).executor().step()
    row = desk.row()
    assert (row.state, row.receipt, row.reason) == (State.SENT, {"id": "đã gửi"}, "a late receipt")


def test_any_other_outcome_that_comes_so_late_changes_nothing(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, _ = unknown(folder, desks)
    before = desk.dump()
    settling.hear(desk.executor(), desk.row().id, Judgement(Event.FAIL, State.RETRYING), desk.clock.now())
    settling.hear(desk.executor(), 999, Judgement(Event.FAIL, State.RETRYING), desk.clock.now())
    assert desk.dump() == before


def test_a_late_outcome_is_kept_until_the_disk_has_room(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = folder.channel(sure=False, table='time_limit = "100ms"\n')
    gate = threading.Event()
    module.does["deliver"] = lambda *_: (gate.wait(20), Receipt("thật"))[1]
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert desk.row().state is State.UNKNOWN
    gate.set()
    until(lambda: desk.executor().lane.late)
    real = moves.apply
    refused: list[Any] = []

    def full(*given: Any) -> None:
        if len(refused) < 3:
            refused.append(given)
            raise StoreFull("đầy")
        real(*given)

    monkeypatch.setattr(moves, "apply", full)
    desk.run()
    assert (desk.row().state, desk.row().receipt, len(refused)) == (State.SENT, {"id": "thật"}, 3)


def test_a_late_outcome_that_an_ending_engine_could_not_write_is_not_forgotten(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.channel(sure=False)
    folder.post(at=LATER)
    desk = desks(folder)
    lane = desk.executor().lane
    lane.late.append((desk.row().id, 1, Receipt("thật")))

    def full() -> None:
        raise StoreFull("đầy")

    monkeypatch.setattr(desk.store, "write", full)
    desk.core.stopping.set()
    with pytest.raises(StoreFull):
        settling.take_late(desk.executor())
    assert len(lane.late) == 1
