"""Lists of deliveries: filtered, ordered, numbered, and answered from an index."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.lifecycle import Hold, State
from scheduler.store import deliveries, finding
from scheduler.store.deliveries import Query
from tests.campaign import NOON
from tests.rows import put, wanted

if TYPE_CHECKING:
    from scheduler.store.store import Store

HOUR = timedelta(hours=1)


def filled(store: Store) -> dict[str, int]:
    """Write four deliveries, of which each differs from the others in its own way."""
    with store.write() as connection:
        found = {}
        for name, number, hours, target, title, state in (
            ("late", 1, 4, "b", "An toàn", State.SCHEDULED),
            ("early", 2, 1, "a", "Đối thoại", State.HELD),
            ("middle", 3, 2, "c", "Bảo hiểm", State.MISSED),
            ("same", 4, 2, "a", "Cuối tuần", State.SCHEDULED),
        ):
            want = wanted(number, due=hours * HOUR)
            want = replace(want, key=want.key._replace(target=target), title=title)
            holds = [Hold.OPERATOR] if state is State.HELD else []
            found[name] = deliveries.insert(connection, want, state, holds, "planner", "", NOON)
    return found


def names(store: Store, known: dict[str, int], query: Query) -> list[str]:
    by_id = {number: name for name, number in known.items()}
    rows = [by_id[row.id] for row in deliveries.find(store.read(), query)]
    assert rows == [by_id[number] for number in deliveries.numbers(store.read(), query)]
    return rows


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("due", ["early", "middle", "same", "late"]),
        ("state", ["early", "same", "late", "middle"]),
        ("target", ["early", "same", "late", "middle"]),
        ("title", ["late", "middle", "same", "early"]),
        ("channel", ["early", "middle", "same", "late"]),
        ("action", ["early", "middle", "same", "late"]),
    ],
)
def test_lists_are_put_in_any_order_and_its_reverse(store: Store, sort: str, order: list[str]) -> None:
    known = filled(store)
    assert names(store, known, Query(sort=sort)) == order
    assert names(store, known, Query(sort=sort, newest_first=True)) == order[::-1]
    assert names(store, known, Query(sort=sort, offset=1, limit=2)) == order[1:3]
    assert set(finding.SORTS) == {"due", "state", "channel", "target", "action", "title"}


def test_targets_numbers_and_actions_are_asked_for(store: Store) -> None:
    known = filled(store)
    assert names(store, known, Query(targets=["a", "c"])) == ["early", "middle", "same"]
    assert names(store, known, Query(ids=[known["late"], known["same"]])) == ["same", "late"]
    assert names(store, known, Query(ids=[])) == []
    assert names(store, known, Query(actions=["withdraw"])) == []
    assert deliveries.count(store.read(), Query(targets=["a"])) == 2


def test_text_is_found_in_title_post_and_target(store: Store) -> None:
    known = filled(store)
    assert names(store, known, Query(text="doi thoai")) == ["early"]
    assert names(store, known, Query(text="BẢO")) == ["middle"]
    assert names(store, known, Query(text="bạo")) == []
    assert names(store, known, Query(text="tin-4")) == ["same"]
    assert "late" in names(store, known, Query(text="b"))


@pytest.mark.parametrize(
    "query",
    [
        Query(states=[State.MISSED]),
        Query(text="bao", states=[State.SCHEDULED]),
        Query(channels=["kenh"], targets=["a"], start=NOON),
        Query(sort="title"),
    ],
)
def test_a_list_opens_no_row_to_choose_it(store: Store, query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "FEW", 0)
    put(store, State.SCHEDULED, 1)
    put(store, State.MISSED, 2)
    sql, values = deliveries._chosen(store.read(), query)
    plan = " ".join(str(row[3]) for row in store.read().execute(f"EXPLAIN QUERY PLAN {sql}", values))
    assert "USING COVERING INDEX delivery_list" in plan
    if query.sort == "due":
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("few", [0, 1, 2, 1000])
def test_what_few_are_in_is_looked_up_by_its_state_and_the_same_is_found(
    store: Store, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store)
    monkeypatch.setattr(finding, "FEW", few)
    for states in ([State.MISSED], [State.SCHEDULED], [State.SCHEDULED, State.HELD], [State.SENT]):
        query = Query(states=states)
        sql, values = deliveries._chosen(store.read(), query)
        plan = " ".join(str(row[3]) for row in store.read().execute(f"EXPLAIN QUERY PLAN {sql}", values))
        number = deliveries.count(store.read(), query)
        assert (finding.BY_STATE in plan) is (number <= few)
        rows = list(deliveries.find(store.read(), query))
        assert len(rows) == number
        assert {row.state for row in rows} <= set(states)
        assert rows == sorted(rows, key=lambda row: (row.due_at, row.id))
