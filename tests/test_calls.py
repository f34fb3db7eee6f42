"""Calling plugins: whatever they do, the caller hears of it in time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from scheduler.channels.giving_up import ended_by, give_up
from scheduler.engine.delivering.calls import Caller, NotCalled, Overtime, Raised

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def caller() -> Iterator[Caller]:
    made = Caller("thu")
    yield made
    made.close()


def test_outcomes_come_in_order(caller: Caller) -> None:
    assert caller.run([lambda: 1, lambda: 2, lambda: 3], 5) == [1, 2, 3]
    assert caller.run([], 5) == []


@pytest.mark.parametrize(
    "error", [ValueError("a"), SystemExit(1), KeyboardInterrupt(), GeneratorExit(), StopIteration()]
)
def test_whatever_is_raised_is_an_outcome(caller: Caller, error: BaseException) -> None:
    def fail() -> None:
        raise error

    first, second = caller.run([fail, lambda: "sau"], 5)
    assert isinstance(first, Raised)
    assert first.error is error
    assert second == "sau"


def test_calls_of_one_caller_share_a_thread(caller: Caller) -> None:
    names = {
        *caller.run([lambda: threading.current_thread().name] * 2, 5),
        *caller.run([lambda: threading.current_thread().name], 5),
    }
    assert names == {"thu"}


def test_a_call_that_hangs_is_left_behind_and_heard_of_later(caller: Caller) -> None:
    ended, heard, done = threading.Event(), [], threading.Event()

    def late(index: int, outcome: object) -> None:
        heard.append((index, outcome))
        done.set()

    began = time.monotonic()
    outcomes = caller.run([lambda: 1, lambda: ended.wait(20) and "muộn", lambda: 3], 0.05, late)
    assert time.monotonic() - began < 5
    assert outcomes == [1, Overtime(), NotCalled()]
    assert caller.run([lambda: 4], 5) == [4], "the next one has a thread of its own"
    assert heard == []
    ended.set()
    assert done.wait(10)
    assert heard == [(1, "muộn")]


def test_each_call_has_its_own_limit(caller: Caller) -> None:
    def slow() -> str:
        time.sleep(0.03)
        return "xong"

    assert caller.run([slow] * 4, 0.1) == ["xong"] * 4


def test_the_thread_ends() -> None:
    caller = Caller("ngan")
    caller.run([lambda: 1], 5)
    caller.close()
    caller.close()
    end = time.monotonic() + 5
    while any(thread.name == "ngan" for thread in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.002)


def test_what_somebody_objects_to_is_not_called(caller: Caller) -> None:
    called: list[int] = []
    calls = [lambda number=number: called.append(number) for number in range(4)]
    outcomes = caller.run(calls, 5, hindrance=lambda: "dừng" if len(called) == 2 else "")
    assert called == [0, 1]
    assert outcomes == [None, None, NotCalled("dừng"), NotCalled("dừng")]
    assert caller.run([lambda: 1], 5) == [1]


def test_who_is_given_up_is_the_thread_and_not_a_later_one_of_the_same_number(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, ended = threading.Thread(target=lambda: None), []
    gone.start()
    gone.join()
    monkeypatch.setattr(gone, "_ident", threading.get_ident())
    assert gone.ident == threading.get_ident(), "the system gives the number of a thread that has ended to another"
    with ended_by(lambda: ended.append("another's")):
        give_up(gone)
        assert not ended
        give_up(threading.current_thread())
        assert ended
    give_up(threading.current_thread())
    give_up(None)
    assert len(ended) == 1
