from __future__ import annotations

import ast
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from scheduler.cli.program import program
from scheduler.ground.lifecycle import State
from scheduler.ground.text import use
from scheduler.tui import keys
from scheduler.tui.action import Scope
from scheduler.tui.app import LoaApp
from scheduler.tui.keys import ACTIONS, BY_ID, of
from scheduler.tui.screens.delivery.screen import DeliveryScreen
from scheduler.tui.screens.index import SCREENS
from tests.tui.screen import seated

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine
    from scheduler.tui.frame import Frame


def kinds() -> list[type[Frame[Any]]]:
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


async def test_the_ways_to_every_other_key_leave_the_footer_last(engine: Engine) -> None:
    use("vi")
    async with seated(engine, (80, 24)) as seat:
        for key in "123456789":
            await seat.press(key)
            last = seat.text.splitlines()[-1]
            for way in ("^s ", "F1 ", "^p "):
                assert way in last, (key, last)


def test_every_command_of_an_action_is_one_and_says_its_options() -> None:
    for action in (each for each in ACTIONS if each.command):
        name, *words = action.command.split()
        assert name == "loa"
        command: click.Command | None = program
        for word in words:
            assert command is not None, action.id
            if word.startswith("-"):
                assert word in {option for each in command.params for option in each.opts}, action.id
                continue
            assert isinstance(command, click.Group), action.id
            command = command.get_command(click.Context(command), word)
        assert command is not None, action.id


TUI = Path(keys.__file__).parent
CHANGES = {"engine.act", "engine.edit", "desk.act", "desk.labour"}
"""The doors through which things are changed."""

ANOTHERS = {"leave"}
"""What it may do is another action with a command of its own: an engine is started."""


def called() -> dict[str, set[str]]:
    """Return, by the name of a function of the screens, the doors that it uses and what of its own screen it calls."""
    found: dict[str, set[str]] = {}
    for path in TUI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                named = {ast.unparse(each) for each in ast.walk(node) if isinstance(each, ast.Attribute | ast.Call)}
                named |= {name.partition("(")[0] for name in named}
                doors = {door for door in CHANGES for name in named if name.removeprefix("self.").startswith(door)}
                own = {name.removeprefix("self.") for name in named if name.startswith("self.") or "." not in name}
                found.setdefault(node.name, set()).update(doors | own)
    return found


def changes(name: str, graph: dict[str, set[str]]) -> bool:
    """Return whether a function, or one that it calls on its own screen, changes something."""
    seen: set[str] = set()
    todo = {name}
    while todo:
        here = todo.pop()
        seen.add(here)
        mentioned = graph.get(here, set())
        if mentioned & CHANGES:
            return True
        todo |= {each for each in mentioned if each.startswith(("_", "change"))} & set(graph) - seen
    return False


def test_what_changes_something_has_its_command() -> None:
    graph = called()
    changing = {action.id for action in ACTIONS if changes(f"do_{action.id}", graph)}
    assert {"stop", "arm", "start_engine", "hold", "release", "settle", "requeue", "cancel", "pause"} <= changing
    assert not {action.id for action in ACTIONS if action.id in changing and not action.command} - ANOTHERS


ALIKE = {
    "enter": "opens what is under the cursor",
    "escape": "goes back to where one was",
    "n": "goes to the next of what the screen is about",
    "slash": "begins to type into the screen's first field",
    "v": "shows the post beside its previews",
    "x": "calls off what is under the cursor, or under way",
    "z": "shows more or less of the same",
    "L": "shows what there is as a list",
}
"""Keys that name several actions, and what all of these have in common."""


def test_one_key_means_one_thing_on_every_screen() -> None:
    names: dict[str, set[str]] = {}
    for action in ACTIONS:
        for key in action.key.split(","):
            names.setdefault(key, set()).add(action.name)
    several = {key: sorted(each) for key, each in names.items() if len(each) > 1 and key not in ALIKE}
    assert several == {}
    assert [key for key in ALIKE if len(names[key]) < 2] == []


def test_a_key_that_moves_in_lists_does_nothing_else() -> None:
    moving = {"g", "G", "home", "end", "j", "k", "up", "down", "pageup", "pagedown"}
    found = {action.id for action in ACTIONS if moving & set(action.key.split(","))}
    assert found == {"campaign_start", "today_here"}, "on the calendar, g and Home go to where it begins and to today"
