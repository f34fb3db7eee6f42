"""Messages whose outcome came late or never, and messages that leave with their delivery, whatever takes it away."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Absent, CannotTell, OutcomeUnknown, PermanentFailure, Receipt, Rendered, TemporaryFailure
from scheduler.engine.delivering import asking
from scheduler.engine.delivering.executor import Executor
from scheduler.ground.errors import StaleEpoch
from scheduler.ground.lifecycle import State
from scheduler.store import journal, messages
from tests.campaign import Desk, Folder
from tests.test_bulk import LATER, TABLE, counts, many, wait_until_late

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SLOW = 'time_limit = "100ms"\n' + TABLE


def half_heard(
    folder: Folder, desks: Callable[..., Desk], *, asks: bool = True, **more: Any
) -> tuple[Desk, ModuleType]:
    """One message is unknown, one waits to be tried again."""
    module = many(folder, 2, asks=asks, **more)
    module.does["batch"] = lambda *_: [OutcomeUnknown("?"), TemporaryFailure("bận")]
    module.does["look_up"] = lambda _: CannotTell()
    desk = desks(folder)
    desk.at(LATER).run()
    assert (desk.row().state, counts(desk)) == (State.RETRYING, {"unknown": 1, "retrying": 1})
    del module.does["batch"]
    return desk, module


# --- what a look-up is given ---------------------------------------------------------------------------------------


def test_each_is_asked_about_with_what_its_own_batch_left(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 4, asks=True)
    seen = []

    def batch(rows: Any, context: Any) -> list[Any]:
        context.checkpoint({"staged": [each.address for each in rows]})
        context.clock.sleep(timedelta(seconds=10))
        return [OutcomeUnknown("?"), Receipt("1")] if len(module.batches) == 1 else [Receipt("2"), Receipt("3")]

    module.does["batch"] = batch

    def look_up(call: Any) -> CannotTell:
        seen.append((call.message.address, call.checkpoint, call.started_at))
        return CannotTell()

    module.does["look_up"] = look_up
    desk = desks(folder)
    desk.at(LATER).run()
    desk.after(minutes=5).run()
    assert seen[-1] == ("+840", {"staged": ["+840", "+841"]}, LATER)


def test_each_is_asked_about_with_the_attempt_that_called_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 2, asks=True)
    module.does["render"] = lambda item, _: Rendered({"at": item.publish_at.isoformat()}, item.text)
    module.does["batch"] = lambda *_: [OutcomeUnknown("?"), TemporaryFailure("bận")]
    seen = []

    def look_up(call: Any) -> CannotTell:
        seen.append((call.rendered.body["at"], call.started_at))
        return CannotTell()

    module.does["look_up"] = look_up
    desk = desks(folder)
    desk.at(LATER).run()
    del module.does["batch"]
    folder.post(at=LATER + timedelta(minutes=10))
    desk.act.sync()
    desk.after(minutes=30).run()
    desk.after(minutes=5).run()
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"unknown": 1, "sent": 1})
    assert seen[-1] == (LATER.isoformat(), LATER)


# --- leaving with the delivery -------------------------------------------------------------------------------------


def test_what_expires_with_unknown_messages_is_still_to_be_settled(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = half_heard(folder, desks, grace=60)
    desk.after(minutes=10).run()
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"unknown": 1, "missed": 1})
    module.does["look_up"] = lambda _: Absent()
    desk.after(minutes=10).run()
    assert (desk.row().state, counts(desk)) == (State.MISSED, {"missed": 2})
    assert len(module.batches) == 1


def test_what_the_planner_cancels_is_settled_and_can_come_back(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = half_heard(folder, desks)
    text = folder.file().read_text()
    folder.file().unlink()
    desk.act.sync()
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"unknown": 1, "cancelled": 1})
    module.does["look_up"] = lambda _: Absent()
    desk.after(minutes=5).run()
    assert (desk.row().state, desk.row().actor, counts(desk)) == (State.CANCELLED, "planner", {"cancelled": 2})
    folder.file().write_text(text)
    desk.act.sync()
    desk.run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 2})


def test_what_is_cancelled_while_it_is_retried_goes_no_more(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = half_heard(folder, desks)
    desk.act.cancel(desk.row().id, "thôi")
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"unknown": 1, "cancelled": 1})
    module.does["look_up"] = lambda _: Absent()
    desk.after(minutes=3).run()
    desk.after(minutes=3).run()
    row = desk.row()
    assert (row.state, row.actor, row.reason) == (State.CANCELLED, "giam-doc", "thôi")
    assert (counts(desk), len(module.batches)) == ({"cancelled": 2}, 1)


def test_what_is_cancelled_and_settled_as_not_sent_is_cancelled_at_once_whatever_else_holds_it(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    desk, module = half_heard(folder, desks, asks=False)
    desk.act.cancel(desk.row().id, "thôi")
    desk.act.hold("tin")
    desk.act.settle(desk.row().id, "not-sent", "đã hỏi")
    row = desk.row()
    assert (row.state, row.actor, row.reason, counts(desk)) == (State.CANCELLED, "giam-doc", "thôi", {"cancelled": 2})
    desk.act.release("tin")
    desk.after(minutes=5).run()
    assert (desk.row().state, len(module.batches)) == (State.CANCELLED, 1)


def test_what_gives_up_takes_its_messages_along(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, module = half_heard(folder, desks, asks=False)
    module.does["recipients"] = lambda _: 1 / 0
    for _ in range(4):
        desk.after(minutes=2).run()
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"unknown": 1, "failed": 1})
    desk.act.settle(desk.row().id, "abandon", "không ai biết")
    assert (desk.row().state, counts(desk)) == (State.FAILED, {"failed": 2})


def test_the_journal_says_how_many_messages_left(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk, _module = half_heard(folder, desks)
    desk.act.cancel(desk.row().id, "thôi")
    last = journal.of_delivery(desk.store.read(), desk.row().id)[-1]
    assert (last.event, last.state, last.actor, last.reason) == ("messages", "", "giam-doc", "1 cancelled")


# --- heard late ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda rows: [Receipt("r-" + each.address) for each in rows], {"sent": 3, "unknown": 1}),
        (lambda rows: [Receipt("r"), PermanentFailure("số sai")], {"sent": 2, "failed": 1, "unknown": 1}),
        (lambda _: [Receipt("r")], {"sent": 1, "unknown": 3}),
    ],
    ids=["receipts", "one of each", "nonsense"],
)
def test_a_late_answer_is_matched_to_its_own_messages(
    folder: Folder, desks: Callable[..., Desk], answer: Any, expected: dict[str, int]
) -> None:
    module = many(folder, 4, table=SLOW)
    gate = threading.Event()

    def batch(rows: Any, _: Any) -> Any:
        if len(module.batches) == 1:
            return [OutcomeUnknown("?"), Receipt("1")]
        if len(module.batches) == 2:
            gate.wait(20)
            return answer(rows)
        return [PermanentFailure("số sai") for _ in rows]

    module.does["batch"] = batch
    desk = desks(folder)
    desk.at(LATER).run()
    assert counts(desk) == {"unknown": 3, "sent": 1}
    gate.set()
    wait_until_late(desk)
    desk.after(minutes=1).run()
    assert counts(desk) == expected
    found = {row.address: row.receipt for row in messages.in_state(desk.store.read(), desk.row().id, State.SENT)}
    assert all(receipt is not None and receipt["id"] in ("1", "r", f"r-{each}") for each, receipt in found.items())


def test_receipts_of_an_engine_that_was_overtaken_are_kept(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 2)
    gate, inside = threading.Event(), threading.Event()

    def batch(rows: Any, _: Any) -> list[Receipt]:
        inside.set()
        gate.wait(20)
        return [Receipt(each.key) for each in rows]

    module.does["batch"] = batch
    old = desks(folder)
    old.at(LATER)
    ended: list[BaseException] = []

    def work() -> None:
        try:
            old.executor().step()
        except StaleEpoch as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(20)
    new = desks(folder, now=LATER, armed=False)
    assert counts(new) == {"unknown": 2}
    gate.set()
    thread.join()
    assert len(ended) == 1
    assert counts(new) == {"sent": 2}
    new.run()
    assert (new.row().state, len(module.batches)) == (State.SENT, 1)


# --- one thing found twice -----------------------------------------------------------------------------------------


def test_two_messages_to_one_address_do_not_share_a_receipt(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 1, asks=True)
    folder.post("sau", at=LATER)
    module.does["batch"] = lambda *_: [OutcomeUnknown("?")]
    module.does["look_up"] = lambda _: Receipt("tin-1")
    desk = desks(folder)
    desk.at(LATER).run()
    desk.after(minutes=1).run()
    states = sorted(desk.row(post).state.value for post in ("tin", "sau"))
    assert states == ["sent", "unknown"]


def test_two_workers_that_find_the_same_thing_settle_one(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = "settle_after = timedelta(minutes=2)\ndef look_up(self, call, context):\n    return Receipt('bài-1')\n"
    module = folder.channel(sure=False, more=asks, table=TABLE)

    def lost(*_: Any) -> Any:
        raise OutcomeUnknown("?")

    module.does["deliver"] = lost
    folder.post("a", at=LATER)
    folder.post("b", at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    meeting = threading.Barrier(2)

    def ask(*given: Any) -> Any:
        answer = asking.ask(*given)
        meeting.wait(20)
        return answer

    monkeypatch.setattr("scheduler.engine.delivering.settling.ask", ask)
    one = desk.executor()
    two = Executor(one.lane)
    desk.after(minutes=1)
    threads = [threading.Thread(target=each.step) for each in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    two.close()
    assert sorted(desk.states().values()) == ["sent", "unknown"]
