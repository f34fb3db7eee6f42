"""What the workers of one channel share: what is prepared ahead, whom nobody else may pick, how well it works."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.engine.delivering.lane import AHEAD, BATCH, FIRST_BATCH, Ahead, Lane, until_written
from scheduler.engine.delivering.outcome import Judgement
from scheduler.ground.errors import StoreBusy, StoreFull, Superseded
from scheduler.ground.lifecycle import Event, State
from tests.campaign import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Desk, Folder

LATER = NOON + timedelta(hours=1)
TICK = timedelta(microseconds=1)


# --- prepared ahead -------------------------------------------------------------------------------------------------


def ahead(*names: str) -> tuple[Any, Any]:
    made: Any = Ahead()
    snapshot = object()
    made.put(names, snapshot, NOON + AHEAD)
    return made, snapshot


def test_they_come_in_order_and_each_once() -> None:
    made, snapshot = ahead("a", "b")
    assert [made.take(snapshot, NOON + TICK) for _ in range(3)] == ["a", "b", None]


@pytest.mark.parametrize(
    ("offset", "good"), [(timedelta(), True), (AHEAD, True), (AHEAD + TICK, False), (-TICK, False)]
)
def test_they_are_good_for_a_moment_only(offset: timedelta, good: bool) -> None:
    """Also where the clock has gone back since."""
    made, snapshot = ahead("a")
    assert made.take(snapshot, NOON + offset) == ("a" if good else None)
    assert made.take(snapshot, NOON) is None  # what was not good once is gone


def test_they_are_good_for_the_files_they_were_made_of_only() -> None:
    made, snapshot = ahead("a")
    assert made.take(object(), NOON) is None
    assert made.take(snapshot, NOON) is None


def test_nothing_was_ever_prepared() -> None:
    assert Ahead().take(None, NOON) is None  # type: ignore[arg-type]


def test_what_was_prepared_before_an_edit_is_not_what_goes_out(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = folder.channel(sure=False, targets=("a", "b", "c"))
    folder.post(at=LATER, text="Cũ.")
    desk = desks(folder)
    desk.at(LATER)
    desk.executor().step()
    assert len(desk.executor().lane.ahead.prepared) == 2
    folder.post(at=LATER, text="Mới.")
    desk.act.sync()
    desk.run()
    assert [text for _, _, text in kenh.calls] == ["Cũ.", "Mới.", "Mới."]


def test_what_was_prepared_is_checked_once_more_at_its_intent(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = folder.channel(sure=False, targets=("a", "b", "c"))
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER)
    desk.executor().step()
    desk.act.hold_delivery(desk.row(target="b").id)
    desk.run()
    assert [key.split("/")[3] for key, _, _ in kenh.calls] == ["a", "c"]
    assert desk.row(target="b").state is State.HELD


# --- whom nobody else may pick --------------------------------------------------------------------------------------


@pytest.fixture
def lane(folder: Folder, desks: Callable[..., Desk]) -> Lane:
    """Return the lane of a channel that rests after two failures."""
    folder.channel(table='breaker = { failures = 2, pause = "10m" }')
    desk: Desk = desks(folder)
    return Lane(desk.core, desk.engine.registry.channels["kenh"])


def test_what_is_with_somebody_or_put_off_is_not_picked(lane: Lane) -> None:
    lane.busy.add(1)
    lane.asking.add(2)
    lane.deferred = {3: NOON + TICK, 4: NOON}
    assert lane.skip(NOON) == {1, 2, 3}
    assert lane.skip(NOON + TICK) == {1, 2}


def test_batches_grow_while_calls_are_quick_and_shrink_at_once(lane: Lane) -> None:
    assert lane.batch == FIRST_BATCH
    lane.paced(8, 0.0)
    assert lane.batch == 2 * FIRST_BATCH
    for _ in range(9):
        lane.paced(100, 0.001)
    assert lane.batch == BATCH
    lane.paced(100, 50.0)
    assert lane.batch == 1
    lane.paced(1, 600.0)
    assert lane.batch == 1


# --- health ---------------------------------------------------------------------------------------------------------


def heard(lane: Lane, *events: Event, at: Any = NOON) -> Any:
    after = {Event.SUCCEED: State.SENT, Event.FAIL: State.RETRYING, Event.REFUSE: State.FAILED}
    after[Event.RECOVER] = State.RETRYING
    write = lane.heard([Judgement(event, after[event], "bận") for event in events], at)
    with lane.core.store.write() as connection:
        write(connection)
    return (
        lane.core.store.read()
        .execute("SELECT failures, open_until, last_error, last_success_at FROM channel")
        .fetchone()
    )


def test_failures_in_a_row_open_the_breaker_and_are_kept_on_disk(lane: Lane) -> None:
    assert heard(lane, Event.FAIL)[:3] == (1, None, "bận")
    assert lane.breaker.closed(NOON)
    assert heard(lane, Event.FAIL)[0] == 2
    assert not lane.breaker.closed(NOON + timedelta(minutes=9))
    assert lane.breaker.closed(NOON + timedelta(minutes=10))
    again = Lane(lane.core, lane.configured)
    assert not again.breaker.closed(NOON + timedelta(minutes=9))
    assert again.breaker.failures == 2


def test_one_success_closes_it_and_a_refusal_is_none_of_the_channels_fault(lane: Lane) -> None:
    heard(lane, Event.FAIL, Event.FAIL)
    row = heard(lane, Event.SUCCEED)
    assert row[:2] == (0, None)
    assert row[3] is not None
    assert lane.breaker.closed(NOON)
    heard(lane, Event.FAIL)
    assert heard(lane, Event.REFUSE)[0] == 0


def test_what_the_disk_says_of_a_batch_is_what_the_lane_knows(lane: Lane) -> None:
    """A batch in which some failed: the next engine must begin where this one stands."""
    for events in ([Event.FAIL, Event.SUCCEED], [Event.SUCCEED, Event.FAIL], [Event.SUCCEED, Event.SUCCEED]):
        failures, open_until, *_ = heard(lane, *events)
        again = Lane(lane.core, lane.configured)
        assert again.breaker.failures == failures == lane.breaker.failures
        assert again.breaker.open_until == lane.breaker.open_until
        assert (open_until is None) == (lane.breaker.open_until is None)


def test_health_is_not_written_for_each_success(lane: Lane) -> None:
    first = heard(lane, Event.SUCCEED)[3]
    assert heard(lane, Event.SUCCEED, at=NOON + timedelta(seconds=59))[3] == first
    assert heard(lane, Event.SUCCEED, at=NOON + timedelta(seconds=61))[3] != first


def test_what_is_written_again_is_counted_once(lane: Lane) -> None:
    write = lane.heard([Judgement(Event.FAIL, State.RETRYING, "bận")], NOON)
    for _ in range(4):
        with pytest.raises(StoreFull), lane.core.store.write() as connection:  # noqa: PT012
            write(connection)
            raise StoreFull("đầy")
    with lane.core.store.write() as connection:
        write(connection)
    assert (lane.breaker.failures, lane.breaker.open_until) == (1, None)
    assert lane.core.store.read().execute("SELECT failures FROM channel").fetchone() == (1,)


def test_what_was_not_called_says_nothing_of_the_channel(lane: Lane) -> None:
    heard(lane, Event.FAIL, Event.RECOVER)
    assert lane.breaker.failures == 1
    heard(lane, Event.RECOVER)
    assert lane.breaker.failures == 1


def test_a_rest_that_a_wrong_clock_wrote_counts_for_nothing(lane: Lane) -> None:
    heard(lane, Event.FAIL, Event.FAIL, at=NOON + timedelta(days=5000))
    assert lane.breaker.closed(NOON)
    assert Lane(lane.core, lane.configured).breaker.closed(NOON)
    assert not lane.breaker.closed(NOON + timedelta(days=5000))


def test_a_changed_rest_counts_at_once_and_failures_carry_over(lane: Lane, folder: Folder) -> None:
    heard(lane, Event.FAIL)
    folder.switch_on("kenh", 'breaker = { failures = 9, pause = "10m" }')
    from scheduler.engine.snapshot import read_snapshot

    lane.adopt(read_snapshot(folder.path).registry.channels["kenh"])
    heard(lane, Event.FAIL)
    assert lane.breaker.failures == 2
    assert lane.breaker.closed(NOON)


# --- an outcome is written, however long it takes -------------------------------------------------------------------


def test_it_is_tried_until_it_is_written_and_nothing_is_claimed_meanwhile(lane: Lane) -> None:
    errors: list[Exception] = [StoreBusy("bận"), StoreFull("đầy"), StoreFull("đầy")]
    waiting: list[tuple[int, str]] = []
    woken: list[int] = []
    lane.core.wake = lambda: woken.append(1)

    def write() -> None:
        waiting.append((lane.core.unwritten, lane.core.why_not()))
        if errors:
            raise errors.pop(0)

    until_written(lane.core, write)
    assert waiting[0] == (0, "")
    assert waiting[1:] == [(1, "an outcome could not be written yet")] * 3
    assert lane.core.unwritten == 0
    assert lane.core.why_not() == ""
    assert woken == [1]
    assert lane.core.clock.now() == NOON + timedelta(seconds=3)


def test_a_stop_ends_it_and_what_is_no_fault_of_the_disk_goes_through(lane: Lane) -> None:
    def overtaken() -> None:
        raise Superseded("meanwhile")

    with pytest.raises(Superseded):
        until_written(lane.core, overtaken)

    def full() -> None:
        lane.core.stopping.set()
        raise StoreFull("đầy")

    with pytest.raises(StoreFull):
        until_written(lane.core, full)
    assert lane.core.unwritten == 0
