"""The gate: what a post's standing means for each of its deliveries, and what is checked within an intent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.engine.gate import readmit, reasons, still_approved, still_good
from scheduler.ground.lifecycle import Hold, State
from scheduler.store import deliveries, posts
from tests.campaign import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Desk, Folder

LATER = NOON + timedelta(hours=1)


def why(desk: Desk, post: str = "tin") -> frozenset[Hold]:
    return reasons(desk.store.read(), desk.engine.snapshot, post)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    """Return a desk with one approved delivery."""
    folder.channel()
    folder.plan(required=True)
    folder.post(at=LATER)
    made: Desk = desks(folder)
    made.act.approve("tin")
    return made


def test_an_approved_post_has_no_reason_to_wait(desk: Desk) -> None:
    assert why(desk) == frozenset()
    assert desk.row().state is State.SCHEDULED


def test_each_reason_and_all_together(desk: Desk) -> None:
    desk.act.revoke("tin")
    assert why(desk) == {Hold.APPROVAL}
    desk.act.hold("tin")
    assert why(desk) == {Hold.APPROVAL, Hold.POST}
    desk.act.approve("tin")
    assert why(desk) == {Hold.POST}
    assert desk.row().holds == {Hold.POST}


def test_a_post_that_nobody_knows_or_that_is_gone_waits(desk: Desk) -> None:
    assert why(desk, "khong-co") == {Hold.INVALID}
    desk.folder.file().unlink()
    desk.act.sync()
    assert why(desk) == {Hold.INVALID}


@pytest.mark.parametrize("broken", ["plan", "zone", "channels"])
def test_where_the_whole_cannot_be_trusted_every_post_waits(desk: Desk, broken: str) -> None:
    if broken == "plan":
        (desk.folder.path / "content" / "plan.toml").write_text("id = [", encoding="utf-8")
    elif broken == "zone":
        desk.folder.config('zone = "Sao/Hoa"\n'.replace("zone", "zones"))
        text = (desk.folder.path / "config.toml").read_text(encoding="utf-8")
        (desk.folder.path / "config.toml").write_text(text.replace("Asia/Ho_Chi_Minh", "Sao/Hoa"), encoding="utf-8")
    else:
        (desk.folder.path / "config.toml").write_text('zone = "Asia/Ho_Chi_Minh"\nchannels = 5\n', encoding="utf-8")
    desk.engine.refresh()
    assert why(desk) == {Hold.INVALID}
    desk.act.sync()
    assert desk.row().state is State.HELD


def test_a_warning_or_a_fault_of_one_post_makes_nobody_else_wait(desk: Desk) -> None:
    desk.folder.file("hong").write_text("---\nid: hong\nat: hôm qua\n---\n", encoding="utf-8")
    desk.act.sync()
    assert why(desk) == frozenset()


# --- admitted again -------------------------------------------------------------------------------------------------


def again(desk: Desk, *, forget: frozenset[Hold] = frozenset(), **times: float) -> tuple[Any, Any]:
    now = desk.clock.now() + timedelta(**times)
    return readmit(desk.store.read(), desk.engine.snapshot, desk.row(), now, forget=forget)


def test_what_may_go_goes_until_its_time_has_passed(desk: Desk) -> None:
    assert again(desk) == (State.SCHEDULED, frozenset())
    assert again(desk, hours=3) == (State.SCHEDULED, frozenset())  # an hour, and the grace of two
    assert again(desk, hours=3, seconds=1) == (State.MISSED, frozenset())


def test_a_new_time_counts(desk: Desk) -> None:
    now = desk.clock.now() + timedelta(hours=9)
    found = readmit(desk.store.read(), desk.engine.snapshot, desk.row(), now, expires_at=now)
    assert found == (State.SCHEDULED, frozenset())


def test_reasons_of_its_own_stay_and_those_of_its_post_are_looked_up_anew(desk: Desk) -> None:
    row = desk.row()
    desk.act.hold_delivery(row.id)
    assert again(desk) == (State.HELD, {Hold.OPERATOR})
    assert again(desk, forget=frozenset({Hold.OPERATOR})) == (State.SCHEDULED, frozenset())
    desk.act.revoke("tin")
    assert again(desk, forget=frozenset({Hold.OPERATOR, Hold.APPROVAL})) == (State.HELD, {Hold.APPROVAL})


def test_a_channel_that_does_not_work_holds_its_deliveries(desk: Desk) -> None:
    desk.folder.switch_on("kenh", table='gretting = "x"')
    desk.engine.refresh()
    assert again(desk) == (State.HELD, {Hold.INVALID})


# --- within the intent ----------------------------------------------------------------------------------------------


def good(desk: Desk) -> bool:
    row = desk.row()
    return still_good(desk.store.read(), desk.engine.snapshot, [row]) == {row.id}


def test_what_stands_as_it_was_picked_may_go(desk: Desk) -> None:
    assert good(desk)
    assert still_approved(desk.store.read(), desk.engine.snapshot, desk.row())
    assert still_good(desk.store.read(), desk.engine.snapshot, []) == set()


@pytest.mark.parametrize("change", ["revoke", "hold", "cancel", "move", "digest", "gone"])
def test_whatever_changed_since_it_was_picked_stops_it(desk: Desk, change: str) -> None:
    picked = desk.row()
    with desk.store.write() as connection:
        if change == "revoke":
            connection.execute("UPDATE post SET approved_by = NULL")
        elif change == "hold":
            posts.hold(connection, "tin", "giam-doc", "", NOON)
        elif change == "cancel":
            connection.execute("UPDATE delivery SET state = 'cancelled', wake_at = NULL")
        elif change == "move":
            connection.execute("UPDATE delivery SET due_at = '2021-05-03T07:00:00.000000Z'")
        elif change == "digest":
            connection.execute("UPDATE post SET digest = 'x'")
        else:
            connection.execute("UPDATE post SET present = 0")
    connection = desk.store.read()
    assert still_good(connection, desk.engine.snapshot, [picked]) == set()
    stays = change in ("cancel", "move")  # of the delivery, and not of its post
    assert still_approved(connection, desk.engine.snapshot, picked) is stays


def test_one_that_changed_takes_no_other_with_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(targets=("a", "b"))
    folder.post("mot", at=LATER)
    folder.post("hai", at=LATER)
    desk = desks(folder)
    picked = list(deliveries.find(desk.store.read(), deliveries.Query()))
    desk.act.hold("mot")
    good = still_good(desk.store.read(), desk.engine.snapshot, picked)
    assert {each.key.post for each in picked if each.id in good} == {"hai"}
    assert len(good) == 2
