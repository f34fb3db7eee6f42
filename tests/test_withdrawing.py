"""Taking back what has gone out: by a call, by a new picture, by people; and everything that must not happen then."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Absent, OutcomeUnknown, PermanentFailure, Receipt, TemporaryFailure
from scheduler.engine import backup
from scheduler.engine.delivering import projecting
from scheduler.engine.delivering.withdrawing import Way, way
from scheduler.ground.errors import NotAllowed, NotFound
from scheduler.ground.lifecycle import Hold, State
from tests.campaign import NOON, Desk, Folder
from tests.test_bulk import many
from tests.test_projecting import PROJECTS, RETRY

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.ground.delivery import Delivery

LATER = NOON + timedelta(hours=1)
BACK = """
withdraws_again = {again}

def withdraw(self, sent, context):
    calls.append((str(context.key), context.round, sent))
    return does["withdraw"](sent, context) if "withdraw" in does else Receipt(sent.receipt.id)
"""
ASKS = """
settle_after = timedelta(minutes=2)

def look_up(self, call, context):
    return does["look_up"](call)
"""
PEOPLE = "kind = Kind.PRINT\n"
Desks = "Callable[..., Desk]"


def back(folder: Folder, *, again: bool = True, more: str = "", **options: Any) -> Any:
    """Add a channel that can take back what it sent."""
    return folder.channel(more=BACK.format(again=again) + more, **{"table": RETRY, **options})


def sent(folder: Folder, desks: Callable[..., Desk], **front: Any) -> Desk:
    """Return a desk at which the post has gone out."""
    folder.post(**{"at": LATER, **front})
    desk = desks(folder)
    desk.at(LATER).run()
    return desk


def withdrawal(desk: Desk, post: str = "tin", channel: str = "kenh") -> Delivery:
    (found,) = [d for d in desk.look.deliveries() if d.key.withdraws and d.key[0] == post and d.key[2] == channel]
    return found


# --- how it is done -------------------------------------------------------------------------------------------------


def test_a_channel_that_can_takes_back_by_the_receipt(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = back(folder)
    desk = sent(folder, desks)
    published = desk.row()
    kenh.calls.clear()
    found = desk.after(hours=1).act.withdraw("tin", "sai ngày")
    (made,) = found.made
    assert (made.key, made.state, made.due_at) == (
        published.key.withdrawal,
        State.SCHEDULED,
        LATER + timedelta(hours=1),
    )
    assert (made.actor, made.reason) == ("giam-doc", "sai ngày")
    desk.run()
    after = desk.look.delivery(str(made.id))
    assert (after.state, after.receipt) == (State.SENT, {"id": "tin/20210503/kenh/noi/publish#1"})
    ((key, number, taken),) = kenh.calls
    assert (key, number) == ("tin/20210503/kenh/noi/withdraw", 1)
    assert (taken.key, taken.text, taken.title) == (published.key, "Xin chào.", "Bài tin")
    assert (taken.receipt.id, taken.receipt.handed, taken.published_at) == (f"{published.key}#1", False, LATER)
    assert desk.look.post("tin").counts == {State.SENT: 1}
    assert desk.look.delivery(str(published.id)) == published, "what went out stays in the record as it was"
    payload = desk.look.payload(after)
    assert payload is not None
    assert payload.text == "Xin chào."


@pytest.mark.parametrize("kind", ["PRINT", "BROADCAST", "IN_PERSON"])
def test_what_people_carry_people_take_back(kind: str, folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = folder.channel(more=f"kind = Kind.{kind}\n", sure=False)
    kenh.does["deliver"] = lambda *_: Receipt("to-01.docx", handed=True)
    desk = sent(folder, desks)
    kenh.calls.clear()
    desk.act.withdraw("tin")
    desk.run()
    row = withdrawal(desk)
    assert (row.state, row.receipt, kenh.calls) == (State.HANDED, {"id": ""}, [])
    assert desk.act.confirm(row.id, "đã gọi đài").state is State.SENT


def test_what_has_reached_a_phone_stays_there(folder: Folder, desks: Callable[..., Desk]) -> None:
    many(folder)
    desk = sent(folder, desks)
    before = desk.dump()
    with pytest.raises(NotAllowed, match="what kenh has sent cannot be taken back: send a correction"):
        desk.act.withdraw("tin")
    with pytest.raises(NotAllowed, match="send a correction"):
        desk.act.withdraw_delivery(desk.row().id)
    assert desk.dump() == before


def test_a_picture_is_drawn_without_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = folder.channel(more=PROJECTS, table=RETRY)
    folder.post("a", at=LATER)
    desk = sent(folder, desks, name="b")
    seen: list[list[tuple[str, bool]]] = []

    def project(published: Any, _: object) -> Receipt:
        seen.append([(str(each.key), each.withdrawn) for each in published])
        return Receipt("1")

    kenh.does["project"] = project
    desk.act.withdraw("a")
    desk.run()
    assert withdrawal(desk, "a").state is State.SENT
    a, b = "a/20210503/kenh/noi/publish", "b/20210503/kenh/noi/publish"
    assert seen == [[(a, True), (b, False)]]
    projecting.refresh(desk.executor())
    assert seen[1] == seen[0]


@pytest.mark.parametrize("held", [False, True])
def test_no_other_picture_brings_back_what_is_being_withdrawn(
    folder: Folder, desks: Callable[..., Desk], held: bool
) -> None:
    kenh = folder.channel(more=PROJECTS, table='retry = { first = "1h", most = "1h", attempts = 3 }')
    folder.post("b", at=LATER + timedelta(minutes=2))
    desk = sent(folder, desks, name="a")
    seen: list[dict[str, bool]] = []

    def project(published: Any, context: Any) -> Receipt:
        seen.append({each.key.post: each.withdrawn for each in published})
        if context.key.withdraws:
            raise TemporaryFailure("bận")
        return Receipt("1")

    kenh.does["project"] = project
    desk.act.withdraw("a")
    desk.run()
    assert withdrawal(desk, "a").state is State.RETRYING
    if held:
        desk.act.hold_delivery(withdrawal(desk, "a").id)
    desk.after(minutes=2).run()
    assert seen == [{"a": True}, {"a": True, "b": False}]
    desk.act.cancel(withdrawal(desk, "a").id, "vẫn đúng")
    projecting.refresh(desk.executor())
    assert seen[-1] == {"a": False, "b": False}


def test_each_kind_of_channel_has_its_way(folder: Folder, desks: Callable[..., Desk]) -> None:
    back(folder, name="a")
    folder.channel("b", more=PROJECTS)
    folder.channel("c", more=PEOPLE)
    folder.channel("d")
    folder.channel("e", more=BACK.format(again=True) + "batch_size = 1\nrecipients = deliver_batch = withdraw\n")
    channels = desks(folder).engine.registry.channels
    ways = [way(channels[name]) for name in "abcde"]
    assert ways == [Way.CALL, Way.PICTURE, Way.PEOPLE, None, None]


# --- who may, and when ------------------------------------------------------------------------------------------------


def test_who_may_withdraw(folder: Folder, desks: Callable[..., Desk]) -> None:
    back(folder)
    desk = sent(folder, desks)
    number = desk.row().id
    drafter = desks(folder, armed=False, person="can-bo", now=LATER)
    for act in (lambda: drafter.act.withdraw("tin"), lambda: drafter.act.withdraw_delivery(number)):
        with pytest.raises(NotAllowed, match="may not withdraw: that needs the role 'approve'"):
            act()
    assert len(desk.rows()) == 1


def test_a_folder_that_is_not_armed_takes_nothing_back(folder: Folder, desks: Callable[..., Desk]) -> None:
    back(folder)
    sent(folder, desks).close()
    (folder.path / "var" / "armed.json").unlink()
    with pytest.raises(NotAllowed, match="loa arm"):
        desks(folder, armed=False, now=LATER).act.withdraw("tin")


@pytest.mark.parametrize("hindrance", ["stop", "pause"])
def test_a_stop_and_a_pause_hold_it_up_and_nothing_is_lost(
    hindrance: str, folder: Folder, desks: Callable[..., Desk]
) -> None:
    kenh = back(folder)
    desk = sent(folder, desks)
    kenh.calls.clear()
    desk.act.stop() if hindrance == "stop" else desk.act.pause("kenh")
    desk.act.withdraw("tin")
    desk.after(days=20).run()
    assert (withdrawal(desk).state, kenh.calls) == (State.SCHEDULED, [])
    desk.act.lift() if hindrance == "stop" else desk.act.resume("kenh")
    desk.run()
    assert withdrawal(desk).state is State.SENT


@pytest.mark.parametrize("what", ["revoke", "hold", "edit", "delete", "spoil", "move"])
@pytest.mark.parametrize("before", [True, False])
def test_it_depends_on_neither_the_file_nor_an_approval(
    what: str, before: bool, folder: Folder, desks: Callable[..., Desk]
) -> None:
    """It says nothing new; and who revokes or deletes a post wants it back all the more."""
    kenh = back(folder)
    folder.plan(required=True)
    folder.post(at=LATER)
    desk = desks(folder)
    desk.act.approve("tin")
    desk.at(LATER).run()
    assert desk.row().state is State.SENT
    acts: dict[str, Callable[[], object]] = {
        "revoke": lambda: desk.act.revoke("tin"),
        "hold": lambda: desk.act.hold("tin"),
        "edit": lambda: folder.post(at=LATER, text="Khác."),
        "delete": lambda: folder.file().unlink(),
        "spoil": lambda: folder.file().write_bytes(b"\xff\xfe"),
        "move": lambda: folder.post(at=LATER + timedelta(days=3)),
    }
    if not before:
        desk.act.withdraw("tin")
    acts[what]()
    desk.act.sync()
    if before:
        desk.act.withdraw("tin")
    assert withdrawal(desk).state is State.SCHEDULED
    desk.run()
    assert withdrawal(desk).state is State.SENT
    assert [key.rsplit("/", 1)[1] for key, *_ in kenh.calls] == ["publish", "withdraw"]
    desk.act.sync()
    assert not desk.replans


def test_the_planner_leaves_it_to_people(folder: Folder, desks: Callable[..., Desk]) -> None:
    back(folder)
    desk = sent(folder, desks)
    row = desk.act.withdraw_delivery(desk.row().id)
    assert desk.act.hold_delivery(row.id).holds == {Hold.OPERATOR}
    desk.act.sync()
    assert withdrawal(desk).holds == {Hold.OPERATOR}
    assert desk.act.release_delivery(row.id).state is State.SCHEDULED
    assert desk.act.cancel(row.id).state is State.CANCELLED
    folder.post(at=LATER, text="Khác.")
    report = desk.act.sync()
    assert (report.restored, withdrawal(desk).state) == (0, State.CANCELLED)


# --- what of the rest -------------------------------------------------------------------------------------------------


def test_what_of_the_occurrence_had_not_gone_will_not_and_later_ones_stay(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    back(folder)
    folder.channel("sau", table='lead = "0s"\n')
    folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3")
    desk = desks(folder)
    desk.at(LATER).run("kenh")
    desk.act.pause("sau")
    foreseen = desk.look.withdrawal("tin")
    found = desk.act.withdraw("tin")
    assert (foreseen.back, foreseen.stopped, foreseen.later) == (found.back, found.stopped, found.later)
    assert [str(each.key) for each in found.back] == ["tin/20210503/kenh/noi/publish"]
    assert [str(each.key) for each in found.stopped] == ["tin/20210503/sau/noi/publish"]
    assert [each.key.recurrence for each in found.later] == ["20210504", "20210504", "20210505", "20210505"]
    folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3", text="Khác.")
    desk.act.sync()
    states = desk.states()
    assert states["tin/20210503/sau/noi/publish"] == "cancelled"
    assert {state for key, state in states.items() if "20210503" not in key} == {"scheduled"}
    assert ("withdraw", "tin", "giam-doc") in {(e.event, e.key, e.actor) for e in desk.look.journal(20)}


def test_one_occurrence_of_several(folder: Folder, desks: Callable[..., Desk]) -> None:
    back(folder)
    desk = sent(folder, desks, repeat="FREQ=DAILY;COUNT=2")
    desk.after(days=1).run()
    found = desk.act.withdraw("tin", recurrence="20210504")
    assert [str(each.key) for each in found.made] == ["tin/20210504/kenh/noi/withdraw"]
    with pytest.raises(NotFound, match="no occurrence '20210505'"):
        desk.act.withdraw("tin", recurrence="20210505")


def test_a_mailing_under_way_is_stopped(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = many(folder)
    folder.post(at=LATER)
    desk = desks(folder)
    number = desk.row().id
    module.does["batch"] = lambda messages, _: (desk.act.withdraw("tin"), [Receipt(m.key) for m in messages])[1]
    desk.at(LATER).run()
    module.does.clear()
    assert module.batches == [["+840", "+841"]]
    assert {state.value: n for state, n in desk.look.messages(number).items()} == {"sent": 2, "cancelled": 3}


@pytest.mark.parametrize("said", ["unknown", "sending", "waiting", "again", "nobody"])
def test_what_cannot_be_withdrawn_says_what_to_do(said: str, folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = back(folder, sure=False)
    words = {
        "unknown": "settle it first",
        "sending": "being sent right now",
        "waiting": "nothing of tin has gone out: 'loa post hold tin'",
        "again": "tin has been withdrawn already",
        "nobody": "no post 'khong'",
    }
    folder.post(at=LATER)
    desk = desks(folder)
    heard: list[str] = []

    def deliver(*_: object) -> Receipt:
        if said == "sending":
            with pytest.raises(NotAllowed) as caught:
                desk.act.withdraw("tin")
            heard.append(str(caught.value))
        if said == "unknown":
            raise OutcomeUnknown("không rõ")
        return Receipt("1")

    kenh.does["deliver"] = deliver
    if said != "waiting":
        desk.at(LATER).run()
    if said == "again":
        desk.act.withdraw("tin")
    if said != "sending":
        with pytest.raises((NotAllowed, NotFound)) as caught:
            desk.act.withdraw("khong" if said == "nobody" else "tin")
        heard.append(str(caught.value))
    assert words[said] in heard[0]


@pytest.mark.parametrize("settled", ["by a look-up", "by a person"])
def test_what_of_it_is_found_not_to_have_gone_waits_for_a_person(
    settled: str, folder: Folder, desks: Callable[..., Desk]
) -> None:
    back(folder)
    khac: Any = folder.channel("khac", sure=False, more=ASKS)

    def deliver(*_: object) -> Receipt:
        raise OutcomeUnknown("không rõ")

    khac.does |= {"deliver": deliver, "look_up": lambda call: Absent()}
    desk = sent(folder, desks)
    number = desk.row(channel="khac").id
    desk.act.withdraw("tin")
    khac.does.pop("deliver")
    if settled == "by a person":
        desk.act.settle(number, "not-sent", "không thấy trên trang")
    for _ in range(10):
        desk.after(minutes=1).run()
    row = desk.look.delivery(str(number))
    assert (row.state, row.holds) == (State.HELD, frozenset({Hold.OPERATOR}))
    assert len(khac.calls) == 1, "the post was taken back: what had not gone does not follow by itself"
    desk.act.release_delivery(number)
    desk.run()
    assert (desk.look.delivery(str(number)).state, len(khac.calls)) == (State.SENT, 2)


@pytest.mark.parametrize("dies", [False, True])
def test_what_of_it_was_being_sent_is_not_tried_again_by_itself(
    dies: bool, folder: Folder, desks: Callable[..., Desk]
) -> None:
    back(folder)
    khac: Any = folder.channel("khac", sure=dies, table=RETRY)
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run("kenh")

    def deliver(*_: object) -> Receipt:
        desk.act.withdraw("tin")
        raise KeyboardInterrupt if dies else TemporaryFailure("bận")

    khac.does["deliver"] = deliver
    if dies:
        _gone_before_it_records(desk, "khac")
    else:
        desk.run("khac")
    khac.does.clear()
    if dies:
        desk.begin()
    for _ in range(10):
        desk.after(minutes=10).run()
    row = desk.row(channel="khac")
    assert (row.state, row.holds, len(khac.calls)) == (State.HELD, frozenset({Hold.OPERATOR}), 1)
    assert row.reason == "its post was withdrawn meanwhile: a person must say"


def test_what_of_it_comes_back_into_the_plan_waits_for_a_person(folder: Folder, desks: Callable[..., Desk]) -> None:
    back(folder)
    folder.channel("sau")
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run("kenh")
    text = folder.file().read_bytes()
    folder.file().unlink()
    desk.act.sync()
    assert desk.row(channel="sau").state is State.CANCELLED
    desk.act.withdraw("tin")
    folder.file().write_bytes(text)
    desk.act.sync()
    desk.run()
    row = desk.row(channel="sau")
    assert (row.state, row.holds) == (State.HELD, frozenset({Hold.OPERATOR}))


# --- never twice ------------------------------------------------------------------------------------------------------


def test_what_was_withdrawn_does_not_go_out_again(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = folder.channel(more=PEOPLE)
    kenh.does["deliver"] = lambda *_: Receipt("to.docx", handed=True)
    desk = sent(folder, desks)
    desk.act.withdraw("tin")
    number = next(each.id for each in desk.look.deliveries() if not each.key.withdraws)
    desk.act.deny(number, "chưa phát")
    with pytest.raises(NotAllowed, match="it has been withdrawn: what is to go out again goes out as a new post"):
        desk.act.requeue(number)
    desk.act.cancel(withdrawal(desk).id)
    assert desk.act.requeue(number).state is State.SCHEDULED, "the withdrawal was called off"
    with pytest.raises(NotAllowed, match="what it was to take back is not out"):
        desk.act.requeue(withdrawal(desk).id)


def test_one_that_failed_is_tried_again(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = back(folder)

    def refuse(*_: object) -> Receipt:
        raise PermanentFailure("không được phép")

    kenh.does["withdraw"] = refuse
    desk = sent(folder, desks)
    first = desk.act.withdraw_delivery(desk.row().id)
    desk.run()
    assert (withdrawal(desk).state, withdrawal(desk).reason) == (State.FAILED, "không được phép")
    kenh.does.clear()
    (again,) = desk.after(hours=3).act.withdraw("tin", "lần nữa").made
    assert (again.id, again.round, again.state, again.reason) == (first.id, 2, State.SCHEDULED, "lần nữa")
    desk.run()
    assert withdrawal(desk).state is State.SENT


def test_a_crash_repeats_what_can_be_repeated(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = back(folder, again=True, sure=False, staged=True)
    desk = sent(folder, desks)
    desk.act.withdraw("tin")
    died = _die_in_the_call(desk, kenh)
    assert died.state is State.SENDING
    desk.begin()
    kenh.does.clear()
    desk.after(seconds=1).run()
    assert withdrawal(desk).state is State.SENT
    assert [key.rsplit("/", 1)[1] for key, *_ in kenh.calls] == ["publish", "withdraw", "withdraw"]
    assert kenh.calls[1][2] == kenh.calls[2][2], "with the stored payload"


@pytest.mark.parametrize("there", [True, False])
def test_a_crash_leaves_the_other_kind_unknown_and_it_is_looked_up(
    there: bool, folder: Folder, desks: Callable[..., Desk]
) -> None:
    kenh = back(folder, again=False, sure=True, staged=True, more=ASKS)
    asked: list[str] = []
    desk = sent(folder, desks)
    desk.act.withdraw("tin")
    _die_in_the_call(desk, kenh)
    desk.begin()
    kenh.does.clear()

    def look_up(call: Any) -> Receipt | Absent:
        asked.append(str(call.key))
        return Receipt("tin") if there else Absent()

    kenh.does["look_up"] = look_up
    assert withdrawal(desk).state is State.UNKNOWN
    for _ in range(10):
        desk.after(minutes=1).run()
    assert set(asked) == {"tin/20210503/kenh/noi/withdraw"}
    assert withdrawal(desk).state is State.SENT
    withdrawals = [key for key, *_ in kenh.calls if key.endswith("withdraw")]
    assert len(withdrawals) == (1 if there else 2)


def test_a_database_that_was_put_back_does_not_withdraw_twice(folder: Folder, desks: Callable[..., Desk]) -> None:
    back(folder, again=False, sure=False)
    desk = sent(folder, desks)
    desk.act.withdraw("tin")
    kept = folder.path.parent / "kept.tar.gz"
    backup.backup(desk.engine, kept)
    desk.run()
    assert withdrawal(desk).state is State.SENT
    desk.close()
    backup.restore(folder.path, kept, LATER, "giam-doc")
    again = desks(folder, now=LATER + timedelta(hours=1))
    again.run()
    assert withdrawal(again).state is State.UNKNOWN


def _die_in_the_call(desk: Desk, kenh: Any) -> Delivery:
    """Take the engine away while the withdrawal is being called."""

    class Death(BaseException):
        pass

    def die(*_: object) -> Receipt:
        raise Death

    kenh.does["withdraw"] = die
    _gone_before_it_records(desk, "kenh")
    return withdrawal(desk)


def _gone_before_it_records(desk: Desk, channel: str) -> None:
    executor = desk.executor(channel)
    record, executor.record = executor.record, lambda *_: sys.exit()  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        executor.step()
    executor.record = record  # type: ignore[method-assign]
    executor.lane.busy.clear()
