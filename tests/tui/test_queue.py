from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.lifecycle import State
from scheduler.store.deliveries import Query
from scheduler.tui.screens.queue.screen import QueueScreen
from tests.tui.screen import Seat, seated

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

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
        ("state:handed", "d", "the page is down", State.FAILED),
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
        assert seat.messages[-1] == "'tomorrow' is no time; write 10/05/2021 17:30"
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
