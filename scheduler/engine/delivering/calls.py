"""Calling a plugin with a time limit: whatever it does, the engine goes on."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scheduler.channels.giving_up import give_up

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Raised:
    """The call ended in an exception."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Overtime:
    """The call has not ended within its limit; it may still be under way."""


@dataclass(frozen=True, slots=True)
class NotCalled:
    """The call was never begun: an earlier one hung, or for the reason ``why``."""

    why: str = ""


Outcome = Any
"""What a call returned, or `Raised`, `Overtime` or `NotCalled`."""


FIRST_REST, LONGEST_REST = 30.0, 1800.0


class Budget:
    """Real seconds for several things together."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """What is left of it, 0 once it is over."""
        return max(0.0, self._ends - time.monotonic())

    def share(self, takers: int) -> Budget:
        """Return what each of so many may take of what is left."""
        return Budget(self.left / takers)


class Rest:
    """How long a plugin is left alone that took too long, in real time: twice as long after each time it hung.

    ``why`` is what it had done.
    """

    def __init__(self) -> None:
        self.why = ""
        self._hung = 0
        self._budget = Budget(0)

    @property
    def over(self) -> bool:
        """Whether it may be asked again."""
        return not self._budget.left

    def begin(self, why: str, *, hung: bool = True) -> None:
        """Leave it alone for a while."""
        self.why = why
        self._budget = Budget(min(LONGEST_REST, FIRST_REST * 2**self._hung))
        self._hung = min(self._hung + 1, 10) if hung else 0


@dataclass(slots=True)
class _Job:
    calls: Sequence[Callable[[], Any]]
    began: list[float] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    abandoned: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    late: Callable[[int, Outcome], None] | None = None
    hindrance: Callable[[], str] | None = None
    budget: Budget | None = None


class Caller:
    """Runs calls one after the other in a thread of its own, and leaves that thread behind when a call hangs."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[_Job | None] | None = None
        self._thread: threading.Thread | None = None

    def run(
        self,
        calls: Sequence[Callable[[], Any]],
        seconds: float,
        late: Callable[[int, Outcome], None] | None = None,
        hindrance: Callable[[], str] | None = None,
        budget: Budget | None = None,
    ) -> list[Outcome]:
        """Return the outcome of each call, in order.

        Each may take ``seconds`` of real time. The first that takes longer is `Overtime`, those after it are
        `NotCalled`, and ``late`` hears, in the other thread, which call hung and how it ended after all. There too
        ``hindrance`` is asked before each call; one that it names a reason against is `NotCalled`. It must not raise.
        What has not begun by the end of ``budget`` is `NotCalled` too.
        """
        if self._jobs is None:
            self._jobs = queue.SimpleQueue()
            self._thread = threading.Thread(target=_serve, args=(self._jobs,), name=self._name, daemon=True)
            self._thread.start()
        job = _Job(calls, late=late, hindrance=hindrance, budget=budget)
        self._jobs.put(job)
        while not job.done.wait(self._left(job, seconds)):
            if self._left(job, seconds) <= 0 and self._abandon(job, seconds):
                break
        outcomes = list(job.outcomes)
        if len(outcomes) < len(calls):
            outcomes.append(Overtime())
            outcomes.extend(NotCalled() for _ in range(len(calls) - len(outcomes)))
        return outcomes

    def close(self) -> None:
        """Let the thread end."""
        if self._jobs is not None:
            self._jobs.put(None)
            self._jobs = None

    def _left(self, job: _Job, seconds: float) -> float:
        began = job.began[-1] if job.began else time.monotonic()
        return began + seconds - time.monotonic()

    def _abandon(self, job: _Job, seconds: float) -> bool:
        with job.lock:
            if job.done.is_set() or self._left(job, seconds) > 0:
                return False
            job.abandoned = True
        give_up(self._thread)
        self.close()
        return True


def _serve(jobs: queue.SimpleQueue[_Job | None]) -> None:
    while (job := jobs.get()) is not None:
        for call in job.calls:
            job.began.append(time.monotonic())
            why = job.hindrance() if job.hindrance is not None else ""
            spent = job.budget is not None and not job.budget.left
            outcome = NotCalled(why) if why or spent else _outcome(call)
            with job.lock:
                if not job.abandoned:
                    job.outcomes.append(outcome)
                    continue
            if job.late is not None:
                job.late(len(job.outcomes), outcome)
            return
        job.done.set()


def _outcome(call: Callable[[], Any]) -> Outcome:
    try:
        return call()
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
        return Raised(error)
