from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.plan.config import KeyWish
from scheduler.tui import keys
from scheduler.tui.keymap import named, read_keymap
from scheduler.tui.keys import ACTIONS, written
from tests.tui.screen import seated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.engine.engine import Engine


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    yield
    keys.use({})


@pytest.mark.parametrize(
    ("typed", "name", "shown"),
    [
        ("H", "H", "H"),
        ("/", "slash", "/"),
        (",", "comma", ","),
        (";", "semicolon", ";"),
        ("^g", "ctrl+g", "^g"),
        ("Ctrl+G", "ctrl+g", "^g"),
        ("F12", "f12", "F12"),
        ("f5", "f5", "F5"),
        ("Shift+Left", "shift+left", "⇧←"),
        ("shift+h", "H", "H"),
        ("Esc", "escape", "Esc"),
        ("PgUp", "pageup", "PgUp"),
        ("space", "space", "␣"),
        ("alt+x", "alt+x", "alt+x"),
        ("enter", "enter", "⏎"),
        ("slash", "slash", "/"),
    ],
)
def test_keys_are_written_as_people_write_them(typed: str, name: str, shown: str) -> None:
    assert named(typed) == name
    assert written(name) == shown


@pytest.mark.parametrize("typed", ["", "hh", "f99", "ctrl+", "hyper+", "strg+s", "ctr+s", "lfet"])
def test_what_is_no_key(typed: str) -> None:
    assert named(typed) == ""


def test_every_key_of_the_table_is_one() -> None:
    for action in ACTIONS:
        assert [named(key) for key in action.key.split(",")] == action.key.split(","), action.id


def test_everything_wrong_is_named_at_once_and_the_rest_holds() -> None:
    found = read_keymap(
        [
            KeyWish("hodl", ("H",), 1),
            KeyWish("hold", ("Z", "ctr+z"), 2),
            KeyWish("release", ("Z",), 3),
            KeyWish("requeue", ("j",), 4),
            KeyWish("stop", ("S", "f12"), 5),
            KeyWish("settle", ("/",), 6),
            KeyWish("posts.filter", ("ctrl+f",), 7),
            KeyWish("queue.filter", ("ctrl+f",), 8),
            KeyWish("queue.cancel", ("X",), 9),
        ]
    )
    assert found.keys == {
        "hold": ("Z",),
        "stop": ("f12",),
        "settle": ("slash",),
        "filter": ("ctrl+f",),
        "cancel": ("X",),
    }
    assert [str(each) for each in found.problems] == [
        "config.toml:1: error: keys.hodl: no action of the screens is called so (did you mean 'hold'?)",
        "config.toml:2: error: keys.hold: 'ctr+z' is no key (did you mean 'ctrl+z'?)",
        "config.toml:3: error: keys.release: 'Z' is the key of 'hold' as well, on the screen today",
        "config.toml:4: error: keys.requeue: 'j' moves within lists",
        "config.toml:5: error: keys.stop: 'S' is typed into fields: this needs a key such as f12",
        "config.toml:7: error: keys.posts.filter: is no action of posts (queue.filter)",
    ]


def test_a_key_that_another_action_has_stays_with_it_unless_that_moves() -> None:
    taken = read_keymap([KeyWish("hold", ("l",), 1)])
    assert taken.keys == {}
    assert "'l' is the key of 'release' as well" in taken.problems[0].message
    swapped = read_keymap([KeyWish("hold", ("l",), 1), KeyWish("release", ("h",), 2)])
    assert swapped.keys == {"hold": ("l",), "release": ("h",)}
    assert not swapped.problems


def test_screens_that_never_meet_may_share_a_key() -> None:
    assert not read_keymap([KeyWish("requeue", ("a",), 1)]).problems


async def test_keys_of_ones_own_hold_at_once_and_footer_help_and_palette_show_them(engine: Engine) -> None:
    config = engine.folder / "config.toml"
    plain = config.read_text(encoding="utf-8")
    config.write_text(plain + '\n[keys]\nhold = "H"\nstop = "f12"\nhodl = "Y"\nleave = "Q"\n', encoding="utf-8")
    engine.refresh()
    async with seated(engine, (120, 40)) as seat:
        assert any("keys.hodl: no action of the screens is called so" in each for each in seat.messages)
        await seat.press("3")
        await seat.says("H Hold")
        await seat.says("F12 Stop all")
        await seat.press("h")
        assert seat.app.frame is not None
        await seat.press("H")
        await seat.says("Hold this delivery?")
        await seat.press("f12")
        await seat.says("Why (may be empty)")
        await seat.press("escape", "escape", "f1")
        await seat.says("H  Hold")
        await seat.press("escape")
        config.write_text(plain, encoding="utf-8")
        await seat.until(lambda: "h Hold" in seat.text)
        await seat.press("h")
        await seat.says("Hold this delivery?")


async def test_of_many_problems_some_are_told_and_the_rest_counted(engine: Engine) -> None:
    config = engine.folder / "config.toml"
    wrong = "".join(f'nothing{n} = "f{n}"\n' for n in range(1, 8))
    config.write_text(f"{config.read_text(encoding='utf-8')}\n[keys]\n{wrong}", encoding="utf-8")
    engine.refresh()
    async with seated(engine) as seat:
        assert sum("no action of the screens is called so" in each for each in seat.messages) == 2
        assert "and 5 more; see loa check" in seat.messages
