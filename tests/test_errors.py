"""What is not there is told in one form, everywhere: what was asked for, and the nearest that there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.errors import NotFound
from tests.campaign import NOON, Folder


@pytest.mark.parametrize(
    ("name", "valid", "otherwise", "said"),
    [
        ("tim", ["tin", "loi"], "", "there is no post 'tim': did you mean 'tin'?"),
        ("tim", ["tin"], "posts: tin", "there is no post 'tim': did you mean 'tin'?"),
        ("xyz", ["tin"], "", "there is no post 'xyz'"),
        ("xyz", ["tin"], "posts: tin", "there is no post 'xyz': posts: tin"),
    ],
)
def test_the_sentence(name: str, valid: list[str], otherwise: str, said: str) -> None:
    assert str(NotFound.named("there is no post {name!r}", name, valid, otherwise)) == said


ASKED: list[tuple[Callable[[Engine], Any], str]] = [
    (lambda engine: engine.look.post("tim"), "there is no post 'tim': did you mean 'tin'?"),
    (lambda engine: engine.look.event("le-ky"), "there is no event 'le-ky': did you mean 'le-ki'?"),
    (lambda engine: engine.act.hold("tim"), "there is no post 'tim': did you mean 'tin'?"),
    (lambda engine: engine.act.pause("kent"), "there is no channel 'kent': did you mean 'kenh'?"),
    (lambda engine: engine.act.pause("zz"), "there is no channel 'zz'"),
]


@pytest.mark.parametrize(("ask", "said"), ASKED)
def test_views_and_actions_say_it_alike(ask: Callable[[Engine], Any], said: str, folder: Folder) -> None:
    folder.channel()
    folder.post(at=NOON)
    folder.event("le-ki", NOON)
    with Engine.open(folder.path) as engine, pytest.raises(NotFound) as raised:
        ask(engine)
    assert str(raised.value) == said


def test_a_person_whom_the_plan_does_not_have(folder: Folder) -> None:
    for name, said in (("can-bp", "did you mean 'can-bo'?"), ("zz", "people: giam-doc, can-bo")):
        with pytest.raises(NotFound, match=f"there is no person '{name}' in the plan: ") as raised:
            Engine.open(folder.path, person=name)
        assert str(raised.value).endswith(said)
