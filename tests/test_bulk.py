"""Deliveries to many: one message each, whatever the list; stopped, continued and counted one by one."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Absent, CannotTell, OutcomeUnknown, PermanentFailure, Receipt, Recipient, TemporaryFailure
from scheduler.engine.delivering import bulk
from scheduler.ground.errors import StoreFull
from scheduler.ground.lifecycle import State
from scheduler.store import messages
from tests.campaign import NOON, Desk, Folder, both

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from scheduler.engine.delivering.executor import Claimed, Executor

LATER = NOON + timedelta(hours=1)
MORE = """
batch_size = 2
settle_after = timedelta(minutes=2)

def recipients(self, rendered, target, context):
    return does["recipients"](target)

def deliver_batch(self, rendered, messages, context):
    batches.append([m.address for m in messages])
    calls.extend((m.key, m.round, rendered.text) for m in messages)
    if "batch" in does:
        return does["batch"](messages, context)
    return [Receipt(m.key) for m in messages]
"""
ASKS = """
def look_up(self, call, context):
    return does["look_up"](call)
"""
TABLE = 'retry = { first = "1m", most = "1m", attempts = 3 }\nbreaker = { failures = 100 }\n'


def many(folder: Folder, numbers: int = 5, *, asks: bool = False, **options: Any) -> ModuleType:
    module = folder.channel(
        sure=options.pop("sure", False), more=MORE + (ASKS if asks else ""), **{"table": TABLE, **options}
    )
    module.batches = []  # type: ignore[attr-defined]
    module.does["recipients"] = lambda target: [Recipient(f"+84{n}") for n in range(numbers)]
    folder.post(at=LATER)
    return module


def counts(desk: Desk, target: str = "noi") -> dict[str, int]:
    return {state.value: number for state, number in desk.look.messages(desk.row(target=target).id).items()}


def test_every_recipient_gets_one_message_in_batches(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder)
    desk = desks(folder)
    desk.at(LATER).run()
    assert module.batches == [["+840", "+841"], ["+842", "+843"], ["+844"]]
    assert [key for key, _, _ in module.calls] == [f"tin/20210503/kenh/+84{n}/publish" for n in range(5)]
    row = desk.row()
    assert (row.state, counts(desk)) == (State.SENT, {"sent": 5})
    assert row.receipt == {"id": f"messages-{row.id}", "detail": {"sent": 5}}


def test_who_is_on_two_lists_gets_one_message(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, targets=("a", "b"))
    lists = {"a": ["+841", "+842", "+842"], "b": ["+842", "+843", "+841"]}
    module.does["recipients"] = lambda target: [Recipient(each) for each in lists[target.name]]
    desk = desks(folder)
    desk.at(LATER).run()
    assert sorted(address for batch in module.batches for address in batch) == ["+841", "+842", "+843"]
    assert {row.state for row in desk.rows().values()} == {State.SENT}


def test_a_list_whose_every_number_has_had_it_says_so(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, targets=("a", "b"))
    module.does["recipients"] = lambda _: [Recipient("+841")]
    desk = desks(folder)
    desk.at(LATER).run()
    assert desk.row(target="b").state is State.FAILED
    assert "no recipient is left" in desk.row(target="b").reason


def test_each_verdict_counts_for_its_own_message(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder)
    verdicts = {"+840": PermanentFailure("số sai"), "+841": TemporaryFailure("bận"), "+842": OutcomeUnknown("?")}
    module.does["batch"] = lambda batch, _: [verdicts.get(m.address, Receipt(m.key)) for m in batch]
    desk = desks(folder)
    desk.at(LATER).run()
    assert (desk.row().state, counts(desk)) == (State.RETRYING, {"failed": 1, "retrying": 1, "unknown": 1, "sent": 2})
    module.does.pop("batch")
    desk.after(minutes=2).run()
    assert module.batches[-1] == ["+841"]
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"failed": 1, "unknown": 1, "sent": 3})
    assert desk.row().reason == "1 messages whose outcome nobody heard"


VERDICTS = {
    TemporaryFailure: "messages to try again",
    PermanentFailure: "all 3 messages failed",
    OutcomeUnknown: "messages whose outcome nobody heard",
}


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda each: each.__name__)
def test_what_befell_all_alike_is_said_and_what_befell_one_person_is_not(
    folder: Folder, desks: Callable[..., Desk], verdict: type[TemporaryFailure]
) -> None:
    module = many(folder, 3)
    module.does["batch"] = lambda batch, _: [verdict("the variable PK_TOKEN is not set") for m in batch]
    desk = desks(folder)
    desk.at(LATER).run()
    assert desk.row().reason.endswith(f"{VERDICTS[verdict]}: the variable PK_TOKEN is not set")
    module.does["batch"] = lambda batch, _: [verdict(f"{m.address} is full") for m in batch]
    if verdict is TemporaryFailure:
        desk.after(minutes=2).run()
        assert desk.row().reason == "3 messages to try again"


@pytest.mark.parametrize("answer", [None, [], [Receipt("1")] * 3, "ab", {"+840": Receipt("1")}], ids=repr)
def test_an_answer_that_does_not_fit_counts_for_none(folder: Folder, desks: Callable[..., Desk], answer: Any) -> None:
    module = many(folder, 2)
    module.does["batch"] = lambda *_: answer
    desk = desks(folder)
    desk.at(LATER).run()
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"unknown": 2})


def test_one_strange_answer_counts_for_its_own_message(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 2)
    module.does["batch"] = lambda batch, _: [Receipt("1"), RuntimeError("lạ")]
    desk = desks(folder)
    desk.at(LATER).run()
    assert counts(desk) == {"sent": 1, "unknown": 1}


def test_messages_give_up_by_themselves(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 2)
    module.does["batch"] = lambda batch, _: [TemporaryFailure("bận") for _ in batch]
    desk = desks(folder)
    desk.at(LATER)
    for _ in range(5):
        desk.run()
        desk.after(minutes=2)
    assert (desk.row().state, counts(desk)) == (State.FAILED, {"failed": 2})
    assert len(module.calls) == 6


def test_recipients_that_raise_or_hang_hold_up_nobody(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, table='time_limit = "50ms"\n' + TABLE)
    ended = threading.Event()

    def recipients(_: Any) -> Any:
        yield Recipient("+841")
        ended.wait(20)

    module.does["recipients"] = recipients
    desk = desks(folder)
    desk.at(LATER).run()
    ended.set()
    assert desk.row().state is State.RETRYING
    assert "recipients" in desk.row().reason
    module.does["recipients"] = lambda _: 1 / 0
    desk.after(minutes=2).run()
    assert "ZeroDivisionError" in desk.row().reason
    module.does["recipients"] = lambda _: [Recipient("+841")]
    desk.after(minutes=2).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 1})


# --- people who stop it ----------------------------------------------------------------------------------------------


def during(module: ModuleType, act: Callable[[], Any], batch: int = 1) -> None:
    """Have a person do something while the given batch is being called."""

    def deliver(rows: Any, _: Any) -> list[Receipt]:
        if len(module.batches) == batch:
            act()
        return [Receipt(m.key) for m in rows]

    module.does["batch"] = deliver


@pytest.mark.parametrize("how", ["revoke", "hold", "stop", "pause", "edit", "delete"])
def test_a_person_stops_the_rest_and_lets_it_go_on(folder: Folder, desks: Callable[..., Desk], how: str) -> None:
    module = many(folder)
    folder.plan(required=True)
    desk = desks(folder)
    desk.act.approve("tin")
    text = folder.file().read_text()
    stops: dict[str, Callable[[], object]] = {
        "revoke": lambda: desk.act.revoke("tin"),
        "hold": lambda: desk.act.hold("tin"),
        "stop": desk.act.stop,
        "pause": lambda: desk.act.pause("kenh"),
        "edit": lambda: both(lambda: folder.post(at=LATER, text="Khác."), desk.act.sync),
        "delete": lambda: both(folder.file().unlink, desk.act.sync),
    }
    during(module, stops[how])
    desk.at(LATER).run()
    desk.act.sync()
    desk.run()
    assert len(module.batches) == 1
    expected = {"stop": State.RETRYING, "pause": State.RETRYING, "delete": State.CANCELLED}.get(how, State.HELD)
    rest = "cancelled" if how == "delete" else "scheduled"
    assert (desk.row().state, counts(desk)) == (expected, {"sent": 2, rest: 3})
    assert desk.executor().lane.breaker.failures == 0
    goes_on: dict[str, Callable[[], object]] = {
        "revoke": lambda: desk.act.approve("tin"),
        "hold": lambda: desk.act.release("tin"),
        "stop": desk.act.lift,
        "pause": lambda: desk.act.resume("kenh"),
        "edit": lambda: desk.act.approve("tin"),
        "delete": lambda: both(lambda: folder.file().write_text(text), desk.act.sync),
    }
    goes_on[how]()
    desk.after(seconds=5).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 5})
    assert sorted(address for batch in module.batches for address in batch) == [f"+84{n}" for n in range(5)]


@pytest.mark.parametrize("what", ["plugin", "table"])
def test_a_channel_that_goes_stops_the_rest_and_it_goes_on_once_it_is_back(
    folder: Folder, desks: Callable[..., Desk], what: str
) -> None:
    module = many(folder)
    tables = dict(folder.channels)
    desk = desks(folder)

    def gone() -> None:
        if what == "table":
            folder.channels["kenh"] = "enabled = false\n" + tables["kenh"]
        folder.config("[plugins.kenh]\nenabled = false\n" if what == "plugin" else "")
        desk.engine.refresh()

    during(module, gone)
    executor = desk.at(LATER).executor()
    executor.step()
    assert executor.step() > desk.clock.now()
    assert (len(module.batches), counts(desk)) == (1, {"sent": 2, "scheduled": 3})
    assert (desk.row().state, desk.row().reason) == (State.RETRYING, "the channel kenh does not work now")
    desk.act.sync()
    assert executor.lane.breaker.failures == 0
    folder.channels.update(tables)
    folder.config()
    desk.act.sync()
    desk.after(seconds=5).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 5})
    assert sorted(address for batch in module.batches for address in batch) == [f"+84{n}" for n in range(5)]


@pytest.mark.parametrize("back", [False, True], ids=["gone", "loaded anew"])
def test_a_plugin_switched_off_between_the_intent_and_its_list_uses_up_no_attempt(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    module = many(folder)
    desk = desks(folder)
    expand = bulk._expand

    def late(executor: Executor, claimed: Claimed) -> str:
        folder.config("[plugins.kenh]\nenabled = false\n")
        desk.engine.refresh()
        if back:
            folder.config()
            desk.engine.refresh()
        return expand(executor, claimed)

    monkeypatch.setattr(bulk, "_expand", late)
    executor = desk.at(LATER).executor()
    executor.step()
    monkeypatch.setattr(bulk, "_expand", expand)
    assert (module.batches, counts(desk)) == ([], {})
    assert (desk.row().state, desk.row().reason) == (State.RETRYING, "the channel kenh does not work now")
    assert executor.lane.breaker.failures == 0
    assert [each.outcome for each in desk.look.attempts(desk.row().id)] == ["recover"]
    folder.config()
    desk.act.sync()
    desk.after(seconds=5).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 5})
    assert sum(map(len, module.batches)) == 5


def test_a_cancellation_stops_the_rest_and_a_requeue_sends_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder)
    desk = desks(folder)
    during(module, lambda: desk.act.cancel(desk.row().id, "sai số"))
    desk.at(LATER).run()
    row = desk.row()
    assert (row.state, row.actor, row.reason) == (State.CANCELLED, "giam-doc", "sai số")
    assert counts(desk) == {"sent": 2, "cancelled": 3}
    desk.after(minutes=1).run()
    assert len(module.batches) == 1
    desk.act.requeue(row.id)
    desk.run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 5})
    assert {round for key, round, _ in module.calls[2:]} == {2}


def test_a_cancellation_leaves_what_is_unknown_to_be_settled(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder)
    desk = desks(folder)

    def deliver(rows: Any, _: Any) -> list[Any]:
        desk.act.cancel(desk.row().id, "sai số")
        return [OutcomeUnknown("?"), Receipt("1")]

    module.does["batch"] = deliver
    desk.at(LATER).run()
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"unknown": 1, "sent": 1, "cancelled": 3})
    desk.act.settle(desk.row().id, "sent", "máy đã nhận")
    assert counts(desk) == {"sent": 2, "cancelled": 3}


def test_cancelled_between_two_tries_what_is_unknown_can_still_be_settled(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    module = many(folder, 2)
    module.does["batch"] = lambda *_: [OutcomeUnknown("?"), TemporaryFailure("bận")]
    desk = desks(folder)
    desk.at(LATER).run()
    assert desk.row().state is State.RETRYING
    desk.act.cancel(desk.row().id, "thôi")
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"unknown": 1, "cancelled": 1})
    desk.act.settle(desk.row().id, "not-sent", "máy chưa nhận")
    desk.after(minutes=5).run()
    assert len(module.batches) == 1, "what did not go is cancelled too"
    assert (desk.row().state, counts(desk)) == (State.CANCELLED, {"cancelled": 2})


def test_a_cancellation_that_comes_too_late_changes_nothing(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder)
    desk = desks(folder)
    during(module, lambda: desk.act.cancel(desk.row().id, "muộn"), batch=3)
    desk.at(LATER).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 5})


def test_past_its_time_the_rest_is_late(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 20, grace=3600)

    def deliver(rows: Any, context: Any) -> list[Receipt]:
        context.clock.sleep(timedelta(minutes=25))
        return [Receipt(m.key) for m in rows]

    module.does["batch"] = deliver
    desk = desks(folder)
    desk.at(LATER).run()
    assert len(module.batches) == 3
    assert (desk.row().state, counts(desk)) == (State.MISSED, {"sent": 6, "missed": 14})
    del module.does["batch"]
    desk.act.requeue(desk.row().id)
    desk.run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 20})


def test_past_its_time_a_person_is_asked_about_the_rest(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 4, grace=60, late="ASK")

    def deliver(rows: Any, context: Any) -> list[Receipt]:
        context.clock.sleep(timedelta(minutes=2))
        return [Receipt(m.key) for m in rows]

    module.does["batch"] = deliver
    desk = desks(folder)
    desk.at(LATER).run()
    assert (desk.row().state, counts(desk)) == (State.HELD, {"sent": 2, "scheduled": 2})
    del module.does["batch"]
    desk.act.release_delivery(desk.row().id)
    desk.run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 4})


def test_a_list_of_any_length_heeds_the_breaker(folder: Folder, desks: Callable[..., Desk]) -> None:
    table = 'retry = { first = "1m", most = "1m", attempts = 9 }\nbreaker = { failures = 3, pause = "5m" }\n'
    module = many(folder, 40, table=table)
    module.does["batch"] = lambda rows, _: [TemporaryFailure("hỏng") for _ in rows]
    desk = desks(folder)
    desk.at(LATER).run()
    assert len(module.batches) == 3
    assert desk.row().state is State.RETRYING
    del module.does["batch"]
    desk.after(minutes=6).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 40})


def test_the_closing_waits_for_the_disk(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = many(folder)
    desk = desks(folder)
    during(module, lambda: desk.act.cancel(desk.row().id, "thôi"))
    real = messages.leave
    refused: list[Any] = []

    def leave(*given: Any) -> int:
        if len(refused) < 3:
            refused.append(given)
            raise StoreFull("đầy")
        return real(*given)

    monkeypatch.setattr(messages, "leave", leave)
    desk.at(LATER).run()
    assert (desk.row().state, counts(desk), len(refused)) == (State.CANCELLED, {"sent": 2, "cancelled": 3}, 3)
    assert not desk.executor().lane.busy


# --- settling --------------------------------------------------------------------------------------------------------


def test_each_unknown_message_is_looked_up(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 3, asks=True)
    module.does["batch"] = lambda batch, _: [OutcomeUnknown("?") for _ in batch]
    answers = {"+840": Receipt("thấy"), "+841": Absent(), "+842": CannotTell("bận")}
    module.does["look_up"] = lambda call: answers[call.message.address]
    desk = desks(folder)
    desk.at(LATER).run()
    assert counts(desk) == {"unknown": 3}
    desk.after(seconds=5).run()
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"sent": 1, "unknown": 2}), "absence does not count yet"
    module.does.pop("batch")
    desk.after(minutes=4).run()
    assert module.batches[-1] == ["+841"]
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"sent": 2, "unknown": 1})
    answers["+842"] = Receipt("thấy rồi")
    desk.after(hours=1).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 3})


def test_a_crash_leaves_only_the_batch_under_call_unknown(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder)
    desk = desks(folder)
    desk.at(LATER)

    class Death(BaseException):
        pass

    class Inline:
        def run(self, calls: Any, *_: Any) -> list[Any]:
            return [call() for call in calls]

        def close(self) -> None: ...

    def deliver(rows: Any, _: Any) -> list[Receipt]:
        if len(module.batches) == 2:
            raise Death
        return [Receipt(m.key) for m in rows]

    module.does["batch"] = deliver
    executor = desk.executor()
    executor.caller = Inline()  # type: ignore[assignment]
    with pytest.raises(Death):
        executor.step()
    assert counts(desk) == {"sent": 2, "sending": 2, "scheduled": 1}
    desk.executors.clear()
    desk.begin()
    assert (desk.row().state, counts(desk)) == (State.RETRYING, {"sent": 2, "unknown": 2, "scheduled": 1})
    desk.run()
    assert module.batches[2:] == [["+844"]]
    assert (desk.row().state, counts(desk)) == (State.UNKNOWN, {"sent": 3, "unknown": 2})
    desk.act.settle(desk.row().id, "not-sent", "không máy nào nhận")
    desk.run()
    assert module.batches[3:] == [["+842", "+843"]]
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 5})


def test_a_batch_that_hangs_is_settled_by_how_it_ends(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, table='time_limit = "50ms"\n' + TABLE)
    ended = threading.Event()

    def deliver(rows: Any, _: Any) -> list[Receipt]:
        if len(module.batches) == 1:
            ended.wait(20)
        return [Receipt(m.key) for m in rows]

    module.does["batch"] = deliver
    desk = desks(folder)
    desk.at(LATER).run()
    assert counts(desk) == {"unknown": 2, "scheduled": 3}
    assert len(module.batches) == 1, "its key is not called again before the call has ended"
    ended.set()
    wait_until_late(desk)
    desk.after(seconds=5).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 5})


def wait_until_late(desk: Desk) -> None:
    import time

    end = time.monotonic() + 10
    while not desk.executor().lane.late:
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_rate_limits_messages_and_not_batches(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder, 6, table='rate = "2/min"\n' + TABLE)
    times: list[Any] = []
    desk = desks(folder)

    def deliver(rows: Any, _: Any) -> list[Receipt]:
        times.append((desk.clock.now(), len(rows)))
        return [Receipt(m.key) for m in rows]

    module.does["batch"] = deliver
    desk.at(LATER).run()
    assert sum(number for _, number in times) == 6
    assert times[-1][0] - times[0][0] >= timedelta(minutes=2) - timedelta(seconds=1)


def test_an_attempts_messages_know_their_attempt(folder: Folder, desks: Callable[..., Desk]) -> None:
    many(folder, 2)
    desk = desks(folder)
    desk.at(LATER).run()
    (attempt,) = desk.look.attempts(desk.row().id)
    rows = messages.in_state(desk.store.read(), desk.row().id, State.SENT)
    assert [(row.attempt, row.attempts, row.round) for row in rows] == [(attempt.id, 1, 1)] * 2


LOADED_ANEW = """
from scheduler.api import BaseChannel, Options, Receipt, Recipient, Rendered, hookimpl

calls, meanwhile = [], []

class Own(Options):
    operational = frozenset({"one", "two"})
    VERSION: int = 1

class Lists(BaseChannel):
    name = "kenh"
    options = Own
    batch_size = 2

    def render(self, item, context):
        return Rendered({}, item.text)

    def deliver(self, rendered, context):
        raise NotImplementedError

    def recipients(self, rendered, target, context):
        return [Recipient(str(number)) for number in range(5)]

    def deliver_batch(self, rendered, messages, context):
        assert context.options.VERSION == 1
        calls.extend(each.address for each in messages)
        if meanwhile:
            meanwhile.pop()()
        return [Receipt(each.key) for each in messages]

@hookimpl
def register_channels():
    return [Lists()]
"""


def test_a_plugin_that_is_loaded_anew_in_the_midst_of_a_mailing_goes_on_with_what_is_its_own(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.plugin("kenh", LOADED_ANEW.replace("VERSION", "one"))
    folder.switch_on("kenh", TABLE)
    folder.post(at=LATER)
    desk, first = desks(folder), folder.module("kenh")

    def anew() -> None:
        folder.plugin("kenh", LOADED_ANEW.replace("VERSION", "two"))
        folder.config("[plugins.kenh]\nenabled = true\n")
        assert desk.engine.refresh()
        desk._replan()
        desk.executor()

    first.meanwhile.append(anew)
    desk.at(LATER).run()
    desk.after(seconds=30).run()
    assert (desk.row().state, counts(desk)) == (State.SENT, {"sent": 5}), desk.row().reason
    second = folder.module("kenh")
    assert (first.calls, second.calls) == (["0", "1"], ["2", "3", "4"])
