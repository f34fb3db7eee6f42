"""The table of states, whole: every pair of state and event, and the gate."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.errors import IllegalTransition
from scheduler.ground.lifecycle import (
    EDITABLE,
    OPEN,
    READY,
    TRANSITIONS,
    Event,
    Hold,
    Late,
    State,
    admit,
    transition,
)
from tests.campaign import NOON

PAIRS = list(product(State, Event))
H, S, G, R, U = State.HELD, State.SCHEDULED, State.SENDING, State.RETRYING, State.UNKNOWN
D, T, F, M, C = State.HANDED, State.SENT, State.FAILED, State.MISSED, State.CANCELLED

# The table of DESIGN.md, section 4, written down a second time, by state.
DESIGN = {
    H: {Event.ADMIT: {S}, Event.HOLD: {H}, Event.CANCEL: {C}, Event.EXPIRE: {M}, Event.DOUBT: {U}},
    S: {Event.INTEND: {G}, Event.HOLD: {H}, Event.REFUSE: {F}, Event.CANCEL: {C}, Event.EXPIRE: {M}, Event.DOUBT: {U}},
    G: {Event.SUCCEED: {T}, Event.HAND: {D}, Event.FAIL: {R}, Event.REFUSE: {F}, Event.EXHAUST: {F},
        Event.RECOVER: {R}, Event.LOSE: {U}},
    R: {Event.INTEND: {G}, Event.HOLD: {H}, Event.REFUSE: {F}, Event.CANCEL: {C}, Event.EXPIRE: {M}, Event.DOUBT: {U}},
    U: {Event.HEAR: {T, D}, Event.SETTLE_SENT: {T}, Event.SETTLE_NOT_SENT: {S, H, M}, Event.ABANDON: {F}},
    D: {Event.CONFIRM: {T}, Event.DENY: {F}},
    T: {},
    F: {Event.REQUEUE: {S, H, M}},
    M: {Event.REQUEUE: {S, H, M}},
    C: {Event.REQUEUE: {S, H, M}, Event.RESTORE: {S, H, M}},
}  # fmt: skip


def test_the_table_is_the_design() -> None:
    written = {(state, event): frozenset(targets) for state, ways in DESIGN.items() for event, targets in ways.items()}
    assert written == TRANSITIONS


@pytest.mark.parametrize(("state", "event"), PAIRS, ids=lambda each: each.value)
def test_every_pair_of_state_and_event(state: State, event: Event) -> None:
    allowed = TRANSITIONS.get((state, event), frozenset())
    for target in State:
        if target in allowed:
            assert transition(state, event, target) is target
        else:
            with pytest.raises(IllegalTransition):
                transition(state, event, target)
    if len(allowed) == 1:
        assert transition(state, event) is next(iter(allowed))
    else:
        with pytest.raises(IllegalTransition):
            transition(state, event)


def test_what_may_have_gone_out_is_out_of_everybodys_reach() -> None:
    forbidden = {Event.CANCEL, Event.HOLD, Event.EXPIRE, Event.REQUEUE, Event.ADMIT, Event.INTEND, Event.RESTORE}
    assert not {event for state, event in TRANSITIONS if state is State.UNKNOWN} & forbidden
    assert not [event for state, event in TRANSITIONS if state is State.SENT]


def test_only_the_gate_and_a_person_lead_to_scheduled() -> None:
    into = {event for (_, event), targets in TRANSITIONS.items() if State.SCHEDULED in targets}
    assert into == {Event.ADMIT, Event.SETTLE_NOT_SENT, Event.REQUEUE, Event.RESTORE}


def test_the_sets_are_what_they_say() -> None:
    assert READY < EDITABLE < OPEN
    assert {state for state, event in TRANSITIONS if event is Event.INTEND} == READY
    assert {state for state, event in TRANSITIONS if event is Event.CANCEL} == EDITABLE


@given(
    holds=st.frozensets(st.sampled_from(Hold)),
    late=st.sampled_from(Late),
    seconds=st.integers(-100_000, 100_000),
)
def test_the_gate(holds: frozenset[Hold], late: Late, seconds: int) -> None:
    expires = NOON + timedelta(seconds=seconds)
    gate = admit(holds, late, expires, NOON)
    kept = holds - {Hold.LATE}
    if seconds >= 0:
        assert gate == ((State.HELD, kept) if kept else (State.SCHEDULED, frozenset()))
    elif late is Late.ASK:
        assert gate == (State.HELD, kept | {Hold.LATE})
    else:
        assert gate == (State.MISSED, frozenset())
