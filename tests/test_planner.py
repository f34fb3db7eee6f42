"""From occurrences to deliveries: what an edit, a move, a loss and a mishap of the files do to each state."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import OutcomeUnknown, PermanentFailure, Receipt, TemporaryFailure
from scheduler.engine.planning import checking, planner
from scheduler.engine.planning.planner import Planner, PlanReport
from scheduler.ground.delivery import Key
from scheduler.ground.errors import StoreFull
from scheduler.ground.lifecycle import EDITABLE, Hold, State
from scheduler.plan import calendar
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def planned(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    """Return a desk on a campaign with one post, due in two hours, on a channel that must not send twice."""
    folder.channel(sure=False)
    folder.post(at=LATER)
    return desks(folder)


def raising(error: BaseException) -> Callable[..., Receipt]:
    def deliver(*_: object) -> Receipt:
        raise error

    return deliver


# --- the first planning ----------------------------------------------------------------------------------------------


def test_a_post_becomes_a_delivery_for_each_target(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel("mot", targets=("a", "b"))
    folder.channel("hai", targets=("c",))
    folder.post(at=LATER)
    desk = desks(folder)
    assert set(desk.states()) == {
        "tin/20210503/mot/a/publish", "tin/20210503/mot/b/publish", "tin/20210503/hai/c/publish",
    }  # fmt: skip
    assert {row.due_at for row in desk.rows().values()} == {LATER}


def test_what_is_first_planned_after_its_time_is_missed_even_within_its_grace(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    module = folder.channel(grace=7200)
    folder.post(at=NOON - timedelta(minutes=1))
    desk = desks(folder)
    assert desk.row().state is State.MISSED
    desk.run()
    assert module.calls == []


def test_what_is_due_this_very_moment_goes(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=NOON)
    assert desks(folder, armed=False).act.sync().missed == 0


def test_a_lead_brings_the_due_time_forward_and_expiry_counts_from_publication(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.channel(grace=3600, table='lead = "1h"\n')
    folder.post(at=LATER)
    row = desks(folder).row()
    assert (row.due_at, row.publish_at, row.expires_at) == (
        LATER - timedelta(hours=1), LATER, LATER + timedelta(hours=1),
    )  # fmt: skip


def test_planning_twice_changes_nothing(planned: Desk) -> None:
    before = planned.dump()
    report = planned.act.sync()
    assert (report.created, report.changed, report.cancelled, report.restored) == (0, 0, 0, 0)
    assert planned.dump() == before


def test_a_draft_is_never_planned(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=None, status="draft")
    folder.post("xong", at=LATER)
    desk = desks(folder)
    assert set(desk.states()) == {"xong/20210503/kenh/noi/publish"}


def test_a_post_on_an_event_that_is_not_there_waits_and_stops_no_other(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.channel()
    folder.post(at=None, event="khong-co", offset="-1h")
    folder.post("xong", at=LATER)
    desk = desks(folder)
    assert set(desk.states()) == {"xong/20210503/kenh/noi/publish"}


# --- edits -----------------------------------------------------------------------------------------------------------


def test_moving_a_post_moves_its_delivery(planned: Desk) -> None:
    planned.folder.post(at=LATER + timedelta(days=1))
    report = planned.act.sync()
    row = planned.row()
    assert (report.created, report.changed, report.cancelled) == (0, 1, 0)
    assert (row.key.recurrence, row.due_at) == ("20210503", LATER + timedelta(days=1))
    planned.at(LATER).run()
    assert planned.row().state is State.SCHEDULED
    planned.after(days=1).run()
    assert planned.row().state is State.SENT


def test_moving_an_event_moves_the_posts_on_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.event("ra-quan", LATER)
    folder.post(at=None, event="ra-quan", offset="-1h")
    desk = desks(folder)
    assert desk.row().due_at == LATER - timedelta(hours=1)
    folder.event("ra-quan", LATER + timedelta(days=3))
    desk.act.sync()
    assert desk.row().due_at == LATER + timedelta(days=3, hours=-1)
    assert desk.row().key.recurrence == "20210503"


def test_a_renamed_file_is_the_same_post(planned: Desk) -> None:
    planned.folder.file().rename(planned.folder.file("ten-khac"))
    report = planned.act.sync()
    assert (report.created, report.changed, report.cancelled) == (0, 0, 0)
    assert planned.row().state is State.SCHEDULED


def test_an_edited_text_goes_out_as_edited(planned: Desk) -> None:
    planned.folder.post(at=LATER, text="Bản mới.")
    planned.act.sync()
    planned.at(LATER).run()
    assert planned.folder.module("kenh").calls[0][2] == "Bản mới."


@pytest.mark.parametrize(
    ("deliver", "state"),
    [
        (raising(OutcomeUnknown("không rõ")), State.UNKNOWN),
        (raising(PermanentFailure("hỏng")), State.FAILED),
        (lambda *_: Receipt("1", handed=True), State.HANDED),
        (lambda *_: Receipt("1"), State.SENT),
    ],
    ids=lambda each: each.value if isinstance(each, State) else "",
)
def test_an_edit_leaves_what_has_an_outcome_and_shows_the_difference(
    planned: Desk, deliver: Callable[..., Receipt], state: State
) -> None:
    planned.folder.module("kenh").does["deliver"] = deliver
    planned.at(LATER).run()
    before = planned.row()
    assert before.state is state
    assert not planned.look.differs(before)
    planned.folder.post(at=LATER + timedelta(days=2), text="Bản mới.")
    planned.act.sync()
    assert planned.row() == before
    assert planned.look.differs(before)
    planned.folder.file().unlink()
    planned.act.sync()
    assert planned.row() == before


def test_what_was_edited_during_its_call_and_is_to_be_tried_again_goes_as_edited(planned: Desk) -> None:
    module = planned.folder.module("kenh")

    def deliver(*_: object) -> Receipt:
        if len(module.calls) == 1:
            planned.folder.post(at=LATER, text="Bản mới.")
            planned.act.sync()
            raise TemporaryFailure("bận")
        return Receipt("1")

    module.does["deliver"] = deliver
    planned.at(LATER).run()
    assert planned.row().state is State.RETRYING
    planned.after(minutes=2).run()
    planned.after(seconds=5).run()
    assert planned.row().state is State.SENT
    assert [text for _, _, text in module.calls] == ["Xin chào.", "Bản mới."]


def test_what_was_deleted_during_its_call_and_is_to_be_tried_again_is_cancelled(planned: Desk) -> None:
    module = planned.folder.module("kenh")

    def deliver(*_: object) -> Receipt:
        planned.folder.file().unlink()
        planned.act.sync()
        raise TemporaryFailure("bận")

    module.does["deliver"] = deliver
    planned.at(LATER).run()
    planned.act.sync()
    assert planned.row().state is State.CANCELLED


def test_what_was_held_during_its_call_and_is_to_be_tried_again_is_held(planned: Desk) -> None:
    module = planned.folder.module("kenh")

    def deliver(*_: object) -> Receipt:
        planned.act.hold("tin", "xem lại")
        raise TemporaryFailure("bận")

    module.does["deliver"] = deliver
    planned.at(LATER).run()
    planned.act.sync()
    row = planned.row()
    assert (row.state, row.holds) == (State.HELD, frozenset({Hold.POST}))
    planned.after(minutes=10).run()
    assert len(module.calls) == 1


def test_what_failed_on_a_bad_text_goes_with_the_mended_one_when_requeued(planned: Desk) -> None:
    module = planned.folder.module("kenh")
    module.does["deliver"] = raising(PermanentFailure("chữ xấu"))
    planned.at(LATER).run()
    planned.folder.post(at=LATER, text="Chữ tốt.")
    planned.act.sync()
    del module.does["deliver"]
    planned.act.requeue(planned.row().id)
    planned.run()
    assert planned.row().state is State.SENT
    assert module.calls[-1] == ("tin/20210503/kenh/noi/publish", 2, "Chữ tốt.")


def test_what_was_never_sent_after_all_goes_with_the_text_of_now(planned: Desk) -> None:
    module = planned.folder.module("kenh")
    module.does["deliver"] = raising(OutcomeUnknown("không rõ"))
    planned.at(LATER).run()
    planned.folder.post(at=LATER, text="Bản mới.")
    planned.act.sync()
    del module.does["deliver"]
    planned.act.settle(planned.row().id, "not-sent", "đã gọi hỏi")
    planned.run()
    assert planned.row().state is State.SENT
    assert module.calls[-1][2] == "Bản mới."


# --- what is not there, or cannot be read ----------------------------------------------------------------------------


def test_a_vanished_post_is_cancelled_and_comes_back(planned: Desk) -> None:
    text = planned.folder.file().read_text()
    planned.folder.file().unlink()
    assert planned.act.sync().cancelled == 1
    row = planned.row()
    assert (row.state, row.actor) == (State.CANCELLED, "planner")
    planned.folder.file().write_text(text)
    assert planned.act.sync().restored == 1
    assert planned.row().state is State.SCHEDULED
    planned.at(LATER).run()
    assert planned.row().state is State.SENT


def test_what_a_person_cancelled_does_not_come_back(planned: Desk) -> None:
    text = planned.folder.file().read_text()
    planned.act.cancel(planned.row().id, "thôi")
    planned.folder.post(at=LATER, text="Bản mới.")
    planned.act.sync()
    planned.folder.file().unlink()
    planned.act.sync()
    planned.folder.file().write_text(text)
    assert planned.act.sync().restored == 0
    assert planned.row().state is State.CANCELLED


def test_what_comes_back_after_its_time_is_missed(planned: Desk) -> None:
    text = planned.folder.file().read_text()
    planned.folder.file().unlink()
    planned.act.sync()
    planned.at(LATER + timedelta(hours=3))
    planned.folder.file().write_text(text)
    planned.act.sync()
    assert planned.row().state is State.MISSED


def test_a_persons_hold_of_one_delivery_survives_a_file_that_was_away(planned: Desk) -> None:
    text = planned.folder.file().read_text()
    planned.act.hold_delivery(planned.row().id, "chưa được")
    planned.folder.file().unlink()
    planned.act.sync()
    planned.folder.file().write_text(text)
    planned.act.sync()
    row = planned.row()
    assert (row.state, row.holds) == (State.HELD, frozenset({Hold.OPERATOR}))
    assert planned.act.release_delivery(row.id).state is State.SCHEDULED


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"---\nid: [\n---\n", b"", b"---\nid: tin\n---\n"])
def test_an_unreadable_post_is_held_and_goes_on_when_mended(planned: Desk, content: bytes) -> None:
    text = planned.folder.file().read_bytes()
    planned.folder.file().write_bytes(content)
    assert planned.act.sync().cancelled == 0
    row = planned.row()
    assert (row.state, row.holds) == (State.HELD, frozenset({Hold.INVALID}))
    planned.at(LATER).run()
    assert planned.row().state is State.HELD
    planned.folder.file().write_bytes(text)
    planned.act.sync()
    planned.run()
    assert planned.row().state is State.SENT


def test_a_folder_that_cannot_be_entered_holds_what_was_in_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    inner = folder.path / "content" / "posts" / "thang-nam"
    inner.mkdir()
    folder.post(at=LATER)
    folder.file().rename(inner / "tin.md")
    desk = desks(folder)
    inner.rename(folder.path / "elsewhere")
    inner.symlink_to(folder.path / "elsewhere")
    assert desk.act.sync().cancelled == 0
    assert desk.row().holds == {Hold.INVALID}


@pytest.mark.parametrize("content", ["id = [", "", 'id = "nho"\n'], ids=["torn", "empty", "bare"])
def test_a_broken_plan_holds_everything_and_cancels_nothing(planned: Desk, content: str) -> None:
    plan = planned.folder.path / "content" / "plan.toml"
    plan.write_text(content)
    assert planned.act.sync().cancelled == 0
    assert (planned.row().state, planned.row().holds) == (State.HELD, frozenset({Hold.INVALID}))
    planned.at(LATER).run()
    planned.folder.plan()
    planned.act.sync()
    planned.run()
    assert planned.row().state is State.SENT


def test_a_plan_that_is_gone_holds_everything(planned: Desk) -> None:
    (planned.folder.path / "content" / "plan.toml").unlink()
    planned.act.sync()
    assert planned.row().holds == {Hold.INVALID}


@pytest.mark.parametrize(
    "config",
    [
        "zone = [",
        "",
        '[channels.kenh]\nunknown = 1\n[[channels.kenh.targets]]\nname = "noi"\n',
        "[channels.kenh]\n[[channels.kenh.targets]]\nname = 5\n",
        '[channels.kenh]\ntargets = "noi"\n',
        "channels = 3\n",
    ],
    ids=[
        "torn",
        "empty",
        "unknown option",
        "target without a name",
        "targets of another form",
        "channels of another form",
    ],
)
def test_a_broken_config_holds_and_never_cancels(planned: Desk, config: str) -> None:
    (planned.folder.path / "config.toml").write_text(config)
    assert planned.act.sync().cancelled == 0
    row = planned.row()
    assert (row.state, row.holds) == (State.HELD, frozenset({Hold.INVALID}))
    planned.folder.config()
    planned.act.sync()
    assert planned.row().state is State.SCHEDULED


def test_a_target_that_was_taken_out_is_cancelled(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(targets=("a", "b"))
    folder.post(at=LATER)
    desk = desks(folder)
    folder.switch_on("kenh", targets=("a",))
    assert desk.act.sync().cancelled == 1
    assert desk.row(target="b").state is State.CANCELLED
    assert desk.row(target="a").state is State.SCHEDULED


def test_a_channel_whose_plugin_fails_holds_its_deliveries(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=LATER)
    desks(folder).close()
    folder.plugin("kenh", "raise RuntimeError('hỏng')\n")
    del sys.modules["loa_plugins.kenh"]
    desk = desks(folder)
    assert desk.row().holds == {Hold.INVALID}


# --- recurrence, pins, horizon ---------------------------------------------------------------------------------------


def test_a_single_post_that_becomes_recurring_keeps_its_first(planned: Desk) -> None:
    planned.folder.post(at=LATER + timedelta(days=1))
    planned.act.sync()
    planned.folder.post(at=LATER + timedelta(days=1), repeat="FREQ=DAILY;COUNT=3")
    report = planned.act.sync()
    assert (report.created, report.cancelled) == (2, 0)
    assert sorted(key.split("/")[1] for key in planned.rows()) == ["20210503", "20210505", "20210506"]


def test_an_occurrence_that_is_excepted_is_cancelled_alone(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3")
    desk = desks(folder)
    folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3", **{"except": "[2021-05-04]"})
    assert desk.act.sync().cancelled == 1
    assert {row.key.recurrence: row.state for row in desk.rows().values()} == {
        "20210503": State.SCHEDULED, "20210504": State.CANCELLED, "20210505": State.SCHEDULED,
    }  # fmt: skip


def test_a_changed_hour_moves_every_occurrence_and_makes_none(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3")
    desk = desks(folder)
    folder.post(at=LATER + timedelta(hours=1), repeat="FREQ=DAILY;COUNT=3")
    report = desk.act.sync()
    assert (report.created, report.changed, report.cancelled) == (0, 3, 0)


def test_only_the_horizon_is_planned_and_it_moves_on(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.config('[plan]\nhorizon = "3d"')
    folder.post(at=LATER, repeat="FREQ=DAILY")
    desk = desks(folder)
    assert len(desk.rows()) == 3
    assert desk.after(days=1).act.sync().created == 1


def test_a_variant_takes_over_without_a_new_delivery(planned: Desk) -> None:
    planned.folder.post(at=LATER, text="Gốc.\n\n::: kenh\nRiêng.\n:::")
    report = planned.act.sync()
    assert (report.created, report.cancelled, planned.row().variant) == (0, 0, "kenh")


# --- holds and their end ---------------------------------------------------------------------------------------------


def test_what_waits_past_its_time_is_missed_or_asked_about(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel("bo-qua", grace=600)
    folder.channel("hoi", grace=600, late="ASK")
    folder.plan(required=True)
    folder.post(at=LATER)
    desk = desks(folder)
    assert {row.state for row in desk.rows().values()} == {State.HELD}
    desk.at(LATER + timedelta(minutes=11)).act.sync()
    assert desk.row(channel="bo-qua").state is State.MISSED
    assert desk.row(channel="hoi").holds == {Hold.APPROVAL, Hold.LATE}
    desk.act.approve("tin")
    assert desk.row(channel="hoi").holds == {Hold.LATE}
    assert desk.row(channel="bo-qua").state is State.MISSED


def test_what_was_planned_by_another_rule_of_lateness_is_planned_anew(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.channel(late="SKIP")
    folder.post(at=LATER)
    with monkeypatch.context() as before:
        for module in (calendar, planner):
            before.setattr(module, "PROMPT", timedelta(hours=1))
        desk = desks(folder)
        assert desk.row().expires_at == LATER + timedelta(hours=1)
    desk.act.sync()
    assert desk.row().expires_at == LATER + timedelta(minutes=1)


def test_only_what_may_still_change_is_ever_changed(folder: Folder, desks: Callable[..., Desk]) -> None:
    assert {State.HELD, State.SCHEDULED, State.RETRYING} == EDITABLE
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    desk.act.cancel(desk.row().id)
    before = desk.row()
    folder.post(at=LATER + timedelta(days=1), text="Bản mới.")
    desk.act.sync()
    assert desk.row() == before


def test_a_time_that_a_person_gave_is_not_planned_away(planned: Desk) -> None:
    planned.act.cancel(planned.row().id)
    at = LATER + timedelta(days=5)
    planned.act.requeue(planned.row().id, at)
    planned.folder.post(at=LATER, text="Bản mới.")
    planned.act.sync()
    row = planned.row()
    assert (row.due_at, row.state) == (at, State.SCHEDULED)
    planned.at(at).run()
    assert planned.folder.module("kenh").calls == [("tin/20210503/kenh/noi/publish", 2, "Bản mới.")]


def test_one_posts_trouble_never_changes_anothers_plan(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    for name in ("mot", "hai", "ba"):
        folder.post(name, at=LATER)
    desk = desks(folder)
    folder.file("hai").write_bytes(b"\x00")
    folder.file("ba").unlink()
    desk.act.sync()
    assert desk.states() == {
        "mot/20210503/kenh/noi/publish": "scheduled",
        "hai/20210503/kenh/noi/publish": "held",
        "ba/20210503/kenh/noi/publish": "cancelled",
    }


def test_a_key_is_read_back_as_it_was_written() -> None:
    key = Key("tin", "20210503-2", "kenh", "noi", "revise-1")
    assert Key.parse(str(key)) == key
    for wrong in ("tin/20210503/kenh/noi", "a/b/c/d/e/f", "a//c/d/e", ""):
        with pytest.raises(ValueError, match="not a delivery key"):
            Key.parse(wrong)


# --- a channel that is broken, and approvals -------------------------------------------------------------------------


def test_a_broken_channel_does_not_undo_the_approval_for_the_others(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel("mot", table='greeting = "Chào"\n')
    folder.channel("hai")
    folder.plan(required=True)
    folder.post(at=LATER)
    desk = desks(folder)
    desk.act.approve("tin")
    folder.switch_on("mot", 'greeting = "Chào"\nunknown = 1\n')
    desk.act.sync()
    assert desk.row(channel="mot").holds == {Hold.INVALID}
    desk.at(LATER).run("hai")
    assert desk.row(channel="hai").state is State.SENT
    folder.switch_on("mot", 'greeting = "Chào"\n')
    desk.act.sync()
    assert desk.row(channel="mot").state is State.SCHEDULED


def test_nor_does_it_in_a_new_process(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel("mot", table='greeting = "Chào"\n')
    folder.channel("hai")
    folder.plan(required=True)
    folder.post(at=LATER)
    first = desks(folder)
    first.act.approve("tin")
    first.close()
    folder.plugin("mot", "raise RuntimeError('hỏng')\n")
    del sys.modules["loa_plugins.mot"]
    desk = desks(folder)
    assert desk.row(channel="mot").holds == {Hold.INVALID}
    assert desk.row(channel="hai").state is State.SCHEDULED


def test_an_option_that_says_something_undoes_the_approval(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel("mot", table='greeting = "Chào"\n')
    folder.plan(required=True)
    folder.post(at=LATER)
    desk = desks(folder)
    desk.act.approve("tin")
    folder.switch_on("mot", 'greeting = "Kính chào"\n')
    desk.act.sync()
    assert desk.row(channel="mot").holds == {Hold.APPROVAL}


def test_a_wrong_zone_holds_everything(planned: Desk) -> None:
    planned.folder.config()
    config = planned.folder.path / "config.toml"
    config.write_text(config.read_text().replace("Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Mih"))
    planned.act.sync()
    assert planned.row().holds == {Hold.INVALID}


def test_a_target_that_would_reach_everybody_by_mistake_reaches_nobody(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    areas = '[[areas]]\nid = "{}"\ntitle = "Huyện"\n'
    folder.plan(areas.format("bac-ai") + areas.format("ninh-son"))
    folder.channel(table="")
    folder.channels["kenh"] = '[[channels.kenh.targets]]\nname = "noi"\nareas = ["bac-ai"]\n'
    folder.config()
    folder.post(at=LATER, areas="[ninh-son]")
    desk = desks(folder)
    assert desk.states() == {}
    for wrong in ('areas = "bac-ai"', 'areas = ["bac-aj"]', "areas = [5]"):
        folder.channels["kenh"] = f'[[channels.kenh.targets]]\nname = "noi"\n{wrong}\n'
        folder.config()
        desk.act.sync()
        assert desk.states() == {}


def test_a_long_series_is_planned_in_parts_and_made_up_for_where_it_was_cut_short(
    planned: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "PART", 2)
    planned.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=7")
    real, parts = Planner._sure, []

    def cut(self: Planner, part: Any) -> Any:
        parts.append(len(part))
        if len(parts) == 3:
            raise StoreFull("đầy")
        return real(self, part)

    monkeypatch.setattr(Planner, "_sure", cut)
    with pytest.raises(StoreFull):
        planned.act.sync()
    assert len(planned.rows()) == 4
    planned.act.sync()
    assert len(planned.rows()) == 7
    assert parts == [2, 2, 2, 2, 2, 2, 1]


def test_a_post_with_too_many_deliveries_is_held_and_named(planned: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (planner, checking):
        monkeypatch.setattr(module, "MOST", 3)
    planned.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=4")
    planned.act.sync()
    assert (planned.row().state, planned.row().holds) == (State.HELD, frozenset({Hold.INVALID}))
    assert any("more than 3 deliveries" in problem.message for problem in planned.engine.problems())
    assert planned.act.sync() == PlanReport(), "nothing is planned again while nothing changes"
    planned.folder.post(at=LATER, repeat="FREQ=DAILY;COUNT=3")
    planned.act.sync()
    assert {row.state for row in planned.rows().values()} == {State.SCHEDULED}
