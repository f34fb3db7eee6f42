from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.engine.engine import Engine
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.delivery import Key
from scheduler.ground.lifecycle import Late, State
from scheduler.store import deliveries
from scheduler.store.deliveries import Query, Wanted
from scheduler.tui.screens.queue.table import Span, Wish, read_span
from tests.tui import campaign
from tests.tui.screen import seated

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = datetime(2021, 5, 1, tzinfo=UTC)
MANY = 300


def fill(engine: Engine, number: int) -> None:
    """Write deliveries, five minutes apart, in threes."""
    with engine.store.write() as connection:
        for n in range(number):
            due = FIRST + timedelta(minutes=5) * (n // 3)
            key = Key(f"post-{n:06d}", "20210501", "sms" if n % 4 else "rss", "ban-tin")
            expires = due + timedelta(days=900)
            wanted = Wanted(key, due, due, expires, Late.SEND, f"Title {n}", "digest", "")
            deliveries.insert(connection, wanted, State.SCHEDULED, (), "planner", "", FIRST)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with many deliveries."""
    folder = campaign.small(tmp_path_factory.mktemp("crowded"))
    for post in (folder / "content" / "posts").iterdir():
        post.unlink()
    clock = SimulatedClock(FIRST + timedelta(days=1))
    with Engine.open(folder, clock=clock, var=folder / "var", rehearsal=True) as engine:
        fill(engine, MANY)
        yield engine


@given(first=st.integers(-50, MANY + 50), height=st.integers(1, 60), channel=st.sampled_from(["", "rss", "none"]))
@settings(max_examples=60, deadline=None)
def test_a_span_is_what_the_whole_list_has_there(crowded: Engine, first: int, height: int, channel: str) -> None:
    query = Query(channels=[channel] if channel else [])
    whole = crowded.look.deliveries(query)
    span = read_span(crowded.look, Wish(query, first, height))
    assert span.total == len(whole)
    assert list(span.rows) == whole[span.start : span.start + len(span.rows)]
    top = max(0, min(first, len(whole) - height))
    assert span.covers(top, top + height)
    assert len(span.rows) <= 7 * height


def test_the_cursor_goes_to_the_row_that_was_wanted(crowded: Engine) -> None:
    row = crowded.look.deliveries(Query())[150]
    span = read_span(crowded.look, Wish(Query(), 0, 20, anchor=row))
    assert span.cursor is not None
    assert span.get(span.cursor) == row


def test_a_row_that_the_filter_leaves_out_leads_to_its_neighbour(crowded: Engine) -> None:
    row = next(row for row in crowded.look.deliveries(Query())[150:] if row.key.channel == "sms")
    span = read_span(crowded.look, Wish(Query(channels=["rss"]), 0, 20, anchor=row))
    assert span.cursor is not None
    near = span.get(span.cursor)
    assert near is not None
    assert abs(near.due_at - row.due_at) <= timedelta(minutes=10)


@pytest.mark.parametrize("at", [FIRST - timedelta(days=1), FIRST + timedelta(days=1), FIRST + timedelta(days=99)])
def test_now_is_the_first_row_that_is_due_then_or_later(crowded: Engine, at: datetime) -> None:
    whole = crowded.look.deliveries(Query())
    wanted = next((n for n, row in enumerate(whole) if row.due_at >= at), MANY - 1)
    assert read_span(crowded.look, Wish(Query(), 0, 20, at=at)).cursor == wanted


def test_nothing_covers_nothing() -> None:
    assert Span(0, 0, ()).covers(0, 20)
    assert Span(0, 0, ()).get(0) is None


async def test_the_whole_list_can_be_walked_and_only_a_part_is_held(crowded: Engine) -> None:
    async with seated(crowded, (100, 30)) as seat:
        await seat.press("3")
        await seat.says(f"{MANY} deliveries")
        await seat.press("home")
        await seat.says("Title 0")
        await seat.press("end")
        await seat.says(f"Title {MANY - 1}")
        for _ in range(12):
            await seat.press("pageup")
            assert seat.app.screen.table.here is not None  # type: ignore[attr-defined]
            assert "·" not in {line.strip() for line in seat.text.splitlines()}
        assert len(seat.app.screen.table.span.rows) < 200  # type: ignore[attr-defined]


async def test_the_wheel_fetches_what_comes_into_view(crowded: Engine) -> None:
    async with seated(crowded, (100, 30)) as seat:
        await seat.press("3")
        await seat.says(f"{MANY} deliveries")
        table = seat.app.screen.table  # type: ignore[attr-defined]
        await seat.press("home")
        cursor = table.cursor
        table.scroll_to(y=200, animate=False)
        await seat.says("Title 201")
        assert table.cursor == cursor
