"""What surfaces are told of posts: how their deliveries stand, and how they would go out, finished or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from scheduler.ground.lifecycle import State
from tests.campaign import NOON, Desk, Folder

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel()
    folder.channel("khac", targets=("a", "b"))
    return desks(folder)


def test_each_post_stands_as_its_deliveries_do(desk: Desk) -> None:
    desk.folder.post("mot", at=LATER)
    desk.folder.post("hai", at=LATER + timedelta(days=1))
    desk.folder.post("nhap", at=LATER, status="draft")
    desk.act.sync()
    desk.act.cancel(desk.row("mot").id)
    found = {each.post.id: each for each in desk.look.posts()}
    assert {name: dict(each.counts) for name, each in found.items()} == {
        "hai": {State.SCHEDULED: 3}, "mot": {State.CANCELLED: 1, State.SCHEDULED: 2}, "nhap": {},
    }  # fmt: skip
    assert (found["mot"].next_at, found["nhap"].next_at) == (LATER, None)
    assert all(desk.look.post(name) == each for name, each in found.items())


def test_the_posts_are_read_in_two_queries_however_many_there_are(desk: Desk) -> None:
    for number in range(20):
        desk.folder.post(f"tin-{number}", at=LATER)
    desk.act.sync()
    asked: list[str] = []
    desk.store.read().set_trace_callback(asked.append)
    assert len(desk.look.posts()) == 20
    desk.store.read().set_trace_callback(None)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("front", "at", "errors"),
    [
        ({"at": LATER}, LATER, []),
        ({"at": LATER, "status": "draft"}, LATER, []),
        ({"status": "draft"}, NOON, []),
        ({"at": LATER + timedelta(days=3000)}, LATER + timedelta(days=3000), []),
        ({"at": LATER, "repeat": '"FREQ=DAILY;COUNT=3"', "status": "draft"}, LATER, []),
        ({"at": LATER, "areas": "[khong-co]"}, LATER, ["there is no area 'khong-co'"]),
        ({"event": "khong-co"}, NOON, ["there is no event 'khong-co'"]),
        ({"at": "hom-nao"}, NOON, ["hom-nao"]),
    ],
    ids=["sound", "draft", "draft of no time", "far", "recurring draft", "wrong area", "unknown event", "no time"],
)
def test_every_readable_post_has_its_preview(front: dict[str, Any], at: Any, errors: list[str], desk: Desk) -> None:
    desk.folder.post(**front)
    desk.engine.refresh()
    found = desk.look.preview("tin")
    assert [(p.target.channel, p.target.name) for p in found] == [("kenh", "noi"), ("khac", "a"), ("khac", "b")]
    for each in found:
        assert each.publish_at == at
        assert each.rendered is not None
        assert each.rendered.text == "Xin chào."
        assert len(each.problems) == len(errors)
        assert all(said in str(problem) for said, problem in zip(errors, each.problems, strict=True))
    assert len(desk.look.preview("tin", ["khac"])) == 2


def test_a_text_that_cannot_be_made_is_shown_as_its_error(desk: Desk) -> None:
    desk.folder.post(at=LATER, text="{{ plan.khong_co }}", status="draft")
    desk.engine.refresh()
    for each in desk.look.preview("tin"):
        assert each.rendered is None
        assert any("khong_co" in str(problem) for problem in each.problems)
