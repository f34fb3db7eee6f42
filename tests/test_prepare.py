"""From a due delivery to its exact payload, or to why it must not go out."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Forecast, Measure, Passage, PermanentFailure, Problem, Rendered, Severity
from scheduler.engine.delivering.prepare import Away, Prepared, Refused, Stale, attempted, forecast, prepare, render
from scheduler.engine.planning import routes
from scheduler.ground.delivery import Key
from scheduler.ground.errors import LoaError, NotFound, PluginError
from tests.campaign import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Desk, Folder

LATER = NOON + timedelta(hours=1)
KEY = Key("tin", "20210503", "kenh", "noi")


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel(sure=False, table='time_limit = "200ms"')
    folder.post(at=LATER)
    made: Desk = desks(folder)
    return made


def kenh(desk: Desk) -> Any:
    return desk.folder.module("kenh")


def prepared(desk: Desk) -> Prepared | Refused | Stale | Away:
    return prepare(desk.core, desk.engine.registry.channels["kenh"], desk.row())


def test_a_delivery_with_its_payload_and_its_route(desk: Desk) -> None:
    found = prepared(desk)
    assert isinstance(found, Prepared)
    assert found.rendered == Rendered({"text": "Xin chào.", "target": "noi"}, "Xin chào.")
    assert (found.target.name, found.idempotent, found.staged) == ("noi", False, False)
    assert found.delivery == desk.row()
    kenh(desk).does["idempotent"] = lambda *_: 1
    again = prepared(desk)
    assert isinstance(again, Prepared)
    assert again.idempotent is True
    assert again.payload == found.payload


def test_warnings_are_heard_and_errors_refuse_all_of_them_named(desk: Desk) -> None:
    heard: list[Any] = []
    desk.core.found = lambda key, problems: heard.append((key, [each.message for each in problems]))
    warning = Problem("rather long", severity=Severity.WARNING)
    kenh(desk).does["check"] = lambda *_: [warning, Problem("a tiny thing", severity=Severity.NOTICE)]
    assert isinstance(prepared(desk), Prepared)
    kenh(desk).does["check"] = lambda *_: (each for each in [Problem("too long"), warning, Problem("no link")])
    refused = prepared(desk)
    assert isinstance(refused, Refused)
    assert refused.reason == "too long; no link"
    assert heard == [(KEY, ["rather long", "a tiny thing"]), (KEY, ["too long", "rather long", "no link"])]


NONSENSE: dict[str, tuple[str, Any, str]] = {
    "render raises": ("render", lambda *_: 1 / 0, "plugin kenh: ZeroDivisionError: division by zero"),
    "render gives text": ("render", lambda *_: "Xin chào", "plugin kenh: render returned str, not Rendered"),
    "render gives nothing": ("render", lambda *_: None, "plugin kenh: render returned NoneType, not Rendered"),
    "render gives no JSON": ("render", lambda *_: Rendered({"x": {1}}, ""), "plugin kenh: TypeError"),
    "check raises": ("check", lambda *_: 1 / 0, "plugin kenh: ZeroDivisionError"),
    "check gives text": ("check", lambda *_: ["too long"], "plugin kenh: check gave str, not Problem"),
    "check gives a number": ("check", lambda *_: 5, "plugin kenh: TypeError"),
    "idempotent raises": ("idempotent", lambda *_: {"a": 1}["x"], "plugin kenh: KeyError"),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_whatever_a_plugin_does_here_refuses_its_delivery_by_name(desk: Desk, name: str) -> None:
    hook, conduct, reason = NONSENSE[name]
    kenh(desk).does[hook] = conduct
    found = prepared(desk)
    assert isinstance(found, Refused)
    assert found.reason.startswith(reason)
    if "Rendered" in reason:
        assert re.search(r" \(plugins/kenh\.py:\d+\)$", found.reason)


def test_a_verdict_of_render_is_a_reason_like_any_other(desk: Desk) -> None:
    def render_it(*_: object) -> Rendered:
        raise PermanentFailure("no contacts file")

    kenh(desk).does["render"] = render_it
    found = prepared(desk)
    assert isinstance(found, Refused)
    assert "no contacts file" in found.reason


def test_what_the_files_no_longer_have_is_refused(desk: Desk) -> None:
    desk.folder.file().unlink()
    row = desk.row()
    desk.engine.refresh()
    found = prepare(desk.core, desk.engine.registry.channels["kenh"], row)
    assert isinstance(found, Refused)
    assert "tin" in found.reason


def test_what_a_crash_interrupted_goes_with_the_payload_it_had(folder: Folder, desks: Callable[..., Desk]) -> None:
    module = folder.channel(sure=True)
    folder.post(at=LATER)
    desk = desks(folder)

    desk.at(LATER)
    executor = desk.executor()
    claimed = executor._claim(desk.clock.now())
    assert isinstance(claimed, list)
    assert len(claimed) == 1
    desk.begin()
    module.does["render"] = lambda *_: Rendered({"text": "another"}, "another")
    found = prepared(desk)
    assert isinstance(found, Prepared)
    assert found.rendered.text == "Xin chào."
    assert found.payload == claimed[0].prepared.payload


# --- for those who only look ----------------------------------------------------------------------------------------


def test_a_look_gives_what_the_work_gives_and_waits_only_so_long(desk: Desk) -> None:
    configured = desk.engine.registry.channels["kenh"]
    assert attempted(configured, lambda: 5) == 5
    let_go = threading.Event()
    with pytest.raises(PluginError, match=r"no answer within 0\.2 seconds"):
        attempted(configured, lambda: let_go.wait(10))
    let_go.set()
    with pytest.raises(PluginError, match="plugin kenh: KeyError"):
        attempted(configured, lambda: {"a": 1}["x"])
    with pytest.raises(PluginError, match="plugin kenh: SystemExit"):
        attempted(configured, lambda: exit(3))  # noqa: PLR1722
    for error in (LoaError("một câu"), ValueError("sai"), NotFound("không có")):

        def fail(error: Exception = error) -> None:
            raise error

        with pytest.raises(type(error), match=str(error)):
            attempted(configured, fail)


def test_a_forecast_is_one_or_is_refused_by_name(desk: Desk) -> None:
    snapshot, configured = desk.engine.snapshot, desk.engine.registry.channels["kenh"]
    rendered, problems = render(snapshot, configured, KEY, LATER)
    assert problems == []
    assert forecast(snapshot, configured, rendered) == Forecast(cost=300, units=1)
    kenh(desk).does["forecast"] = lambda *_: 300
    with pytest.raises(PluginError, match="plugin kenh: forecast returned int, not Forecast"):
        forecast(snapshot, configured, rendered)


def test_a_preview_is_what_the_channel_shows_or_its_text(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    channel: Any = desk.engine.registry.channels["kenh"].channel
    (plain,) = desk.look.preview("tin")
    assert plain.rendered is not None
    assert plain.blocks == (Passage(plain.rendered.text),)
    gauge = Measure("Dài", 3, 2, part="length")
    channel.show = lambda item, *_: [gauge, Passage(item.title)]
    (shown,) = desk.look.preview("tin")
    assert shown.blocks == (gauge, Passage("Bài tin"))
    assert shown.rendered == plain.rendered


@pytest.mark.parametrize(
    ("conduct", "says"),
    [
        (lambda *_: ["no block"], "show gave str, which is no block of a preview"),
        (lambda *_: 1 / 0, "ZeroDivisionError"),
        (lambda *_: None, "TypeError"),
    ],
)
def test_a_preview_that_breaks_is_said_and_shows_the_text(
    folder: Folder, desks: Callable[..., Desk], conduct: Any, says: str
) -> None:
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    channel: Any = desk.engine.registry.channels["kenh"].channel
    channel.show = conduct
    (shown,) = desk.look.preview("tin")
    assert shown.rendered is not None
    assert shown.blocks == (Passage(shown.rendered.text),)
    assert shown.forecast is not None
    (problem,) = shown.problems
    assert "plugin kenh" in problem.message
    assert says in problem.message


@pytest.mark.parametrize(
    ("hook", "conduct", "sure"),
    [
        ("idempotent", lambda *_: True, True),
        ("idempotent", lambda *_: False, False),
        ("idempotent", lambda *_: 1 / 0, False),
        ("render", lambda *_: 1 / 0, False),
        ("render", lambda *_: None, False),
    ],
)
def test_a_route_that_cannot_be_told_counts_as_not_idempotent(desk: Desk, hook: str, conduct: Any, sure: bool) -> None:
    kenh(desk).does[hook] = conduct
    asked = [KEY, KEY._replace(channel="khong"), KEY._replace(post="khong")]
    found = routes.idempotent(desk.engine.snapshot, [(each, LATER) for each in asked])
    assert found == ({KEY} if sure else set())
