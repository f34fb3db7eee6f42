from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.lifecycle import State
from scheduler.tui import keys
from scheduler.tui.action import Scope
from scheduler.tui.app import LoaApp
from scheduler.tui.keys import ACTIONS, BY_ID, of
from scheduler.tui.screens.delivery.screen import DeliveryScreen
from scheduler.tui.screens.index import SCREENS

if TYPE_CHECKING:
    from scheduler.tui.frame import Frame


def kinds() -> list[type[Frame[object]]]:
    return [*(type(entry.make()) for entry in SCREENS), DeliveryScreen]


@pytest.mark.parametrize("screen", kinds(), ids=lambda kind: kind.__name__)
def test_every_action_of_a_screen_can_be_done_and_no_key_means_two(screen: type[Frame[object]]) -> None:
    actions = of(*screen.scopes, Scope.EVERYWHERE)
    for action in actions:
        done = hasattr(screen, f"do_{action.id}") or hasattr(LoaApp, f"do_{action.id}")
        assert done or action.id in LoaApp.MODES, action.id
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
