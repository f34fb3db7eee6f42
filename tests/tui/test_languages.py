"""No string is left in one language: every screen is read in both, and so is every literal that reaches a widget."""

from __future__ import annotations

import ast
import re
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.looks.logbook import Wanted
from scheduler.ground.text import language, use
from scheduler.tui import hues
from scheduler.tui.keys import ACTIONS
from scheduler.tui.screens.index import SCREENS
from tests.tui import campaign
from tests.tui.screen import Seat, seated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.engine.engine import Engine

TUI = Path(__file__).parents[2] / "scheduler" / "tui"
SIZE = (200, 60)
WORD = re.compile(r"[^\W\d_]{2,}")

SAME = {
    *("loa", "sms", "rss", "radio", "fanpage", "gsm", "utf", "csv", "url", "id", "vnđ"),  # names
    *("tab", "shift", "enter", "esc", "home", "end", "pgup", "pgdn", "ctrl", "telex", "vni"),  # keys, input methods
    *("dd", "mm", "yyyy", "hh"),  # how dates are written
    *("rehearsal", "english", "tiếng", "việt"),  # said in both on purpose
    *("channel", "state", "failed", "after", "before", "post", "target", "text"),  # keys of the filter
    *(
        "an",
        "do",
        "go",
        "in",
        "to",
        "on",
        "me",
        "ban",
        "so",
        "no",
        "hay",
        "ra",
        "can",
        "hang",
        "pin",
        "con",
        "long",
        "song",
    ),
}
"""Words that may stand in both languages; those of the last line are Vietnamese syllables as well as English words."""


def words(text: str) -> set[str]:
    """Return the words of a text, but not what an ellipsis has cut."""
    return {word.casefold() for word in WORD.findall(re.sub(r"\w+…", "", text))}


def common(english: str, vietnamese: str, campaign: set[str]) -> set[str]:
    """Return the words in both texts that must not be; of three letters and fewer, what is no part of a cut word."""
    left = words(english) & words(vietnamese) - campaign - SAME
    ends = {end for word in campaign for n in (2, 3) for end in (word[:n], word[-n:])}
    return left - ends


def own(engine: Engine) -> set[str]:
    """The words of the campaign itself, of its files, of commands, and of errors that others said."""
    files = [*engine.folder.rglob("*.md"), *engine.folder.rglob("*.toml"), *engine.folder.rglob("*.csv")]
    found = {word for file in files for word in words(f"{file.relative_to(engine.folder)} {file.read_text('utf-8')}")}
    for delivery in engine.look.deliveries():
        found |= words(f"{delivery.reason} {delivery.key} {delivery.receipt}")
        for entry in engine.look.history(delivery.id):
            found |= words(f"{entry.reason} {entry.actor}")
        for attempt in engine.look.attempts(delivery.id):
            found |= words(f"{attempt}")
    for channel in engine.look.channels():
        found |= words(channel.title)
    for plugin in engine.look.plugins():
        found |= words(f"{plugin.name} {plugin.source}")
    commands = {word for action in ACTIONS for word in words(action.command)}
    people = {word for person in engine.campaign.plan.people.values() for word in words(person.name)}
    marks = [mark.letter for mark in hues.marks(engine.registry.channels).values()]
    days = {"".join(each).casefold() for n in (2, 3, 4) for each in permutations(marks, n)}
    return found | commands | people | days | words(f"{engine.folder} {engine.actor.id} user")


async def still(seat: Seat) -> None:
    await seat.pilot.pause(0.2)
    await seat.settle()


async def in_both(seat: Seat) -> tuple[str, str]:
    """Return what the screen says in English, and in Vietnamese after a switch while it runs."""
    english = seat.text
    await seat.press("ctrl+l")
    await seat.until(lambda: language() == "vi" and seat.app.frame is not None and seat.app.frame.at_rest)
    await still(seat)
    vietnamese = seat.text
    return english, vietnamese


@pytest.mark.parametrize("screen", [entry.name for entry in SCREENS])
async def test_a_screen_has_no_word_of_the_other_language(engine: Engine, screen: str) -> None:
    async with seated(engine, SIZE) as seat:
        seat.app.go(screen)
        await seat.until(lambda: seat.app.current_mode == screen)
        await still(seat)
        english, vietnamese = await in_both(seat)
        assert seat.app.current_mode == screen
    assert english != vietnamese
    left = common(english, vietnamese, own(engine))
    assert not left, f"{left}\n{vietnamese}"


OPENED = {
    "help": ("f1",),
    "palette": ("ctrl+p",),
    "jump": ("ctrl+o",),
    "stop": ("ctrl+s",),
    "delivery": ("3", "enter"),
    "hold": ("3", "h"),
    "edit": ("4", "e"),
    "new": ("4", "N"),
    "approve": ("5", "a"),
}


@pytest.mark.parametrize("keys", OPENED.values(), ids=OPENED)
async def test_what_opens_above_has_no_word_of_the_other_language(engine: Engine, keys: tuple[str, ...]) -> None:
    seen = {}
    for name in ("en", "vi"):
        use(name)
        async with seated(engine, SIZE) as seat:
            await seat.press("1")
            for key in keys:
                await seat.press(key)
                await seat.pilot.pause(0.3)
            await seat.pilot.pause(0.5)
            seen[name] = seat.text
    left = common(seen["en"], seen["vi"], own(engine))
    assert not left, f"{left}\n{seen['vi']}"


async def test_what_the_planner_kept_back_is_told_and_found_in_the_language_of_the_reader(engine: Engine) -> None:
    use("vi")
    campaign.write_post(engine.folder, "toi-nay", "Một câu khác.")
    engine.act.sync()
    for name, words, other in (("en", "waits for approval", "chờ duyệt"), ("vi", "chờ duyệt", "waits for approval")):
        use(name)
        async with seated(engine, SIZE) as seat:
            await seat.press("9")
            await seat.says("toi-nay fanpage")
            assert words in seat.text
            assert other not in seat.text
        assert engine.look.log(Wanted(text=words))


async def test_what_one_was_at_stays_when_the_language_changes(engine: Engine) -> None:
    async with seated(engine) as seat:
        await seat.press("3", "enter")
        await seat.says("History")
        title = seat.line("Mở đầu")
        await seat.press("ctrl+l")
        await seat.says("Diễn biến")
        assert seat.line("Mở đầu") == title
        await seat.press("escape")
        await seat.says("20 lượt")
        assert seat.app.current_mode == "queue"
        await seat.press("ctrl+l")
        await seat.says("20 deliveries")


SHOWING = {
    "Static": (0,),
    "Content": (0,),
    "styled": (0,),
    "Label": (0,),
    "Button": (0,),
    "notify": (0,),
    "Choice": (1,),
    "fact": (0, 1),
    "section": (0,),
    "link": (0,),
    "Sign": (0,),
    "Cell": (0,),
    "Option": (0,),
    "Question": (0, 3),
}
"""Calls that put something on the screen, and which of their arguments are said."""

TITLES = {"border_title", "border_subtitle", "placeholder", "tooltip"}


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each literal with letters that reaches a widget as it stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            shown = [node.args[n] for n in SHOWING.get(name, ()) if n < len(node.args)]
            shown += [
                word.value for word in node.keywords if word.arg in {*TITLES, "title", "label"} and name != "Theme"
            ]
        elif isinstance(node, ast.Assign) and any(getattr(each, "attr", "") in TITLES for each in node.targets):
            shown = [node.value]
        else:
            continue
        for each in shown:
            yield from ((node.lineno, text) for text in literals(each) if WORD.search(text))


def literals(node: ast.expr) -> Iterator[str]:
    """Yield what a text says by itself: not what it names, asks of a function, or formats."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (text for each in node.values for text in literals(each))
    elif isinstance(node, ast.BinOp):
        yield from (*literals(node.left), *literals(node.right))
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))


@pytest.mark.parametrize("path", sorted(TUI.rglob("*.py")), ids=lambda path: str(path.relative_to(TUI)))
def test_every_literal_on_a_screen_goes_through_the_catalogue(path: Path) -> None:
    assert [each for each in said(path) if each[1] not in {"Loa", "Loa  "}] == []


def test_the_walk_finds_what_it_looks_for(tmp_path: Path) -> None:
    file = tmp_path / "screen.py"
    file.write_text(
        'Static("Hello")\nbox.border_title = f"{n} rows"\nnotify(_("right"))\nfact(_("a"), "on" if x else y)\n'
    )
    assert sorted(said(file)) == [(1, "Hello"), (2, " rows"), (4, "on")]
