"""Taking back what has gone out, from a delivery and from its post."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import use
from scheduler.store import moves
from scheduler.store.deliveries import Query
from scheduler.store.moves import Move
from tests.tui import campaign
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery

WIDE = (120, 40)


def gone(engine: Engine, channel: str = "rss", post: str = "mo-dau") -> Delivery:
    found = engine.look.deliveries(Query(posts=[post], channels=[channel]))[0]
    assert found.state in (State.SENT, State.HANDED)
    return found


def withdrawals(engine: Engine) -> list[Delivery]:
    return [each for each in engine.look.deliveries() if each.key.withdraws]


async def opened(seat: Seat, delivery: Delivery) -> None:
    seat.app.open_delivery(delivery.id)
    await seat.says(str(delivery.key))
    await seat.settle()


async def post_shown(seat: Seat, post: str) -> None:
    seat.app.go("posts", post)
    await seat.until(lambda: seat.app.frame is not None and getattr(seat.app.frame, "chosen", "") == post)
    await seat.settle()


async def test_one_delivery_is_taken_back(engine: Engine) -> None:
    delivery = gone(engine)
    async with seated(engine, WIDE) as seat:
        await opened(seat, delivery)
        await seat.press("t")
        assert "Take this delivery back?" in seat.text
        assert "it is held until a person releases it." in " ".join(seat.text.replace("│", "").split())
        await seat.press("enter")
        assert "This is needed." in seat.text
        await seat.type("sai ngày")
        await seat.press("enter")
        await seat.says("Taken back")
        (made,) = withdrawals(engine)
        assert (made.key, made.state, made.reason) == (delivery.key.withdrawal, State.SCHEDULED, "sai ngày")
        assert seat.messages[-1] == f"Withdraw: {delivery.title} → scheduled"
        await seat.press("t", "escape")
        await opened(seat, made)
        assert seat.line("Withdraw: ")
        await seat.press("t")
        assert seat.messages[-1] == "Take back: it is itself a withdrawal: cancel it"


async def test_today_says_what_is_taken_back_and_what_of_it_a_person_must_do(engine: Engine) -> None:
    delivery = gone(engine, "fanpage")
    made = engine.act.withdraw_delivery(delivery.id, "sai ngày")
    with engine.store.write() as connection:
        steps = ((State.SCHEDULED, Event.INTEND, State.SENDING), (State.SENDING, Event.HAND, State.HANDED))
        for before, event, after in steps:
            receipt = {"id": ""} if after is State.HANDED else None
            move = Move(
                made.id, before, event, after, "engine", receipt=receipt, payload="x", intends=event is Event.INTEND
            )
            moves.apply(connection, [move], engine.clock.now() - timedelta(minutes=5))
    clock: Any = engine.core.clock
    clock.advance(engine.clock.now() + timedelta(minutes=2))
    async with seated(engine, WIDE) as seat:
        await seat.says("Withdraw: ")
        assert "not confirmed, 2 min ago" in seat.line("Withdraw: ")


async def test_what_has_not_gone_out_says_so(engine: Engine) -> None:
    (waiting, *_) = engine.look.deliveries(Query(states=[State.SCHEDULED]))
    async with seated(engine, WIDE) as seat:
        await opened(seat, waiting)
        await seat.press("t")
        assert seat.messages[-1] == "Take back: it has not gone out"
        assert not withdrawals(engine)


async def test_a_post_is_taken_back_from_every_channel(engine: Engine) -> None:
    out = [each for each in engine.look.deliveries(Query(posts=["mo-dau"])) if each.state in (State.SENT, State.HANDED)]
    async with seated(engine, WIDE) as seat:
        await post_shown(seat, "mo-dau")
        await seat.press("t")
        await seat.says(f"Take {len(out)} deliveries back?")
        await seat.type("sai")
        await seat.press("enter")
        await seat.until(lambda: bool(seat.messages))
        assert seat.messages[-1] == f"{len(out)} deliveries are being taken back"
        assert {each.key.publication for each in withdrawals(engine)} == {each.key for each in out}


async def test_a_post_that_has_not_gone_out_says_so(engine: Engine) -> None:
    async with seated(engine, WIDE) as seat:
        await post_shown(seat, "cho-duyet")
        await seat.press("t")
        assert seat.messages[-1] == "Take back: nothing of it has gone out"


async def test_who_may_not_is_told(folder: Path) -> None:
    with campaign.reopen(folder, folder / "var", person="dung") as engine:
        async with seated(engine, WIDE) as seat:
            await opened(seat, gone(engine))
            await seat.press("t")
            await seat.type("sai")
            await seat.press("enter")
            await seat.until(lambda: bool(seat.messages))
            assert "may not withdraw: that needs the role 'approve'" in seat.messages[-1]
        assert not withdrawals(engine)


@every_look
async def test_the_question(engine: Engine, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await post_shown(seat, "mo-dau")
        await seat.press("t")
        await seat.settle()
        assert seat.text == snapshot


@every_look
async def test_the_sheets(engine: Engine, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    use(language)
    delivery = gone(engine, "fanpage")
    made = engine.act.withdraw_delivery(delivery.id, "sai ngày")
    async with seated(engine, size) as seat:
        await opened(seat, delivery)
        assert seat.text == snapshot(name="what was taken back")
        await opened(seat, made)
        assert seat.text == snapshot(name="what takes it back")
