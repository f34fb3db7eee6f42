"""Pictures of all that was published: serial, one call for all that is due, drawn again at the start."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.api import PermanentFailure, Receipt, TemporaryFailure
from scheduler.engine.delivering import projecting
from scheduler.engine.delivering.executor import Executor
from scheduler.engine.engine import Engine
from scheduler.ground.lifecycle import Event, State
from scheduler.store import deliveries
from scheduler.store.deliveries import Query
from tests.campaign import NOON
from tests.rows import step, wanted
from tests.running import Daemon, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Desk, Folder

LATER = NOON + timedelta(hours=1)
PROJECTS = """
def project(self, published, context):
    calls.append((context.target.name, [(str(each.key), each.rendered.text) for each in published]))
    return does["project"](published, context) if "project" in does else Receipt(f"{context.target.name}.xml")
"""
RETRY = 'retry = { first = "1m", most = "10m", attempts = 3, give_up = "1d" }\nbreaker = { failures = 100 }\n'


def picture(folder: Folder, **channel: Any) -> Any:
    return folder.channel(more=PROJECTS, **{"table": RETRY, **channel})


def drawn(kenh: Any) -> list[list[str]]:
    """Return which posts each picture showed, in order."""
    return [[key.split("/")[0] for key, _ in shown] for _, shown in kenh.calls]


def test_all_that_is_due_is_one_call_and_one_outcome(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder)
    for number in range(30):
        folder.post(f"tin-{number:02}", at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert drawn(kenh) == [[f"tin-{number:02}" for number in range(30)]]
    rows = desk.look.deliveries()
    assert {(row.state, str(row.receipt)) for row in rows} == {(State.SENT, "{'id': 'noi.xml'}")}
    assert len(desk.look.deliveries(Query(states=[State.SENT]))) == 30


def test_each_picture_shows_what_stood_before_oldest_first(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder)
    folder.post("b", at=LATER, text="Hai.")
    folder.post("a", at=LATER + timedelta(minutes=5), text="Ba.")
    folder.post("c", at=LATER - timedelta(minutes=5), text="Một.")
    desk = desks(folder)
    for minutes in (-5, 0, 5):
        desk.at(LATER + timedelta(minutes=minutes)).run()
    assert drawn(kenh) == [["c"], ["c", "b"], ["c", "b", "a"]]
    assert [text for _, text in kenh.calls[-1][1]] == ["Một.", "Hai.", "Ba."]


def test_what_stands_keeps_the_text_it_was_published_with(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder)
    folder.post("a", at=LATER, text="Lời cũ.")
    folder.post("b", at=LATER + timedelta(minutes=5))
    desk = desks(folder)
    desk.at(LATER).run()
    folder.post("a", at=LATER, text="Lời mới.")
    desk.act.sync()
    desk.after(minutes=5).run()
    assert dict(kenh.calls[-1][1])["a/20210503/kenh/noi/publish"] == "Lời cũ."


def test_each_target_has_its_own(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder, targets=("nam", "bac"))
    folder.post("a", at=LATER)
    folder.post("b", at=LATER, channels="{kenh: [bac]}")
    desk = desks(folder)
    desk.at(LATER).run()
    assert {target: len(shown) for target, shown in kenh.calls} == {"nam": 1, "bac": 2}
    assert set(desk.states().values()) == {"sent"}


def test_what_failed_is_in_the_next_picture(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder)
    folder.post("a", at=LATER)
    folder.post("b", at=LATER + timedelta(minutes=5))
    desk = desks(folder)

    def busy(*_: object) -> Receipt:
        raise TemporaryFailure("đĩa đầy")

    kenh.does["project"] = busy
    desk.at(LATER).run()
    assert desk.row("a").state is State.RETRYING
    del kenh.does["project"]
    desk.after(minutes=5).run()
    assert drawn(kenh) == [["a"], ["a", "b"]]
    assert {desk.row(post).state for post in "ab"} == {State.SENT}


def test_what_was_refused_is_in_no_later_picture(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder)
    folder.post("a", at=LATER)
    folder.post("b", at=LATER + timedelta(minutes=5))
    desk = desks(folder)

    def refuse(*_: object) -> Receipt:
        raise PermanentFailure("hỏng")

    kenh.does["project"] = refuse
    desk.at(LATER).run()
    assert desk.row("a").state is State.FAILED
    del kenh.does["project"]
    desk.after(minutes=5).run()
    assert drawn(kenh)[-1] == ["b"]


def test_a_bad_entry_is_refused_by_itself_and_the_picture_is_drawn_without_it(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    from scheduler.api import Problem

    kenh = picture(folder)
    for name in ("a", "xau", "z"):
        folder.post(name, at=LATER, text=name)
    kenh.does["check"] = lambda rendered, _: [Problem("a control letter")] if rendered.text == "xau" else []
    desk = desks(folder)
    desk.at(LATER).run()
    assert drawn(kenh) == [["a", "z"]]
    assert (desk.row("xau").state, desk.row("xau").reason) == (State.FAILED, "a control letter")


def test_a_picture_that_cannot_be_put_together_is_tried_again_and_holds_nothing_for_ever(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    """As where the database has lost what once stood there."""
    picture(folder)
    folder.post("a", at=LATER)
    folder.post("b", at=LATER + timedelta(minutes=5))
    desk = desks(folder)
    desk.at(LATER).run()
    with desk.store.write() as connection:
        body = connection.execute("SELECT body FROM attempt").fetchone()[0]
        connection.execute("UPDATE attempt SET body = '{'")
    desk.after(minutes=5).run()
    assert desk.row("b").state is State.RETRYING
    with desk.store.write() as connection:
        connection.execute("UPDATE attempt SET body = ? WHERE delivery = ?", (body, desk.row("a").id))
    desk.after(minutes=2).run()
    assert desk.row("b").state is State.SENT


# --- at the start ---------------------------------------------------------------------------------------------------


def test_it_is_drawn_again_from_what_stands(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder, targets=("nam", "bac"))
    folder.post("a", at=LATER, channels="{kenh: [bac]}")
    desk = desks(folder)
    desk.at(LATER).run()
    kenh.calls.clear()
    before = desk.dump()
    projecting.refresh(desk.executor())
    assert kenh.calls == [("nam", []), ("bac", [("a/20210503/kenh/bac/publish", "Xin chào.")])]
    assert desk.dump() == before


def test_what_was_withdrawn_is_said_and_what_the_record_lacks_is_not(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    """So that a feed can tell what a person took back from what a lost database forgot."""
    kenh = picture(folder)
    for post in ("a", "b", "c"):
        folder.post(post, at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    taken, lost = desk.row("a"), desk.row("c")
    want = replace(wanted(due=LATER - NOON), key=taken.key._replace(action="withdraw"))
    with desk.store.write() as connection:
        identity = deliveries.insert(connection, want, State.SCHEDULED, (), "planner", "", NOON)
        step(connection, identity, Event.INTEND)
        step(connection, identity, Event.SUCCEED)
        connection.execute("DELETE FROM event WHERE delivery = ?", (lost.id,))
        connection.execute("DELETE FROM attempt WHERE delivery = ?", (lost.id,))
        connection.execute("DELETE FROM delivery WHERE id = ?", (lost.id,))
    seen: list[tuple[str, bool]] = []

    def project(published: Any, _: object) -> Receipt:
        seen.extend((each.key.post, each.withdrawn) for each in published)
        return Receipt("1")

    kenh.does["project"] = project
    projecting.refresh(desk.executor())
    assert seen == [("a", True), ("b", False)]


def test_the_same_bytes_twice(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder)
    folder.post("a", at=LATER)
    folder.post("b", at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    projecting.refresh(desk.executor())
    assert kenh.calls[0] == kenh.calls[1]


def test_one_that_cannot_be_drawn_at_the_start_is_said_and_stops_no_other(
    folder: Folder, desks: Callable[..., Desk], caplog: Any
) -> None:
    kenh = picture(folder, targets=("nam", "bac"))

    def project(_: object, context: Any) -> Receipt:
        if context.target.name == "nam":
            raise OSError("no room")
        return Receipt("1")

    kenh.does["project"] = project
    desk = desks(folder)
    projecting.refresh(desk.executor())
    assert [target for target, _ in kenh.calls] == ["nam", "bac"]
    assert "no room" in caplog.text


def test_a_lost_payload_at_the_start_does_not_end_the_worker(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder)
    folder.post("a", at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    with desk.store.write() as connection:
        connection.execute("UPDATE attempt SET body = '{'")
    desk.close()
    kenh.calls.clear()
    folder.post("b", at=NOON)
    daemon = Daemon(folder, early=0.2)
    try:
        until(lambda: daemon.state("b") in (State.RETRYING, State.SENT))
        assert any(each.name == "loa-kenh-1" for each in threading.enumerate())
    finally:
        daemon.end()


def test_an_engine_draws_it_at_its_start_and_not_where_nothing_may_go_out(folder: Folder) -> None:
    kenh = picture(folder)
    folder.post("a", at=NOON)
    daemon = Daemon(folder, early=0.3, armed=False)
    daemon.end()
    assert kenh.calls == []
    daemon = Daemon(folder, early=0.3)
    try:
        until(lambda: len(kenh.calls) == 2)
        assert drawn(kenh) == [[], ["a"]]
        daemon.becomes(State.SENT, "a")
    finally:
        daemon.end()


def test_it_is_drawn_at_the_start_only_once_it_may_be(folder: Folder) -> None:
    kenh = picture(folder)
    folder.post("a", at=NOON + timedelta(days=1))
    with Engine.open(folder.path, person="giam-doc") as desk:
        desk.act.pause("kenh", "sai")
    daemon = Daemon(folder)
    try:
        until(lambda: any(each.name == "loa-kenh-1" for each in threading.enumerate()))
        threading.Event().wait(0.2)
        assert kenh.calls == []
        daemon.desk.act.resume("kenh")
        daemon.look()
        until(lambda: kenh.calls)
        daemon.look()
        threading.Event().wait(0.1)
        assert drawn(kenh) == [[]]
    finally:
        daemon.end()


def test_two_that_share_a_lane_draw_one_after_the_other(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = picture(folder)
    inside, gate = threading.Event(), threading.Event()

    def project(published: Any, _: object) -> Receipt:
        if len(published) == 1:
            inside.set()
            gate.wait(10)
        return Receipt("1")

    kenh.does["project"] = project
    folder.post("a", at=LATER)
    folder.post("b", at=LATER + timedelta(minutes=1))
    desk = desks(folder)
    one = desk.at(LATER).executor()
    two = Executor(one.lane)
    drawing = threading.Thread(target=one.step)
    drawing.start()
    assert inside.wait(10)
    desk.after(minutes=1)
    assert two.step() > desk.clock.now()
    assert drawn(kenh) == [["a"]]
    gate.set()
    drawing.join()
    two.step()
    assert drawn(kenh) == [["a"], ["a", "b"]]
    two.close()


# --- one after the other --------------------------------------------------------------------------------------------


def test_however_many_workers_pictures_are_drawn_one_after_the_other(folder: Folder) -> None:
    kenh = picture(folder, table='workers = 4\nrate = "1/100ms"\n')
    at_once, most = [0], [0]

    def project(published: Any, _: object) -> Receipt:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        threading.Event().wait(0.05)
        at_once[0] -= 1
        return Receipt("1")

    kenh.does["project"] = project
    for number in range(4):
        folder.post(f"tin-{number}", at=NOON)
    daemon = Daemon(folder, early=0.3)
    try:
        until(lambda: all(each.state is State.SENT for each in daemon.desk.look.deliveries()))
    finally:
        daemon.end()
    assert most == [1]
    assert sorted(drawn(kenh)[-1]) == [f"tin-{number}" for number in range(4)]


def test_while_a_picture_hangs_no_other_is_begun(folder: Folder) -> None:
    kenh = picture(folder, table='time_limit = "100ms"\nretry = { first = "100ms", most = "100ms" }\n')
    let_go = threading.Event()

    def project(published: Any, _: object) -> Receipt:
        if published and not let_go.is_set():
            let_go.wait(10)
        return Receipt("1")

    kenh.does["project"] = project
    folder.post("a", at=NOON)
    folder.post("b", at=NOON + timedelta(minutes=1))
    daemon = Daemon(folder, early=0.3)
    try:
        daemon.becomes(State.RETRYING, "a")
        (row,) = [d for d in daemon.desk.look.deliveries() if d.key.post == "b"]
        daemon.desk.act.cancel(row.id)
        daemon.desk.act.requeue(row.id)
        threading.Event().wait(0.4)
        assert len(drawn(kenh)) == 2  # the empty one at the start, and the one that hangs
        let_go.set()
        daemon.becomes(State.SENT, "a")
        daemon.becomes(State.SENT, "b")
        assert sorted(drawn(kenh)[-1]) == ["a", "b"]
    finally:
        let_go.set()
        daemon.end()


def test_a_picture_that_hangs_at_the_start_is_said_and_waited_for(folder: Folder, caplog: Any) -> None:
    kenh = picture(folder, table='time_limit = "100ms"')
    let_go = threading.Event()

    def project(published: Any, _: object) -> Receipt:
        let_go.wait(10)
        return Receipt("1")

    kenh.does["project"] = project
    folder.post("a", at=NOON)
    daemon = Daemon(folder, early=0.3)
    try:
        until(lambda: "no answer within 0.1 seconds" in caplog.text)
        threading.Event().wait(0.4)
        assert drawn(kenh) == [[]]
        let_go.set()
        daemon.becomes(State.SENT, "a")
    finally:
        let_go.set()
        daemon.end()
