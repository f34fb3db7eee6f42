"""The key map of a campaign folder: ``[keys]`` of config.toml, checked against the actions that there are.

What is wrong is said, all of it at once; what is right holds all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.binding import Binding, InvalidBinding
from textual.keys import Keys

from scheduler.ground.problem import Problem, nearest
from scheduler.ground.text import _
from scheduler.plan.config import FILE
from scheduler.tui.action import Scope
from scheduler.tui.keys import ACTIONS, BY_ID, typed
from scheduler.tui.screens.index import stages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scheduler.plan.config import KeyWish
    from scheduler.tui.action import Action

_NAMES = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup", "pgdn": "pagedown"}
_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_MOVING = "up,down,left,right,j,k,g,G,home,end,pageup,pagedown,tab,shift+tab,escape"


@dataclass(slots=True)
class Keymap:
    """The keys that actions have in place of their own, by the action's id; and what could not be had."""

    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def of(self, action: Action) -> tuple[str, ...]:
        """Return the keys of an action."""
        return self.keys.get(action.id) or tuple(action.key.split(","))


def read_keymap(wishes: Sequence[KeyWish]) -> Keymap:
    """Return the key map that config.toml asks for, as far as that can be had."""
    found = Keymap()
    lines: dict[str, int | None] = {}
    for wish in wishes:
        action = _named(wish, found.problems)
        keys = tuple(key for each in wish.keys if (key := _key(wish, action, each, found.problems)))
        if action is not None and keys:
            found.keys[action.id] = keys
            lines[action.id] = wish.line
    if found.keys:
        _part(found, lines)
    found.problems.sort(key=lambda each: each.line or 0)
    return found


def _named(wish: KeyWish, problems: list[Problem]) -> Action | None:
    scope, _dot, name = wish.action.rpartition(".")
    action = BY_ID.get(name)
    if action is None:
        problems.append(_wrong(wish, _("no action of the screens is called so"), nearest(name, BY_ID)))
    elif (
        scope
        and action.scope is not Scope.EVERYWHERE
        and not any(action.scope in scopes for where, scopes in stages() if scope in (where, action.scope))
    ):
        problems.append(_wrong(wish, _("is no action of {screen}").format(screen=scope), f"{action.scope}.{name}"))
        return None
    return action


def _key(wish: KeyWish, action: Action | None, written: str, problems: list[Problem]) -> str:
    """Return the key as Textual names it, or "" where it is none, or cannot be that of the action."""
    key = named(written)
    if not key:
        hint = nearest(written, [each.value for each in Keys])
        problems.append(_wrong(wish, _("{key!r} is no key").format(key=written), hint))
    elif action is not None and action.priority and _typed(key):
        problems.append(
            _wrong(wish, _("{key!r} is typed into fields: this needs a key such as f12").format(key=written))
        )
    elif action is not None and key in _MOVING.split(",") and key not in action.key.split(","):
        problems.append(_wrong(wish, _("{key!r} moves within lists").format(key=written)))
    else:
        return key
    return ""


def named(written: str) -> str:
    """Return a key as Textual names it, of what people write (``^s``, ``F5``, ``/``); "" where it is none."""
    text = written.strip()
    text = f"ctrl+{text[1:]}" if len(text) > 1 and text.startswith("^") else text
    if len(text) == 1:
        return _own(text)
    *modifiers, base = text.split("+")
    modifiers = [each.strip().lower() for each in modifiers]
    base = base.strip()
    if any(each not in _MODIFIERS for each in modifiers) or not base:
        return ""
    if len(base) == 1 and modifiers == ["shift"] and base.isalpha():
        return base.upper()
    base = _own(base.lower() if modifiers else base) if len(base) == 1 else _NAMES.get(base.lower(), base.lower())
    known = len(base) == 1 or base in {each.value for each in Keys} or typed(base) is not None
    return "+".join([*modifiers, base]) if known else ""


def _own(character: str) -> str:
    try:
        return next(iter(Binding.make_bindings([Binding(character, "")]))).key
    except InvalidBinding:
        return "comma" if character == "," else ""


def _typed(key: str) -> bool:
    character = typed(key)
    return character is not None and character.isprintable()


def _part(found: Keymap, lines: Mapping[str, int | None]) -> None:
    """Give a key that two actions of one screen would have to the one that had it, or was named first."""
    while clash := next(_clashes(found), None):
        screen, key, one, other = clash
        loser, winner = _order(one, other, found, lines)
        text = _("{key!r} is the key of {other!r} as well, on the screen {screen}")
        message = text.format(key=key, other=winner.id, screen=screen)
        found.problems.append(Problem(message, FILE, lines[loser.id], f"keys.{loser.id}"))
        rest = tuple(each for each in found.keys[loser.id] if each != key)
        if rest:
            found.keys[loser.id] = rest
        else:
            del found.keys[loser.id]


def _order(one: Action, other: Action, found: Keymap, lines: Mapping[str, int | None]) -> tuple[Action, Action]:
    if one.id not in found.keys:
        return other, one
    if other.id not in found.keys:
        return one, other
    return (one, other) if (lines[one.id] or 0) > (lines[other.id] or 0) else (other, one)


def _clashes(found: Keymap) -> Iterator[tuple[str, str, Action, Action]]:
    for screen, scopes in stages():
        taken: dict[str, Action] = {}
        for action in _here(scopes):
            for key in found.of(action):
                other = taken.setdefault(key, action)
                if other is not action and (action.id in found.keys or other.id in found.keys):
                    yield screen, key, other, action


def _here(scopes: Iterable[Scope]) -> Iterator[Action]:
    wanted = {*scopes, Scope.EVERYWHERE}
    return (action for action in ACTIONS if action.scope in wanted)


def _wrong(wish: KeyWish, message: str, hint: str = "") -> Problem:
    return Problem(message, FILE, wish.line, f"keys.{wish.action}", hint=hint)
