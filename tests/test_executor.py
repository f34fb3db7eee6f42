"""One channel's deliveries, each brought to one outcome: verdicts, nonsense, lateness, retries, and who may stop it."""

from __future__ import annotations

import logging
import re
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import File, OutcomeUnknown, PermanentFailure, Problem, Receipt, Rendered, Severity, TemporaryFailure
from scheduler.engine.delivering.executor import Executor
from scheduler.engine.delivering.lane import Lane
from scheduler.engine.looks.logfile import handler, newest
from scheduler.ground.clock import SystemClock
from scheduler.ground.errors import StaleEpoch, StoreFull
from scheduler.ground.lifecycle import Event, Hold, State
from scheduler.store import attempts, settings
from scheduler.store.store import Store
from tests.campaign import NOON, Desk, Folder, both

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LATER = NOON + timedelta(hours=1)
RETRY = 'retry = { first = "1m", most = "10m", attempts = 3, give_up = "1d" }\nbreaker = { failures = 100 }\n'


def raising(error: BaseException) -> Callable[..., Receipt]:
    def deliver(*_: object) -> Receipt:
        raise error

    return deliver


def returning(value: Any) -> Callable[..., Any]:
    return lambda *_: value


def due(folder: Folder, desks: Callable[..., Desk], deliver: Callable[..., Any] | None = None, **channel: Any) -> Desk:
    """Return a desk at which one delivery has become due and has been called."""
    module = folder.channel(**{"table": RETRY, **channel})
    if deliver is not None:
        module.does["deliver"] = deliver
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    return desk


# --- from verdicts to states -----------------------------------------------------------------------------------------

VERDICTS = {
    "a receipt": (returning(Receipt("1")), State.SENT, State.SENT, State.SENT),
    "a package for people": (returning(Receipt("1", handed=True)), State.HANDED, State.HANDED, State.HANDED),
    "not for now": (raising(TemporaryFailure("bận")), State.RETRYING, State.RETRYING, State.RETRYING),
    "never": (raising(PermanentFailure("hỏng")), State.FAILED, State.FAILED, State.FAILED),
    "perhaps": (raising(OutcomeUnknown("?")), State.RETRYING, State.UNKNOWN, State.UNKNOWN),
    "an error of its own": (raising(RuntimeError("lỗi")), State.RETRYING, State.UNKNOWN, State.RETRYING),
    "an exit": (raising(SystemExit(1)), State.RETRYING, State.UNKNOWN, State.RETRYING),
    "an interrupt": (raising(KeyboardInterrupt()), State.RETRYING, State.UNKNOWN, State.RETRYING),
    "nothing": (returning(None), State.RETRYING, State.UNKNOWN, State.RETRYING),
    "a dict": (returning({"id": "1"}), State.RETRYING, State.UNKNOWN, State.RETRYING),
    "a verdict, returned": (returning(TemporaryFailure("bận")), State.RETRYING, State.UNKNOWN, State.RETRYING),
}


@pytest.mark.parametrize("route", ["idempotent", "not idempotent", "staged"])
@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_verdict_on_each_route(folder: Folder, desks: Callable[..., Desk], verdict: str, route: str) -> None:
    deliver, *states = VERDICTS[verdict]
    desk = due(folder, desks, deliver, sure=route == "idempotent", staged=route == "staged")
    row = desk.row()
    assert row.state is states[["idempotent", "not idempotent", "staged"].index(route)]
    (attempt,) = desk.look.attempts(row.id)
    assert attempt.ended_at == LATER
    assert attempt.outcome == desk.look.history(row.id)[-1].event
    if verdict in ("an error of its own", "nothing", "a dict"):
        assert row.reason.startswith("plugin kenh: ")


def test_a_staged_call_past_its_point_of_no_return_is_in_doubt(folder: Folder, desks: Callable[..., Desk]) -> None:
    def deliver(_: object, context: Any) -> Receipt:
        context.checkpoint({"upload": 7})
        context.no_return()
        raise RuntimeError("lỗi")

    desk = due(folder, desks, deliver, sure=False, staged=True)
    row = desk.row()
    assert row.state is State.UNKNOWN
    (attempt,) = desk.look.attempts(row.id)
    assert (attempt.no_return, attempt.checkpoint) == (True, {"upload": 7})


def test_a_later_attempt_knows_how_far_the_last_one_came(folder: Folder, desks: Callable[..., Desk]) -> None:
    seen: list[Any] = []

    def deliver(_: object, context: Any) -> Receipt:
        seen.append(context.previous)
        context.checkpoint({"part": len(seen)})
        if len(seen) < 3:
            raise TemporaryFailure("bận")
        return Receipt("1")

    desk = due(folder, desks, deliver, sure=False)
    desk.after(minutes=2).run()
    desk.after(minutes=4).run()
    assert seen == [None, {"part": 1}, {"part": 2}]


def test_a_new_round_knows_nothing_of_the_last_one(folder: Folder, desks: Callable[..., Desk]) -> None:
    seen: list[Any] = []

    def deliver(_: object, context: Any) -> Receipt:
        seen.append((context.round, context.previous))
        context.checkpoint({"part": 1})
        raise PermanentFailure("hỏng")

    desk = due(folder, desks, deliver)
    desk.act.requeue(desk.row().id)
    desk.run()
    assert seen == [(1, None), (2, None)]


# --- trying again ----------------------------------------------------------------------------------------------------


def test_the_back_off_doubles_and_ends(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk = due(folder, desks, raising(TemporaryFailure("bận")))
    waits = []
    while desk.row().state is State.RETRYING:
        wake = desk.row().next_at
        assert wake is not None
        waits.append((wake - desk.clock.now()).total_seconds())
        desk.at(wake).run()
    assert 48 <= waits[0] <= 72
    assert 96 <= waits[1] <= 144
    assert len(waits) == 2
    row = desk.row()
    assert (row.state, row.attempts) == (State.FAILED, 3)
    assert row.reason == "given up after 3 attempts: bận"


def test_it_is_not_called_before_the_channel_wants_to_be(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk = due(folder, desks, raising(TemporaryFailure("chờ", retry_after=timedelta(minutes=45))))
    assert desk.row().next_at == LATER + timedelta(minutes=45)
    desk.after(minutes=44).run()
    assert len(folder.module("kenh").calls) == 1
    desk.after(minutes=1).run()
    assert len(folder.module("kenh").calls) == 2


def test_it_gives_up_after_its_time(folder: Folder, desks: Callable[..., Desk]) -> None:
    table = 'retry = { first = "1m", most = "10m", attempts = 50, give_up = "5m" }\n'
    desk = due(folder, desks, raising(TemporaryFailure("bận")), table=table)
    while desk.row().state is State.RETRYING:
        desk.at(desk.row().next_at or NOON).run()
    assert desk.row().state is State.FAILED
    assert desk.clock.now() - LATER <= timedelta(minutes=5)


def test_what_is_to_be_tried_again_is_missed_once_its_time_has_passed(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    desk = due(folder, desks, raising(TemporaryFailure("bận")), grace=60)
    desk.after(minutes=5).run()
    assert desk.row().state is State.MISSED
    assert len(folder.module("kenh").calls) == 1


def test_an_interrupted_attempt_is_done_again_with_the_payload_it_had(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    module = folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER)
    executor = desk.executor()
    with executor.lane.claiming:
        claimed = executor._claim(LATER)
    assert claimed
    number = iter(range(2, 10))
    module.does["render"] = lambda item, _: Rendered({}, f"{item.text} {next(number)}")
    desk.begin()
    row = desk.row()
    assert (row.state, desk.look.attempts(row.id)[-1].outcome) == (State.RETRYING, "recover")
    desk.executors.clear()
    desk.run()
    assert [text for _, _, text in module.calls] == ["Xin chào."]


# --- lateness --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "minutes", "state", "holds"),
    [
        ("SEND", 9, State.SENT, frozenset()),
        ("SEND", 11, State.MISSED, frozenset()),
        ("SKIP", 1, State.SENT, frozenset()),
        ("SKIP", 2, State.MISSED, frozenset()),
        ("ASK", 9, State.SENT, frozenset()),
        ("ASK", 11, State.HELD, frozenset({Hold.LATE})),
    ],
)
def test_what_lateness_means(
    folder: Folder, desks: Callable[..., Desk], late: str, minutes: int, state: State, holds: frozenset[Hold]
) -> None:
    folder.channel(late=late, grace=600)
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER + timedelta(minutes=minutes)).run()
    row = desk.row()
    assert (row.state, row.holds) == (state, holds)


@pytest.mark.parametrize(
    ("late", "grace", "state"), [("send", "1h", State.SENT), ("skip", "5m", State.MISSED), ("ask", "5m", State.HELD)]
)
def test_a_post_may_say_it_for_itself(
    folder: Folder, desks: Callable[..., Desk], late: str, grace: str, state: State
) -> None:
    folder.channel(late="ASK", grace=60)
    folder.post(at=LATER, late=late, grace=grace)
    desk = desks(folder)
    desk.at(LATER + timedelta(minutes=30)).run()
    assert desk.row().state is state


def test_config_says_it_for_a_channel(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(late="ASK", grace=60, table='late = "skip"\ngrace = "5m"\n')
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER + timedelta(minutes=6)).run()
    assert desk.row().state is State.MISSED


def test_with_a_lead_it_is_late_only_after_publication(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(grace=600, table='lead = "1h"\n')
    folder.post(at=LATER + timedelta(hours=1))
    desk = desks(folder)
    desk.at(LATER + timedelta(hours=1, minutes=9)).run()
    assert desk.row().state is State.SENT


def test_who_releases_it_late_wants_it_out_now(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(late="ASK", grace=60)
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER + timedelta(days=2)).run()
    desk.act.release_delivery(desk.row().id)
    desk.run()
    assert desk.row().state is State.SENT


# --- what stops it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", ["stop", "pause", "hold", "hold_delivery", "revoke", "edit", "cancel"])
def test_nothing_goes_out_once_somebody_says_so(folder: Folder, desks: Callable[..., Desk], stop: str) -> None:
    module = folder.channel(sure=False)
    folder.plan(required=True)
    folder.post(at=LATER)
    desk = desks(folder)
    desk.act.approve("tin")
    assert desk.row().state is State.SCHEDULED
    stops: dict[str, Callable[[], object]] = {
        "stop": lambda: desk.act.stop("dừng"),
        "pause": lambda: desk.act.pause("kenh", "nghỉ"),
        "hold": lambda: desk.act.hold("tin"),
        "hold_delivery": lambda: desk.act.hold_delivery(desk.row().id),
        "revoke": lambda: desk.act.revoke("tin"),
        "edit": lambda: both(lambda: folder.post(at=LATER, text="Khác."), desk.act.sync),
        "cancel": lambda: desk.act.cancel(desk.row().id),
    }
    stops[stop]()
    desk.at(LATER).run()
    assert module.calls == []
    undo: dict[str, Callable[[], object]] = {
        "stop": desk.act.lift,
        "pause": lambda: desk.act.resume("kenh"),
        "hold": lambda: desk.act.release("tin"),
        "hold_delivery": lambda: desk.act.release_delivery(desk.row().id),
        "revoke": lambda: desk.act.approve("tin"),
        "edit": lambda: desk.act.approve("tin"),
        "cancel": lambda: desk.act.requeue(desk.row().id),
    }
    undo[stop]()
    desk.run()
    assert len(module.calls) == 1


def test_a_stop_between_preparing_and_intending_counts(folder: Folder, desks: Callable[..., Desk]) -> None:
    """The last look is inside the intent's own transaction, whatever was seen before it."""
    module = folder.channel(sure=False)
    folder.post(at=LATER)
    desk = desks(folder)
    other = Desk(folder, desk.clock, armed=False)

    def render(item: Any, _: object) -> Rendered:
        other.act.stop()
        return Rendered({}, item.text)

    module.does["render"] = render
    other.core.epoch = desk.core.epoch
    with desk.store.write() as connection:
        connection.execute("DELETE FROM epoch WHERE id > ?", (1,))
    desk.core.epoch = 1
    desk.at(LATER).executor().step()
    assert module.calls == []
    assert desk.row().state is State.SCHEDULED
    assert desk.look.attempts(desk.row().id) == []
    other.close()


def test_an_older_engine_sends_nothing(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(sure=False)
    folder.post(at=LATER)
    desk = desks(folder)
    with desk.store.write() as connection:
        settings.new_epoch(connection, NOON)
    desk.at(LATER)
    with pytest.raises(StaleEpoch):
        desk.executor().step()
    assert module.calls == []


def test_an_unarmed_folder_sends_nothing(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel()
    folder.post(at=LATER)
    desk = desks(folder, armed=False)
    desk.act.sync()
    desk.at(LATER).run()
    assert (module.calls, desk.row().state) == ([], State.SCHEDULED)


# --- preparing -------------------------------------------------------------------------------------------------------


NONSENSE = {
    "render returns nothing": ("render", lambda *_: None, "render returned NoneType, not Rendered"),
    "render returns text": ("render", lambda *_: "chữ", "render returned str, not Rendered"),
    "render raises": ("render", raising(ValueError("xấu")), "ValueError: xấu"),
    "render exits": ("render", raising(SystemExit(2)), "plugin kenh"),
    "render makes a body that is no JSON": ("render", lambda *_: Rendered({"a": object()}, ""), "TypeError"),
    "render makes files that are none": ("render", lambda *_: Rendered({}, "", files=(1,)), "Rendered.files must be"),  # type: ignore[arg-type]
    "check returns nothing": ("check", lambda *_: None, "TypeError"),
    "check yields texts": ("check", lambda *_: ["xấu"], "check gave str, not Problem"),
    "check raises": ("check", raising(RuntimeError("hỏng")), "RuntimeError: hỏng"),
    "check finds an error": ("check", lambda *_: [Problem("dài quá")], "dài quá"),
    "idempotent raises": ("idempotent", raising(RuntimeError("hỏng")), "RuntimeError: hỏng"),
}


@pytest.mark.parametrize(("method", "does", "reason"), NONSENSE.values(), ids=NONSENSE)
def test_what_cannot_be_prepared_is_refused_by_name_and_the_next_one_goes(
    folder: Folder, desks: Callable[..., Desk], method: str, does: Any, reason: str
) -> None:
    module = folder.channel("hong")
    well = folder.channel("tot")
    folder.post(at=LATER)
    module.does[method] = does
    desk = desks(folder)
    desk.at(LATER).run()
    row = desk.row(channel="hong")
    assert row.state is State.FAILED
    assert reason.replace("plugin kenh", "plugin hong") in row.reason
    assert module.calls == []
    assert desk.row(channel="tot").state is State.SENT
    assert len(well.calls) == 1


def test_a_warning_refuses_nothing(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel()
    module.does["check"] = lambda *_: [Problem("hơi dài", severity=Severity.WARNING)]
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert desk.row().state is State.SENT


def test_the_exact_payload_is_kept_with_its_files(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel()
    files = (File("loa.txt", "text/plain", "Xin chào".encode()), File("rỗng.bin", "application/octet-stream", b""))
    module.does["render"] = lambda item, _: Rendered({"n": [1, 2.5, None, "é"]}, item.text, files, {"parts": 2})
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    kept = desk.look.payload(desk.row())
    assert kept == Rendered({"n": [1, 2.5, None, "é"]}, "Xin chào.", files, {"parts": 2})


def test_a_route_that_is_not_idempotent_has_an_intent_of_its_own(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(sure=False)
    open_at_call: list[int] = []
    for name in ("a", "b", "c"):
        folder.post(name, at=LATER)
    desk = desks(folder)

    def deliver(*_: object) -> Receipt:
        sql = "SELECT count(*) FROM attempt WHERE ended_at IS NULL"
        open_at_call.append(desk.store.read().execute(sql).fetchone()[0])
        return Receipt("1")

    module.does["deliver"] = deliver
    desk.at(LATER).run()
    assert open_at_call == [1, 1, 1]


def test_idempotent_routes_share_their_intent(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(sure=True)
    for name in ("a", "b", "c"):
        folder.post(name, at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert {row.state for row in desk.rows().values()} == {State.SENT}
    started = {a.started_at for row in desk.rows().values() for a in desk.look.attempts(row.id)}
    assert started == {LATER}


# --- real time: calls that hang, and neighbours ----------------------------------------------------------------------


@pytest.fixture
def hanging(folder: Folder) -> threading.Event:
    """Return what lets the call end that hangs in the channel ``kenh``."""
    return threading.Event()


@pytest.mark.parametrize("sure", [True, False])
def test_a_call_past_its_limit_is_not_made_again_before_it_has_ended(
    folder: Folder, desks: Callable[..., Desk], hanging: threading.Event, sure: bool
) -> None:
    module = folder.channel(sure=sure, table='time_limit = "50ms"\nretry = { first = "1ms", most = "1ms" }\n')

    def deliver(*_: object) -> Receipt:
        if len(module.calls) == 1:
            hanging.wait(20)
        return Receipt(f"lần {len(module.calls)}")

    module.does["deliver"] = deliver
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).executor().step()
    assert desk.row().state is (State.RETRYING if sure else State.UNKNOWN)
    assert "no answer within 0.05 seconds" in desk.row().reason
    desk.after(minutes=1).executor().step()
    assert len(module.calls) == 1
    hanging.set()
    wait_until(lambda: bool(desk.executor().lane.late))
    desk.after(minutes=1).run()
    assert desk.row().state is State.SENT
    assert len(module.calls) == (2 if sure else 1)
    assert (desk.row().receipt or {})["id"] == ("lần 2" if sure else "lần 1")


def test_a_late_word_that_it_did_not_go_lets_it_go_again(
    folder: Folder, desks: Callable[..., Desk], hanging: threading.Event
) -> None:
    module = folder.channel(sure=False, table='time_limit = "50ms"\n')

    def deliver(*_: object) -> Receipt:
        if len(module.calls) == 1:
            hanging.wait(20)
            raise TemporaryFailure("bận")
        return Receipt("1")

    module.does["deliver"] = deliver
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).executor().step()
    hanging.set()
    wait_until(lambda: bool(desk.executor().lane.late))
    desk.after(minutes=1).run()
    assert (desk.row().state, len(module.calls)) == (State.SENT, 2)


def test_a_staged_call_that_hangs_before_its_point_of_no_return_cannot_pass_it_any_more(
    folder: Folder, desks: Callable[..., Desk], hanging: threading.Event
) -> None:
    module = folder.channel(
        sure=False, staged=True, table='time_limit = "50ms"\nretry = { first = "1ms", most = "1ms" }\n'
    )
    passed: list[str] = []

    def deliver(_: object, context: Any) -> Receipt:
        if len(module.calls) == 1:
            hanging.wait(20)
            context.no_return()
        passed.append("đã qua")
        return Receipt("1")

    module.does["deliver"] = deliver
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).executor().step()
    assert desk.row().state is State.RETRYING
    hanging.set()
    wait_until(lambda: bool(desk.executor().lane.late))
    desk.after(minutes=1).run()
    assert (desk.row().state, passed, len(module.calls)) == (State.SENT, ["đã qua"], 2)


def test_a_render_that_hangs_is_refused(folder: Folder, desks: Callable[..., Desk], hanging: threading.Event) -> None:
    module = folder.channel(table='time_limit = "50ms"\n')
    module.does["render"] = lambda item, _: hanging.wait(20) if item.key.post == "a" else Rendered({}, item.text)
    folder.post("a", at=LATER)
    folder.post("b", at=LATER + timedelta(minutes=1))
    desk = desks(folder)
    desk.at(LATER + timedelta(minutes=1)).run()
    hanging.set()
    assert desk.row("a").state is State.FAILED
    assert "render did not end within 0.05 seconds" in desk.row("a").reason
    assert desk.row("b").state is State.SENT


def test_in_a_batch_only_the_call_that_hangs_is_in_doubt(
    folder: Folder, desks: Callable[..., Desk], hanging: threading.Event
) -> None:
    module = folder.channel(table='time_limit = "50ms"\nretry = { first = "1m", most = "1m" }\n')

    def deliver(_: object, context: Any) -> Receipt:
        if context.key.post == "b" and len(module.calls) == 2:
            hanging.wait(20)
        return Receipt(context.key.post)

    module.does["deliver"] = deliver
    for name in ("a", "b", "c"):
        folder.post(name, at=LATER)
    desk = desks(folder)
    desk.at(LATER).executor().step()
    assert {name: desk.row(name).state for name in "abc"} == {
        "a": State.SENT, "b": State.RETRYING, "c": State.RETRYING,
    }  # fmt: skip
    assert desk.look.history(desk.row("c").id)[-1].event == Event.RECOVER
    desk.run()
    assert desk.row("c").state is State.SENT
    hanging.set()
    wait_until(lambda: bool(desk.executor().lane.late))
    desk.after(minutes=2).run()
    assert desk.row("b").state is State.SENT


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.002)


def test_a_key_is_read_by_the_channel_as_it_stands(folder: Folder, desks: Callable[..., Desk]) -> None:
    seen: list[Any] = []

    def deliver(_: object, context: Any) -> Receipt:
        seen.append(context)
        return Receipt("1")

    desk = due(folder, desks, deliver)
    (context,) = seen
    assert (context.key, context.round, context.target.name) == (desk.row().key, 1, "noi")
    assert (context.publish_at, context.deadline) == (LATER, LATER + timedelta(seconds=60))
    assert context.zone.key == "Asia/Ho_Chi_Minh"
    assert context.content == folder.path / "content"
    assert context.out == folder.path / "var" / "out" / "kenh"
    assert context.out.is_dir()
    assert not context.rehearsal
    assert not context.cancelled()
    assert context.outside("var/spool") == folder.path / "var" / "spool"
    assert not context.taken("1")


def test_only_deliver_may_write_checkpoints(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk = due(folder, desks)
    executor = desk.executor()
    from scheduler.engine.delivering.context import CallContext
    from scheduler.ground.errors import PluginError

    context = CallContext(executor.lane.around, desk.row().key, 1, executor.lane.configured.targets[0], NOON, NOON)
    with pytest.raises(PluginError, match="only deliver may use checkpoint"):
        context.checkpoint({})


def test_an_outcome_that_cannot_be_written_is_kept_and_nothing_else_is_claimed(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.channel(sure=False)
    for name in ("a", "b"):
        folder.post(name, at=LATER)
    desk = desks(folder)
    pages = desk.store.read().execute("PRAGMA page_count").fetchone()[0]
    desk.store.read().execute(f"PRAGMA max_page_count = {pages + 10}")
    slept: list[int] = []

    def sleep(duration: timedelta) -> None:
        slept.append(desk.core.unwritten)
        assert desk.core.why_not() == "an outcome could not be written yet"
        if len(slept) == 3:
            desk.store.read().execute("PRAGMA max_page_count = 1000000")

    folder.module("kenh").does["deliver"] = lambda *_: Receipt("1", detail={"note": "x" * 100_000})
    desk.clock.sleep = sleep
    desk.at(LATER).executor().step()
    assert slept == [1, 1, 1]
    assert desk.core.unwritten == 0
    assert sorted(row.state for row in desk.rows().values()) == [State.SCHEDULED, State.SENT]


def test_the_last_attempt_that_was_cut_short_is_found(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk = due(folder, desks)
    assert attempts.orphans(desk.store.read(), desk.core.epoch + 1) == []


def test_channels_do_not_wait_for_one_another(
    folder: Folder, desks: Callable[..., Desk], hanging: threading.Event
) -> None:
    """Real threads and real time: one channel hangs in its call, the other delivers at once."""
    from scheduler.engine.daemon.workers import Workers

    slow, quick = folder.channel("cham", table='time_limit = "5s"\n'), folder.channel("nhanh")
    slow.does["deliver"] = lambda *_: Receipt("1") if hanging.wait(20) else None
    clock = SystemClock()
    desk = desks(folder, clock=clock)
    for number in range(5):
        folder.post(f"bai-{number}", at=clock.now() + timedelta(minutes=2))
    desk.act.sync()
    with desk.store.write() as connection:
        at = (clock.now() + timedelta(milliseconds=50)).isoformat().replace("+00:00", "Z")
        connection.execute("UPDATE delivery SET due_at = ?, wake_at = ?", (at, at))
    failed: list[BaseException] = []
    workers = Workers(desk.core, failed.append)
    workers.meet()
    try:
        wait_until(lambda: len(quick.calls) == 5, 5)
        wait_until(lambda: sum(r.state is State.SENT for r in desk.rows().values() if r.key.channel == "nhanh") == 5)
        wait_until(lambda: slow.calls, 5)
        assert len(slow.calls) == 1
    finally:
        hanging.set()
        desk.core.stopping.set()
        assert workers.join(10) == []
    assert failed == []


def test_an_executor_that_never_called_has_nothing_to_end(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    desk = desks(folder)
    executor = Executor(Lane(desk.core, desk.engine.registry.channels["kenh"]))
    assert executor.step() == NOON + timedelta(seconds=30)
    executor.close()


# --- once more, inside the intent -----------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["unarmed", "stopping", "unwritten", "clock", "paused"])
@pytest.mark.parametrize("sure", [True, False])
def test_what_comes_up_while_it_is_rendered_still_holds_it(
    folder: Folder, desks: Callable[..., Desk], what: str, sure: bool
) -> None:
    module = folder.channel(sure=sure)
    folder.post(at=LATER)
    desk = desks(folder)
    happens: dict[str, Callable[[], object]] = {
        "unarmed": (folder.path / "var" / "armed.json").unlink,
        "stopping": desk.core.stopping.set,
        "unwritten": lambda: desk.core.count_unwritten(1),
        "clock": lambda: setattr(desk.core.clockwatch, "_base", desk.core.clockwatch._base - 3600),
        "paused": lambda: desk.act.pause("kenh", "sai"),
    }

    def render(item: Any, _: object) -> Rendered:
        happens[what]()
        return Rendered({}, item.text)

    module.does["render"] = render
    desk.at(LATER).executor().step()
    assert module.calls == []
    assert desk.row().state is State.SCHEDULED


@pytest.mark.parametrize("where", ["before", "within"])
@pytest.mark.parametrize(
    ("was", "becomes"), [("", "enabled = false"), ("", "isolated = true"), ("isolated = true", "")], ids=str
)
def test_a_channel_that_goes_or_changes_its_form_while_a_worker_waits_fails_nothing(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, where: str, was: str, becomes: str
) -> None:
    folder.channel()
    table = f"[plugins.kenh]\n{was}\n"
    folder.config(table)
    folder.post(at=LATER)
    desk = desks(folder)
    executor = desk.at(LATER).executor()

    def changes() -> None:
        folder.config(f"[plugins.kenh]\n{becomes}\n")
        desk.engine.refresh()

    if where == "before":  # another worker claims, and this one has seen the channel work
        monkeypatch.setattr(executor.lane, "trust", lambda _: changes())
    else:
        real = executor._fresh

        def fresh(*given: Any) -> Any:
            found = real(*given)
            changes()
            return found

        monkeypatch.setattr(executor, "_fresh", fresh)
    until = executor.step()
    monkeypatch.undo()
    assert desk.row().state in (State.SCHEDULED, State.HELD)
    assert desk.look.attempts(desk.row().id) == []
    assert where == "within" or desk.clock.now() < until <= desk.clock.now() + timedelta(seconds=1)
    desk.act.sync()
    assert desk.row().state is (State.HELD if "enabled" in becomes else State.SCHEDULED)
    folder.config(table if "enabled" in becomes else f"[plugins.kenh]\n{becomes}\n")
    desk.act.sync()
    desk.after(seconds=2).run()
    assert desk.row().state is State.SENT
    assert len(desk.look.attempts(desk.row().id)) == 1


def test_a_channel_that_was_only_read_anew_goes_on_without_a_wait(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    executor = desk.at(LATER).executor()
    folder.config("# another reading, of the same plugins\n")
    assert desk.engine.refresh()
    assert executor.lane.configured is not desk.engine.registry.channels["kenh"]
    executor.step()
    assert (desk.row().state, len(module.calls)) == (State.SENT, 1)


@pytest.mark.parametrize(("late", "state"), [("SEND", State.MISSED), ("ASK", State.HELD)])
def test_what_is_late_by_the_time_it_is_rendered_does_not_go(
    folder: Folder, desks: Callable[..., Desk], late: str, state: State
) -> None:
    module = folder.channel(sure=True, grace=60, late=late)
    folder.post("a", at=LATER)
    folder.post("b", at=LATER + timedelta(minutes=1))
    desk = desks(folder)

    def render(item: Any, _: object) -> Rendered:
        desk.clock.advance(LATER + timedelta(seconds=90))
        return Rendered({}, item.text)

    module.does["render"] = render
    desk.at(LATER).run()
    assert desk.row("a").state is state
    assert desk.look.attempts(desk.row("a").id) == []
    assert desk.row("b").state is State.SENT
    assert desk.look.attempts(desk.row("b").id)[0].started_at == LATER + timedelta(seconds=90)


def test_the_time_to_deliver_begins_with_the_intent(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(sure=False, table='time_limit = "20s"')
    folder.post(at=LATER)
    desk = desks(folder)
    left: list[timedelta] = []

    def render(item: Any, _: object) -> Rendered:
        desk.clock.advance(LATER + timedelta(minutes=30))
        return Rendered({}, item.text)

    def deliver(_: object, context: Any) -> Receipt:
        left.append(context.deadline - context.clock.now())
        return Receipt("1")

    module.does.update(render=render, deliver=deliver)
    desk.at(LATER).run()
    assert left == [timedelta(seconds=20)]


@pytest.mark.parametrize("how", ["stop", "pause", "stopping", "switched off"])
def test_a_batch_hears_a_stop_between_two_calls(folder: Folder, desks: Callable[..., Desk], how: str) -> None:
    module = folder.channel(table=RETRY)
    for number in range(8):
        folder.post(f"tin-{number}", at=LATER)
    desk = desks(folder)
    other = Desk(folder, desk.clock, armed=False)  # a person's command, in a process of its own
    with desk.store.write() as connection:
        connection.execute("DELETE FROM epoch WHERE id > 1")
    acts: dict[str, Callable[[], object]] = {
        "stop": lambda: other.act.stop("dừng"),
        "pause": lambda: other.act.pause("kenh", "nghỉ"),
        "stopping": desk.core.stopping.set,
        "switched off": lambda: both(lambda: folder.config("[plugins.kenh]\nenabled = false\n"), desk.engine.refresh),
    }
    executor = desk.executor()

    def deliver(*_: object) -> Receipt:
        if len(module.calls) == 2:
            acts[how]()
            time.sleep(0.06)
        return Receipt("1")

    module.does["deliver"] = deliver
    desk.at(LATER)
    executor.step()
    assert len(module.calls) == 2
    assert sorted(row.state for row in desk.rows().values()) == [State.RETRYING] * 6 + [State.SENT] * 2
    reasons = {"stop": "stopped by", "pause": "kenh is paused", "stopping": "is stopping", "switched off": "kenh does"}
    waiting = next(row for row in desk.rows().values() if row.state is State.RETRYING)
    assert waiting.reason.startswith("not called: ")
    assert reasons[how] in waiting.reason
    assert executor.step() > desk.clock.now(), "nothing is tried again and again meanwhile"
    undo: dict[str, Callable[[], object]] = {
        "stop": other.act.lift,
        "pause": lambda: other.act.resume("kenh"),
        "stopping": desk.core.stopping.clear,
        "switched off": lambda: both(folder.config, desk.act.sync),
    }
    undo[how]()
    desk.run()
    assert {row.state for row in desk.rows().values()} == {State.SENT}
    assert len(module.calls) == 8
    other.close()


def test_what_was_not_called_uses_up_none_of_its_attempts(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(table=RETRY)
    for name in "abc":
        folder.post(name, at=LATER)
    desk = desks(folder)

    def deliver(_: object, context: Any) -> Receipt:
        if context.key.post == "a":
            desk.core.stopping.set()
            return Receipt("1")
        raise TemporaryFailure("bận")

    module.does["deliver"] = deliver
    desk.at(LATER).executor().step()
    desk.core.stopping.clear()
    assert desk.row("b").state is State.RETRYING
    desk.after(days=2)
    with desk.store.write() as connection:
        connection.execute("UPDATE delivery SET expires_at = '2022-01-01T00:00:00.000000Z'")
    desk.run()
    assert desk.row("b").state is State.RETRYING, "its day to give up begins with its first call"
    for _ in range(2):
        desk.after(minutes=20).run()
    assert desk.row("b").state is State.FAILED
    assert len([call for call in module.calls if call[0].startswith("b/")]) == 3


# --- nothing a plugin or the disk does sticks anything ----------------------------------------------------------------


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize("where", ["render", "check", "deliver"])
def test_an_error_that_cannot_say_what_it_is(folder: Folder, desks: Callable[..., Desk], where: str) -> None:
    module = folder.channel(table=RETRY)

    def fail(*_: object) -> Any:
        raise Mute

    module.does[where] = fail
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert desk.row().state is (State.RETRYING if where == "deliver" else State.FAILED)
    assert "Mute, which cannot say what it means" in desk.row().reason
    assert [problem for problem in desk.engine.problems() if "Mute" in problem.message] or where == "deliver"


def test_a_verdict_of_a_plugins_own_that_cannot_say_what_it_is(folder: Folder, desks: Callable[..., Desk]) -> None:
    class Quiet(Mute, TemporaryFailure):
        def __init__(self) -> None:
            self.retry_after = 5  # type: ignore[assignment]

    desk = due(folder, desks, raising(Quiet()))
    assert desk.row().state is State.RETRYING


def test_what_is_too_large_is_refused_by_name_and_the_next_one_goes(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.engine.delivering.payload.LIMIT", 1024 * 1024)
    module = folder.channel()

    def render(item: Any, _: object) -> Rendered:
        files = (File("phim.mp4", "video/mp4", b"x" * 2 * 1024 * 1024),) if item.key.post == "a" else ()
        return Rendered({}, item.text, files)

    module.does["render"] = render
    folder.post("a", at=LATER)
    folder.post("b", at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert (desk.row("a").state, desk.row("b").state) == (State.FAILED, State.SENT)
    assert desk.row("a").reason == "more than 1 MB to be sent at once: phim.mp4 2 MB"


def test_the_databases_own_trouble_refuses_no_delivery(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)

    def full(*_: object) -> Any:
        raise StoreFull("đĩa đầy")

    with monkeypatch.context() as patch:
        patch.setattr("scheduler.engine.delivering.prepare.pack", full)
        with pytest.raises(StoreFull):
            desk.at(LATER).executor().step()
    assert desk.row().state is State.SCHEDULED
    desk.run()
    assert desk.row().state is State.SENT


def test_a_disk_that_is_full_for_a_while_counts_no_failure_twice(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(table='breaker = { failures = 3, pause = "5m" }\n')
    folder.post(at=LATER)
    desk = desks(folder)
    module.does["deliver"] = raising(TemporaryFailure("x" * 400))
    slept = [0]
    real = desk.store.write

    @contextmanager
    def write() -> Iterator[Any]:
        with real() as connection:
            yield connection
            if module.calls and slept[0] < 4:
                raise StoreFull("đĩa đầy")

    def sleep(_: timedelta) -> None:
        slept[0] += 1

    desk.store.write = write  # type: ignore[method-assign]
    desk.clock.sleep = sleep
    desk.at(LATER).executor().step()
    assert slept == [4]
    breaker = desk.executor().lane.breaker
    assert (breaker.failures, breaker.open_until) == (1, None)


# --- a clock that was wrong -------------------------------------------------------------------------------------------


def test_what_was_put_off_by_a_wrong_clock_is_tried_once_it_is_right(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    module = folder.channel(table='breaker = { failures = 1, pause = "5m" }\n')
    module.does["deliver"] = raising(TemporaryFailure("bận"))
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    desk.close()
    with Store(folder.path / "var" / "loa.db").write() as connection:  # as it was written in 2035
        connection.execute("UPDATE delivery SET wake_at = '2035-01-01T00:00:00.000000Z'")
        connection.execute("UPDATE channel SET open_until = '2035-01-01T00:05:00.000000Z'")
    del module.does["deliver"]
    again = desks(folder, now=LATER + timedelta(minutes=1))
    again.run()
    assert again.row().state is State.SENT


def test_a_post_that_was_moved_is_not_tried_again_before_its_new_time(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    desk = due(folder, desks, raising(TemporaryFailure("bận")))
    module = folder.module("kenh")
    del module.does["deliver"]
    week = timedelta(days=7)
    folder.post(at=LATER + week)
    desk.act.sync()
    desk.after(minutes=30).run()
    assert desk.row().state is State.RETRYING
    desk.at(LATER + week).run()
    assert desk.row().state is State.SENT


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files")
def test_fifty_slow_calls_leave_no_file_open(folder: Folder, desks: Callable[..., Desk]) -> None:
    table = 'time_limit = "40ms"\nretry = { first = "1s", most = "1s", attempts = 999 }\nbreaker = { failures = 999 }\n'
    module = folder.channel(table=table)
    ended: list[bool] = []
    slow = threading.Event()

    def deliver(_: object, context: Any) -> Receipt:
        slow.wait(10)
        ended.append(context.taken("x"))
        return Receipt("1")

    module.does["deliver"] = deliver
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER)

    def opened() -> int:
        return sum("loa.db" in str(each.resolve()) for each in Path("/proc/self/fd").iterdir())

    def fifty() -> bool:
        """Do one more step: a call, or what comes of one that ended late, or of a text that was not ready in time."""
        slow.clear()
        desk.executor().step()
        slow.set()
        wait_until(lambda: len(ended) == len(module.calls) and not desk.executor().lane.hanging)
        desk.after(seconds=5)
        return len(ended) == 50

    before = opened()
    wait_until(fifty, seconds=60)
    wait_until(lambda: opened() <= before + 6)


PARTS = {
    "__init__.py": """
from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl
from .parts import looked_up


class Lamp(BaseChannel[Options]):
    name = "lamp"
    options = Options

    def render(self, item, context):
        return Rendered({"text": looked_up(item.text) if "render" in item.text else item.text}, item.text)

    def deliver(self, rendered, context):
        return Receipt(looked_up(rendered.text))


@hookimpl
def register_channels():
    return [Lamp()]
""",
    "parts.py": """
import json


def looked_up(text):
    if "json" in text:
        return json.loads("{")
    return {}[text.strip() + " chim-se-di-nang"]
""",
}


@pytest.mark.parametrize(
    ("text", "state", "why"),
    [
        ("render", State.FAILED, "plugin lamp: KeyError: 'render •••' (plugins/lamp/parts.py:8)"),
        ("deliver", State.UNKNOWN, "plugin lamp: KeyError: 'deliver •••' (plugins/lamp/parts.py:8)"),
        ("json", State.UNKNOWN, "(plugins/lamp/parts.py:7)"),
    ],
)
def test_what_a_plugin_raises_names_its_own_file_and_line_and_the_log_the_way_there(
    folder: Folder, desks: Callable[..., Desk], text: str, state: State, why: str
) -> None:
    place = folder.path / "plugins" / "lamp"
    place.mkdir(parents=True)
    for name, code in PARTS.items():
        (place / name).write_text(code, "utf-8")
    folder.switch_on("lamp")
    folder.post(at=LATER, text=text)
    desk = desks(folder)
    desk.core.redactor.learn("chim-se-di-nang")
    heard = handler(desk.core.var, desk.core.redactor)
    logging.getLogger().addHandler(heard)
    try:
        desk.at(LATER).run("lamp")
    finally:
        logging.getLogger().removeHandler(heard)
        heard.close()
    row = desk.row(channel="lamp")
    assert row.state is state
    assert row.reason.endswith(why)
    (record,) = [each for each in newest(desk.core.var) if "lamp" in each.source]
    first, *way = record.text.splitlines()
    assert first == row.reason
    assert way[0] == "Traceback (most recent call last):"
    assert any("parts.py" in line for line in way)
    assert "chim-se" not in record.text


def test_what_an_error_says_is_cut_and_its_place_is_not(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel()
    folder.post(at=LATER)
    module.does["deliver"] = raising(ValueError("x" * 5000))
    desk = desks(folder)
    desk.at(LATER).run()
    assert len(desk.row().reason) < 500
    assert re.search(r"x{300}… \(\S+\.py:\d+\)$", desk.row().reason)
