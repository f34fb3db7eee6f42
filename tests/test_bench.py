"""Every bench runs on a small size and returns figures; what they say of speed is no matter of a test."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from bench import handoff, isolated, lateness, memory, plugins, screens, start
from bench.__main__ import NAMES
from bench.figures import Figure, in_turns
from scheduler.channels.loader import load_plugins

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def _sound(figures: Sequence[Figure]) -> None:
    assert all(math.isfinite(each.value) for each in figures)
    assert any(each.met is not None for each in figures), "no figure is held against an aim"
    assert all(bool(each.aim) is (each.met is not None) for each in figures)


def test_every_bench_that_is_named_has_a_test_here() -> None:
    assert {each.__name__ for each in (handoff, lateness, start, memory, screens, plugins, isolated)} == {
        f"bench.{name}" for name in NAMES
    }


def test_handoff() -> None:
    figures = handoff.measure(number=200, runs=1)
    _sound(figures)
    assert {each.unit for each in figures} == {"/s"}


def test_isolated() -> None:
    figures = {each.name: each.value for each in isolated.measure(calls=5, many=2000, runs=1)}
    assert all(math.isfinite(each) for each in figures.values())
    assert figures["memory of the process, resident"] > 5
    assert figures["start, until its channels are known"] > 10


def test_lateness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(lateness.PEERS, raising=False)
    monkeypatch.setattr(lateness, "READY", 1.0)
    figures = lateness.measure(number=3, apart=0.05, rounds=1)
    _sound(figures)
    assert "left out" in capsys.readouterr().out
    medians = [each.value for each in figures if each.name.endswith("median") or each.name.endswith("median lateness")]
    assert len(medians) == 4
    assert min(medians) > 0


def test_start() -> None:
    figures = start.measure(rounds=1)
    _sound(figures)
    shown = {each.name: each.value for each in figures}
    assert shown["loa --help"] > shown["python -c pass"]


def test_memory() -> None:
    figures = memory.measure(targets=3, posts=2, days=4, settled=0.1, rounds=1)
    _sound(figures)
    assert "24 deliveries" in figures[0].name
    assert figures[0].value >= figures[1].value > 10


def test_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "TYPED", "xin")
    monkeypatch.setattr(screens, "CALM", 0.2)
    figures = screens.measure(targets=3, posts=10, days=4, rounds=1)
    _sound(figures)
    shown = {each.name: each.value for each in figures}
    assert shown["loa, first paint with rows"] > shown["an empty Textual app, first paint"]
    assert shown["memory after every screen, peak"] > 20


def test_one_part_of_the_screens_is_measured_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "SHORT", 1)
    figures = screens.measure(targets=3, posts=10, days=4, rounds=1, only="paint")
    assert [each.unit for each in figures] == ["ms", "ms", "times"]


def test_plugins() -> None:
    figures = plugins.measure(rounds=1, number=6)
    _sound(figures)
    assert {each.unit for each in figures} == {"ms"}
    shown = {each.name: each.value for each in figures}
    assert shown["loa --help, 6 plugins"] > shown["loa --help, no plugin of one's own"]


def test_the_plugins_that_are_measured_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _without, many = plugins.folders(tmp_path, 6)
    monkeypatch.syspath_prepend(tmp_path / "installed")
    statuses = {each.name: each for each in load_plugins(many).statuses if each.name.startswith("bench_")}
    assert [each.error for each in statuses.values()] == [""] * 6
    assert sum(each.source.startswith("installed: ") for each in statuses.values()) == 3
    assert sum("register_commands" in each.hooks for each in statuses.values()) == 2


def test_runs_take_turns_and_give_medians() -> None:
    order: list[str] = []
    values = {"a": iter([3.0, 1.0, 2.0]), "b": iter([9.0, 7.0, 8.0])}

    def run(name: str) -> float:
        order.append(name)
        return next(values[name])

    assert in_turns([lambda: run("a"), lambda: run("b")], runs=3) == [2.0, 8.0]
    assert "".join(order) == "ababab"


def test_a_figure_says_whether_its_aim_is_met() -> None:
    assert str(Figure("a", 1.5, "ms", "aim: under 2", met=True)).split() == [
        "a",
        "1.50",
        "ms",
        "aim:",
        "under",
        "2",
        "met",
    ]
    assert str(Figure("a", 2.5, "ms", "aim: under 2", met=False)).endswith("NOT met")
    assert str(Figure("a", 2.5, "ms")).endswith("ms")
