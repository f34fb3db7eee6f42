"""The boards' channel keeps Loa's contract, against a simulated board on this machine: in a process of its own, too."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import subprocess
import sys
import threading
import unicodedata
import zlib
from collections.abc import Coroutine, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from loa_ledboard import LedBoard, frames, name_of
from loa_ledboard.pages import paged, plain, unknown
from scheduler.api import (
    Absent,
    Call,
    CannotTell,
    LoaError,
    OutcomeUnknown,
    PermanentFailure,
    Receipt,
    Sent,
    TemporaryFailure,
    Verdict,
)
from scheduler.testing import Kit, Setting, conformance
from simulator import Simulator

BOARDS: list[dict[str, Any]] = [
    {"name": "market", "host": "127.0.0.1"},
    {"name": "hall", "host": "127.0.0.1", "columns": 12, "rows": 1},
]


class Street:
    """A simulated board for the conformance kit, in a thread of this process."""

    scenarios = frozenset({"down", "refuses", "hangs", "drops after accepting"})
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)

    def __init__(self) -> None:
        if not self.thread.is_alive():
            self.thread.start()
        self.board = Simulator()
        self.port = self.wait(self.board.start())

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(5)

    def options(self) -> Mapping[str, Any]:
        return {"port": self.port, "most_pages": 9}

    def effects(self) -> list[Any]:
        return [*self.board.log, {"now": self.board.now}]

    def play(self, scenario: str) -> None:
        self.wait(self.board.play(scenario))

    def close(self) -> None:
        self.wait(self.board.stop())


test_it_keeps_the_contract = conformance(LedBoard(), targets=BOARDS, world=Street)


class Process:
    """A simulated board in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("simulator.py"))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.line())

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def play(self, scenario: str) -> dict[str, Any]:
        """Have it behave so from now on; return what it has shown."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{scenario}\n")
        self.process.stdin.flush()
        shown: dict[str, Any] = json.loads(self.line())
        return shown

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(5)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    made = Process()
    yield made
    made.close()


@pytest.fixture
def board(process: Process) -> Process:
    process.play("")
    return process


class Reached(Street):
    """The process, as the kit reaches it."""

    made: Process

    def __init__(self) -> None:
        self.port = self.made.port

    def effects(self) -> list[Any]:
        return []

    def close(self) -> None:
        """Leave it to the fixture."""


@pytest.fixture
def trial(board: Process) -> Iterator[Any]:
    Reached.made = board
    with Kit(Setting(LedBoard(), targets=BOARDS[:1], world=Reached)).trial(limit=2) as made:
        yield made


def test_the_board_shows_the_words_page_by_page(board: Process, trial: Any) -> None:
    prepared = trial.ready(title="Mở cửa thứ Bảy", text="Từ **tám giờ**, ở [hội trường](https://xa.example/).")
    outcome = trial.call(prepared).outcome
    assert isinstance(outcome, Receipt)
    shown = board.play("")["now"]
    assert shown["name"] == outcome.id
    assert shown["pages"] == [["Mở cửa thứ Bảy.", "Từ tám giờ, ở"], ["hội trường."]]
    assert shown["how"] == [8, 5]


@pytest.mark.parametrize(
    ("scenario", "kind", "there"),
    [
        ("refuses", PermanentFailure, False),
        ("busy", TemporaryFailure, False),
        ("damages", TemporaryFailure, False),
        ("hangs", TemporaryFailure, False),
        ("drops after accepting", OutcomeUnknown, True),
    ],
)
def test_what_a_board_does_is_told_as_it_is(
    board: Process, trial: Any, scenario: str, kind: type[Verdict], *, there: bool
) -> None:
    prepared = trial.ready(scenario.replace(" ", "-"))
    board.play(scenario)
    context = trial.context(prepared)
    error = trial.called(prepared, context, watched=False).outcome.error
    assert type(error) is kind
    assert getattr(error, "retry_after", None) == (timedelta(seconds=90) if scenario == "busy" else None)
    board.play("")
    call = Call(prepared.delivery.key, 1, prepared.rendered, trial.clock.now())
    found = trial.channel.look_up(call, trial.context(prepared, recorded=False))
    assert isinstance(found, Receipt) is there


def test_a_withdrawal_takes_down_its_own_text_only(board: Process, trial: Any) -> None:
    first, second = trial.ready("one", title="Một"), trial.ready("two", title="Hai")
    trial.call(first), trial.call(second)
    for prepared, stood in ((first, False), (second, True), (second, False)):
        sent = Sent(prepared.delivery.key, "", "", Receipt(""), trial.clock.now())
        receipt = trial.channel.withdraw(sent, trial.context(prepared, recorded=False))
        assert receipt.detail == {"stood": stood}
        assert (board.play("")["now"] is None) is (prepared is second)


def test_a_board_that_has_forgotten_cannot_tell() -> None:
    with Kit(Setting(LedBoard(), targets=BOARDS, world=Street)).trial() as trial:
        old = trial.ready("old")
        call = Call(old.delivery.key, 1, old.rendered, trial.clock.now())
        look_up = trial.channel.look_up
        assert isinstance(look_up(call, trial.context(old, recorded=False)), Absent)
        for number in range(5):
            assert isinstance(trial.call(trial.ready(f"post-{number}")).outcome, Receipt)
        assert isinstance(look_up(call, trial.context(old, recorded=False)), CannotTell)


def test_a_board_smaller_than_config_says_is_found_before_it_is_told() -> None:
    wide = [{"name": "wide", "host": "127.0.0.1", "columns": 40}]
    with Kit(Setting(LedBoard(), targets=wide, world=Street)).trial() as trial:
        error = trial.call(trial.ready()).outcome.error
        assert isinstance(error, PermanentFailure)
        assert "16×2" in str(error)
        assert trial.effects() == {"world 0": b"{'now': None}"}


@pytest.mark.parametrize(("text", "wrong"), [("Chúc mừng 🎉", "🎉"), ("dài " * 200, "most_pages")])
def test_what_a_board_cannot_show_is_refused(text: str, wrong: str) -> None:
    kit = Kit(Setting(LedBoard(), targets=BOARDS, world=Street))
    with kit.trial() as trial, pytest.raises(LoaError, match=wrong):
        trial.ready(text=text)


def test_letters_are_counted_as_they_are_seen() -> None:
    decomposed = unicodedata.normalize("NFD", "Hướng dẫn thủ tục")
    assert plain(decomposed) == "Hướng dẫn thủ tục"
    assert unknown(plain(decomposed), "vietnamese") == ""
    assert unknown("Đi ngay!", "ascii") == "Đ"
    assert paged("Hướng dẫn thủ tục", 9, 1) == [["Hướng dẫn"], ["thủ tục"]]
    assert paged("nghiêngngả", 6, 2) == [["nghiên", "gngả"]]


@pytest.mark.parametrize(
    "damaged",
    [
        frames.packed("OK")[:-1],
        frames.packed("OK")[:-1] + b"\x00",
        struct.pack(">I", 2**31),
        struct.pack(">I", 1) + b"\xff" + struct.pack(">I", zlib.crc32(b"\xff")),
    ],
)
def test_what_is_no_frame_is_never_taken_for_one(damaged: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(damaged)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(frames.BadFrame):
            frames.read(ours)


def test_a_withdrawal_has_the_name_of_what_it_takes_down() -> None:
    with Kit(Setting(LedBoard(), targets=BOARDS, world=Street)).trial() as trial:
        key = trial.ready().delivery.key
        assert name_of(key) == name_of(key.withdrawal)
