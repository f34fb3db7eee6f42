"""The sheet of one delivery: every attempt and reason, its recipients, and what its post says since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import use
from scheduler.store import messages
from scheduler.store.deliveries import Query
from scheduler.store.messages import MessageMove
from scheduler.tui.screens.delivery.screen import DeliveryScreen
from tests.tui import campaign
from tests.tui.screen import Seat, seated
from tests.tui.shots import every_look

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from syrupy.assertion import SnapshotAssertion

    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery

TALL = (120, 60)


def sitting(engine: Engine) -> AbstractAsyncContextManager[Seat]:
    return seated(engine, TALL)


def one(engine: Engine, query: Query) -> Delivery:
    return engine.look.deliveries(query)[0]


async def opened(seat: Seat, delivery: Delivery) -> DeliveryScreen:
    seat.app.open_delivery(delivery.id)
    await seat.says(str(delivery.key))
    await seat.settle()
    assert isinstance(seat.app.screen, DeliveryScreen)
    return seat.app.screen


async def test_every_attempt_says_when_how_in_which_round_and_with_what(engine: Engine) -> None:
    async with sitting(engine) as seat:
        delivery = one(engine, Query(states=[State.UNKNOWN]))
        await opened(seat, delivery)
        (attempt,) = engine.look.attempts(delivery.id)
        assert seat.line("1. ").split() == [
            "1.", "10/05/2021", "08:00:00", "–", "08:00:00", "(0.0", "s)",
            "its", "outcome", "was", "lost:", "the", "line", "went", "dead",
        ]  # fmt: skip
        assert seat.line("round 1").strip() == f"round 1 · payload {attempt.payload[:12]}"
        await seat.press("r")
        assert seat.messages[-1] == "Requeue: this delivery is unknown"


async def test_every_change_says_who_and_why(engine: Engine) -> None:
    async with sitting(engine) as seat:
        delivery = one(engine, Query(posts=["toi-nay"], channels=["fanpage"]))
        engine.act.hold_delivery(delivery.id, "chờ số liệu")
        await opened(seat, delivery)
        assert seat.line("kept back").split(maxsplit=4)[2:] == ["‖", "held", "kept back: chờ số liệu  Lê Hoàng Sơn"]


def address(engine: Engine, delivery: Delivery, number: int) -> None:
    """Give a delivery recipients, one of whom could not be reached."""
    with engine.store.write() as connection:
        occasion = messages.occasion(connection, delivery.key)
        rows: list[tuple[str, str, dict[str, str]]] = [
            (f"+8490{each:07}", f"Người {each}", {}) for each in range(number)
        ]
        messages.add(connection, occasion, delivery.id, rows)
        first = messages.listed(connection, delivery.id, None, 1, 0)[0]
        refused = MessageMove(first.id, first.state, Event.REFUSE, State.FAILED, "no such number")
        messages.apply(connection, [refused])


async def test_recipients_are_paged_and_shown_by_state(engine: Engine) -> None:
    async with sitting(engine) as seat:
        delivery = one(engine, Query(posts=["hom-nay"], channels=["sms"]))
        screen = await opened(seat, delivery)
        await seat.press("right_square_bracket")
        assert seat.messages[-1] == "More: it has no recipients of its own"
        address(engine, delivery, 120)
        screen.renew()
        await seat.says("✗ failed 1")
        assert "all 120" in seat.text
        assert seat.line("+84900000000").split() == [
            "✗",
            "failed",
            "+84900000000",
            "Người",
            "0",
            "no",
            "such",
            "number",
        ]
        await seat.press("left_square_bracket")
        assert seat.messages[-1] == "Back: these are the first"
        await seat.press("right_square_bracket", "right_square_bracket")
        await seat.says("101–120 of 120")
        await seat.press("right_square_bracket")
        assert seat.messages[-1] == "More: these are the last"
        await seat.press("left_square_bracket")
        await seat.until(lambda: len(screen.standing.found.recipients) == 50 if screen.standing else False)
        await seat.press("W")
        await seat.says("1–1 of 1")
        assert [row.name for row in screen.standing.found.recipients] == ["Người 0"]  # type: ignore[union-attr]


async def test_a_hand_overs_files_are_listed_by_name_with_sizes_and_where_they_lie(engine: Engine) -> None:
    async with sitting(engine) as seat:
        package = one(engine, Query(states=[State.HANDED], channels=["fanpage"]))
        engine.act.confirm(package.id, "thấy trên trang lúc 7 giờ")
        await opened(seat, package)
        assert seat.line("2 files in") == "  2 files in var/out/fanpage/20210508_mo-dau_trang-so:"
        size = (engine.var / "out/fanpage/20210508_mo-dau_trang-so/README.txt").stat().st_size
        assert seat.line(" README.txt").split() == ["README.txt", f"{size}", "B"]
        assert seat.line("text.txt")
        assert "evidence: thấy trên trang lúc 7 giờ" in seat.text
        assert "[" not in seat.text.partition("Receipt")[2].partition("What goes out")[0]


async def test_what_its_post_says_since_stands_beside_what_went_out(engine: Engine) -> None:
    async with sitting(engine) as seat:
        delivery = one(engine, Query(posts=["mo-dau"], channels=["rss"]))
        screen = await opened(seat, delivery)
        assert "what its post says now" not in seat.text
        campaign.write_post(engine.folder, "mo-dau", "Từ hôm nay mức đóng đã khác.")
        screen.renew()
        await seat.says("What went out (-) and what its post says now (+)")
        assert "- Bảo hiểm xã hội tự nguyện" in seat.text
        assert "+ Từ hôm nay mức đóng đã khác." in seat.text


async def bulk(seat: Seat, engine: Engine) -> None:
    delivery = one(engine, Query(posts=["hom-nay"], channels=["sms"]))
    address(engine, delivery, 60)
    await opened(seat, delivery)


async def lost(seat: Seat, engine: Engine) -> None:
    campaign.write_post(engine.folder, "hang-tuan", "Chuyện khác.")
    await opened(seat, one(engine, Query(states=[State.UNKNOWN])))


async def asked(seat: Seat, engine: Engine) -> None:
    await lost(seat, engine)
    await seat.press("s")
    await seat.until(lambda: seat.app.frame is None)
    await seat.settle()


@every_look
@pytest.mark.parametrize("visit", [bulk, lost, asked], ids=lambda visit: visit.__name__)
async def test_the_sheet(
    engine: Engine, snapshot: SnapshotAssertion, visit: object, size: tuple[int, int], language: str
) -> None:
    use(language)
    async with seated(engine, size) as seat:
        await visit(seat, engine)  # type: ignore[operator]
        assert seat.text == snapshot
