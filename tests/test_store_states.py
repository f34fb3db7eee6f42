"""What SQL says of states is what the lifecycle says."""

from __future__ import annotations

import sqlite3

import pytest

from scheduler.ground.lifecycle import EDITABLE, OPEN, READY, UNSENT, State
from scheduler.store.states import EDITABLE_OR_CANCELLED, IS_EDITABLE, IS_READY, IS_UNSENT, among


@pytest.mark.parametrize(
    ("spelled", "states"),
    [
        (IS_EDITABLE, EDITABLE),
        (IS_READY, READY),
        (IS_UNSENT, UNSENT),
        (EDITABLE_OR_CANCELLED, {*EDITABLE, State.CANCELLED}),
        (among(OPEN), OPEN),
        (among(set()), set()),
    ],
)
def test_sql_finds_just_these_states(spelled: str, states: set[State]) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE delivery (state TEXT)")
    database.executemany("INSERT INTO delivery VALUES (?)", [(each.value,) for each in State])
    found = {State(state) for (state,) in database.execute(f"SELECT state FROM delivery WHERE state {spelled}")}
    database.close()
    assert found == states
