"""Deliveries in the database: planned, picked when due, and found."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.delivery import Key
from scheduler.ground.lifecycle import Event, Hold, State
from scheduler.store import deliveries, journal, messages, moves, posts, settings
from scheduler.store.deliveries import Query, Standing
from scheduler.store.messages import MessageMove
from scheduler.store.posts import PostRow
from scheduler.store.times import from_text, maybe, to_text
from tests.campaign import NOON
from tests.rows import PAYLOAD, RECEIPT, move, put, step, wanted

if TYPE_CHECKING:
    from scheduler.store.store import Store

HOUR = timedelta(hours=1)


def test_a_delivery_is_read_back_as_it_was_written(store: Store) -> None:
    want = wanted(1, due=HOUR)
    with store.write() as connection:
        identity = deliveries.insert(connection, want, State.HELD, [Hold.LATE, Hold.APPROVAL], "planner", "chờ", NOON)
    row = deliveries.get(store.read(), identity)
    assert row is not None
    assert (row.key, row.state, row.holds) == (want.key, State.HELD, frozenset({Hold.LATE, Hold.APPROVAL}))
    assert (row.due_at, row.publish_at, row.expires_at) == (want.due_at, want.publish_at, want.expires_at)
    assert (row.late, row.title, row.digest, row.variant, row.round) == (want.late, "Bài 1", "sha256:a", "", 1)
    assert (row.next_at, row.done_at, row.receipt, row.payload, row.attempts) == (None, None, None, None, 0)
    assert deliveries.by_key(store.read(), want.key) == row
    assert deliveries.of_post(store.read(), "tin-1") == {want.key: row}
    (entry,) = journal.of_delivery(store.read(), identity)
    assert (entry.event, entry.state, entry.actor, entry.reason, entry.at) == ("plan", "held", "planner", "chờ", NOON)
    assert entry.key == str(want.key)


def test_what_is_not_there(store: Store) -> None:
    assert deliveries.get(store.read(), 5) is None
    assert deliveries.by_key(store.read(), Key("a", "b", "c", "d")) is None
    assert deliveries.next_wake(store.read(), "kenh") is None
    assert posts.get(store.read(), "a") is None
    assert settings.last_engine(store.read()) is None


def test_only_what_is_due_is_picked_earliest_first(store: Store) -> None:
    rows = {
        minutes: put(store, State.SCHEDULED, n, due=timedelta(minutes=minutes))
        for n, minutes in enumerate((30, 10, 20, 90))
    }
    for state in (
        State.HELD,
        State.SENDING,
        State.SENT,
        State.FAILED,
        State.MISSED,
        State.CANCELLED,
        State.HANDED,
        State.UNKNOWN,
    ):
        put(store, state, 100 + list(State).index(state))
    put(store, State.SCHEDULED, 50, channel="khac")
    read = store.read()
    assert [row.id for row in deliveries.due(read, "kenh", NOON + HOUR, 10)] == [rows[10].id, rows[20].id, rows[30].id]
    assert [row.id for row in deliveries.due(read, "kenh", NOON + HOUR, 2)] == [rows[10].id, rows[20].id]
    assert [row.id for row in deliveries.due(read, "kenh", NOON + HOUR, 9, {rows[10].id})] == [rows[20].id, rows[30].id]
    assert deliveries.next_wake(read, "kenh") == NOON + timedelta(minutes=10)
    assert deliveries.next_wake(read, "kenh", {rows[10].id}) == NOON + timedelta(minutes=20)


def test_planning_picks_by_an_index(store: Store) -> None:
    sql = "EXPLAIN QUERY PLAN SELECT id FROM delivery WHERE channel = ? AND wake_at <= ? ORDER BY wake_at, id LIMIT 10"
    assert "delivery_wake" in str(store.read().execute(sql, ("kenh", to_text(NOON))).fetchall())


@pytest.mark.parametrize("state", [State.HELD, State.SCHEDULED, State.RETRYING, State.CANCELLED])
def test_a_revised_plan_changes_what_may_still_change(store: Store, state: State) -> None:
    row = put(store, state)
    want = wanted(1, due=HOUR)
    with store.write() as connection:
        deliveries.revise_plan(connection, row.id, want)
    after = deliveries.get(store.read(), row.id)
    assert after is not None
    assert (after.due_at, after.state, after.holds) == (NOON + HOUR, state, row.holds)
    waits = state in (State.SCHEDULED, State.RETRYING)
    assert after.next_at == (NOON + HOUR if waits else row.next_at)


def test_what_is_tried_again_follows_its_post_but_keeps_its_distance(store: Store) -> None:
    row = put(store, State.RETRYING)
    retry = NOON + HOUR / 2
    with store.write() as connection:
        connection.execute("UPDATE delivery SET wake_at = ? WHERE id = ?", (to_text(retry), row.id))

    def moved(due: timedelta) -> object:
        with store.write() as connection:
            deliveries.revise_plan(connection, row.id, wanted(1, due=due))
        after = deliveries.get(store.read(), row.id)
        return after and after.next_at

    assert moved(timedelta()) == retry
    assert moved(7 * 24 * HOUR) == NOON + 7 * 24 * HOUR, "not before its new time"
    assert moved(2 * HOUR) == NOON + 2 * HOUR, "what only the week's distance held back comes back with it"


def test_what_a_wrong_clock_put_far_off_is_looked_at_now(store: Store) -> None:
    far, near, moved = (put(store, State.RETRYING, n) for n in (1, 2, 3))
    unknown, waits = put(store, State.UNKNOWN, 4), put(store, State.SCHEDULED, 5, due=900 * HOUR)
    with store.write() as connection:
        messages.add(connection, messages.occasion(connection, far.key), far.id, [("0901", "", {})])
        (claimed,) = messages.claim(connection, far.id, 1, NOON, 10)
        later = MessageMove(claimed.id, State.SENDING, Event.FAIL, State.RETRYING, "bận", NOON)
        messages.apply(connection, [later])
        connection.execute("UPDATE message SET wake_at = ?", (to_text(NOON + 900 * HOUR),))
        for identity, wake in ((far.id, 900), (near.id, 2), (moved.id, 900), (unknown.id, 900)):
            connection.execute("UPDATE delivery SET wake_at = ? WHERE id = ?", (to_text(NOON + wake * HOUR), identity))
        connection.execute("UPDATE delivery SET due_at = wake_at WHERE id = ?", (moved.id,))
        deliveries.bring_back(connection, "kenh", NOON, NOON + 24 * HOUR)
    rows = {row.id: row.next_at for row in deliveries.find(store.read(), Query())}
    assert (rows[far.id], rows[unknown.id]) == (NOON, NOON)
    assert rows[near.id] == NOON + 2 * HOUR
    assert rows[moved.id] == rows[waits.id] == NOON + 900 * HOUR
    assert messages.next_wake(store.read(), far.id) == NOON


@pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN, State.HANDED, State.SENT, State.FAILED, State.MISSED])
def test_a_revised_plan_leaves_the_rest(store: Store, state: State) -> None:
    row = put(store, state)
    with store.write() as connection:
        deliveries.revise_plan(connection, row.id, wanted(1, due=HOUR))
    assert deliveries.get(store.read(), row.id) == row


def test_queries(store: Store) -> None:
    put(store, State.SENT, 1)
    put(store, State.HELD, 2, due=HOUR)
    put(store, State.SCHEDULED, 3, due=2 * HOUR, channel="khac")

    def found(**query: object) -> list[str]:
        rows = list(deliveries.find(store.read(), Query(**query)))  # type: ignore[arg-type]
        if "limit" not in query:
            assert deliveries.count(store.read(), Query(**query)) == len(rows)  # type: ignore[arg-type]
        return [row.key.post for row in rows]

    assert found() == ["tin-1", "tin-2", "tin-3"]
    assert found(newest_first=True) == ["tin-3", "tin-2", "tin-1"]
    assert found(states=[State.SENT, State.HELD]) == ["tin-1", "tin-2"]
    assert found(channels=["khac"]) == ["tin-3"]
    assert found(posts=["tin-2"]) == ["tin-2"]
    assert found(start=NOON + HOUR, end=NOON + 2 * HOUR) == ["tin-2"]
    assert found(text="bài 3") == found(text="tin-3") == ["tin-3"]
    assert found(text="không có") == []
    assert found(limit=1, offset=1) == ["tin-2"]
    assert deliveries.states(store.read()) == {
        ("kenh", State.SENT): 1, ("kenh", State.HELD): 1, ("khac", State.SCHEDULED): 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BẢO HIỂM", ["tin-1"]),
        ("bảo", ["tin-1"]),
        (unicodedata.normalize("NFD", "Bảo"), ["tin-1"]),
        ("bao hiem", ["tin-1", "tin-2"]),
        ("báo", ["tin-2"]),
        ("ĐƯỜNG", ["tin-1"]),
        ("duong", ["tin-1"]),
        ("TIN-2", ["tin-2"]),
        ("NOI", ["tin-1", "tin-2"]),
        ("bảo hiếm", []),
        ("%", []),
    ],
)
def test_text_is_found_whatever_its_case_and_without_accents(store: Store, text: str, found: list[str]) -> None:
    with store.write() as connection:
        for number, title in enumerate(("Bảo hiểm và Đường đời", "BÁO HIẾM"), 1):
            want = replace(wanted(number), title=title)
            deliveries.insert(connection, want, State.SCHEDULED, (), "planner", "", NOON)
    assert [row.key.post for row in deliveries.find(store.read(), Query(text=text))] == found


def test_how_the_deliveries_of_each_post_stand(store: Store) -> None:
    put(store, State.SENT, 1)
    put(store, State.HELD, 2, due=2 * HOUR)
    put(store, State.SCHEDULED, 2, due=HOUR, channel="khac")
    put(store, State.SCHEDULED, 2, due=3 * HOUR, channel="ba")
    put(store, State.RETRYING, 3)
    every = {
        "tin-1": Standing({State.SENT: 1}, None, NOON),
        "tin-2": Standing({State.HELD: 1, State.SCHEDULED: 2}, NOON + HOUR),
        "tin-3": Standing({State.RETRYING: 1}),
    }
    assert deliveries.standing(store.read()) == every
    assert deliveries.standing(store.read(), "tin-2") == {"tin-2": every["tin-2"]}
    assert deliveries.standing(store.read(), "tin-9") == {}


def test_a_receipt_that_another_one_holds(store: Store) -> None:
    one, two, other = put(store, State.SENT, 1), put(store, State.UNKNOWN, 2), put(store, State.SENT, 3, channel="khac")
    assert deliveries.receipt_taken(store.read(), "kenh", RECEIPT["id"], two.id)
    assert not deliveries.receipt_taken(store.read(), "kenh", RECEIPT["id"], one.id)
    assert not deliveries.receipt_taken(store.read(), "khac", RECEIPT["id"], other.id)
    assert not deliveries.receipt_taken(store.read(), "kenh", "khác", two.id)


def test_what_is_held_past_its_time(store: Store) -> None:
    held, late = put(store, State.HELD, 1), put(store, State.HELD, 2)
    with store.write() as connection:
        connection.execute("UPDATE delivery SET holds = 'approval late' WHERE id = ?", (late.id,))
    assert deliveries.expired_holds(store.read(), held.expires_at) == []
    assert [row.id for row in deliveries.expired_holds(store.read(), held.expires_at + HOUR)] == [held.id]


def test_what_stands_published(store: Store) -> None:
    put(store, State.SENT, 1, due=HOUR)
    put(store, State.SENT, 2)
    put(store, State.FAILED, 3)
    assert [row.key.post for row in deliveries.published(store.read(), "kenh", "noi")] == ["tin-2", "tin-1"]
    assert deliveries.published(store.read(), "kenh", "khác") == []


def test_what_came_back_and_is_behind_its_post(store: Store) -> None:
    for number, state in enumerate(State, 1):
        put(store, state, number)
    waiting = {f"tin-{n}" for n, s in enumerate(State, 1) if s in (State.HELD, State.SCHEDULED, State.RETRYING)}
    ready = {f"tin-{n}" for n, s in enumerate(State, 1) if s in (State.SCHEDULED, State.RETRYING)}

    def behind(*, required: bool = False, **post: object) -> set[str]:
        with store.write() as connection:
            for number in range(1, len(State) + 1):
                values = {"digest": "sha256:a", "approved_by": "a", **post}
                posts.put(connection, PostRow(f"tin-{number}", **values))  # type: ignore[arg-type]
        return deliveries.out_of_step(store.read(), approval_required=required)

    assert behind() == set()
    assert behind(digest="sha256:b") == waiting
    assert behind(valid=False) == behind(present=False) == ready
    assert behind(approved_by=None) == set()
    assert behind(approved_by=None, required=True) == ready


# --- posts, settings, journal, messages, times -----------------------------------------------------------------------


def test_a_post_is_read_back_and_its_hold_is_not_planned_away(store: Store) -> None:
    row = PostRow(
        "tin", "content/posts/tin.md", "Bài", "sha256:a", "giam-doc", True, True, "s", "20210503", "2021-05-03"
    )
    with store.write() as connection:
        posts.put(connection, row)
        posts.hold(connection, "tin", "can-bo", "xem lại", NOON)
        posts.put(connection, row)
    found = posts.get(store.read(), "tin")
    assert found is not None
    assert (found.held_by, found.held_reason, found.pin_day) == ("can-bo", "xem lại", "2021-05-03")
    assert posts.every(store.read()) == {"tin": found}
    assert found.holds(approval_required=True) == {Hold.POST}
    with store.write() as connection:
        posts.hold(connection, "tin", None, "", NOON)
    assert posts.get(store.read(), "tin") == row
    assert PostRow("x", valid=False).holds(approval_required=True) == {Hold.APPROVAL, Hold.INVALID}
    assert PostRow("x").holds(approval_required=False) == frozenset()


def test_settings_engines_and_switches(store: Store) -> None:
    with store.write() as connection:
        settings.put(connection, "a", "1")
        settings.put(connection, "a", "2")
        first, second = settings.new_epoch(connection, NOON), settings.new_epoch(connection, NOON + HOUR)
        settings.beat(connection, second, NOON + 2 * HOUR)
        settings.check_epoch(connection, second)
        settings.pause(connection, "kenh", "can-bo", "nghỉ", NOON)
        settings.channel_failed(connection, "kenh", "bận", 3, NOON + HOUR, NOON)
    assert settings.get(store.read(), "a") == "2"
    engine = settings.last_engine(store.read())
    assert engine is not None
    assert (engine.epoch, engine.heartbeat_at, engine.ended_at) == (second, NOON + 2 * HOUR, None)
    from scheduler.ground.errors import StaleEpoch

    with pytest.raises(StaleEpoch, match=f"engine {second} has taken over from engine {first}"):
        settings.check_epoch(store.read(), first)
    channel = settings.channels(store.read())["kenh"]
    assert (channel.paused_by, channel.paused_at, channel.pause_reason) == ("can-bo", NOON, "nghỉ")
    assert (channel.failures, channel.open_until, channel.last_error) == (3, NOON + HOUR, "bận")
    assert settings.paused(store.read(), "kenh")
    with store.write() as connection:
        settings.pause(connection, "kenh", None, "", NOON)
        settings.channel_worked(connection, "kenh", NOON + HOUR)
        settings.put(connection, "a", None)
        settings.end_epoch(connection, second, NOON + 3 * HOUR)
    channel = settings.channels(store.read())["kenh"]
    assert (channel.paused_by, channel.failures, channel.open_until, channel.last_success_at) == (
        None,
        0,
        None,
        NOON + HOUR,
    )
    assert channel.last_error == "bận"
    assert settings.get(store.read(), "a") is None
    assert not settings.paused(store.read(), "kenh")


def test_the_journal_is_read_on_from_where_one_was(store: Store) -> None:
    row = put(store, State.SCHEDULED)
    with store.write() as connection:
        moves.note(connection, NOON, "arm", "folder", "a")
        moves.apply(connection, [move(row, Event.CANCEL, State.CANCELLED)], NOON)
    read = store.read()
    assert [entry.event for entry in journal.after(read, 0)] == ["plan", "arm", "cancel"]
    assert [entry.event for entry in journal.after(read, 1, 1)] == ["arm"]
    assert [entry.event for entry in journal.latest(read, 2)] == ["cancel", "arm"]
    assert journal.mark(read) == 3
    assert journal.cursor(read, "ai") is None
    with store.write() as connection:
        journal.advance(connection, "ai", 2)
        journal.advance(connection, "ai", 3)
    assert journal.cursor(read, "ai") == 3


def test_messages_are_claimed_once_and_move_by_the_same_table(store: Store) -> None:
    row = put(store, State.SENDING)
    with store.write() as connection:
        occasion = messages.occasion(connection, row.key)
        assert messages.occasion(connection, row.key._replace(target="khác")) == occasion
        people = [("+841", "A", {"x": 1}), ("+842", "B", {}), ("+841", "A lần nữa", {})]
        assert messages.add(connection, occasion, row.id, people) == 2
        assert messages.add(connection, occasion, row.id, people) == 0
        attempt = connection.execute("SELECT id FROM attempt").fetchone()[0]
        (first,) = messages.claim(connection, row.id, attempt, NOON, 1)
        (second,) = messages.claim(connection, row.id, attempt, NOON, 5)
        assert messages.claim(connection, row.id, attempt, NOON, 5) == []
    assert (first.address, first.name, first.data, second.address) == ("+841", "A", {"x": 1}, "+842")
    with store.write() as connection:
        fail = MessageMove(first.id, State.SENDING, Event.FAIL, State.RETRYING, "bận", NOON + HOUR)
        done = MessageMove(second.id, State.SENDING, Event.SUCCEED, State.SENT, receipt=RECEIPT)
        messages.apply(connection, [fail, done])
    assert messages.counts(store.read(), row.id) == {State.RETRYING: 1, State.SENT: 1}
    assert messages.next_wake(store.read(), row.id) == NOON + HOUR
    with store.write() as connection:
        assert messages.claim(connection, row.id, attempt, NOON, 5) == []
        (again,) = messages.claim(connection, row.id, attempt, NOON + HOUR, 5)
    assert (again.id, again.attempts) == (first.id, 1)
    from scheduler.ground.errors import IllegalTransition

    with pytest.raises(IllegalTransition), store.write() as connection:
        messages.apply(connection, [MessageMove(second.id, State.SENT, Event.REQUEUE, State.SCHEDULED)])


def test_who_asked_for_a_stop_and_who_takes_it_back(store: Store) -> None:
    row = put(store, State.SENDING)
    assert messages.asked_to_stop(store.read(), row.id) is None
    with store.write() as connection:
        messages.ask_to_stop(connection, row.id, "can-bo", "sai")
    assert messages.asked_to_stop(store.read(), row.id) == ("can-bo", "sai")
    with store.write() as connection:
        messages.forget_stop(connection, row.id)
    assert messages.asked_to_stop(store.read(), row.id) is None


def test_an_unknown_outcome_is_looked_up_when_it_is_time(store: Store) -> None:
    row = put(store, State.UNKNOWN)
    with store.write() as connection:
        deliveries.look_again(connection, row.id, NOON + HOUR)
    assert deliveries.next_wake(store.read(), "kenh") == NOON + HOUR
    with store.write() as connection:
        deliveries.look_again(connection, row.id, None)
    assert deliveries.next_wake(store.read(), "kenh") is None


def test_attempts_are_kept_with_payload_checkpoint_and_outcome(store: Store) -> None:
    from scheduler.store import attempts

    row = put(store, State.SCHEDULED)
    with store.write() as connection:
        step(connection, row.id, Event.INTEND)
        (attempt,) = attempts.of_delivery(connection, row.id)
        attempts.checkpoint(connection, attempt.id, {"bước": 2})
        attempts.no_return(connection, attempt.id)
    (attempt,) = attempts.of_delivery(store.read(), row.id)
    assert (attempt.checkpoint, attempt.no_return, attempt.ended_at, attempt.payload) == (
        {"bước": 2},
        True,
        None,
        PAYLOAD.digest,
    )
    assert attempts.body(store.read(), row.id, PAYLOAD.digest) == PAYLOAD.body
    (orphan,) = attempts.orphans(store.read(), attempt.epoch + 1)
    assert (orphan.attempt, orphan.no_return, orphan.idempotent) == (attempt.id, True, False)
    assert attempts.orphans(store.read(), attempt.epoch) == []
    with store.write() as connection:
        attempts.next_batch(connection, attempt.id)
        attempts.end(connection, [(attempt.id, "succeed", "")], NOON + HOUR)
    (attempt,) = attempts.of_delivery(store.read(), row.id)
    assert (attempt.no_return, attempt.ended_at, attempt.outcome) == (False, NOON + HOUR, "succeed")


def test_times_are_of_one_width_and_sort_as_they_follow() -> None:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    early = datetime(2021, 5, 3, 7, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    late = datetime(2021, 5, 3, 0, 0, 0, 1, tzinfo=UTC)
    assert to_text(early) == "2021-05-03T00:00:00.000000Z"
    assert to_text(early) < to_text(late)
    assert len(to_text(early)) == len(to_text(late)) == 27
    assert from_text(to_text(late)) == maybe(to_text(late)) == late
    assert maybe(None) is None
    with pytest.raises(ValueError, match="without a zone"):
        to_text(datetime(2021, 5, 3))  # noqa: DTZ001
