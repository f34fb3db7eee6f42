"""Plugins that misbehave where people look: previews, checks and lists go on, and name them."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import File, Forecast, Problem, Rendered
from scheduler.engine.planning import routes
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LATER = NOON + timedelta(hours=1)


def raising(error: BaseException) -> Callable[..., Any]:
    def work(*_: object) -> Any:
        raise error

    return work


def made(**fields: Any) -> Rendered:
    return Rendered({}, "x", **fields)


def priced(cost: Any) -> Forecast:
    return Forecast(cost)


MISCHIEF: dict[str, tuple[str, Callable[..., Any], str]] = {
    "raises in render": ("render", raising(RuntimeError("hỏng")), "plugin hong: RuntimeError: hỏng"),
    "exits in render": ("render", raising(SystemExit(3)), "plugin hong: SystemExit: 3"),
    "returns nonsense from render": ("render", lambda *_: 5, "plugin hong: render returned int, not Rendered"),
    "a file for files": ("render", lambda *_: made(files=File("a", "b", b"")), "Rendered.files must be tuple[File"),
    "a number for figures": ("render", lambda *_: made(figures=5), "Rendered.figures must be Mapping[str, int"),
    "lists for figures": ("render", lambda *_: made(figures={"a": [1]}), "Rendered.figures must be Mapping"),
    "a text for cost": ("forecast", lambda *_: priced("7"), "plugin hong: Forecast.cost must be int"),
    "raises in check": ("check", raising(KeyboardInterrupt()), "plugin hong: KeyboardInterrupt"),
    "yields nonsense from check": ("check", lambda *_: [5], "plugin hong: check gave int, not Problem"),
    "exits in forecast": ("forecast", raising(SystemExit(3)), "plugin hong: SystemExit: 3"),
    "returns nonsense from forecast": ("forecast", lambda *_: 300, "plugin hong: forecast returned int, not Forecast"),
}


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel("hong", table='time_limit = "100ms"\n')
    folder.channel("tot")
    folder.post(at=LATER)
    return desks(folder)


@pytest.mark.parametrize(("method", "does", "reason"), MISCHIEF.values(), ids=MISCHIEF)
def test_a_preview_shows_what_is_wrong_and_the_others(desk: Desk, method: str, does: Any, reason: str) -> None:
    desk.folder.module("hong").does[method] = does
    bad, good = desk.look.preview("tin")
    assert any(reason in str(problem) for problem in bad.problems)
    assert bad.forecast is None
    assert (good.problems, good.rendered.text if good.rendered else "") == ((), "Xin chào.")
    assert good.forecast is not None


@pytest.mark.parametrize(
    "name", ["raises in render", "exits in render", "raises in check", "yields nonsense from check"]
)
def test_the_check_names_it_with_its_post(desk: Desk, name: str) -> None:
    method, does, reason = MISCHIEF[name]
    desk.folder.module("hong").does[method] = does
    (problem,) = desk.engine.problems()
    assert reason in problem.message
    assert (problem.file, problem.key) == ("content/posts/tin.md", "hong/noi")


@pytest.fixture
def ended() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("method", ["render", "check"])
def test_what_hangs_holds_up_neither_preview_nor_check(desk: Desk, ended: threading.Event, method: str) -> None:
    desk.folder.module("hong").does[method] = lambda *_: ended.wait(20)
    bad, good = desk.look.preview("tin")
    assert "plugin hong" in str(bad.problems[0])
    assert good.rendered is not None
    (problem,) = desk.engine.problems()
    assert "plugin hong" in problem.message


def test_an_error_that_the_channel_finds_is_shown_as_it_stands(desk: Desk) -> None:
    desk.folder.module("hong").does["check"] = lambda *_: [Problem("dài quá", line=3)]
    bad, _ = desk.look.preview("tin", ["hong"]) * 2
    assert bad.problems == (Problem("dài quá", line=3),)
    (problem,) = desk.engine.problems()
    assert (problem.message, problem.line, problem.file) == ("dài quá", 3, "content/posts/tin.md")


def test_a_route_that_cannot_be_told_counts_as_the_careful_one(desk: Desk) -> None:
    row = desk.row(channel="hong")
    asked = [(row.key, row.publish_at)]
    assert routes.idempotent(desk.core.snapshot, asked) == {row.key}
    for does in (raising(RuntimeError()), raising(SystemExit())):
        desk.folder.module("hong").does["render"] = does
        assert routes.idempotent(desk.core.snapshot, asked) == set()
