from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.engine.acts import deliveries as acts
from scheduler.ground.lifecycle import State
from scheduler.ground.text import use
from scheduler.store.deliveries import Query
from scheduler.tui.keys import BY_ID
from scheduler.tui.screens.queue.screen import QueueScreen
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery


async def opened(seat: Seat, filtered: str = "") -> QueueScreen:
    """Open the queue, with a filter."""
    await seat.press("3")
    await seat.says("20 deliveries")
    assert isinstance(seat.app.screen, QueueScreen)
    if filtered:
        seat.app.screen.set_filter(filtered)
        await seat.settle()
    return seat.app.screen


def sitting(engine: Engine) -> AbstractAsyncContextManager[Seat]:
    return seated(engine, (120, 30))


def state_of(engine: Engine, delivery: Delivery) -> State:
    return engine.look.delivery(str(delivery.id)).state


async def test_it_opens_at_what_is_due_next(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        here = screen.table.here
        assert here is not None
        assert (here.key.post, here.state) == ("hom-nay", State.SCHEDULED)
        assert seat.line("the folder cannot be written") == ""
        words = seat.line("phi-chinh-thuc").split()
        assert words[:6] == ["○", "scheduled", "10/05/2021", "09:00", "sms", "phi-chinh-thuc"]


async def test_the_filter_answers_as_one_types(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await seat.press("slash")
        await seat.type("state:failed")
        await seat.says("1 delivery")
        assert screen.table.here is not None
        assert screen.table.here.state is State.FAILED
        await seat.press("enter")
        assert seat.app.focused is screen.table
        await seat.press("escape")
        await seat.says("20 deliveries")
        assert screen.table.here.state is State.FAILED


async def test_letters_in_the_filter_are_no_commands(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await seat.press("slash")
        await seat.type("hxq13")
        await seat.says("0 deliveries")
        assert seat.app.screen is screen
        assert screen.typed == "hxq13"


async def test_what_is_not_understood_is_named(engine: Engine) -> None:
    async with sitting(engine) as seat:
        await opened(seat, "channel:smss")
        await seat.says("no channel 'smss' (did you mean 'sms'?)")
        await seat.says("0 deliveries")


async def test_enter_shows_the_delivery_with_its_history(engine: Engine) -> None:
    async with sitting(engine) as seat:
        await opened(seat, "state:unknown")
        await seat.press("enter")
        await seat.says("its outcome was lost: the line went dead")
        assert "hang-tuan/20210515/radio/dai-huyen/publish" in seat.text
        assert "? unknown: the line went dead" in seat.text
        await seat.press("s")
        await seat.says("Did it go out?")
        await seat.press("escape", "escape")
        await seat.says("1 delivery")


@pytest.mark.parametrize(
    ("filtered", "keys", "typed", "after"),
    [
        ("post:toi-nay channel:fanpage", "h", "wait for the chief", State.HELD),
        ("post:toi-nay channel:fanpage", "x", "", State.CANCELLED),
        ("state:failed", "r", "", State.SCHEDULED),
        ("state:failed", "r", "11/05/2021 17:30", State.SCHEDULED),
        ("state:handed", "c", "seen on the page at 8:05", State.SENT),
        ("state:handed", "D", "the page is down", State.FAILED),
    ],
)
async def test_a_decision_is_asked_for_and_carried_out(
    engine: Engine, filtered: str, keys: str, typed: str, after: State
) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, filtered)
        delivery = screen.table.here
        assert delivery is not None
        await seat.press(keys)
        await seat.says(delivery.title)
        await seat.type(typed)
        await seat.press("enter")
        await seat.until(lambda: state_of(engine, delivery) is after)
        await seat.until(lambda: any(delivery.title in each for each in seat.messages))
        last = engine.look.history(delivery.id)[-1]
        assert last.actor == "giam-doc"


async def test_a_requeue_takes_a_time_and_refuses_a_wrong_one(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "state:failed")
        delivery = screen.table.here
        assert delivery is not None
        await seat.press("r")
        await seat.type("tomorrow")
        await seat.press("enter")
        await seat.until(lambda: bool(seat.messages))
        assert seat.messages[-1] == "'tomorrow' is no time; for example 10/05/2021 17:30"
        assert state_of(engine, delivery) is State.FAILED


@pytest.mark.parametrize(
    ("button", "after"), [("sent", State.SENT), ("not-sent", State.SCHEDULED), ("abandon", State.FAILED)]
)
async def test_an_unknown_outcome_is_settled_with_evidence(engine: Engine, button: str, after: State) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "state:unknown")
        delivery = screen.table.here
        assert delivery is not None
        await seat.press("s")
        await seat.says("Did it go out?")
        await seat.pilot.click(f"#{button}")
        await seat.says("This is needed.")
        assert state_of(engine, delivery) is State.UNKNOWN
        await seat.type("asked the station")
        await seat.until(lambda: not seat.app.screen.query_one(f"#{button}").has_class("-active"))
        await seat.pilot.click(f"#{button}")
        await seat.until(lambda: state_of(engine, delivery) is after)


async def test_a_held_delivery_is_released_only_from_a_persons_hold(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "post:cho-duyet")
        await seat.press("l")
        assert seat.messages[-1] == "Release: waits for approval"
        screen.set_filter("post:toi-nay channel:fanpage")
        await seat.settle()
        delivery = screen.table.here
        assert delivery is not None
        engine.act.hold_delivery(delivery.id, "")
        seat.app.renew_all()
        await seat.says("‖ held")
        await seat.press("l")
        await seat.says("Release this delivery?")
        await seat.press("enter")
        await seat.until(lambda: state_of(engine, delivery) is State.SCHEDULED)


async def test_escape_is_no_answer(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "post:toi-nay channel:fanpage")
        delivery = screen.table.here
        assert delivery is not None
        await seat.press("x")
        await seat.says("Cancel this delivery?")
        await seat.press("escape")
        await seat.settle()
        assert state_of(engine, delivery) is State.SCHEDULED


async def test_a_state_that_changed_meanwhile_is_told_in_one_line(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "state:failed")
        delivery = screen.table.here
        assert delivery is not None
        await seat.press("r")
        await seat.says("Send it after all?")
        engine.act.requeue(delivery.id)
        await seat.press("enter")
        await seat.until(lambda: bool(seat.messages))
        assert "cannot requeue" in seat.messages[-1]
        assert "\n" not in seat.messages[-1]


async def test_keys_that_work_stand_below(engine: Engine) -> None:
    async with sitting(engine) as seat:
        await opened(seat, "state:unknown")
        assert "s Settle" in seat.text.splitlines()[-1]
        assert "Hold" not in seat.text.splitlines()[-1]


async def test_the_cursor_stays_on_its_delivery_when_rows_come_in_before_it(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "channel:rss")
        await seat.press("end")
        was = screen.table.here
        assert was is not None
        screen.set_filter("")
        await seat.says("20 deliveries")
        assert screen.table.here == was
        assert engine.look.count(Query()) == 20


async def mark(seat: Seat, screen: QueueScreen, filtered: str) -> None:
    screen.set_filter(filtered)
    await seat.settle()
    await seat.press("asterisk")
    await seat.says("marked")


async def test_rows_are_marked_one_by_one_and_the_marks_stay_with_their_deliveries(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "state:scheduled")
        first = screen.table.here
        assert first is not None
        await seat.press("home", "space", "space")
        await seat.says("▌2 marked")
        marks = set(screen.table.marks)
        screen.set_filter("channel:radio")
        await seat.settle()
        assert screen.table.marks == marks
        screen.set_filter("")
        await seat.settle()
        signs = [line for line in seat.text.splitlines() if line.startswith("▌")]
        assert len(signs) == 2
        await seat.press("escape")
        assert not screen.table.marks


async def test_shift_and_arrows_mark_what_the_cursor_goes_over(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await seat.press("home", "shift+down", "shift+down")
        assert screen.table.marks == {row.id for row in engine.look.deliveries(Query(limit=3))}


async def test_a_range_reaches_from_where_it_began_to_the_cursor(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await seat.press("home", "down", "V", "end")
        await seat.says("from here to where the cursor goes")
        assert seat.text.count("▌") >= 10
        await seat.press("V")
        await seat.says("19 marked")
        assert screen.table.marks == set(engine.look.numbers(Query(offset=1)))
        await seat.press("escape", "V", "up", "escape")
        assert not screen.table.marks


async def test_an_act_ends_the_range_that_it_is_about(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "state:scheduled")
        await seat.press("home", "V", "down", "h")
        await seat.says("Hold · 2 marked deliveries")
        await seat.press("enter")
        await seat.until(lambda: engine.look.count(Query(states=[State.HELD], text="")) >= 2)
        await seat.until(lambda: not screen.table.marks)


async def test_star_marks_all_that_the_filter_finds_and_none_of_it_again(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await mark(seat, screen, "channel:radio")
        assert screen.table.marks == set(engine.look.numbers(Query(channels=["radio"])))
        await seat.press("asterisk")
        await seat.until(lambda: not screen.table.marks)


@pytest.mark.parametrize(
    ("filtered", "key", "typed", "after"),
    [
        ("state:scheduled", "h", "wait for the chief", State.HELD),
        ("state:scheduled", "x", "called off", State.CANCELLED),
        ("state:failed", "r", "11/05/2021 17:30", State.SCHEDULED),
        ("state:unknown", "s", "asked the station", State.SENT),
        ("state:handed", "c", "seen on the page", State.SENT),
        ("state:handed", "D", "the page is down", State.FAILED),
    ],
)
async def test_all_that_is_marked_is_treated_after_one_question(
    engine: Engine, filtered: str, key: str, typed: str, after: State
) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await mark(seat, screen, filtered)
        concerned = set(screen.table.marks)
        await mark(seat, screen, "state:sent")
        others = engine.look.count(Query(states=[State.SENT]))
        await seat.press(key)
        await seat.says(f"This concerns {len(concerned)} deliver")
        assert f"{others} left out: sent" in seat.text
        await seat.type(typed)
        await seat.press("enter")
        if key == "s":
            await seat.pilot.click("#sent")
        await seat.until(lambda: {row.state for row in engine.look.deliveries(Query(ids=concerned))} == {after})
        await seat.until(lambda: any("done" in each for each in seat.messages))
        assert seat.messages[-1].splitlines()[1] == f"{others} left out: sent"
        assert len(screen.table.marks) == others, "what could not be treated stays marked"


async def test_what_could_not_be_treated_is_named_stays_marked_and_the_cursor_goes_there(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await mark(seat, screen, "state:scheduled channel:radio")
        await mark(seat, screen, "state:sent")
        sent = engine.look.deliveries(Query(states=[State.SENT]))
        screen.set_filter("")
        await seat.settle()
        await seat.press("end", "h", "enter")
        await seat.until(lambda: any("done" in each for each in seat.messages))
        lines = seat.messages[-1].splitlines()
        assert lines[1] == "3 left out: sent"
        times = [each.due_at.astimezone(engine.config.zone) for each in sent]
        assert lines[2:5] == [
            f"• {at:%d/%m %H:%M} {each.key.channel}/{each.key.target}: {each.title}"
            for at, each in zip(times, sent, strict=True)
        ]
        assert lines[5] == "They stay marked."
        await seat.settle()
        assert screen.table.marks == {each.id for each in sent}
        assert screen.table.here is not None
        assert screen.table.here.id == sent[0].id


async def test_what_is_marked_and_held_by_a_person_is_released(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        scheduled = engine.look.numbers(Query(states=[State.SCHEDULED]))
        engine.act.hold_deliveries(scheduled)
        waiting = engine.look.count(Query(posts=["cho-duyet"]))
        await mark(seat, screen, "state:held")
        await seat.press("l")
        await seat.says(f"This concerns {len(scheduled)} deliveries")
        assert f"{waiting} left out: held: waits for approval" in seat.text
        await seat.press("enter")
        await seat.until(lambda: engine.look.count(Query(states=[State.SCHEDULED])) == len(scheduled))


async def test_the_footer_offers_what_can_be_done_to_the_marked_rows_and_that_first(engine: Engine) -> None:
    async with seated(engine, (80, 24)) as seat:
        screen = await opened(seat)
        await mark(seat, screen, "state:scheduled")
        await seat.settle()
        last = seat.text.splitlines()[-1]
        assert "h Hold" in last
        assert "x Cancel" in last
        for label in ("Settle", "Confirm", "Requeue", "Release"):
            assert label not in last
        await seat.press("escape")
        await mark(seat, screen, "state:unknown")
        await seat.settle()
        last = seat.text.splitlines()[-1]
        assert "s Settle" in last
        assert "Hold" not in last


async def test_where_nothing_that_is_marked_can_be_treated_it_says_so_and_asks_nothing(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await mark(seat, screen, "state:sent")
        await seat.press("c")
        await seat.until(lambda: bool(seat.messages))
        assert "concerns" not in seat.messages[-1]
        assert seat.messages[-1].startswith("3 left out")
        assert seat.app.screen is screen


async def test_what_was_taken_between_question_and_answer_is_left_alone(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await mark(seat, screen, "state:failed")
        (identity,) = screen.table.marks
        await seat.press("r")
        await seat.says("This concerns 1 delivery.")
        engine.act.requeue(identity)
        await seat.press("enter")
        await seat.until(lambda: any("0 deliveries done" in each for each in seat.messages))
        assert engine.look.delivery(str(identity)).round == 2


async def test_a_long_act_says_how_far_it_is_and_can_be_stopped(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(acts, "PART", 1)
    real = acts.DeliveryActs._part

    def slow(self: acts.DeliveryActs, *args: Any) -> Any:
        found = real(self, *args)
        if held.is_set():
            go_on.wait(10)
        held.set()
        return found

    monkeypatch.setattr(acts.DeliveryActs, "_part", slow)
    async with sitting(engine) as seat:
        screen = await opened(seat)
        await mark(seat, screen, "state:scheduled")
        total = len(screen.table.marks)
        await seat.press("h")
        await seat.says("This concerns")
        await seat.press("enter")
        await seat.says(f"Hold: 1 of {total} — Esc stops it")
        assert screen.why_not(BY_ID["cancel"]) == "the last action is still under way"
        await seat.press("ctrl+s")
        await seat.until(lambda: engine.look.status().stopped_by is not None)
        await seat.says("Why (may be empty)")
        await seat.press("escape", "escape")
        go_on.set()
        await seat.until(lambda: any(f"{total - 2} not reached: it was stopped" in each for each in seat.messages))
        assert len(screen.table.marks) == total - 2


async def test_rows_are_ordered_by_any_column_either_way(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat)
        assert "Due▲" in seat.text
        await seat.press("o")
        await seat.says("Channel▲")
        here = screen.table.here
        await seat.press("O")
        await seat.says("Channel▼")
        assert screen.table.here == here, "the cursor stays on its delivery"
        await seat.press("home")
        assert screen.table.here is not None
        assert screen.table.here.key.channel == "sms"
        await seat.pilot.click("#titles", offset=(3, 0))
        await seat.says("State▲")
        await seat.pilot.click("#titles", offset=(3, 0))
        await seat.says("State▼")
        await seat.press("n")
        await seat.says("Due▲")
        assert screen.table.here is not None
        assert screen.table.here.key.post == "hom-nay"


async def test_the_screen_is_the_same_after_a_restart(engine: Engine) -> None:
    async with sitting(engine) as seat:
        screen = await opened(seat, "channel:rss")
        await seat.press("o", "O", "end")
        await seat.settle()
        kept, was = screen.remember(), screen.table.here
    async with sitting(engine) as seat:
        await seat.press("3")
        screen = seat.app.screen  # type: ignore[assignment]
        screen.recall(kept)
        screen.renew()
        await seat.says("Channel▼")
        assert "/ channel:rss" in seat.text
        await seat.until(lambda: screen.table.here == was)
        assert screen.remember() == kept


async def test_a_target_is_filtered_by_its_name(engine: Engine) -> None:
    async with sitting(engine) as seat:
        await opened(seat, "target:dai-t")
        assert "dai-tinh" in seat.text
        assert "dai-huyen" not in seat.text


async def plain(seat: Seat) -> None:
    await seat.press("3")
    await seat.says("phi-chinh")
    await seat.press("home")


async def filtered(seat: Seat) -> None:
    await plain(seat)
    seat.app.screen.set_filter("channel:radio,smss state:sch after:12/05/2021")  # type: ignore[attr-defined]
    await seat.says("smss'")
    await seat.settle()


async def looked_over(seat: Seat) -> None:
    """Filter, order and mark, as one does before treating several."""
    await seat.press("3")
    await seat.says("phi-chinh")
    screen = seat.app.screen
    assert isinstance(screen, QueueScreen)
    screen.set_filter("channel:radio,rss")
    await seat.settle()
    await seat.press("o", "home", "space", "down", "space", "V", "down", "down")


async def marked_and_asked(seat: Seat) -> None:
    await looked_over(seat)
    await seat.press("h")
    await seat.until(lambda: seat.app.frame is None)
    await seat.settle()


@every_look
@pytest.mark.parametrize("visit", [plain, filtered, looked_over, marked_and_asked], ids=lambda visit: visit.__name__)
async def test_screen(
    engine: Engine, snapshot: SnapshotAssertion, visit: object, size: tuple[int, int], language: str
) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await visit(seat)  # type: ignore[operator]
        assert seat.text == snapshot


async def test_what_waits_for_errors_of_the_plan_says_so_in_the_list_and_on_its_sheet(engine: Engine) -> None:
    plan = engine.folder / "content" / "plan.toml"
    plan.write_text(plan.read_text("utf-8") + '\n[[areas]]\nid = "x y"\ntitle = "Sai"\n', "utf-8")
    engine.refresh()
    engine.act.sync()
    async with seated(engine, (200, 50)) as seat:
        await opened(seat, "post:cho-duyet channel:rss")
        await seat.says("content/plan.toml:")
        assert "its file" not in seat.text
        await seat.press("enter")
        await seat.says("History")
        assert " has errors" in seat.line("content/plan.toml:")
        assert "State" in seat.line("content/plan.toml:")
