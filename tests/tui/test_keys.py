from __future__ import annotations

from itertools import combinations

import pytest

from scheduler.ground.lifecycle import State
from scheduler.tui import keys
from scheduler.tui.app import LoaApp
from scheduler.tui.delivery import DeliveryScreen
from scheduler.tui.keys import ACTIONS, BY_ID, Scope, of
from scheduler.tui.post import PostScreen
from scheduler.tui.queue import QueueScreen
from scheduler.tui.today import TodayScreen

SCREENS = (TodayScreen, QueueScreen, PostScreen, DeliveryScreen)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_action_of_a_screen_can_be_done_and_no_key_means_two(screen: type[TodayScreen]) -> None:
    actions = of(*screen.scopes, Scope.EVERYWHERE)
    for action in actions:
        assert hasattr(screen, f"do_{action.id}") or hasattr(LoaApp, f"do_{action.id}"), action.id
    for one, other in combinations(actions, 2):
        assert not set(one.key.split(",")) & set(other.key.split(",")), (one.id, other.id)


def test_names_and_words_are_complete() -> None:
    assert len(BY_ID) == len(ACTIONS)
    for action in ACTIONS:
        assert action.label()
        assert action.help()
        assert keys.spelled(action)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("hold", {State.HELD, State.SCHEDULED, State.RETRYING}),
        ("release", {State.HELD}),
        ("requeue", {State.FAILED, State.MISSED, State.CANCELLED}),
        ("settle", {State.UNKNOWN}),
        ("confirm", {State.HANDED}),
        ("cancel", {State.HELD, State.SCHEDULED, State.RETRYING}),
        ("open", set(State)),
    ],
)
def test_the_lifecycle_says_where_an_action_is_possible(name: str, states: set[State]) -> None:
    assert {state for state in State if BY_ID[name].possible(state)} == states
